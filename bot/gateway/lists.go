package gateway

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"wenda/sessions"
)

// listed is how many waiting chats a desk is shown.
const listed = 50

// lists knows when the desks' lists are to be looked at again.
type lists struct {
	mu       sync.Mutex
	stop     func() // ends the watch of DeskTopic; nil if there is none
	dirty    bool
	at       time.Time // of the last look
	previews map[string]preview
}

// preview is the beginning of a customer's newest message, kept while there is none newer.
type preview struct {
	heard time.Time
	text  string
}

const previewRunes = 40

func (l *lists) init(g *Gateway) {
	l.previews = map[string]preview{}
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
	stop, err := g.Live.Watch(sessions.DeskTopic, func(sessions.Signal) { l.touch() })
	if err != nil {
		return // tried again with the next look
	}
	l.mu.Lock()
	l.stop = stop
	l.mu.Unlock()
}

func (l *lists) touch() {
	l.mu.Lock()
	l.dirty = true
	l.mu.Unlock()
}

// due reports whether to look now, and takes note that it is done.
func (l *lists) due(now time.Time, limits Limits) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	since := now.Sub(l.at)
	if !(l.dirty && since >= limits.ListsWithin) && since < limits.ListsEvery {
		return false
	}
	l.dirty, l.at = false, now
	return true
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
	if !g.lists.due(time.Now(), g.Limits) {
		return nil
	}
	g.lists.subscribe(g)
	err := g.sendLists(ctx, g.logins.agents())
	if err != nil {
		g.lists.touch()
	}
	return err
}

// sendLists reads each queue and each agent's chats once, however many look at them.
func (g *Gateway) sendLists(ctx context.Context, agents []*agent) error {
	look := look{g: g, queues: map[string]queue{}, owned: map[string][]sessions.Session{}}
	for _, a := range agents {
		chats, err := look.chats(ctx, a.me())
		if err != nil {
			return err
		}
		a.owned(sessionsOf(chats.Mine)...)
		a.sendList(chats)
	}
	if len(agents) > 1 {
		g.lists.forget(look.seen)
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
	a.mu.Lock()
	changed, busy := !bytes.Equal(a.list, data), a.listing
	if changed && !busy {
		a.listing, a.list = true, data
	}
	a.mu.Unlock()
	switch {
	case !changed:
		return
	case busy: // with older lists: look again, this is not forgotten
		a.s.g.lists.touch()
		return
	}
	a.s.g.spawn(func() {
		a.s.write(data)
		a.mu.Lock()
		a.listing = false
		a.mu.Unlock()
	})
}

// look is one look at all queues and desks.
type look struct {
	g      *Gateway
	queues map[string]queue
	owned  map[string][]sessions.Session
	seen   map[string]struct{}
}

type queue struct {
	first []sessions.Session
	total int
}

func (l *look) chats(ctx context.Context, agent sessions.Agent) (Chats, error) {
	out := Chats{Type: "chats", Queue: []Chat{}, Mine: []Chat{}}
	var first []sessions.Session
	for _, skill := range agent.Skills {
		q, err := l.queue(ctx, skill)
		if err != nil {
			return out, err
		}
		first = append(first, q.first...)
		out.Waiting += q.total
	}
	slices.SortFunc(first, nextFirst)
	var err error
	if out.Queue, err = l.lines(ctx, first[:min(len(first), listed)]); err != nil {
		return out, err
	}
	mine, known := l.owned[agent.ID]
	if !known {
		if mine, err = l.g.Store.Owned(ctx, agent.ID); err != nil {
			return out, err
		}
		l.owned[agent.ID] = mine
	}
	out.Mine, err = l.lines(ctx, mine)
	return out, err
}

// nextFirst is the order in which chats of several queues are served.
func nextFirst(a, b sessions.Session) int {
	return cmp.Or(cmp.Compare(b.Priority, a.Priority), a.QueuedAt.Compare(b.QueuedAt), cmp.Compare(a.ID, b.ID))
}

func (l *look) queue(ctx context.Context, skill string) (queue, error) {
	if q, known := l.queues[skill]; known {
		return q, nil
	}
	first, total, err := l.g.Store.Queue(ctx, skill, listed)
	l.queues[skill] = queue{first, total}
	return l.queues[skill], err
}

func (l *look) lines(ctx context.Context, list []sessions.Session) ([]Chat, error) {
	chats := make([]Chat, len(list))
	for i, s := range list {
		text, err := l.g.preview(ctx, s)
		if err != nil {
			return nil, err
		}
		if l.seen == nil {
			l.seen = map[string]struct{}{}
		}
		l.seen[s.ID] = struct{}{}
		chats[i] = Chat{
			Session: s.ID, Customer: called(s.Customer), State: s.State, Skill: s.Skill, Lang: s.Lang, Seq: s.Seq, Fence: s.Fence,
			Since: timeText(s.QueuedAt), Heard: timeText(s.HeardAt), Left: s.Memory.Left, Preview: text,
		}
	}
	return chats, nil
}

// called is what a desk calls a customer: the name, or the end of the id.
func called(c sessions.Customer) string {
	if c.Name != "" {
		return c.Name
	}
	id := []rune(c.ID)
	return string(id[max(0, len(id)-6):])
}

// preview returns the beginning of the customer's newest message.
func (g *Gateway) preview(ctx context.Context, s sessions.Session) (string, error) {
	g.lists.mu.Lock()
	p, known := g.lists.previews[s.ID]
	g.lists.mu.Unlock()
	if known && p.heard.Equal(s.HeardAt) {
		return p.text, nil
	}
	text, err := newestOf(ctx, g.Store, s)
	if err != nil {
		return "", err
	}
	p = preview{s.HeardAt, head(text, previewRunes)}
	g.lists.mu.Lock()
	g.lists.previews[s.ID] = p
	g.lists.mu.Unlock()
	return p.text, nil
}

// forget drops the previews of chats that are on no list.
func (l *lists) forget(but map[string]struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id := range l.previews {
		if _, seen := but[id]; !seen {
			delete(l.previews, id)
		}
	}
}

// newestOf returns the customer's newest message; it reads backwards, in steps that grow.
func newestOf(ctx context.Context, store sessions.Store, s sessions.Session) (string, error) {
	for to, step := s.Seq, int64(20); to > 0; step = min(2*step, 1000) {
		from := max(to-step, 0)
		page, err := store.Transcript(ctx, s.ID, from, int(to-from))
		if err != nil {
			return "", err
		}
		for _, e := range slices.Backward(page) {
			if e.Kind == sessions.Message && e.From.Role == sessions.RoleCustomer {
				return e.Text, nil
			}
		}
		to = from
	}
	return "", nil
}
