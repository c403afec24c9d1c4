package gateway

import (
	"fmt"
	"testing"

	"wenda/bot/desk"
)

func TestAgentsReadLongTranscripts(t *testing.T) {
	r := newRig(t)
	c := r.waiting("a/d/", "")
	r.fill(c.session, 100, 2000) // many windows
	s, err := r.store.Load(t.Context(), c.session)
	if err != nil {
		t.Fatal(err)
	}
	a := r.agent(zhou)
	a.send(Watch{Type: "watch", Session: c.session})
	for seq := int64(1); seq <= s.Seq; seq++ {
		if e := a.until("event", is("event")); e.num("seq") != seq || e.num("prev") != seq-1 {
			t.Fatalf("got seq %d with prev %d, want %d", e.num("seq"), e.num("prev"), seq)
		}
	}
}

// TestAWatchGoesOnIfTheChatIsBack lets a chat go to the bot and come back to the same
// agent before the tail hears of either.
func TestAWatchGoesOnIfTheChatIsBack(t *testing.T) {
	r, live := lossyRig(t)
	a := r.agent(zhou)
	c, fence := r.taken("a/d/", a)
	a.send(Watch{Type: "watch", Session: c.session})
	a.until("the beginning", func(f frame) bool {
		return f.kind() == "event" && f.text("text") == "system.assigned/zh-CNagent=小周"
	})
	within(t, "the tail is level", func() bool {
		for _, w := range r.g.logins.agents()[0].watched() {
			w.follow.mu.Lock()
			defer w.follow.mu.Unlock()
			if w.follow.running {
				return false
			}
		}
		return true
	})
	live.lost.Store(true)
	a.act("return", c.session, fence, "cid-back-1", "")
	a.until("ack", is("ack"))
	c.sayUntil("cid-00008", "跟机器人说的")
	c.sayUntil("cid-00009", "人工")
	a.send(Claim{Type: "claim", CID: "cid-again", Session: c.session})
	a.until("ack", is("ack"))
	live.lost.Store(false)
	c.sayUntil("cid-00010", "又是我")
	for _, text := range []string{"system.returned/zh-CN", "跟机器人说的", "re: 跟机器人说的", "人工", "queued", "", "system.assigned/zh-CNagent=小周", "又是我"} {
		if e := a.until("event", is("event")); e.text("text") != text {
			t.Fatalf("read %q, want %q", e.text("text"), text)
		}
	}
}

// move has a supervisor bring a chat into the queue of a skill.
func (r *rig) move(session, skill, ref string) {
	r.t.Helper()
	s, err := r.store.Load(r.t.Context(), session)
	if err == nil {
		_, err = r.desk.Reassign(r.t.Context(), wu, desk.Act{Session: s.ID, Fence: s.Fence, Ref: ref}, desk.To{Skill: skill}, "请接")
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

// TestARefusedWatchBringsTheLists: a page that asks for a chat which has just left may have
// the list in which it is back already, and knows no more of it.
func TestARefusedWatchBringsTheLists(t *testing.T) {
	r := newRig(t).staffed(wu)
	c := r.waiting("a/d/", "")
	a := r.agent(zhou)
	r.move(c.session, "expert", "cid-move-1")
	a.until("it left", func(f frame) bool { return f.kind() == "chats" && !has(f["queue"], c.session) })
	a.send(Watch{Type: "watch", Session: c.session})
	a.until("refused", errorOf(CodeNotFound))
	a.until("the same list again", is("chats"))
}

// TestAWatchSleepsInOthersQueues: what is said while a chat waits where the agent may not
// read comes when it is back, and not before, though the page asked for nothing.
func TestAWatchSleepsInOthersQueues(t *testing.T) {
	r := newRig(t).staffed(wu)
	c := r.waiting("a/d/", "")
	a := r.agent(zhou)
	a.send(Watch{Type: "watch", Session: c.session})
	a.until("the beginning", func(f frame) bool { return f.kind() == "event" && f.text("text") == "queued" })
	r.move(c.session, "expert", "cid-move-1")
	a.until("it left", func(f frame) bool { return f.kind() == "chats" && !has(f["queue"], c.session) })
	c.sayUntil("cid-00009", "只给专家")
	a.send(Ping{Type: "ping"})
	a.until("nothing of it", func(f frame) bool {
		if f.text("text") == "只给专家" {
			t.Fatalf("read %v", f)
		}
		return f.kind() == "pong"
	})
	r.move(c.session, "", "cid-move-2")
	a.until("what was said there", func(f frame) bool { return f.kind() == "event" && f.text("text") == "只给专家" })
	c.sayUntil("cid-00010", "还在吗")
	a.until("what is said now", func(f frame) bool { return f.kind() == "event" && f.text("text") == "还在吗" })
}

func TestAgentsMayNotFlood(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Limits.AgentSays = Pace{0.01, 2} })
	a := r.agent(zhou)
	c, fence := r.taken("a/d/", a)
	a.act("say", c.session, fence, "cid-00001", "一")
	a.until("ack", is("ack"))
	a.act("say", c.session, fence, "cid-00002", "二")
	if f := a.until("error", is("error")); f.text("code") != string(CodeRate) || f.num("retry_after_ms") < 1000 || f.text("cid") != "cid-00002" {
		t.Fatalf("got %v", f)
	}
}

func TestThePreviewLooksBackFarEnough(t *testing.T) {
	r := newRig(t)
	c := r.waiting("a/d/", "")
	r.fill(c.session, 150, 1)
	a := r.agent(zhou)
	a.send(Claim{Type: "claim", CID: "cid-claim"})
	f := a.until("one's own chat", func(f frame) bool { return f.kind() == "chats" && has(f["mine"], c.session) })
	if got := fmt.Sprint(f["mine"].([]any)[0].(map[string]any)["preview"]); got != "人工" {
		t.Errorf("preview %q", got)
	}
}

func TestTypingIntoOthersChatsIsIgnored(t *testing.T) {
	r := newRig(t)
	a := r.agent(zhou)
	theirs := r.customer("a/d/")
	theirs.event("welcome")
	for _, session := range []string{theirs.session, "no-such-session"} {
		a.send(Typing{Type: "typing", Session: session})
	}
	a.send(Ping{Type: "ping"})
	a.until("pong, and no error before it", func(f frame) bool {
		if f.kind() == "error" {
			t.Fatalf("got %v", f)
		}
		return f.kind() == "pong"
	})
	theirs.send(Ping{Type: "ping"})
	theirs.expect("pong")
}
