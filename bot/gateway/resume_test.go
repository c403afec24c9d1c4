package gateway

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wenda/sessions"
)

// TestResumeFromAnyCursor writes transcripts with hidden events anywhere and comes
// back with any cursor: what follows is exactly the visible suffix, and prev links it.
func TestResumeFromAnyCursor(t *testing.T) {
	r := newRig(t)
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		who := sessions.Customer{ID: fmt.Sprintf("c%d", n)}
		id, visible := r.transcript(t, who, rapid.SliceOfN(rapid.Bool(), 0, 450).Draw(t, "hidden"))
		head := int64(0)
		if s, err := r.store.Load(context.Background(), id); err == nil {
			head = s.Seq
		}
		c := &client{t: r.t}
		for range rapid.IntRange(1, 3).Draw(t, "times") {
			after := rapid.Int64Range(0, head).Draw(t, "after")
			c = r.customer(who.ID+"/d/", func(h *Hello) { h.Session, h.After = id, after })
			prev := after
			for _, seq := range visible {
				if seq <= after {
					continue
				}
				e := c.expect("event")
				if e.num("seq") != seq || e.num("prev") != prev {
					t.Fatalf("after %d: got seq %d with prev %d, want %d with %d", after, e.num("seq"), e.num("prev"), seq, prev)
				}
				prev = seq
			}
			c.send(Ping{Type: "ping"})
			c.expect("pong") // and nothing more
			c.conn.Close()
		}
	})
}

// transcript opens a session and writes its events, of which some are for staff. It
// returns the seqs a customer may see.
func (r *rig) transcript(t *rapid.T, who sessions.Customer, hidden []bool) (string, []int64) {
	ctx := context.Background()
	s, err := r.store.Open(ctx, who, "widget", "zh-CN")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.bot.Greet(ctx, s.ID); err != nil {
		t.Fatal(err)
	}
	visible := []int64{1}
	if s, err = r.store.Load(ctx, s.ID); err != nil {
		t.Fatal(err)
	}
	var events []sessions.Event
	for i, h := range hidden {
		e := sessions.Event{Kind: sessions.Message, From: sessions.Speaker{Role: sessions.RoleSystem}, Text: fmt.Sprint(i)}
		if h {
			e.Kind, e.Audience = sessions.Note, sessions.Staff
		} else {
			visible = append(visible, s.Seq+int64(i)+1)
		}
		events = append(events, e)
	}
	if len(events) > 0 {
		if _, err := r.store.Commit(ctx, sessions.Actor{Role: sessions.RoleSystem}, s, events...); err != nil {
			t.Fatal(err)
		}
	}
	return s.ID, visible
}

// TestNothingIsLostOrDoubledOverCuts cuts a customer's connection at random while
// both sides talk: with an outbox and a cursor everything arrives once, in order.
func TestNothingIsLostOrDoubledOverCuts(t *testing.T) {
	r := newRig(t)
	const messages = 60
	in := &inbox{seen: map[int64]string{}}
	var session string
	var at, cuts int64
	first := r.customer("a/d/")
	session = first.session
	first.conn.Close()
	acked := 0
	for acked < messages {
		c, err := r.again("a/d/", session, at)
		if err != nil {
			t.Fatal(err)
		}
		// A little more each time, so that something is said on the slowest machine.
		cut := time.AfterFunc(time.Duration(rand.Int64N(30+cuts))*time.Millisecond, func() { c.conn.Close() })
		for acked < messages {
			text := fmt.Sprint("m", acked)
			if c.conn.WriteJSON(Send{Type: "send", CID: fmt.Sprintf("cid-%05d", acked), Text: text}) != nil {
				break
			}
			if !in.readUntilAck(t, c) {
				break
			}
			acked++
		}
		cut.Stop()
		c.conn.Close()
		at = in.last
		cuts++
	}
	c, err := r.again("a/d/", session, at)
	if err != nil {
		t.Fatal(err)
	}
	_ = c.conn.WriteJSON(Ping{Type: "ping"})
	for in.last < 1+2*messages {
		if !in.take(t, c) {
			t.Fatalf("got %d of %d lines", in.last, 1+2*messages)
		}
	}
	for i := range int64(messages) {
		if said, reply := in.seen[2+2*i], in.seen[3+2*i]; said != fmt.Sprint("m", i) || reply != "re: "+said {
			t.Fatalf("message %d is kept as %q, %q", i, said, reply)
		}
	}
	t.Logf("%d cuts", cuts)
}

// inbox takes events in order and notices gaps and repetitions.
type inbox struct {
	seen map[int64]string
	last int64
}

func (in *inbox) take(t *testing.T, c *client) bool {
	f, err := c.read()
	if err != nil {
		return false
	}
	in.note(t, f)
	return true
}

func (in *inbox) note(t *testing.T, f frame) {
	if f.kind() != "event" {
		return
	}
	seq := f.num("seq")
	if f.num("prev") != in.last || in.seen[seq] != "" {
		t.Fatalf("got seq %d with prev %d after %d", seq, f.num("prev"), in.last)
	}
	in.seen[seq], in.last = f.text("text"), seq
}

func (in *inbox) readUntilAck(t *testing.T, c *client) bool {
	for {
		f, err := c.read()
		if err != nil {
			return false
		}
		in.note(t, f)
		if f.kind() == "ack" {
			return true
		}
	}
}

func (r *rig) again(token, session string, after int64) (*client, error) {
	c, _, err := r.dial("/ws", nil)
	if err != nil {
		return nil, err
	}
	c.send(Hello{Type: "hello", V: 1, Token: token, Session: session, After: after})
	c.welcomed()
	return c, nil
}

// lossy is a Live that loses every signal, or is not reachable at all.
type lossy struct {
	sessions.Live
	lost, down atomic.Bool
}

var errDown = errors.New("live is down")

func (l *lossy) err() error {
	if l.down.Load() {
		return errDown
	}
	return nil
}

func (l *lossy) Signal(ctx context.Context, topic string, sig sessions.Signal) error {
	if l.lost.Load() || l.down.Load() {
		return l.err()
	}
	return l.Live.Signal(ctx, topic, sig)
}

func (l *lossy) Renew(s sessions.Session, topics ...string) {
	switch {
	case l.down.Load():
	case l.lost.Load():
		l.Live.Renew(s)
	default:
		l.Live.Renew(s, topics...)
	}
}

func (l *lossy) Watch(topic string, f func(sessions.Signal)) (func(), error) {
	if l.down.Load() {
		return nil, errDown
	}
	return l.Live.Watch(topic, f)
}

func (l *lossy) Get(ctx context.Context, id string) (sessions.Session, bool, error) {
	if l.down.Load() {
		return sessions.Session{}, false, errDown
	}
	return l.Live.Get(ctx, id)
}

func (l *lossy) Allow(ctx context.Context, key string, perSecond float64, burst int) (bool, time.Duration, error) {
	if l.down.Load() {
		return false, 0, errDown
	}
	return l.Live.Allow(ctx, key, perSecond, burst)
}

func (l *lossy) Present(ctx context.Context, group string) ([]string, error) {
	if l.down.Load() {
		return nil, errDown
	}
	return l.Live.Present(ctx, group)
}

func (l *lossy) Announce(ctx context.Context, group, member string, ttl time.Duration) error {
	if l.down.Load() {
		return errDown
	}
	return l.Live.Announce(ctx, group, member, ttl)
}

func (l *lossy) Ping(ctx context.Context) error { return l.err() }

func lossyRig(t *testing.T, change ...func(*Options)) (*rig, *lossy) {
	l := &lossy{}
	r := newRig(t, append(change, func(opts *Options) {
		l.Live = opts.Live
		opts.Live = l
	})...)
	r.bot.live, r.desk.Live = l, l
	return r, l
}

func TestLostWakeUpsOnlyDelay(t *testing.T) {
	r, live := lossyRig(t, func(o *Options) { o.Limits.ReconcileEvery = 50 * time.Millisecond })
	one, two := r.customer("a/d/"), r.customer("a/d/")
	one.event("welcome")
	two.event("welcome")
	live.lost.Store(true)
	one.sayUntil("cid-00001", "一")
	two.event("一")
	two.event("re: 一")
	one.event("一")
}

func TestWithoutLiveEverythingGoesOn(t *testing.T) {
	r, live := lossyRig(t)
	before := r.customer("a/d/")
	before.event("welcome")
	live.down.Store(true)
	during := r.customer("a/d/", func(h *Hello) { h.Session, h.After = before.session, 1 })
	during.sayUntil("cid-00001", "一")
	for _, c := range []*client{before, during} {
		c.event("一")
		c.event("re: 一")
	}
	a := r.agent(zhou)
	during.sayUntil("cid-00002", "人工")
	a.send(Claim{Type: "claim", CID: "cid-claim"})
	a.until("ack", is("ack"))
	before.until("assigned", func(f frame) bool { return f.kind() == "state" && f.text("state") == "assigned" })

	live.down.Store(false)
	within(t, "those who came meanwhile are woken again", func() bool {
		r.g.follows.mu.Lock()
		defer r.g.follows.mu.Unlock()
		return len(r.g.follows.deaf) == 0
	})
}

func TestTheFeedIsReadFromItsEnd(t *testing.T) {
	var asked atomic.Int32
	r := newRig(t, func(o *Options) {
		o.Store = &knowsEnd{Store: o.Store, asked: &asked}
		o.Limits.ReconcileEvery = 10 * time.Millisecond
	})
	c := r.customer("a/d/")
	c.event("welcome")
	within(t, "the end is asked for", func() bool { return asked.Load() == 1 })
}

// knowsEnd is a store that can say where its feed ends.
type knowsEnd struct {
	sessions.Store
	asked *atomic.Int32
}

func (k *knowsEnd) Newest(context.Context) (sessions.Mark, error) {
	k.asked.Add(1)
	return sessions.Mark{}, nil
}

// TestStoreFailuresOfATailHeal lets reads fail for a while.
func TestStoreFailuresOfATailHeal(t *testing.T) {
	store := &failing{}
	r := newRig(t, func(o *Options) { store.Store = o.Store; o.Store = store })
	one, two := r.customer("a/d/"), r.customer("a/d/")
	one.event("welcome")
	two.event("welcome")
	store.fail.Store(3)
	one.sayUntil("cid-00001", "一")
	for _, c := range []*client{one, two} {
		c.event("一")
		c.event("re: 一")
	}
}

type failing struct {
	sessions.Store
	fail atomic.Int32
}

func (f *failing) Transcript(ctx context.Context, id string, after int64, limit int) ([]sessions.Event, error) {
	if f.fail.Add(-1) >= 0 {
		return nil, errors.New("disk on fire")
	}
	return f.Store.Transcript(ctx, id, after, limit)
}

// TestManyTalkAtOnce is a small crowd, for the race detector.
func TestManyTalkAtOnce(t *testing.T) {
	r := newRig(t)
	a := r.agent(zhou)
	go func() {
		for {
			if _, err := a.read(); err != nil {
				return
			}
		}
	}()
	var crowd sync.WaitGroup
	for i := range 12 {
		c := r.customer(fmt.Sprintf("c%d/d/", i))
		crowd.Go(func() {
			in := &inbox{seen: map[int64]string{}}
			for m := range 15 {
				text := fmt.Sprint("m", m)
				if m == 7 {
					text = "人工"
				}
				if err := c.conn.WriteJSON(Send{Type: "send", CID: fmt.Sprintf("cid-%05d", m), Text: text}); err != nil || !in.readUntilAck(t, c) {
					t.Errorf("customer %d stopped at message %d: %v", i, m, err)
					return
				}
			}
		})
	}
	crowd.Wait()
	if waiting := len(r.g.waiting.bySkill()[""]); waiting != 12 {
		within(t, "all wait", func() bool { return len(r.g.waiting.bySkill()[""]) == 12 })
	}
}

func TestLongTranscriptsOfLongLines(t *testing.T) {
	r := newRig(t)
	s, err := r.store.Open(t.Context(), sessions.Customer{ID: "a"}, "widget", "zh-CN")
	if err != nil {
		t.Fatal(err)
	}
	r.fill(s.ID, 300, 2000) // 1.7 MB, many windows
	c := r.customer("a/d/")
	for i := range 300 {
		if e := c.expect("event"); e.num("seq") != int64(i+1) {
			t.Fatalf("got seq %d, want %d", e.num("seq"), i+1)
		}
	}
}

// fill writes n long lines into a session.
func (r *rig) fill(id string, n, runes int) {
	r.t.Helper()
	s, err := r.store.Load(context.Background(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	var events []sessions.Event
	for range n {
		events = append(events, sessions.Event{Kind: sessions.Message, From: sessions.Speaker{Role: sessions.RoleSystem}, Text: strings.Repeat("长", runes)})
	}
	if _, err := r.store.Commit(context.Background(), sessions.Actor{Role: sessions.RoleSystem}, s, events...); err != nil {
		r.t.Fatal(err)
	}
}
