package gateway

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"wenda/sessions"
)

func TestASlowReaderIsClosedAndHarmsNobody(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Limits.SlowAfter = 2 * time.Second })
	s, err := r.store.Open(t.Context(), sessions.Customer{ID: "slow"}, "widget", "zh-CN")
	if err != nil {
		t.Fatal(err)
	}
	r.fill(s.ID, 300, 2000)
	slow := r.customer("slow/d/") // and then reads nothing
	other := r.customer("b/d/")
	other.event("welcome")
	for i := range 20 {
		other.sayUntil(fmt.Sprintf("cid-%05d", i), "一")
	}
	within(t, "the slow one is given up", func() bool { return r.g.Connected() == 1 })

	// Waking up, it reads complete frames and then why it was closed; what it missed
	// is still there.
	var last int64
	for {
		_, data, err := slow.conn.ReadMessage()
		if err != nil {
			break
		}
		var f frame
		mustUnmarshal(t, data, &f)
		if f.kind() == "event" {
			last = f.num("seq")
		}
	}
	if last == 0 || last >= 300 {
		t.Fatalf("got %d of 300 lines before it was closed", last)
	}
	// On a node with patience: what it reads now it may read as slowly as the machine does.
	calm := newRig(t, func(o *Options) {
		o.Store, o.Live, o.Desk, o.Roster, o.Staff = r.store, r.live, r.desk, r.roster, r.staff
	})
	back := calm.customer("slow/d/", func(h *Hello) { h.Session, h.After = s.ID, last })
	for seq := last + 1; seq <= 300; seq++ {
		if e := back.expect("event"); e.num("seq") != seq {
			t.Fatalf("got seq %d, want %d", e.num("seq"), seq)
		}
	}
}

func TestASlowReaderHearsWhy(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Limits.SlowAfter = 100 * time.Millisecond; o.Limits.Window = 4 << 10 })
	s, err := r.store.Open(t.Context(), sessions.Customer{ID: "slow"}, "widget", "zh-CN")
	if err != nil {
		t.Fatal(err)
	}
	r.fill(s.ID, 50, 500)
	conn, _ := r.tcp("/ws", http.Header{"Origin": {r.server.URL}})
	if _, err := conn.Write(wsFrame(true, 1, []byte(`{"type":"hello","v":1,"after":0,"token":"slow/d/"}`))); err != nil {
		t.Fatal(err)
	}
	if got := closeCode(t, conn); got != CloseSlow { // it reads, but answers no ping
		t.Errorf("closed with %d", got)
	}
}

func TestAWriteThatDoesNotMoveIsGivenUp(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Limits.WriteWithin = 200 * time.Millisecond; o.Limits.Window = 64 << 20 })
	s, err := r.store.Open(t.Context(), sessions.Customer{ID: "stuck"}, "widget", "zh-CN")
	if err != nil {
		t.Fatal(err)
	}
	for range 8 {
		r.fill(s.ID, 500, 2000)
	}
	conn, _ := r.tcp("/ws", http.Header{"Origin": {r.server.URL}})
	_ = conn.(begun).Conn.(*net.TCPConn).SetReadBuffer(4 << 10)
	if _, err := conn.Write(wsFrame(true, 1, []byte(`{"type":"hello","v":1,"after":0,"token":"stuck/d/"}`))); err != nil {
		t.Fatal(err)
	}
	within(t, "the stuck one is given up", func() bool { return r.g.Connected() == 0 })
}

func TestCustomersMayNotFlood(t *testing.T) {
	for _, where := range []string{"in Live", "on this node"} {
		t.Run(where, func(t *testing.T) {
			r, live := lossyRig(t, func(o *Options) { o.Limits.CustomerSays = Pace{0.01, 3}; o.Limits.Errors = Pace{0.01, 4} })
			live.down.Store(where == "on this node")
			c := r.customer("a/d/")
			for i := range 3 {
				c.sayUntil(fmt.Sprintf("cid-%05d", i), "一")
			}
			for i := range 4 {
				c.send(Send{Type: "send", CID: fmt.Sprintf("cid-1%04d", i), Text: "一"})
				f := c.until("error", is("error"))
				if f.text("code") != string(CodeRate) || f.num("retry_after_ms") < 1000 || f.text("cid") == "" {
					t.Fatalf("got %v", f)
				}
			}
			c.send(Send{Type: "send", CID: "cid-20000", Text: "一"})
			c.closed(ClosePolicy)
			// Another customer is not touched.
			r.customer("b/d/").sayUntil("cid-00001", "一")
		})
	}
}

func TestAddressesMayNotKnockWithoutEnd(t *testing.T) {
	r := newRig(t, func(o *Options) {
		o.Limits.Connects = Pace{0.01, 2}
		o.Address = func(r *http.Request) string { return r.Header.Get("X-From") }
	})
	from := func(who string) int {
		return r.handshake("/ws", http.Header{"Origin": {r.server.URL}, "X-From": {who}})
	}
	for i, want := range []int{101, 101, 429} {
		if got := from("one"); got != want {
			t.Errorf("knock %d: status %d, want %d", i, got, want)
		}
	}
	if got := from("two"); got != 101 {
		t.Errorf("another address: status %d", got)
	}
	if got := from(""); got != 101 {
		t.Errorf("nobody's address: status %d", got)
	}
}

func TestHellosOfOneCustomerAreBounded(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Limits.Hellos = Pace{0.01, 2} })
	for range 2 {
		r.customer("a/d/").conn.Close()
	}
	c := r.open("/ws", nil)
	c.send(Hello{Type: "hello", V: 1, Token: "a/d/"})
	c.refused(CodeRate)
	c.closed(ClosePolicy)
}

func TestTheOldestSocketMakesRoom(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Limits.CustomerSockets = 2 })
	first, second := r.customer("a/d/"), r.customer("a/d/")
	third := r.customer("a/d/")
	first.closed(ClosePolicy)
	for _, c := range []*client{second, third} {
		c.event("welcome")
	}
	second.say("cid-00001", "一")
	within(t, "two are left", func() bool { return r.g.Connected() == 2 })
}

func TestPlacesInTheQueue(t *testing.T) {
	r := newRig(t)
	place := func(n int64) func(frame) bool {
		return func(f frame) bool {
			return f.kind() == "state" && f.text("state") == "queued" && f.num("position") == n
		}
	}
	first := r.waiting("a/d/", "")
	first.until("place 1", place(1))
	second := r.waiting("b/d/", "")
	second.until("place 2", place(2))
	elsewhere := r.waiting("c/d/", "vip")
	elsewhere.until("place 1 of another queue", place(1))
	a := r.agent(zhou)
	a.send(Claim{Type: "claim", CID: "cid-claim"})
	second.until("place 1", place(1))
	first.until("assigned", func(f frame) bool { return f.text("state") == "assigned" && f.num("position") == 0 })
}

func TestPlacesBeyondFifty(t *testing.T) {
	r := newRig(t)
	for i := range queueShown + 2 {
		s, err := r.store.Open(t.Context(), sessions.Customer{ID: fmt.Sprint("early", i)}, "widget", "zh-CN")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.store.Commit(t.Context(), sessions.Actor{Role: sessions.RoleSystem}, s.Queue("", time.Now().Add(-time.Hour))); err != nil {
			t.Fatal(err)
		}
	}
	late := r.waiting("late/d/", "")
	late.until("50+", func(f frame) bool { return f.kind() == "state" && f.num("position") == placeMore })
}

func TestDrain(t *testing.T) {
	r := newRig(t)
	c, a := r.customer("a/d/"), r.agent(zhou)
	c.event("welcome")
	slow := make(chan struct{})
	r.bot.script(func(b *echoBot) { b.slow = slow })
	c.send(Send{Type: "send", CID: "cid-00001", Text: "一"})
	within(t, "the message is committed", func() bool {
		s, _ := r.store.Load(t.Context(), c.session)
		return s.Seq == 3
	})
	done := make(chan error)
	go func() { done <- r.g.Drain(t.Context()) }()
	if f := a.until("draining", is("draining")); f.num("after_ms") < 0 || f.num("after_ms") > 5000 {
		t.Fatalf("got %v", f)
	}
	a.closed(CloseRestart)
	if status := r.handshake("/ws", http.Header{"Origin": {r.server.URL}}); status != 503 {
		t.Errorf("a new socket: status %d", status)
	}
	if !r.g.Draining() {
		t.Error("not draining")
	}
	c.expect("draining") // before the message is answered
	close(slow)
	if ack := c.expect("ack"); ack.text("cid") != "cid-00001" {
		t.Fatalf("what was being heard is not acked: %v", ack)
	}
	c.closed(CloseRestart)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if n := r.g.Connected(); n != 0 {
		t.Errorf("%d sockets are left", n)
	}
}

func TestDrainDoesNotWaitForEver(t *testing.T) {
	r := newRig(t)
	c := r.customer("a/d/")
	c.event("welcome")
	slow := make(chan struct{})
	r.bot.script(func(b *echoBot) { b.slow = slow })
	c.send(Send{Type: "send", CID: "cid-00001", Text: "一"})
	within(t, "the message is committed", func() bool { s, _ := r.store.Load(t.Context(), c.session); return s.Seq == 3 })
	ctx, cancel := contextWithTimeout(50 * time.Millisecond)
	defer cancel()
	wakes := sync.OnceFunc(func() { close(slow) })
	context.AfterFunc(r.g.base, wakes) // not before Drain has given up
	defer time.AfterFunc(bound, wakes).Stop()
	if err := r.g.Drain(ctx); err == nil {
		t.Error("gave up without saying so")
	}
}
