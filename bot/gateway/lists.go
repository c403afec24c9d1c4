package gateway

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"wenda/sessions"
)

// lists are the desks' lists, and what tells of changes in them.
type lists struct {
	round
	mu    sync.Mutex
	stop  func() // ends the watch of DeskTopic; nil if there is none
	gists gists
}

func (l *lists) init(g *Gateway) {
	l.gists.of = map[string]gist{}
	l.subscribe(g)
}

// subscribe begins to be woken at every change of a queue or an owner.
func (l *lists) subscribe(g *Gateway) {
	l.mu.Lock()
	subscribed := l.stop != nil
	l.mu.Unlock()
	if subscribed {
		return
	}
	stop, err := g.Live.Watch(sessions.DeskTopic, func(sessions.Signal) { g.changed() })
	if err != nil {
		return // tried again with the next look
	}
	l.mu.Lock()
	l.stop = stop
	l.mu.Unlock()
}

// changed has desks and boards looked at again.
func (g *Gateway) changed() {
	g.lists.touch()
	g.board.touch()
}

func (l *lists) end() {
	l.mu.Lock()
	stop := l.stop
	l.mu.Unlock()
	if stop != nil {
		stop()
	}
}

// tellLists sends both lists to every desk for which one of them changed.
func (g *Gateway) tellLists(ctx context.Context) error {
	if !g.lists.due(time.Now(), g.Limits.ListsWithin, g.Limits.ListsEvery) {
		return nil
	}
	g.lists.subscribe(g)
	err := g.sendLists(ctx, g.logins.desks())
	if err != nil {
		g.lists.touch()
	}
	return err
}

// sendLists reads each queue and each agent's chats once, however many look at them.
func (g *Gateway) sendLists(ctx context.Context, agents []*agent) error {
	look := g.look(time.Now())
	if err := look.switches(ctx, agents); err != nil {
		return err
	}
	for _, a := range agents {
		chats, err := look.chats(ctx, a.me())
		if err != nil {
			return err
		}
		mine := sessionsOf(chats.Mine)
		a.owned(mine...)
		a.sendList(chats)
		a.listed(append(sessionsOf(chats.Queue), mine...))
	}
	return nil
}

func sessionsOf(chats []Chat) []string {
	ids := make([]string, len(chats))
	for i, c := range chats {
		ids[i] = c.Session
	}
	return ids
}

// sendList sends the lists if they differ from what the desk has.
func (a *agent) sendList(chats Chats) {
	data, err := json.Marshal(chats)
	if err != nil {
		a.s.g.Log.Error("desk lists could not be written as JSON", "err", err)
		return
	}
	a.lists.send(a, data, data, a.s.g.lists.touch)
}

// chats are an agent's lists.
func (l *look) chats(ctx context.Context, agent sessions.Agent) (Chats, error) {
	out := Chats{Type: "chats", Queue: []Chat{}, Mine: []Chat{}}
	first, err := l.heldOut(ctx, agent.ID)
	if err != nil {
		return out, err
	}
	var others []sessions.Session
	for _, s := range first {
		if !slices.Contains(agent.Skills, s.Skill) {
			out.Waiting++
		}
	}
	for _, skill := range agent.Skills {
		q, err := l.queue(ctx, skill)
		if err != nil {
			return out, err
		}
		out.Waiting += q.total
		for _, s := range q.first {
			if s.Desk.Offer.To != agent.ID {
				others = append(others, s)
			}
		}
	}
	slices.SortFunc(others, sessions.ByRank)
	if out.Queue, err = l.lines(ctx, agent.ID, append(first, others[:min(len(others), listed)]...)); err != nil {
		return out, err
	}
	mine, err := l.ownedBy(ctx, agent.ID)
	if err == nil {
		out.Mine, err = l.lines(ctx, agent.ID, mine)
	}
	return out, err
}
