package gateway

import (
	"context"
	"errors"
	"sync"

	"wenda/bot/desk/roster"
	"wenda/sessions"
)

// logins knows which agents have a desk on this node, and whether they take chats.
// Live knows that too, but it may forget; what is known here is announced anew.
type logins struct {
	mu sync.Mutex
	by map[string]*presence // user id
}

type presence struct {
	desks map[*agent]struct{}
	on    bool
	stop  func() // ends the watch of what the agent's other desks decide
}

func (l *logins) init() { l.by = map[string]*presence{} }

// join takes in a desk and returns whether its agent takes chats: as on their other
// desks, on this node or another.
func (l *logins) join(ctx context.Context, g *Gateway, a *agent) bool {
	me := a.me()
	l.mu.Lock()
	p := l.by[me.ID]
	if p != nil {
		p.desks[a] = struct{}{}
		on := p.on
		l.mu.Unlock()
		return on
	}
	p = &presence{desks: map[*agent]struct{}{a: {}}}
	l.by[me.ID] = p
	l.mu.Unlock()
	stop, err := g.Live.Watch(roster.Topic(me.ID), func(sessions.Signal) { g.spawn(func() { g.lookOn(me) }) })
	if err == nil {
		l.mu.Lock()
		p.stop = stop
		l.mu.Unlock()
	}
	on, err := g.Roster.Takes(ctx, me)
	l.set(me.ID, on)
	if err = errors.Join(err, g.Roster.Beat(ctx, me, on)); err != nil {
		g.Log.Warn("an agent was not announced, trying again", "agent", me.ID, "err", err)
	}
	return on
}

// lookOn reads anew whether an agent takes chats: another desk of theirs decided.
func (g *Gateway) lookOn(who sessions.Agent) {
	ctx, cancel := g.operation()
	defer cancel()
	if on, err := g.Roster.Takes(ctx, who); err == nil {
		g.logins.set(who.ID, on)
	}
}

func (l *logins) set(agent string, on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p := l.by[agent]; p != nil {
		p.on = on
	}
}

// leave lets a desk go. Its agent stays announced for a while: they may be back.
func (l *logins) leave(a *agent) {
	l.mu.Lock()
	p := l.by[a.me().ID]
	var stop func()
	if p != nil {
		delete(p.desks, a)
		if len(p.desks) == 0 {
			delete(l.by, a.me().ID)
			stop = p.stop
		}
	}
	l.mu.Unlock()
	if stop != nil {
		stop()
	}
}

func (l *logins) agents() []*agent {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []*agent
	for _, p := range l.by {
		for a := range p.desks {
			all = append(all, a)
		}
	}
	return all
}

func (l *logins) on(agent string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.by[agent]
	return p != nil && p.on
}

// beat announces every agent who has a desk here.
func (g *Gateway) beat(ctx context.Context) error {
	beaten := map[string]bool{}
	var failed error
	for _, a := range g.logins.agents() {
		if me := a.me(); !beaten[me.ID] {
			beaten[me.ID] = true
			failed = errors.Join(failed, g.Roster.Beat(ctx, me, g.logins.on(me.ID)))
		}
	}
	return failed
}

// checkLogins closes the desks of those who are not logged in any more.
func (g *Gateway) checkLogins(ctx context.Context) error {
	type answer struct {
		who sessions.Agent
		in  bool
	}
	answers := map[string]answer{}
	gone, here := map[string]sessions.Agent{}, map[string]bool{}
	for _, a := range g.logins.agents() {
		ans, asked := answers[a.login]
		if !asked {
			ans.who, ans.in = g.Staff.StillIn(ctx, a.login)
			answers[a.login] = ans
		}
		if ans.in && ans.who.ID == "" { // nobody knows now
			here[a.me().ID] = true
			continue
		}
		if ans.in && ans.who.ID == a.me().ID {
			a.changed(ans.who)
			here[ans.who.ID] = true
			continue
		}
		gone[a.me().ID] = a.me()
		g.spawn(func() { a.s.part(CloseLoggedOut) })
	}
	var failed error
	for id, who := range gone {
		if !here[id] {
			g.logins.set(id, false)
			failed = errors.Join(failed, g.Roster.Leave(ctx, who))
		}
	}
	return failed
}
