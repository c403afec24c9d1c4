package storetest

import (
	"fmt"
	"testing"
	"time"

	"wenda/sessions"
)

var refTests = map[string]func(*testing.T, sessions.Store){
	"a repeated turn":              testRefRepeated,
	"after the chat went on":       testRefLater,
	"in the customer's next chat":  testRefNextChat,
	"for another text":             testRefReuse,
	"scopes":                       testRefScopes,
	"of a later event":             testRefOfLaterEvent,
	"a reply on two paths":         testRefReplyTwice,
	"many times at once":           testRefTogether,
	"in two sessions at once":      testRefTwoSessions,
	"a session that is not there":  testRefNoSession,
	"ids with separators in them":  testRefSeparators,
	"empty refs are no refs":       testRefEmpty,
	"an agent's message, repeated": testRefAgent,
}

func testRefRepeated(t *testing.T, store sessions.Store) {
	s := opened(t, store, wang)
	turn := []sessions.Event{said(customer(wang), "一", "wang-0001"), reply("二", "re-wang-0001")}
	done := commit(t, store, customer(wang), s, turn...)
	again := commit(t, store, customer(wang), s, turn...)
	if !again.Repeated || done.Repeated {
		t.Errorf("Repeated is %v, then %v", done.Repeated, again.Repeated)
	}
	wantSame(t, "events", again.Events, done.Events)
	wantSame(t, "session", again.Session, done.Session)
	// Only the first event counts: the reply may be decided otherwise today.
	again = commit(t, store, customer(wang), done.Session, turn[0], reply("三", "re-other-01"))
	wantSame(t, "events of another turn", again.Events, done.Events)
	if log := transcript(t, store, s.ID); len(log) != 2 {
		t.Errorf("three commits of one ref left %d events", len(log))
	}
}

func testRefLater(t *testing.T, store sessions.Store) {
	s := opened(t, store, wang)
	first := commit(t, store, customer(wang), s, said(customer(wang), "一", "wang-0001"))
	s = commit(t, store, system, first.Session.Queue("", time.Now()), handed("asked")).Session
	s = claim(t, store, chen, s.ID)
	s = commit(t, store, agent(chen), s.Close(time.Now()), handed("finished")).Session
	again := commit(t, store, customer(wang), first.Session, said(customer(wang), "一", "wang-0001"))
	if !again.Repeated {
		t.Error("not recognised after the close")
	}
	wantSame(t, "events", again.Events, first.Events)
	wantSame(t, "session as it is now", again.Session, s)
}

func testRefNextChat(t *testing.T, store sessions.Store) {
	old := opened(t, store, wang)
	first := commit(t, store, customer(wang), old, said(customer(wang), "一", "wang-0001"), reply("二", "re-wang-0001"))
	closed := commit(t, store, system, first.Session.Close(time.Now()), handed("idle")).Session
	fresh := opened(t, store, wang)
	again := commit(t, store, customer(wang), fresh, said(customer(wang), "一", "wang-0001"), reply("二", "re-wang-0001"))
	if !again.Repeated {
		t.Error("an outbox sent again into the next chat was doubled")
	}
	wantSame(t, "events", again.Events, first.Events)
	wantSame(t, "session", again.Session, closed)
	if log := transcript(t, store, fresh.ID); len(log) != 0 {
		t.Errorf("%d events in the new session", len(log))
	}
}

func testRefReuse(t *testing.T, store sessions.Store) {
	s := opened(t, store, wang)
	commit(t, store, customer(wang), s, said(customer(wang), "一", "wang-0001"))
	_, err := store.Commit(t.Context(), customer(wang), s, said(customer(wang), "二", "wang-0001"))
	wantError(t, "the same ref for another text", err, sessions.ErrRefReuse)
	if log := transcript(t, store, s.ID); len(log) != 1 {
		t.Errorf("%d events, want one", len(log))
	}
}

func testRefScopes(t *testing.T, store sessions.Store) {
	s, other := opened(t, store, wang), opened(t, store, li)
	commit(t, store, customer(wang), s, said(customer(wang), "一", "same-ref"), reply("答", "re-same-ref"))

	tablet := customer(wang)
	tablet.Device = "tablet"
	if done := commit(t, store, tablet, s, said(tablet, "一", "same-ref")); done.Repeated {
		t.Error("another device's ref was taken for the same")
	}
	done := commit(t, store, customer(li), other, said(customer(li), "一", "same-ref"), reply("答", "re-same-ref"))
	if done.Repeated || done.Session.ID != other.ID {
		t.Error("another customer's ref was taken for the same")
	}
	// An agent who happens to have the customer's id.
	twin := sessions.Agent{ID: wang.ID, Skills: []string{""}, Capacity: 9}
	mine := claim(t, store, twin, queued(t, store, sessions.Customer{ID: "zhao"}, "", time.Now()).ID)
	by := sessions.Actor{Role: sessions.RoleAgent, ID: wang.ID, Device: "phone"}
	if done := commit(t, store, by, mine, said(by, "一", "same-ref")); done.Repeated {
		t.Error("an agent's ref was taken for a customer's")
	}
	// The bot's refs are its session's.
	for _, c := range []sessions.Customer{wang, li} {
		now := opened(t, store, c)
		if done := commit(t, store, bot, now, reply("提示", "hint-00001")); done.Repeated || done.Session.ID != now.ID {
			t.Error("the bot's ref of another session was taken for the same")
		}
	}
	if log := transcript(t, store, s.ID); len(log) != 4 {
		t.Errorf("%d events in the first session, want 4", len(log))
	}
}

func testRefOfLaterEvent(t *testing.T, store sessions.Store) {
	s := opened(t, store, wang)
	s = commit(t, store, customer(wang), s, said(customer(wang), "一", "wang-0001")).Session
	_, err := store.Commit(t.Context(), customer(wang), s, said(customer(wang), "二", "wang-0002"), said(customer(wang), "一", "wang-0001"))
	wantError(t, "a known ref that is not the first", err, sessions.ErrRefReuse)
	if log := transcript(t, store, s.ID); len(log) != 1 {
		t.Errorf("half of a refused commit was kept: %d events", len(log))
	}
	commit(t, store, customer(wang), s, said(customer(wang), "二", "wang-0002"))
}

// The reply to one message may be computed by the turn and by the sweeper.
func testRefReplyTwice(t *testing.T, store sessions.Store) {
	s := opened(t, store, wang)
	turn := commit(t, store, customer(wang), s, said(customer(wang), "一", "wang-0001"), reply("答", "re-wang-0001"))
	swept := commit(t, store, bot, turn.Session, reply("答", "re-wang-0001"))
	if !swept.Repeated {
		t.Error("the reply was stored twice")
	}
	wantSame(t, "events", swept.Events, turn.Events)
}

func testRefTogether(t *testing.T, store sessions.Store) {
	s := opened(t, store, wang)
	fresh := make(chan struct{}, 20)
	together(20, func(int) {
		err := patiently(t.Context(), func() error {
			done, err := store.Commit(t.Context(), customer(wang), s, said(customer(wang), "一", "wang-0001"))
			if err == nil && !done.Repeated {
				fresh <- struct{}{}
			}
			if err == nil && (len(done.Events) != 1 || done.Events[0].Seq != 1) {
				t.Errorf("it became %+v", done.Events)
			}
			return err
		})
		if err != nil {
			t.Errorf("Commit: %v", err)
		}
	})
	if log := transcript(t, store, s.ID); len(log) != 1 || len(fresh) != 1 {
		t.Errorf("20 at once left %d events, %d were told they are the first", len(log), len(fresh))
	}
}

func testRefTwoSessions(t *testing.T, store sessions.Store) {
	for n := range 10 {
		widget := opened(t, store, wang)
		talk, err := store.Open(t.Context(), wang, "talk", "zh-CN")
		if err != nil {
			t.Fatal(err)
		}
		into := []sessions.Session{widget, talk}
		var became [2]sessions.Committed
		together(2, func(i int) {
			err := patiently(t.Context(), func() (err error) {
				became[i], err = store.Commit(t.Context(), customer(wang), into[i], said(customer(wang), "一", ref("wang", n)))
				return err
			})
			if err != nil {
				t.Errorf("Commit: %v", err)
			}
		})
		wantSame(t, "what it became", became[0].Events, became[1].Events)
		if became[0].Repeated == became[1].Repeated {
			t.Errorf("Repeated is %v in both sessions", became[0].Repeated)
		}
	}
}

func testRefNoSession(t *testing.T, store sessions.Store) {
	s := opened(t, store, wang)
	commit(t, store, customer(wang), s, said(customer(wang), "一", "wang-0001"))
	gone := sessions.Session{ID: "no-such-session", State: sessions.Bot}
	done, err := store.Commit(t.Context(), customer(wang), gone, said(customer(wang), "一", "wang-0001"))
	if err != nil || !done.Repeated || done.Session.ID != s.ID {
		t.Errorf("a known ref for an unknown session: %+v, %v", done, err)
	}
	_, err = store.Commit(t.Context(), customer(wang), gone, said(customer(wang), "二", "wang-0002"))
	wantError(t, "a new ref for an unknown session", err, sessions.ErrNotFound)
}

func testRefSeparators(t *testing.T, store sessions.Store) {
	for _, c := range []struct{ id, device string }{{"a b", "c"}, {"a", "b c"}, {"a b c", ""}, {"a|b", "c"}, {"a", "|b c"}} {
		who := sessions.Customer{ID: c.id}
		by := sessions.Actor{Role: sessions.RoleCustomer, ID: c.id, Device: c.device}
		s := opened(t, store, who)
		if done := commit(t, store, by, s, said(by, "一", "same-ref")); done.Repeated {
			t.Errorf("the ref of %q on device %q was taken for another's", c.id, c.device)
		}
	}
}

func testRefEmpty(t *testing.T, store sessions.Store) {
	s := opened(t, store, wang)
	for range 3 {
		done := commit(t, store, customer(wang), s, said(customer(wang), "一", ""))
		if done.Repeated {
			t.Error("an event without a ref was taken for a repeated one")
		}
		s = done.Session
	}
	if log := transcript(t, store, s.ID); len(log) != 3 {
		t.Errorf("%d events, want 3", len(log))
	}
}

func testRefAgent(t *testing.T, store sessions.Store) {
	s := assigned(t, store, wang, chen)
	first := commit(t, store, agent(chen), s, said(agent(chen), "您好", "desk-0001"))
	s = commit(t, store, agent(chen), first.Session.Return(), handed("returned")).Session
	again := commit(t, store, agent(chen), first.Session, said(agent(chen), "您好", "desk-0001"))
	if !again.Repeated {
		t.Error("not recognised after the agent lost the chat")
	}
	wantSame(t, "events", again.Events, first.Events)
	wantSame(t, "session", again.Session, s)
	_, err := store.Commit(t.Context(), agent(chen), first.Session, said(agent(chen), fmt.Sprint("再", "见"), "desk-0002"))
	wantError(t, "a new one", err, sessions.ErrNotOwner)
}
