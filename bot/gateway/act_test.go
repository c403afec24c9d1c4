package gateway

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"wenda/bot/desk"
	"wenda/bot/desk/queue"
	"wenda/sessions"
)

var (
	xiaoli = sessions.Agent{ID: "u2", Name: "小李", Skills: []string{"expert"}, Capacity: 5}
	wu     = sessions.Agent{ID: "u3", Name: "吴主管", Capacity: 5, ReadsAll: true, MovesAll: true}
)

// staffed gives the desk colleagues, tiers, a list of how chats end, and rules.
func (r *rig) staffed(all ...sessions.Agent) *rig {
	r.desk.Colleague = func(_ context.Context, id string) (desk.Colleague, error) {
		for _, a := range all {
			if a.ID == id {
				return desk.Colleague{Agent: a, There: true, Takes: a.Capacity > 0}, nil
			}
		}
		return desk.Colleague{}, sessions.ErrNotFound
	}
	r.desk.Next = func(skill string) (string, bool) { return "expert", skill == "" }
	r.desk.Wraps = desk.Wraps
	r.desk.Audit = func(context.Context, string, string, string) error { return nil }
	r.desk.Check = func(_ context.Context, _ sessions.Session, text string) ([]desk.Finding, error) {
		said := map[string]string{"zh-CN": "不能承诺", "en": "no promises"}
		switch {
		case strings.Contains(text, "保证"):
			return []desk.Finding{{Rule: "promise", Block: true, Say: said}}, nil
		case strings.Contains(text, "http"):
			return []desk.Finding{{Rule: "link"}}, nil
		}
		return nil, nil
	}
	return r
}

func errorOf(code Code) func(frame) bool {
	return func(f frame) bool { return f.kind() == "error" && f.text("code") == string(code) }
}

func ackOf(cid string) func(frame) bool {
	return func(f frame) bool {
		if f.kind() == "error" && f.text("cid") == cid {
			panic(fmt.Sprint(f))
		}
		return f.kind() == "ack" && f.text("cid") == cid
	}
}

func TestRulesReachTheAgent(t *testing.T) {
	r := newRig(t).staffed()
	a := r.agent(zhou)
	c, fence := r.taken("a/d/", a)
	a.act("say", c.session, fence, "cid-say-01", "保证通过")
	if f := a.until("error", errorOf(CodeBlocked)); f.text("text") != "不能承诺" || f.text("cid") != "cid-say-01" {
		t.Fatalf("got %v", f)
	}
	a.act("say", c.session, fence, "cid-say-02", "请看 http://x")
	a.until("error", errorOf(CodeNeedsReason))
	a.send(Act{Type: "say", Session: c.session, Fence: fence, CID: "cid-say-03", Text: "请看 http://x", Override: "官方页面"})
	a.until("ack", ackOf("cid-say-03"))
	a.send(Act{Type: "say", Session: c.session, Fence: fence, CID: "cid-say-04", Text: "可以分期", Entry: "repay-split", Revision: 4})
	a.until("ack", ackOf("cid-say-04"))
	var read []string
	for len(read) == 0 || read[len(read)-1] != "可以分期" {
		f := c.until("event", is("event"))
		read = append(read, f.text("text"))
		if f["decision"] != nil || f.text("kind") == "note" {
			t.Fatalf("the customer reads %v", f)
		}
	}
	a.act("close", c.session, fence, "cid-close1", "")
	a.until("error", errorOf(CodeNeedsWrap))
	a.send(Act{Type: "close", Session: c.session, Fence: fence, CID: "cid-close2", Wrap: "resolved"})
	a.until("ack", ackOf("cid-close2"))
}

func TestPassedOnAndAccepted(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Queues = queue.Delivered })
	r.staffed(zhou, xiaoli, sessions.Agent{ID: "u9", Name: "下班"})
	a, b := r.agent(zhou), r.agent(xiaoli)
	c, fence := r.taken("a/d/", a)
	for cid, act := range map[string]Act{
		"cid-away-1": {Agent: "u9"}, "cid-gone-1": {Agent: "u8"}, "cid-self-1": {Agent: "u1"},
	} {
		act.Type, act.Session, act.Fence, act.CID, act.Text = "transfer", c.session, fence, cid, "请接"
		a.send(act)
	}
	codes := map[string]string{}
	for len(codes) < 3 {
		f := a.until("error", is("error"))
		codes[f.text("cid")] = f.text("code")
	}
	if want := map[string]string{"cid-away-1": "away", "cid-gone-1": "not_found", "cid-self-1": "forbidden"}; fmt.Sprint(codes) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", codes, want)
	}
	a.send(Act{Type: "transfer", Session: c.session, Fence: fence, CID: "cid-trans1", Text: "请接着算", Agent: "u2"})
	a.until("ack", ackOf("cid-trans1"))
	line := b.until("the offer", func(f frame) bool { return f.kind() == "chats" && has(f["queue"], c.session) })["queue"].([]any)[0].(map[string]any)
	if line["accept_by"] == nil || line["from"] != "小周" || line["reason"] != "asked" || line["offered"] != true {
		t.Errorf("the line is %v", line)
	}
	a.send(Claim{Type: "claim", CID: "cid-claim9", Session: c.session})
	a.until("held out to somebody else", errorOf(CodeOffered))
	b.send(Watch{Type: "watch", Session: c.session})
	b.until("the note", func(f frame) bool { return f.kind() == "event" && f.text("text") == "请接着算" })
	b.send(Claim{Type: "claim", CID: "cid-claim8", Session: c.session})
	b.until("ack", ackOf("cid-claim8"))
	a.act("say", c.session, fence, "cid-late-1", "还在吗")
	a.until("not ours", errorOf(CodeNotOwner))
	c.until("the new agent", func(f frame) bool { return f.kind() == "state" && f.text("agent") == "小李" })
}

func TestWhoIsMentionedIsTold(t *testing.T) {
	for name, lost := range map[string]bool{"by signal": false, "the signal was lost": true} {
		r := newRig(t, func(o *Options) {
			if lost {
				o.Limits.ReconcileEvery = 20 * time.Millisecond
			}
		}).staffed()
		if lost {
			r.g.mentions.end()
		}
		a, b := r.agent(zhou), r.agent(xiaoli)
		c, fence := r.taken("a/d/", a)
		b.send(Watch{Type: "watch", Session: c.session})
		b.until("nothing of theirs", errorOf(CodeNotFound))
		a.send(Act{Type: "note", Session: c.session, Fence: fence, CID: "cid-note-1", Text: "@小李 13800138000 能分期吗", Mentions: "u2"})
		m := b.until("the mention", is("mention"))
		if m.text("session") != c.session || m.text("text") != "@小李 138****8000 能分期吗" || m["from"].(map[string]any)["id"] != "u1" {
			t.Fatalf("%s: got %v", name, m)
		}
		b.send(Watch{Type: "watch", Session: c.session})
		b.until("the note", func(f frame) bool { return f.kind() == "event" && f.num("seq") == m.num("seq") })
		b.act("note", c.session, fence, "cid-note-2", "可以")
		b.until("ack", ackOf("cid-note-2"))
		b.act("say", c.session, fence, "cid-say-09", "您好")
		b.until("not theirs", errorOf(CodeNotOwner))
		b.send(Ping{Type: "ping"})
		b.until("nothing said twice", func(f frame) bool {
			if f.kind() == "mention" {
				t.Fatalf("%s: told again: %v", name, f)
			}
			return f.kind() == "pong"
		})
	}
}

func TestSupervisorAtWork(t *testing.T) {
	r := newRig(t).staffed(zhou)
	a, lead := r.agent(zhou), r.agent(wu)
	c, fence := r.taken("a/d/", a)
	lead.send(Watch{Type: "watch", Session: c.session})
	if s := lead.until("state", is("state")); s["mine"] == true || s.text("agent") != "小周" {
		t.Fatalf("got %v", s)
	}
	lead.act("say", c.session, fence, "cid-say-01", "您好")
	lead.until("not theirs", errorOf(CodeNotOwner))
	lead.act("whisper", c.session, fence, "cid-whisp1", "先核对身份")
	lead.until("ack", ackOf("cid-whisp1"))
	a.send(Watch{Type: "watch", Session: c.session})
	a.until("the whisper", func(f frame) bool {
		return f.kind() == "event" && f.text("text") == "先核对身份" && f.text("audience") == "staff"
	})
	lead.act("join", c.session, fence, "cid-join-1", "")
	lead.until("joined", func(f frame) bool { return f.kind() == "state" && f["joined"] == true })
	lead.send(Typing{Type: "typing", Session: c.session})
	c.until("typing", is("typing"))
	lead.act("say", c.session, fence, "cid-say-02", "我也来看看")
	lead.until("ack", ackOf("cid-say-02"))
	lead.act("takeover", c.session, fence, "cid-take-1", "")
	lead.until("taken over", func(f frame) bool { return f.kind() == "state" && f["mine"] == true && f.num("fence") == fence+1 })
	a.act("say", c.session, fence, "cid-say-03", "还有")
	a.until("not theirs", errorOf(CodeNotOwner))
	lead.send(Act{Type: "reassign", Session: c.session, Fence: fence, CID: "cid-give-1", Agent: "u1"})
	lead.until("an old fence", errorOf(CodeTaken))
	lead.send(Act{Type: "reassign", Session: c.session, Fence: fence + 1, CID: "cid-give-2", Agent: "u1"})
	lead.until("ack", ackOf("cid-give-2"))
	// All the customer has read of it is calm, and names no rank.
	var read []string
	for len(read) == 0 || read[len(read)-1] != "system.transferred/zh-CN" {
		f := c.until("event", is("event"))
		if from := f["from"].(map[string]any); from["role"] == "supervisor" || from["id"] != nil || f["audience"] != nil {
			t.Errorf("the customer reads %v", f)
		}
		if f.text("text") != "" {
			read = append(read, f.text("text"))
		}
	}
	want := "我也来看看 system.assigned/zh-CNagent=吴主管 system.transferred/zh-CN"
	if got := strings.Join(read, " "); !strings.HasSuffix(got, want) || strings.Contains(got, "核对") {
		t.Errorf("the customer reads %s", got)
	}
}

func TestAgentsDoNotLead(t *testing.T) {
	r := newRig(t).staffed(zhou, xiaoli)
	a, b := r.agent(zhou), r.agent(xiaoli)
	c, fence := r.taken("a/d/", a)
	b.send(BoardOn{Type: "board", On: true})
	b.until("forbidden", errorOf(CodeForbidden))
	for _, kind := range []string{"whisper", "join", "part", "takeover", "reassign", "transfer", "escalate", "snooze", "refuse"} {
		text := "看看"
		if kind == "join" || kind == "part" || kind == "takeover" || kind == "snooze" {
			text = ""
		}
		b.act(kind, c.session, fence, "cid-b-"+kind+"-x", text)
		if f := b.until("error", is("error")); f.text("code") != string(CodeNotFound) {
			t.Errorf("%s in somebody else's chat is %v", kind, f)
		}
	}
}

func TestTheServerSetsAway(t *testing.T) {
	r := newRig(t)
	a := r.agent(zhou)
	a.send(Available{Type: "available", On: true})
	a.send(Ping{Type: "ping"})
	a.until("on duty, and the desk is known to know it", is("pong"))
	if err := r.roster.Away(t.Context(), "u1", "unaccepted"); err != nil {
		t.Fatal(err)
	}
	if f := a.until("away", is("available")); f["on"] != false || f.text("reason") != "unaccepted" {
		t.Fatalf("got %v", f)
	}
	// What one desk sets the other shows.
	b := r.agent(zhou)
	b.send(Available{Type: "available", On: true})
	if f := a.until("back", is("available")); f["on"] != true {
		t.Fatalf("got %v", f)
	}
}
