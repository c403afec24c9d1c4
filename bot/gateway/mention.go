package gateway

import (
	"context"
	"slices"
	"sync"
	"time"

	"wenda/bot/desk"
	"wenda/sessions"
)

// mentions tells agents on this node that a note names them. A signal says in which
// session to look; if it was lost, so does the feed.
type mentions struct {
	mu      sync.Mutex
	stop    func()
	look    map[string]struct{} // sessions
	told    map[string]int64    // newest seq that a user was told of, by session and user
	started time.Time
}

// toldMost is how many are remembered. Beyond it all are forgotten: of older ones nobody
// is told again, see tell.
const toldMost = 10_000

func (m *mentions) init(g *Gateway) {
	m.look, m.told, m.started = map[string]struct{}{}, map[string]int64{}, time.Now()
	m.subscribe(g)
}

func (m *mentions) subscribe(g *Gateway) {
	m.mu.Lock()
	subscribed := m.stop != nil
	m.mu.Unlock()
	if subscribed {
		return
	}
	stop, err := g.Live.Watch(desk.MentionTopic, func(sig sessions.Signal) {
		m.mu.Lock()
		m.look[sig.Session] = struct{}{}
		m.mu.Unlock()
	})
	if err != nil {
		return // tried again with the next look
	}
	m.mu.Lock()
	m.stop = stop
	m.mu.Unlock()
}

func (m *mentions) end() {
	m.mu.Lock()
	stop := m.stop
	m.mu.Unlock()
	if stop != nil {
		stop()
	}
}

// take returns the sessions to look at, in order.
func (m *mentions) take() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.look) == 0 {
		return nil
	}
	ids := make([]string, 0, len(m.look))
	for id := range m.look {
		ids = append(ids, id)
	}
	clear(m.look)
	slices.Sort(ids)
	return ids
}

// news reports whether a user was not told of that note yet, and takes down that they are.
func (m *mentions) news(session string, of sessions.Mention) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := session + " " + of.To
	if m.told[key] >= of.Seq {
		return false
	}
	if len(m.told) >= toldMost {
		clear(m.told)
		m.started = time.Now()
	}
	m.told[key] = of.Seq
	return true
}

// tellMentioned looks at the sessions that signals named.
func (g *Gateway) tellMentioned(ctx context.Context) error {
	g.mentions.subscribe(g)
	for _, id := range g.mentions.take() {
		s, err := g.Store.Load(ctx, id)
		if err == nil {
			g.missed(s)
			err = g.tellMentions(ctx, s)
		}
		if err != nil {
			return err // the feed says it again
		}
	}
	return g.tellUnread(ctx)
}

// tellMentions tells agents on this node of notes that name them.
func (g *Gateway) tellMentions(ctx context.Context, changed ...sessions.Session) error {
	for _, s := range changed {
		for _, m := range s.Desk.Mentions {
			desks := g.logins.of(m.To)
			if len(desks) == 0 || !g.mentions.news(s.ID, m) {
				continue
			}
			g.missed(s)
			if err := g.tellMention(ctx, s, m, desks); err != nil {
				return err
			}
		}
	}
	return nil
}

func (g *Gateway) tellMention(ctx context.Context, s sessions.Session, m sessions.Mention, desks []*agent) error {
	note, err := g.note(ctx, s.ID, m.Seq)
	if err != nil || note.Seq == 0 || note.From.ID == m.To {
		return err
	}
	if note.At.Before(g.mentions.started.Add(-operation)) {
		return nil // told by whoever was here before
	}
	frame := mention(s, note)
	for _, a := range desks {
		g.spawn(func() { a.s.send(frame) })
	}
	return nil
}
