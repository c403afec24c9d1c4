package gateway

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"wenda/sessions"
)

// logins knows which agents have a desk on this node.
type logins struct {
	mu sync.Mutex
	by map[string]map[*agent]struct{} // user id
}

func (l *logins) init() { l.by = map[string]map[*agent]struct{}{} }

// join takes in a desk. An agent's first one on this node beats at once: one that
// comes back after a break keeps its chats. A page that only shows the board is no desk.
func (l *logins) join(ctx context.Context, g *Gateway, a *agent) {
	me := a.me()
	l.mu.Lock()
	first := !a.looks
	for other := range l.by[me.ID] {
		first = first && other.looks
	}
	if l.by[me.ID] == nil {
		l.by[me.ID] = map[*agent]struct{}{}
	}
	l.by[me.ID][a] = struct{}{}
	l.mu.Unlock()
	if !first {
		return
	}
	g.beatFor(ctx, me)
}

func (g *Gateway) beatFor(ctx context.Context, who sessions.Agent) {
	if err := g.Roster.Beat(ctx, []sessions.Agent{who}); err != nil {
		g.Log.Warn("an agent was not announced, trying again", "agent", who.ID, "err", err)
	}
}

// leave lets a desk go. Its agent stays announced for a while: they may be back.
func (l *logins) leave(a *agent) {
	l.mu.Lock()
	defer l.mu.Unlock()
	id := a.me().ID
	delete(l.by[id], a)
	if len(l.by[id]) == 0 {
		delete(l.by, id)
	}
}

// of returns a user's pages.
func (l *logins) of(user string) []*agent {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Collect(maps.Keys(l.by[user]))
}

// desks returns the pages by which agents are present.
func (l *logins) desks() []*agent {
	return slices.DeleteFunc(l.agents(), func(a *agent) bool { return a.looks })
}

// agents returns all pages.
func (l *logins) agents() []*agent {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []*agent
	for _, desks := range l.by {
		for a := range desks {
			all = append(all, a)
		}
	}
	return all
}

// present reports whether the agent is there by this page: by a desk, and by a board from
// which they have taken a chat over.
func (a *agent) present() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return !a.looks || len(a.had) > 0
}

// beat says which agents have a desk here that gave a sign of life since the last
// time, and asks all desks for the next one. See roster for how long that takes in all.
func (g *Gateway) beat(ctx context.Context) error {
	there := map[string]sessions.Agent{}
	for _, a := range g.logins.agents() {
		if a.present() && a.alive.Swap(false) {
			there[a.me().ID] = a.me()
		}
		g.spawn(a.s.ping)
	}
	return g.Roster.Beat(ctx, slices.Collect(maps.Values(there)))
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
			failed = errors.Join(failed, g.Roster.Leave(ctx, who))
		}
	}
	return failed
}
