package gateway

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wenda/sessions"
)

func TestNoMoreTurnsThanTheMachineCarries(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Limits.Turns, o.Limits.QuickTurns = 1, 1; o.Limits.TurnWithin = time.Millisecond })
	slow := make(chan struct{})
	r.bot.script(func(b *echoBot) { b.slow = slow })
	one, two := r.customer("a/d/"), r.customer("b/d/")
	one.event("welcome")
	two.event("welcome")
	one.send(Send{Type: "send", CID: "cid-00001", Text: "一"})
	within(t, "the turn is taken", func() bool { return len(r.g.turns.slots) == 1 })
	two.send(Send{Type: "send", CID: "cid-00002", Text: "二"})
	if f := two.refused(CodeBusy); f.num("retry_after_ms") < 500 || f.text("cid") != "cid-00002" {
		t.Errorf("refused with %v", f)
	}
	r.bot.script(func(b *echoBot) { b.slow = nil })
	close(slow)
	one.expect("ack")
	two.say("cid-00002", "二") // the same again, and now it is taken
	two.event("二")
	two.event("re: 二")
}

// Whatever happens in a turn, its place is free afterwards.
func TestATurnThatPanicsLeaves(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Limits.Turns, o.Limits.QuickTurns = 1, 1; o.Limits.TurnWithin = time.Millisecond })
	c := r.customer("a/d/")
	r.bot.script(func(b *echoBot) { b.panics = true })
	c.send(Send{Type: "send", CID: "cid-00001", Text: "一"})
	within(t, "the turn is over", func() bool { return r.g.Connected() == 0 && len(r.g.turns.slots) == 0 })
	r.customer("a/d/").sayUntil("cid-00001", "一")
}

func TestTurnsWaitTheirTurn(t *testing.T) {
	var ts turns
	ts.init(2, 2, bound)
	var now, most, done atomic.Int64
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			leave, busy := ts.enter(t.Context())
			if busy != nil {
				t.Error("refused with time to wait")
				return
			}
			defer leave()
			for n := now.Add(1); n > most.Load(); {
				most.Store(n)
			}
			done.Add(1)
			now.Add(-1)
		})
	}
	group.Wait()
	if done.Load() != 50 || most.Load() > 2 || ts.waiting.Load() != 0 {
		t.Errorf("%d done, %d at once, %d still wait", done.Load(), most.Load(), ts.waiting.Load())
	}
}

// Who would wait too long is not kept waiting to be told so.
func TestTurnsThatWouldComeTooLateAreRefusedAtOnce(t *testing.T) {
	var ts turns
	ts.init(1, 1, bound)
	ts.usual.Store(int64(2 * bound))
	ts.slots <- struct{}{}
	began := time.Now()
	if _, busy := ts.enter(t.Context()); busy == nil || busy.code != CodeBusy || busy.retry < retryBusy/2 {
		t.Errorf("got %v", busy)
	}
	if waited := time.Since(began); waited >= bound {
		t.Errorf("it took %v: it waited", waited)
	}
	if ts.crowded() == nil {
		t.Error("one more is let in to be refused later")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ts.usual.Store(0)
	if _, busy := ts.enter(ctx); busy == nil {
		t.Error("a turn began without room")
	}
}

// While turns are quick there is room for more, and no more than that.
func TestQuickTurnsHaveMoreRoom(t *testing.T) {
	for _, c := range []struct {
		usual time.Duration
		room  int
	}{{quickTurn, 3}, {quickTurn + 1, 2}} {
		var ts turns
		ts.init(2, 3, time.Millisecond)
		ts.usual.Store(int64(c.usual))
		var leaves []func()
		for leave, busy := ts.enter(t.Context()); busy == nil; leave, busy = ts.enter(t.Context()) {
			leaves = append(leaves, leave)
		}
		if len(leaves) != c.room {
			t.Errorf("%d turns of %v at once, want %d", len(leaves), c.usual, c.room)
		}
		for _, leave := range leaves {
			leave()
		}
		if len(ts.slots)+len(ts.more) != 0 {
			t.Errorf("%d and %d are still taken", len(ts.slots), len(ts.more))
		}
	}
}

// counting counts what is asked of a store.
type counting struct {
	sessions.Store
	loads, reads atomic.Int64
}

func (c *counting) Load(ctx context.Context, id string) (sessions.Session, error) {
	c.loads.Add(1)
	return c.Store.Load(ctx, id)
}

func (c *counting) Transcript(ctx context.Context, id string, after int64, limit int) ([]sessions.Event, error) {
	c.reads.Add(1)
	return c.Store.Transcript(ctx, id, after, limit)
}

// level waits until the tail of a customer's chat has ended: what is said while it runs is
// read like what others say.
func (r *rig) level(c *client) {
	r.t.Helper()
	within(r.t, "the tail has ended", func() bool {
		r.g.follows.mu.Lock()
		defer r.g.follows.mu.Unlock()
		return !slices.ContainsFunc(r.g.follows.by[c.session], (*follower).busy)
	})
}

func (f *follower) busy() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.running
}

// What a customer said and what it led to is not read back for the socket it came from.
func TestOwnWordsAreNotReadBack(t *testing.T) {
	var store counting
	r := newRig(t, func(o *Options) { store.Store = o.Store; o.Store = &store })
	one := r.customer("a/d/")
	one.event("welcome")
	r.level(one)
	for i := range 5 {
		one.say(fmt.Sprintf("cid-%05d", i), "一")
		one.event("一")
		if e := one.expect("event"); e.text("text") != "re: 一" || e.num("prev") != e.num("seq")-1 {
			t.Fatalf("got %v", e)
		}
	}
	if n := store.reads.Load(); n != 1 {
		t.Errorf("%d reads of the transcript, want the first only", n)
	}
	// What another device says is read, and the order stays.
	two := r.customer("a/e/")
	two.until("the end", func(f frame) bool { return f.num("seq") == 11 })
	two.say("cid-two-1", "二")
	one.event("二")
	one.event("re: 二")
	one.say("cid-one-1", "三")
	one.event("三")
	one.event("re: 三")
}

// A handoff changes who owns the chat; that is told, too, after the events.
func TestOwnHandoffIsToldInOrder(t *testing.T) {
	r := newRig(t)
	c := r.customer("a/d/")
	c.event("welcome")
	c.say("cid-00001", "人工")
	c.event("人工")
	c.event("queued")
	if s := c.expect("state"); s.text("state") != "queued" {
		t.Errorf("got %v", s)
	}
}

// Ten thousand who come back at once ask for one row each: who is level is read nothing.
func TestComingBackCostsOneRead(t *testing.T) {
	var store counting
	r := newRig(t, func(o *Options) { store.Store = o.Store; o.Store = &store })
	before := r.customer("a/d/")
	before.event("welcome")
	r.level(before)
	before.say("cid-00001", "一")
	_ = before.conn.Close()
	within(t, "it is gone", func() bool { return r.g.Connected() == 0 })

	loads := store.loads.Load()
	after := r.customer(before.token, func(h *Hello) { h.Session, h.After = before.session, 3 })
	if after.session != before.session || store.loads.Load() != loads+1 || store.reads.Load() != 1 {
		t.Errorf("%d loads and %d reads to come back", store.loads.Load()-loads, store.reads.Load()-1)
	}
	// It is awake: what another tab says arrives.
	other := r.customer(before.token, func(h *Hello) { h.Session, h.After = before.session, 3 })
	other.say("cid-00002", "二")
	after.event("二")
	after.event("re: 二")
}

// To name somebody else's session, even one where something happens, brings nothing of it.
func TestNamingSomebodyElsesSessionBringsNothing(t *testing.T) {
	r := newRig(t)
	victim := r.customer("victim/d/")
	victim.event("welcome")
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for seq := int64(2); ; seq++ {
			select {
			case <-stop:
				return
			default:
				_ = r.live.Signal(context.Background(), sessions.SessionTopic(victim.session), sessions.Signal{
					Session: victim.session, Seq: seq, Typing: sessions.Speaker{Role: sessions.RoleAgent, ID: "zhou", Name: "secret"},
				})
			}
		}
	}()
	for i := range 20 {
		thief := r.open("/ws", nil)
		thief.send(Hello{Type: "hello", V: 1, Token: fmt.Sprintf("thief%d/d/", i), Session: victim.session, After: 0})
		for _, kind := range []string{"welcome", "event"} {
			f := thief.expect(kind)
			if f.text("session") == victim.session {
				t.Fatalf("got %v", f)
			}
		}
		_ = thief.conn.Close()
	}
	close(stop)
	<-stopped
}

// A customer who only reads is not cut off when the time to say hello is over: it is when
// one who came later and said nothing is sent away.
func TestWhoSaidHelloMayBeQuiet(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Limits.HelloWithin = time.Second })
	c := r.customer("a/d/")
	c.event("welcome")
	r.open("/ws", nil).closed(CloseProtocol)
	c.say("cid-00001", "一")
}

// A message that comes by drips is waited for until MessageWithin and no longer.
func TestAMessageMustComeWithinItsTime(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Limits.MessageWithin = 100 * time.Millisecond })
	for name, part := range map[string][]byte{
		"half a header":            {0x81},
		"half a body":              wsFrame(true, 1, []byte(`{"type":"ping"}`))[:12],
		"the first part of two":    wsFrame(false, 1, []byte(`{"type":`)),
		"nothing but an empty one": wsFrame(false, 1, nil),
	} {
		t.Run(name, func(t *testing.T) {
			conn, _ := r.tcp("/ws", map[string][]string{"Origin": {r.server.URL}})
			if _, err := conn.Write(wsFrame(true, 1, []byte(`{"type":"hello","v":1,"after":0}`))); err != nil {
				t.Fatal(err)
			}
			within(t, "it is welcomed", func() bool { return r.g.follows.count() == 1 })
			if _, err := conn.Write(part); err != nil {
				t.Fatal(err)
			}
			within(t, "the socket is given up", func() bool { return r.g.Connected() == 0 })
		})
	}
}

func (fs *follows) count() int {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	return len(fs.by)
}

// Who comes in when all are busy with others who do waits, and is not sent away to come again.
func TestComingInWaitsForRoom(t *testing.T) {
	r := newRig(t)
	for _, places := range []chan struct{}{r.g.hellos.slots, r.g.hellos.more} {
		for range cap(places) {
			places <- struct{}{}
		}
	}
	in := make(chan struct{})
	go func() {
		defer close(in)
		r.customer("a/d/")
	}()
	within(t, "it waits", func() bool { return r.g.hellos.waiting.Load() == 1 })
	<-r.g.hellos.slots
	<-in
}
