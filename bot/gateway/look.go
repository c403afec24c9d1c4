package gateway

import (
	"context"
	"time"

	"wenda/sessions"
)

// look is one look at queues and desks: each is read once, however many desks and boards
// show it.
type look struct {
	g      *Gateway
	now    time.Time
	queues map[string]waits
	owned  map[string][]sessions.Session
	held   map[string][]sessions.Session // out, by who may take it; nil until read
	names  map[string]string
	accept map[string]time.Duration
}

// waits is what waits in a skill.
type waits struct {
	first []sessions.Session // the first listed, next first
	total int
}

const (
	listed   = 50   // how many waiting chats a desk is shown
	heldMost = 5000 // how many are held out at most, to all agents
)

func (g *Gateway) look(now time.Time) *look {
	l := &look{
		g: g, now: now, queues: map[string]waits{}, owned: map[string][]sessions.Session{}, names: map[string]string{}, accept: map[string]time.Duration{},
	}
	if g.Queues != nil {
		for _, q := range g.Queues() {
			l.accept[q.ID] = q.Accept
		}
	}
	return l
}

func (l *look) queue(ctx context.Context, skill string) (waits, error) {
	if q, known := l.queues[skill]; known {
		return q, nil
	}
	first, total, err := l.g.Store.Queue(ctx, skill, listed)
	if err == nil {
		l.queues[skill] = waits{first, total}
	}
	return waits{first, total}, err
}

func (l *look) ownedBy(ctx context.Context, agent string) ([]sessions.Session, error) {
	if mine, known := l.owned[agent]; known {
		return mine, nil
	}
	mine, err := l.g.Store.Owned(ctx, agent)
	if err == nil {
		l.owned[agent] = mine
	}
	return mine, err
}

// heldOut is what is held out to an agent, the longest first.
func (l *look) heldOut(ctx context.Context, agent string) ([]sessions.Session, error) {
	if l.held == nil {
		all, err := l.g.Store.Offered(ctx, heldMost)
		if err != nil {
			return nil, err
		}
		l.held = map[string][]sessions.Session{}
		for _, s := range all {
			l.held[s.Desk.Offer.To] = append(l.held[s.Desk.Offer.To], s)
		}
	}
	return l.held[agent], nil
}

// name is what customers call a colleague.
func (l *look) name(ctx context.Context, id string) string {
	if id == "" {
		return ""
	}
	name, known := l.names[id]
	if !known {
		name = l.g.Staff.Name(ctx, id)
		l.names[id] = name
	}
	return name
}

func (l *look) lines(ctx context.Context, reader string, list []sessions.Session) ([]Chat, error) {
	chats := make([]Chat, len(list))
	for i, s := range list {
		of, err := l.g.gist(ctx, s)
		if err != nil {
			return nil, err
		}
		chats[i] = l.line(ctx, reader, s, of)
	}
	return chats, nil
}

func (l *look) line(ctx context.Context, reader string, s sessions.Session, of gist) Chat {
	c := Chat{
		Session: s.ID, Customer: called(s.Customer), State: s.State, Skill: s.Skill, Lang: s.Lang, Seq: s.Seq, Fence: s.Fence,
		Since: timeText(s.QueuedAt), Heard: timeText(s.HeardAt), Left: s.Memory.Left, Preview: of.preview, Reason: of.reason,
		Priority: s.Priority, Offered: s.Desk.Offer.To != "", From: l.name(ctx, s.Desk.Offer.From),
		Await: someTime(s.AwaitAt), Joined: l.name(ctx, s.Desk.Joined), Promised: someTime(s.Desk.Promised), Answered: !s.Desk.Answered.IsZero(),
		Danger: s.Desk.Danger(),
	}
	if s.Desk.Offer.To == reader && reader != "" {
		c.AcceptBy = timeText(s.Desk.Offer.At.Add(l.acceptWithin(s.Skill)))
	}
	if s.Snoozing(l.now) {
		c.Snoozed = timeText(s.Desk.Snooze.Until)
	}
	return c
}

// acceptWithin is how long a chat of a skill is held out to one agent.
func (l *look) acceptWithin(skill string) time.Duration {
	if d, known := l.accept[skill]; known {
		return d
	}
	return 30 * time.Second // queue.Plain
}

// someTime is a time as frames write it, "" if it is never.
func someTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return timeText(t)
}

// called is what a desk calls a customer: the name, or the end of the id.
func called(c sessions.Customer) string {
	if c.Name != "" {
		return c.Name
	}
	id := []rune(c.ID)
	return string(id[max(0, len(id)-6):])
}
