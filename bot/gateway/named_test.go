package gateway

import (
	"slices"
	"testing"
	"time"
)

// A supervisor who looks at the board is told there of the notes that name them: of those
// they missed, of new ones, and of none that was looked at, here or at their desk.
func TestMentionedAtTheBoard(t *testing.T) {
	r := newRig(t).staffed()
	a := r.agent(zhou)
	first, fence := r.taken("a/d/阿明", a)
	second, fence2 := r.taken("b/d/", a)
	a.mentions(first.session, fence, "cid-note-1", "u3")
	b, _ := r.looks()
	m := b.until("what they missed", unreadIn(1, first.session))["unread"].([]any)[0].(map[string]any)
	if m["customer"] != "阿明" || m["from"].(map[string]any)["name"] != "小周" {
		t.Errorf("told of %v", m)
	}
	a.mentions(second.session, fence2, "cid-note-2", "u3")
	both := func(f frame) bool { // written in one millisecond, either may be the newer
		return f.kind() == "mentions" && has(f["unread"], first.session) && has(f["unread"], second.session)
	}
	b.until("both", both)
	desk := r.comes(wu)
	desk.until("the same at their desk", both)
	b.send(Watch{Type: "watch", Session: second.session})
	b.until("looked at", unreadIn(1, first.session))
	desk.until("looked at, here as well", unreadIn(1, first.session))
	desk.send(Watch{Type: "watch", Session: first.session})
	b.until("looked at there", unreadIn(0, ""))
}

// Who was told of a note in a chat that then ends is told that it asks for them no more.
func TestMentionsEndWithTheChat(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Limits.ReconcileEvery = 20 * time.Millisecond }).staffed()
	a := r.agent(zhou)
	c, fence := r.taken("a/d/", a)
	a.mentions(c.session, fence, "cid-note-1", "u3")
	b, _ := r.looks()
	b.until("unread", unreadIn(1, c.session))
	a.act("return", c.session, fence, "cid-retur1", "")
	a.until("ack", ackOf("cid-retur1"))
	b.until("nothing to look at", unreadIn(0, ""))
}

// What a page may send that older nodes do not take, the welcome says; and it is true.
func TestTheWelcomeSaysWhatIsHeard(t *testing.T) {
	r := newRig(t).staffed()
	b, welcome := r.looks()
	hears, _ := welcome["hears"].([]any)
	if !slices.Contains(hears, any("seen")) {
		t.Errorf("the board is told %v", welcome)
	}
	for _, frame := range hears {
		if _, taken := fromAgents[frame.(string)]; !taken {
			t.Errorf("%s is said to be heard and is not", frame)
		}
	}
	b.send(Seen{Type: "seen", Session: "0192", Seq: 1})
	b.send(Ping{Type: "ping"})
	b.until("no error", func(f frame) bool {
		if f.kind() == "error" {
			t.Errorf("refused: %v", f)
		}
		return f.kind() == "pong"
	})
}
