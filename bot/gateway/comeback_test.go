package gateway

import (
	"testing"

	"wenda/sessions"
)

type session = sessions.Session

func mustLoad(t *testing.T, r *rig, id string) session {
	t.Helper()
	s, err := r.store.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ended is a customer whose chat was closed, in a gateway whose bot goes on with such chats.
func ended(t *testing.T, token string) (*rig, *client) {
	t.Helper()
	r := newRig(t)
	r.bot.script(func(b *echoBot) { b.reopen = true })
	c := r.customer(token)
	c.event("welcome")
	c.send(End{Type: "end", CID: "cid-end-01"})
	c.expect("ack")
	c.event("bye")
	c.until("closed", func(f frame) bool { return f.kind() == "state" && f.text("state") == "closed" })
	return r, c
}

func TestAMessageGoesOnWithAClosedChat(t *testing.T) {
	_, c := ended(t, "a/d/")
	before := c.session
	c.say("cid-00001", "还在吗")
	c.event("还在吗")
	if e := c.expect("event"); e.text("kind") != "handed" || e.text("text") != "" {
		t.Fatalf("got %v, want a move without a word", e)
	}
	c.event("re: 还在吗")
	if s := c.expect("state"); s.text("state") != "bot" || s.text("session") != before {
		t.Fatalf("got %v", s)
	}
}

// A reload, another tab, another day: until a message decides, the customer sees the chat
// that was closed.
func TestAPageThatRemembersNothingShowsTheClosedChat(t *testing.T) {
	r, c := ended(t, "a/d/")
	c.conn.Close()
	back := r.customer("a/d/")
	if back.session != c.session {
		t.Fatalf("went on in %s, was in %s", back.session, c.session)
	}
	back.event("welcome")
	back.event("bye")
	back.say("cid-00001", "还在吗")
	back.event("还在吗")
	if s := mustLoad(t, r, c.session); s.State != sessions.Bot {
		t.Fatalf("the chat is %s", s.State)
	}
}

func TestSomebodyElseDoesNotSeeIt(t *testing.T) {
	r, c := ended(t, "a/d/")
	for _, token := range []string{"", "b/d/"} {
		if other := r.customer(token); other.session == c.session {
			t.Fatalf("%q came into the chat of a", token)
		}
	}
}

// Long after, a new chat begins; and where one is open that is gone on with.
func TestLongAfterANewChatBegins(t *testing.T) {
	r, c := ended(t, "a/d/")
	r.bot.script(func(b *echoBot) { b.reopen = false })
	fresh := r.customer("a/d/")
	if fresh.session == c.session {
		t.Fatal("no new chat")
	}
	r.bot.script(func(b *echoBot) { b.reopen = true })
	if back := r.customer("a/d/"); back.session != fresh.session {
		t.Fatalf("went on in %s, open is %s", back.session, fresh.session)
	}
	// The page that still shows the old one is led to the open one.
	c.send(Send{Type: "send", CID: "cid-00002", Text: "还在吗"})
	c.welcomed()
	if c.session != fresh.session {
		t.Fatalf("welcomed to %s, open is %s", c.session, fresh.session)
	}
}

func TestRatingsAndVotesCarryReasons(t *testing.T) {
	r := newRig(t)
	c := r.customer("a/d/")
	about := c.event("welcome").num("seq")
	c.send(VoteOn{Type: "vote", CID: "cid-vote-1", About: about, Value: -1, Reasons: "unclear outdated"})
	c.expect("ack")
	c.until("the vote", func(f frame) bool { return f.text("kind") == "vote" && reasons(f, "unclear", "outdated") })
	c.send(Rate{Type: "rate", CID: "cid-rate-1", Value: 5, Part: "bot", Reasons: "solved"})
	c.expect("ack")
	c.until("the rating", func(f frame) bool {
		return f.text("kind") == "rating" && f.text("part") == "bot" && reasons(f, "solved")
	})
	for _, wrong := range []any{
		VoteOn{Type: "vote", CID: "cid-vote-2", About: about, Value: 1, Reasons: "unclear"},
		VoteOn{Type: "vote", CID: "cid-vote-2", About: about, Value: -1, Reasons: "unclear  outdated"},
		Rate{Type: "rate", CID: "cid-rate-2", Value: 5, Part: "all"},
		Rate{Type: "rate", CID: "cid-rate-2", Value: 5, Part: "bot", Reasons: " solved"},
	} {
		c.send(wrong)
		c.refused(CodeBadFrame)
	}
}

func reasons(f frame, want ...string) bool {
	got, _ := f["reasons"].([]any)
	if len(got) != len(want) {
		return false
	}
	for i, w := range want {
		if got[i] != w {
			return false
		}
	}
	return true
}
