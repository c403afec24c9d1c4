package gateway

import (
	"fmt"
	"testing"
	"time"

	"wenda/sessions"
)

// unreadIn is a mentions frame with so many notes, of which the first is in that chat.
func unreadIn(n int, session string) func(frame) bool {
	return func(f frame) bool {
		list, _ := f["unread"].([]any)
		return f.kind() == "mentions" && len(list) == n && (n == 0 || list[0].(map[string]any)["session"] == session)
	}
}

func (c *client) mentions(session string, fence int64, cid, who string) {
	c.t.Helper()
	c.send(Act{Type: "note", Session: session, Fence: fence, CID: cid, Text: "@小李 请看一下 " + cid, Mentions: who})
	c.until("ack", ackOf(cid))
}

// Who was named while away is told when they come, on all their desks, until they look
// or say that they know.
func TestMentionedWhileAway(t *testing.T) {
	r := newRig(t).staffed()
	a := r.agent(zhou)
	first, fence := r.taken("a/d/", a)
	second, fence2 := r.taken("b/d/", a)
	a.mentions(first.session, fence, "cid-note-1", "u2")
	a.mentions(second.session, fence2, "cid-note-2", "u2 u3")
	a.mentions(first.session, fence, "cid-note-3", "u2")

	b := r.comes(xiaoli)
	m := b.until("what they missed", unreadIn(2, first.session))
	newest := m["unread"].([]any)[0].(map[string]any)
	if newest["text"] != "@小李 请看一下 cid-note-3" || newest["from"].(map[string]any)["name"] != "小周" || newest["at"] == "" {
		t.Errorf("told of %v", newest)
	}
	other := r.comes(xiaoli)
	other.until("the same", unreadIn(2, first.session))
	b.send(Watch{Type: "watch", Session: first.session})
	b.until("they looked", unreadIn(1, second.session))
	other.until("they looked at the other desk", unreadIn(1, second.session))
	seq, _ := m["unread"].([]any)[1].(map[string]any)["seq"].(fmt.Stringer)
	other.raw(`{"type":"seen","session":"` + second.session + `","seq":` + seq.String() + `}`)
	other.until("dismissed", unreadIn(0, ""))
	b.until("dismissed at the other desk", unreadIn(0, ""))
	again := r.comes(xiaoli)
	again.send(Ping{Type: "ping"})
	again.until("nothing more", func(f frame) bool {
		if f.kind() == "mentions" {
			t.Fatalf("told again: %v", f)
		}
		return f.kind() == "pong"
	})
	r.comes(wu).until("somebody else has not looked", unreadIn(1, second.session))

	// With the bot the chat is nobody's business.
	a.act("return", second.session, fence2, "cid-retur1", "")
	a.until("ack", ackOf("cid-retur1"))
	if u, err := r.store.Unread(t.Context(), "u3", time.Time{}, 10); err != nil || len(u) > 0 {
		t.Errorf("still unread: %v, %v", u, err)
	}
}

// A desk that is told of nothing, and what strangers send.
func TestSeenOfStrangers(t *testing.T) {
	r := newRig(t).staffed()
	a := r.agent(zhou)
	c, fence := r.taken("a/d/", a)
	a.mentions(c.session, fence, "cid-note-1", "u2")
	a.send(Seen{Type: "seen", Session: c.session, Seq: 99})
	a.send(Seen{Type: "seen", Session: "nosuchchat", Seq: 1})
	for _, bad := range []string{
		`{"type":"seen","session":"` + c.session + `"}`, `{"type":"seen","session":"` + c.session + `","seq":0}`,
		`{"type":"seen","session":"../x","seq":1}`, `{"type":"seen","session":"` + c.session + `","seq":-1,"who":"u2"}`,
	} {
		a.raw(bad)
		a.until("refused: "+bad, errorOf(CodeBadFrame))
	}
	r.comes(xiaoli).until("theirs is unread all the same", unreadIn(1, c.session))
}

// However many name somebody, the newest come.
func TestUnreadIsBounded(t *testing.T) {
	r := newRig(t)
	for i := range unreadMost + 5 {
		s, err := r.store.Open(t.Context(), sessions.Customer{ID: fmt.Sprint("c", i)}, "widget", "zh-CN")
		if err != nil {
			t.Fatal(err)
		}
		s = s.Queue("", time.Now())
		s.Desk = s.Desk.Mention(1, "u2")
		if _, err := r.store.Commit(t.Context(), sessions.Actor{Role: sessions.RoleSystem}, s, sessions.Event{
			Kind: sessions.Note, Audience: sessions.Staff, Text: "看", Mentions: []string{"u2"}, From: sessions.Speaker{Role: sessions.RoleAgent, ID: "u1"},
		}); err != nil {
			t.Fatal(err)
		}
	}
	b := r.comes(xiaoli)
	f := b.until("those", is("mentions"))
	if n := len(f["unread"].([]any)); n != unreadMost {
		t.Errorf("%d are told, want %d", n, unreadMost)
	}
}
