package gateway

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"wenda/sessions"
)

func TestHelloMakesAnAnonymousCustomerWhoComesBack(t *testing.T) {
	r := newRig(t)
	c := r.customer("")
	if c.session == "" || !strings.HasPrefix(c.token, "guest-") {
		t.Fatalf("welcomed as %q to %q", c.token, c.session)
	}
	c.event("welcome")
	ack := c.say("cid-00001", "怎么还款")
	said, reply := c.event("怎么还款"), c.event("re: 怎么还款")
	if said.num("seq") != ack.num("seq") || reply.num("prev") != said.num("seq") {
		t.Fatalf("ack %v, said %v, reply %v", ack, said, reply)
	}
	if said.text("cid") != "cid-00001" || reply.text("cid") != "" {
		t.Fatalf("cid belongs to what the customer said: %v, %v", said, reply)
	}
	c.conn.Close()

	back := r.customer(c.token)
	if back.session != c.session {
		t.Fatalf("came back to %s, was in %s", back.session, c.session)
	}
	for _, text := range []string{"welcome", "怎么还款", "re: 怎么还款"} {
		back.event(text)
	}
}

func TestAckBeforeWhatItLedTo(t *testing.T) {
	r := newRig(t)
	c := r.customer("a/d/")
	other := r.customer("a/d2/")
	c.event("welcome")
	other.event("welcome")
	slow := make(chan struct{})
	r.bot.script(func(b *echoBot) { b.slow = slow })
	c.send(Send{Type: "send", CID: "cid-00001", Text: "你好"})
	other.event("你好") // it is committed, and everybody is woken
	other.event("re: 你好")
	within(t, "the speaker's own tail has had its chance", func() bool {
		for _, s := range r.g.sockets.all() {
			f := &s.side.(*customer).follow
			f.mu.Lock()
			idle := !f.running && max(f.heard, f.cursor) == 3 // who has read it already is not told any more
			f.mu.Unlock()
			if !idle {
				return false
			}
		}
		return true
	})
	close(slow)
	c.expect("ack")
	c.event("你好")
	c.event("re: 你好")
}

func TestResentIsAckedAgainAndKeptOnce(t *testing.T) {
	r := newRig(t)
	c := r.customer("a/d/")
	c.event("welcome")
	first := c.say("cid-00001", "一")
	c.event("一")
	c.event("re: 一")
	if again := c.say("cid-00001", "一"); again.num("seq") != first.num("seq") {
		t.Fatalf("acked as %v, was %v", again, first)
	}
	c.send(Send{Type: "send", CID: "cid-00001", Text: "二"})
	if f := c.refused(CodeCIDConflict); f.text("cid") != "cid-00001" {
		t.Fatalf("got %v", f)
	}
	c.say("cid-00002", "三")
	c.event("三")
}

func TestOtherTabsSeeEverything(t *testing.T) {
	r := newRig(t)
	one, two := r.customer("a/d/"), r.customer("a/d/")
	for _, c := range []*client{one, two} {
		c.event("welcome")
	}
	one.say("cid-00001", "一")
	one.event("一")
	one.event("re: 一")
	two.event("一")
	two.event("re: 一")
	two.say("cid-00002", "二")
	two.event("二")
	one.event("二")
}

func TestResumeSendsOnlyWhatIsMissing(t *testing.T) {
	r := newRig(t)
	c := r.customer("a/d/")
	c.event("welcome")
	c.say("cid-00001", "一")
	c.event("一")
	last := c.event("re: 一")
	c.conn.Close()
	back := r.customer("a/d/", func(h *Hello) { h.Session, h.After = c.session, last.num("seq")-1 })
	if e := back.event("re: 一"); e.num("prev") != last.num("seq")-1 {
		t.Fatalf("got %v", e)
	}
	back.say("cid-00002", "二")
	back.event("二")

	// The cursor of another session says nothing about this one.
	fresh := r.customer("a/d/", func(h *Hello) { h.Session, h.After = "elsewhere-1", 3 })
	fresh.event("welcome")
}

func TestCursorAhead(t *testing.T) {
	r := newRig(t)
	c := r.customer("a/d/")
	c.event("welcome")
	back := r.customer("a/d/", func(h *Hello) { h.Session, h.After = c.session, 99 })
	back.refused(CodeCursor)
	back.event("welcome")
	back.send(Sync{Type: "sync", After: 99})
	back.refused(CodeCursor)
	back.event("welcome")
	back.send(Sync{Type: "sync", After: 0})
	back.event("welcome")
}

func TestAWrongTokenMayBeDropped(t *testing.T) {
	r := newRig(t)
	c := r.open("/ws", nil)
	c.send(Hello{Type: "hello", V: 1, Token: "forged", Lang: "en"})
	if f := c.refused(CodeBadToken); !strings.Contains(f.text("text"), "expired") {
		t.Fatalf("an English page reads %q", f.text("text"))
	}
	c.send(Hello{Type: "hello", V: 1, Lang: "en"})
	if w := c.welcomed(); w.text("lang") != "en" {
		t.Fatalf("got %v", w)
	}
}

func TestSpeakingAfterTheEndOpensANewSession(t *testing.T) {
	r := newRig(t)
	c := r.customer("a/d/")
	c.event("welcome")
	c.send(End{Type: "end", CID: "cid-end-01"})
	c.expect("ack")
	c.event("bye")
	if s := c.expect("state"); s.text("state") != "closed" {
		t.Fatalf("got %v", s)
	}
	c.send(Rate{Type: "rate", CID: "cid-rate-1", Value: 5})
	c.expect("ack")
	if e := c.expect("event"); e.text("kind") != "rating" || e.num("value") != 5 {
		t.Fatalf("got %v", e)
	}
	before := c.session

	c.send(Send{Type: "send", CID: "cid-00001", Text: "还在吗"})
	c.welcomed()
	if c.session == before {
		t.Fatal("welcomed to the closed session")
	}
	if ack := c.expect("ack"); ack.text("cid") != "cid-00001" {
		t.Fatalf("got %v", ack)
	}
	for _, text := range []string{"welcome", "还在吗", "re: 还在吗"} {
		if e := c.event(text); e.text("session") != c.session {
			t.Fatalf("%v is not of %s", e, c.session)
		}
	}
	// Sent again, as an outbox does after a lost ack, it is still one message.
	c.say("cid-00001", "还在吗")
}

func TestWhatWasSaidLastBeforeACloseIsRead(t *testing.T) {
	r := newRig(t)
	c := r.customer("a/d/")
	seen := c.event("welcome").num("seq")
	c.conn.Close()
	s, _ := r.store.Load(t.Context(), c.session)
	if _, err := r.bot.End(t.Context(), s.ID, sessions.Actor{Role: sessions.RoleCustomer, ID: "a", Device: "d"}, "cid-end-01"); err != nil {
		t.Fatal(err)
	}
	back := r.customer("a/d/", func(h *Hello) { h.Session, h.After = c.session, seen })
	if back.session != c.session {
		t.Fatal("a new session was opened, the last words are lost")
	}
	back.event("bye")
	// A page without memory starts anew, and after that nobody comes back to the old one.
	fresh := r.customer("a/d/")
	if fresh.session == c.session {
		t.Fatal("no new session")
	}
	later := r.customer("a/d/", func(h *Hello) { h.Session, h.After = c.session, seen })
	if later.session != fresh.session {
		t.Fatalf("went on in %s, open is %s", later.session, fresh.session)
	}
}

func TestNothingInternalReachesACustomer(t *testing.T) {
	r := newRig(t)
	c := r.waiting("a/d/", "")
	a := r.agent(zhou)
	a.send(Claim{Type: "claim", CID: "cid-claim", Session: c.session})
	ack := a.until("ack", is("ack"))
	act := func(kind, cid, text string) {
		a.send(Act{Type: kind, Session: c.session, Fence: ack.num("fence"), CID: cid, Text: text})
		a.until("ack of "+kind, is("ack"))
	}
	act("note", "cid-note-1", "难缠")
	act("say", "cid-say-01", "您好")
	act("return", "cid-back-1", "交给机器人")
	back := r.customer("a/d/")
	for {
		e := back.until("an event", is("event"))
		for _, key := range []string{"decision", "move", "audience", "sealed"} {
			if _, there := e[key]; there {
				t.Errorf("%s reached a customer: %v", key, e)
			}
		}
		if from := e["from"].(map[string]any); from["id"] != nil {
			t.Errorf("a user id reached a customer: %v", e)
		}
		if strings.Contains(e.text("text"), "难缠") || e.text("text") == "交给机器人" {
			t.Errorf("a note reached a customer: %v", e)
		}
		if strings.HasPrefix(e.text("text"), "system.returned") {
			break
		}
	}
}

func TestVoteOnAReply(t *testing.T) {
	r := newRig(t)
	c := r.customer("a/d/")
	about := c.event("welcome").num("seq")
	c.send(VoteOn{Type: "vote", CID: "cid-vote-1", About: about, Value: -1})
	c.expect("ack")
	if e := c.expect("event"); e.text("kind") != "vote" || e.num("about") != about || e.num("value") != -1 {
		t.Fatalf("got %v", e)
	}
}

func TestAChoiceIsSaid(t *testing.T) {
	r := newRig(t)
	c := r.customer("a/d/")
	c.event("welcome")
	c.send(Send{Type: "send", CID: "cid-00001", Choice: "repay-failed"})
	c.expect("ack")
	if e := c.event("chose repay-failed"); e.text("choice") != "repay-failed" {
		t.Fatalf("got %v", e)
	}
}

func TestFailuresOfOursAreToldKindly(t *testing.T) {
	for _, test := range []struct {
		err   error
		code  Code
		retry bool
	}{
		{sessions.ErrBusy, CodeBusy, true},
		{sessions.ErrConflict, CodeBusy, true},
		{context.DeadlineExceeded, CodeBusy, true},
		{errors.New("disk on fire"), CodeBusy, true},
		{sessions.ErrNotFound, CodeNotFound, false},
		{sessions.ErrInvalid, CodeForbidden, false},
	} {
		r := newRig(t)
		c := r.customer("a/d/")
		c.event("welcome")
		r.bot.script(func(b *echoBot) { b.fail = test.err })
		c.send(Send{Type: "send", CID: "cid-00001", Text: "一"})
		f := c.refused(test.code)
		if f.text("cid") != "cid-00001" || (f.num("retry_after_ms") > 0) != test.retry || strings.Contains(f.text("text"), "fire") {
			t.Errorf("%v: got %v", test.err, f)
		}
		c.say("cid-00001", "一") // and the connection lives
	}
}

func TestTypingGoesFromPersonToPerson(t *testing.T) {
	r := newRig(t)
	c := r.waiting("a/d/阿明", "")
	a := r.agent(zhou)
	a.send(Claim{Type: "claim", CID: "cid-claim", Session: c.session})
	a.until("ack", is("ack"))
	a.send(Watch{Type: "watch", Session: c.session})
	a.until("the talk", func(f frame) bool { return f.kind() == "event" && strings.HasPrefix(f.text("text"), "system.assigned") })
	c.until("state", func(f frame) bool {
		return f.kind() == "state" && f.text("state") == "assigned" && f.text("agent") == "小周"
	})

	a.send(Typing{Type: "typing", Session: c.session})
	f := c.until("typing", is("typing"))
	if from := f["from"].(map[string]any); from["name"] != "小周" || from["id"] != nil {
		t.Fatalf("got %v", f)
	}
	c.send(Typing{Type: "typing"})
	f = a.until("typing", is("typing"))
	if from := f["from"].(map[string]any); from["name"] != "阿明" || f.text("session") != c.session {
		t.Fatalf("got %v", f)
	}
}

func TestPingIsAnsweredAndTellsTheHead(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Limits.PingEvery = 40 * time.Millisecond })
	c := r.customer("a/d/")
	seq := c.event("welcome").num("seq")
	c.send(Ping{Type: "ping"})
	for {
		_, data, err := c.conn.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		if string(data) == `{"type":"pong"}` {
			break
		}
	}
	for want := `{"type":"ping","head":` + string(rune('0'+seq)) + `}`; ; {
		_, data, err := c.conn.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		if string(data) == want {
			return
		}
	}
}
