package storetest

import (
	"fmt"
	"testing"
	"time"

	"wenda/sessions"
)

func note(by sessions.Agent, ref string, mentions ...string) sessions.Event {
	return sessions.Event{
		Kind: sessions.Note, Audience: sessions.Staff, Text: "请看一下", Ref: ref, Mentions: mentions,
		From: sessions.Speaker{Role: sessions.RoleAgent, ID: by.ID, Name: by.Name},
	}
}

// Who is named is told until they have looked, once for each chat.
func testUnread(t *testing.T, store sessions.Store) {
	s := assigned(t, store, wang, chen)
	unread := func(who, what string, want ...int64) {
		t.Helper()
		got, err := store.Unread(t.Context(), who, time.Now().Add(-time.Hour), 10)
		if err != nil {
			t.Fatal(err)
		}
		var seqs []int64
		for _, u := range got {
			wantSame(t, "the chat", u.Session, load(t, store, u.Session.ID))
			if u.At.IsZero() {
				t.Error("it is not known when it was written")
			}
			seqs = append(seqs, u.Seq)
		}
		wantSame(t, what, seqs, append([]int64(nil), want...))
	}
	looked := func(who string, seq int64, want bool) {
		t.Helper()
		if got, err := store.Looked(t.Context(), who, s.ID, seq); err != nil || got != want {
			t.Errorf("%s looks at %d: news %v, %v; want %v", who, seq, got, err, want)
		}
	}
	write := func(ref string, who ...string) sessions.Committed {
		next := load(t, store, s.ID)
		next.Desk = next.Desk.Mention(next.Seq+1, who...)
		return commit(t, store, agent(chen), next, note(chen, ref, who...))
	}
	unread("u2", "nobody is named")
	first := write("note-0001", "u2", "u2", chen.ID).Events[0].Seq
	unread("u2", "named", first)
	unread(chen.ID, "by themselves")
	write("note-0001", "u2", "u2", chen.ID)
	unread("u2", "repeated", first)
	second := write("note-0002", "u2", "u3").Events[0].Seq
	unread("u2", "the newest", second)
	looked("u2", first, false)
	unread("u2", "looked at an older one", second)
	looked("u2", second, true)
	looked("u2", second, false)
	unread("u2", "looked")
	unread("u3", "somebody else", second)
	none, err := store.Unread(t.Context(), "u3", time.Now().Add(time.Hour), 10)
	wantSame(t, "too long ago", fmt.Sprint(len(none), err), "0 <nil>")
	none, err = store.Unread(t.Context(), "u3", never, 0)
	wantSame(t, "a limit", fmt.Sprint(len(none), err), "0 <nil>")
	back := commit(t, store, agent(chen), load(t, store, s.ID).Return(), handed("returned")).Session
	unread("u3", "a chat with the bot is nobody's")
	commit(t, store, system, back.Queue("", time.Now()), handed("asked"))
	unread("u3", "nor does it come back")
}
