package gateway

import (
	"fmt"
	"strings"
	"testing"

	"wenda/sessions"
)

// taken brings a customer into the queue and lets an agent claim the chat.
func (r *rig) taken(token string, a *client) (*client, int64) {
	r.t.Helper()
	c := r.waiting(token, "")
	a.send(Claim{Type: "claim", CID: "claim-" + c.session[20:], Session: c.session})
	ack := a.until("ack", is("ack"))
	if ack.text("session") != c.session {
		r.t.Fatalf("claimed %v", ack)
	}
	return c, ack.num("fence")
}

func (a *client) act(kind, session string, fence int64, cid, text string) {
	a.t.Helper()
	a.send(Act{Type: kind, Session: session, Fence: fence, CID: cid, Text: text})
}

func TestAgentTakesAChatTalksAndReturnsIt(t *testing.T) {
	r := newRig(t)
	a := r.agent(zhou)
	c, fence := r.taken("a/d/阿明", a)
	if e := c.until("the move", is("event")); e.text("kind") != "handed" || e.text("text") != "" {
		t.Fatalf("got %v", e)
	}
	told := map[string]frame{} // two commits follow each other: the state may come between
	for len(told) < 2 {
		f := c.until("event and state", func(f frame) bool { return f.kind() == "event" || f.kind() == "state" && f.text("state") == "assigned" })
		told[f.kind()] = f
	}
	if e := told["event"]; e.text("text") != "system.assigned/zh-CNagent=小周" {
		t.Fatalf("got %v", e)
	}
	if s := told["state"]; s.text("agent") != "小周" || s.num("fence") != 0 {
		t.Fatalf("got %v", s)
	}

	a.send(Watch{Type: "watch", Session: c.session})
	if s := a.until("state", is("state")); s.text("state") != "assigned" || s["mine"] != true || s.num("fence") != fence {
		t.Fatalf("got %v", s)
	}
	var texts []string
	for e := a.until("event", is("event")); ; e = a.until("event", is("event")) {
		texts = append(texts, e.text("text"))
		if e.text("text") == "re: 人工" {
			t.Fatal("the bot spoke while it handed over")
		}
		if strings.HasPrefix(e.text("text"), "system.assigned") {
			break
		}
	}
	if want := []string{"welcome", "人工", "queued", "", "system.assigned/zh-CNagent=小周"}; fmt.Sprint(texts) != fmt.Sprint(want) {
		t.Fatalf("the agent read %q, want %q", texts, want)
	}

	a.act("say", c.session, fence, "cid-say-01", "我的电话13800138000")
	if ack := a.until("ack", is("ack")); ack.text("cid") != "cid-say-01" || ack.num("fence") != fence || ack.text("session") != c.session {
		t.Fatalf("got %v", ack)
	}
	if e := a.until("own event", is("event")); e.text("cid") != "cid-say-01" || e.text("audience") != "all" {
		t.Fatalf("got %v", e)
	}
	if e := c.event("我的电话138****8000"); e["from"].(map[string]any)["name"] != "小周" || fmt.Sprint(e["masked"]) != "[phone]" {
		t.Fatalf("got %v", e)
	}
	c.say("cid-00009", "谢谢")
	c.event("谢谢")
	if e := a.until("customer's event", is("event")); e.text("text") != "谢谢" || e.text("cid") != "" {
		t.Fatalf("got %v", e)
	}

	a.act("return", c.session, fence, "cid-back-1", "已解决")
	if ack := a.until("ack", is("ack")); ack.num("fence") != fence+1 {
		t.Fatalf("got %v", ack)
	}
	c.event("system.returned/zh-CN")
	if e := c.event("system.survey-agent/zh-CN"); e.text("kind") != "survey" || e.text("part") != "agent" {
		t.Fatalf("got %v", e)
	}
	if s := c.expect("state"); s.text("state") != "bot" {
		t.Fatalf("got %v", s)
	}
	// Said to the bot now: the agent reads no more of it.
	c.say("cid-00010", "自己聊")
	c.event("自己聊")
	if e := a.until("the move", is("event")); e.text("kind") != "handed" {
		t.Fatalf("got %v", e)
	}
	if s := a.until("state", is("state")); s.text("state") != "bot" || s["mine"] == true {
		t.Fatalf("got %v", s)
	}
	a.send(Ping{Type: "ping"})
	a.until("pong, with nothing of the chat before it", func(f frame) bool {
		if f.kind() == "event" {
			t.Fatalf("read on after the return: %v", f)
		}
		return f.kind() == "pong"
	})
}

func TestReturningAnUnansweredChatLeavesItToTheBot(t *testing.T) {
	r := newRig(t)
	a := r.agent(zhou)
	c, fence := r.taken("a/d/", a)
	ack := c.sayUntil("cid-00009", "有人吗")
	a.act("return", c.session, fence, "cid-back-1", "")
	a.until("ack", is("ack"))
	s, err := r.store.Load(t.Context(), c.session)
	if err != nil || s.Pending != ack.num("seq") {
		t.Fatalf("pending %d, want %d (%v)", s.Pending, ack.num("seq"), err)
	}
}

// sayUntil says text, passing over whatever comes before its ack.
func (c *client) sayUntil(cid, text string) frame {
	c.t.Helper()
	c.send(Send{Type: "send", CID: cid, Text: text})
	return c.until("ack", func(f frame) bool { return f.kind() == "ack" && f.text("cid") == cid })
}

func TestClosingAndAfter(t *testing.T) {
	r := newRig(t)
	a := r.agent(zhou)
	c, fence := r.taken("a/d/", a)
	a.act("close", c.session, fence, "cid-close1", "")
	a.until("ack", is("ack"))
	c.until("closed", func(f frame) bool { return f.kind() == "state" && f.text("state") == "closed" })
	// Resent, it is acked again; something new is refused.
	a.act("close", c.session, fence, "cid-close1", "")
	a.until("ack", is("ack"))
	a.act("say", c.session, fence, "cid-late-1", "还有")
	if f := a.until("error", is("error")); f.text("code") != string(CodeClosed) || f.text("session") != c.session || f.text("cid") != "cid-late-1" {
		t.Fatalf("got %v", f)
	}
}

func TestWhoLostAChatCannotSpeak(t *testing.T) {
	r := newRig(t)
	a := r.agent(zhou)
	b := r.agent(sessions.Agent{ID: "u2", Name: "小李", Skills: []string{"", "vip"}, Capacity: 5})
	c, fence := r.taken("a/d/", a)

	b.send(Claim{Type: "claim", CID: "cid-claim", Session: c.session})
	if f := b.until("error", is("error")); f.text("code") != string(CodeNotFound) {
		t.Fatalf("somebody else's chat is %v", f)
	}
	for i, kind := range []string{"say", "note", "return", "close"} {
		text := "a"
		if kind == "close" {
			text = ""
		}
		b.act(kind, c.session, fence, fmt.Sprintf("cid-b-%04d", i), text)
		if f := b.until("error", is("error")); f.text("code") != string(CodeNotFound) {
			t.Errorf("%s in somebody else's chat is %v", kind, f)
		}
	}
	// The sweep gives it back to the queue; the old page does not know yet.
	s, _ := r.store.Load(t.Context(), c.session)
	back := s.Queue("", s.QueuedAt)
	done, err := r.store.Commit(t.Context(), sessions.Actor{Role: sessions.RoleSystem}, back, sessions.Event{
		Kind: sessions.Handed, From: sessions.Speaker{Role: sessions.RoleSystem},
	})
	if err != nil {
		t.Fatal(err)
	}
	sessions.Announce(r.live, s, done)
	a.act("say", c.session, fence, "cid-late-1", "还在吗")
	if f := a.until("error", is("error")); f.text("code") != string(CodeNotOwner) {
		t.Fatalf("got %v", f)
	}
	b.send(Claim{Type: "claim", CID: "cid-claim2", Session: c.session})
	b.until("ack", is("ack"))
	a.act("say", c.session, fence, "cid-late-2", "还在吗")
	if f := a.until("error", is("error")); f.text("code") != string(CodeNotOwner) {
		t.Fatalf("got %v", f)
	}
	// Claiming what one has is no fault; a resent claim is one claim.
	b.send(Claim{Type: "claim", CID: "cid-claim2", Session: c.session})
	b.until("ack", is("ack"))
	said := 0
	for e, err := range sessions.Tail(t.Context(), r.store, c.session, 0, sessions.All) {
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(e.Text, "system.assigned") {
			said++
		}
	}
	if said != 2 {
		t.Errorf("the customer was told %d times who serves them, want once for each agent", said)
	}
}

func TestAgentsReadOnlyWhatIsTheirs(t *testing.T) {
	r := newRig(t)
	a := r.agent(zhou)
	vip := r.waiting("a/d/", "vip")
	bot := r.customer("b/d/")
	for name, session := range map[string]string{"another queue": vip.session, "with the bot": bot.session, "nothing": "no-such-session"} {
		a.send(Watch{Type: "watch", Session: session})
		f := a.until("error", is("error"))
		if f.text("code") != string(CodeNotFound) || f.text("session") != session {
			t.Errorf("watching %s: %v", name, f)
		}
		a.act("say", session, 1, "cid-"+session[:8], "您好")
		if f := a.until("error", is("error")); f.text("code") != string(CodeNotFound) {
			t.Errorf("speaking to %s: %v", name, f)
		}
		a.send(Act{Type: "reveal", Session: session, Fence: 1, CID: "cid-" + session[:8] + "r", About: 1, Text: "看看"})
		if f := a.until("error", is("error")); f.text("code") != string(CodeNotFound) {
			t.Errorf("looking into %s: %v", name, f)
		}
	}
	own := r.waiting("c/d/", "")
	a.send(Watch{Type: "watch", Session: own.session})
	a.until("an event", is("event"))
	a.act("say", own.session, 1, "cid-unowned", "您好")
	if f := a.until("error", is("error")); f.text("code") != string(CodeNotOwner) {
		t.Errorf("speaking to a chat that waits: %v", f)
	}
}

func TestRevealIsForTheOwnerAndOnTheRecord(t *testing.T) {
	r := newRig(t)
	a := r.agent(zhou)
	c, fence := r.taken("a/d/", a)
	s, _ := r.store.Load(t.Context(), c.session)
	done, err := r.store.Commit(t.Context(), sessions.Actor{Role: sessions.RoleCustomer, ID: "a", Device: "d"}, s, sessions.Event{
		Kind: sessions.Message, From: sessions.Speaker{Role: sessions.RoleCustomer, ID: "a"}, Text: "138****8000", Sealed: []byte("sealed:13800138000"),
	})
	if err != nil {
		t.Fatal(err)
	}
	about := done.Events[0].Seq
	a.send(Watch{Type: "watch", Session: c.session, After: about - 1})
	if e := a.until("event", is("event")); e["sealed"] != true || strings.Contains(fmt.Sprint(e), "13800138000") {
		t.Fatalf("got %v", e)
	}
	reveal := Act{Type: "reveal", Session: c.session, Fence: fence, CID: "cid-reveal", About: about, Text: "约定回电"}
	a.send(reveal)
	if f := a.until("contact", is("contact")); f.text("text") != "13800138000" || f.num("about") != about || f.text("cid") != "cid-reveal" {
		t.Fatalf("got %v", f)
	}
	if e := a.until("record", is("event")); e.text("kind") != "revealed" || e.text("text") != "约定回电" || e.text("audience") != "staff" {
		t.Fatalf("got %v", e)
	}
	reveal.CID, reveal.About = "cid-reveal2", 1
	a.send(reveal)
	if f := a.until("error", is("error")); f.text("code") != string(CodeNotFound) {
		t.Fatalf("got %v", f)
	}
	// Who has given the chat away cannot look again, not even by asking as before.
	a.act("return", c.session, fence, "cid-back-1", "")
	a.until("ack", is("ack"))
	reveal.CID, reveal.About = "cid-reveal", about
	a.send(reveal)
	if f := a.until("error", is("error")); f.text("code") != string(CodeNotOwner) {
		t.Fatalf("got %v", f)
	}
}

func TestListsFollowWhatHappens(t *testing.T) {
	r := newRig(t)
	a := r.agent(zhou)
	c := r.waiting("a/d/", "")
	f := a.until("the chat in the queue", func(f frame) bool { return f.kind() == "chats" && has(f["queue"], c.session) })
	line := f["queue"].([]any)[0].(map[string]any)
	if f.num("waiting") != 1 || line["preview"] != "人工" || line["customer"] != "a" || line["state"] != "queued" {
		t.Fatalf("got %v", f)
	}
	c.sayUntil("cid-00007", strings.Repeat("很长", 30)+"\n二")
	a.until("the newer preview", func(f frame) bool {
		return f.kind() == "chats" && has(f["queue"], c.session) && f["queue"].([]any)[0].(map[string]any)["preview"] == strings.Repeat("很长", 20)+"…"
	})
	a.send(Claim{Type: "claim", CID: "cid-claim"})
	acked, listed := false, false // in either order
	a.until("the chat acked, and among one's own", func(f frame) bool {
		if f.kind() == "ack" && f.text("session") != c.session {
			t.Fatalf("the next one is %v", f)
		}
		acked = acked || f.kind() == "ack"
		listed = listed || f.kind() == "chats" && has(f["mine"], c.session) && f.num("waiting") == 0
		return acked && listed
	})
	a.send(Claim{Type: "claim", CID: "cid-claim2"})
	if f := a.until("error", is("error")); f.text("code") != string(CodeEmpty) || f.text("cid") != "cid-claim2" {
		t.Fatalf("got %v", f)
	}
}

func TestAFullDeskTakesNoMore(t *testing.T) {
	r := newRig(t)
	one := zhou
	one.Capacity = 1
	a := r.agent(one)
	r.taken("a/d/", a)
	c := r.waiting("b/d/", "")
	a.send(Claim{Type: "claim", CID: "cid-claim", Session: c.session})
	if f := a.until("error", is("error")); f.text("code") != string(CodeFull) {
		t.Fatalf("got %v", f)
	}
}

func TestWatchesAreBounded(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Limits.Watches = 2 })
	a := r.agent(zhou)
	var chats []*client
	for i := range 3 {
		chats = append(chats, r.waiting(fmt.Sprintf("c%d/d/", i), ""))
	}
	for _, c := range chats[:2] {
		a.send(Watch{Type: "watch", Session: c.session})
		a.until("state", is("state"))
	}
	a.send(Watch{Type: "watch", Session: chats[2].session})
	if f := a.until("error", is("error")); f.text("code") != string(CodeFull) {
		t.Fatalf("got %v", f)
	}
	a.send(Unwatch{Type: "unwatch", Session: chats[0].session})
	a.send(Watch{Type: "watch", Session: chats[2].session})
	a.until("state of the third", func(f frame) bool { return f.kind() == "state" && f.text("session") == chats[2].session })
}

func TestWatchingAgainSendsAgain(t *testing.T) {
	r := newRig(t)
	a := r.agent(zhou)
	c := r.waiting("a/d/", "")
	for range 2 {
		a.send(Watch{Type: "watch", Session: c.session})
		a.until("the beginning", func(f frame) bool { return f.kind() == "event" && f.num("seq") == 1 })
		a.until("the end", func(f frame) bool { return f.kind() == "event" && f.text("kind") == "handed" })
	}
	a.send(Watch{Type: "watch", Session: c.session, After: 99})
	if f := a.until("error", is("error")); f.text("code") != string(CodeCursor) {
		t.Fatalf("got %v", f)
	}
	a.until("the beginning", func(f frame) bool { return f.kind() == "event" && f.num("seq") == 1 })
}

func TestAvailability(t *testing.T) {
	r := newRig(t)
	a := r.agent(zhou)
	onDuty := func(n int) func() bool {
		return func() bool {
			got, err := r.roster.OnDuty(t.Context(), "")
			return err == nil && got == n
		}
	}
	if !onDuty(0)() {
		t.Fatal("on duty without having said so")
	}
	a.send(Available{Type: "available", On: true})
	within(t, "on duty", onDuty(1))

	// Another desk of the same agent knows, and may decide otherwise.
	b := r.open("/desk/ws", map[string][]string{"Cookie": {"login=u1"}})
	b.send(DeskHello{Type: "hello", V: 1})
	if w := b.expect("welcome"); w["available"] != true || w.text("name") != "小周" || w.num("capacity") != 5 {
		t.Fatalf("got %v", w)
	}
	b.send(Available{Type: "available", On: false})
	within(t, "off duty", onDuty(0))
	if err := r.g.beat(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !onDuty(0)() {
		t.Fatal("the other desk put the agent on duty again")
	}
}

func TestPresenceSurvivesLosingLive(t *testing.T) {
	r := newRig(t)
	a := r.agent(zhou)
	a.send(Available{Type: "available", On: true})
	within(t, "on duty", func() bool { n, _ := r.roster.OnDuty(t.Context(), ""); return n == 1 })
	if err := r.live.Leave(t.Context(), "agents", "u1"); err != nil { // as if Live had forgotten everything
		t.Fatal(err)
	}
	if n, _ := r.roster.OnDuty(t.Context(), ""); n != 1 {
		t.Fatal("the agent was forgotten")
	}
}

func TestLoggedOutDesksAreClosed(t *testing.T) {
	r := newRig(t)
	a := r.agent(zhou)
	a.send(Available{Type: "available", On: true})
	within(t, "on duty", func() bool { n, _ := r.roster.OnDuty(t.Context(), ""); return n == 1 })
	r.staff.logOut("u1")
	a.closed(CloseLoggedOut)
	within(t, "off duty", func() bool { n, _ := r.roster.OnDuty(t.Context(), ""); return n == 0 })
}

func TestChangedSkillsCountAtOnce(t *testing.T) {
	r := newRig(t)
	a := r.agent(zhou)
	vip := r.waiting("a/d/", "vip")
	more := zhou
	more.Skills = []string{"", "vip"}
	r.staff.set(more)
	within(t, "the new skill is known", func() bool { return len(r.g.logins.agents()[0].me().Skills) == 2 })
	a.send(Claim{Type: "claim", CID: "cid-claim", Session: vip.session})
	a.until("ack", is("ack"))
}
