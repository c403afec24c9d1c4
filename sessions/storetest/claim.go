package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"wenda/sessions"
)

var claimTests = map[string]func(*testing.T, sessions.Store){
	"the move":                 testClaimMove,
	"this one":                 testClaimThis,
	"the next one":             testClaimNext,
	"no room":                  testClaimFull,
	"sent again":               testClaimAgain,
	"many agents, many chats":  testClaimRace,
	"one agent, many tabs":     testClaimTabs,
	"one chat, many agents":    testClaimOne,
	"while the customer types": testClaimWhileTyping,
}

func testClaimMove(t *testing.T, store sessions.Store) {
	s := opened(t, store, wang)
	s = commit(t, store, customer(wang), s, said(customer(wang), "人工", "")).Session
	before := commit(t, store, system, s.Queue("loans", time.Now()), handed("asked")).Session
	done, err := store.Claim(t.Context(), chen, before.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	after := done.Session
	want := before
	want.State, want.Agent, want.Memory = sessions.Assigned, chen.ID, sessions.Memory{}
	want.Seq, want.Fence, want.Segment, want.ChangedAt = before.Seq+1, before.Fence+1, before.Segment+1, after.ChangedAt
	want.AwaitAt = done.Events[0].At
	wantSame(t, "the session", after, want)
	wantSame(t, "loaded", load(t, store, before.ID), after)
	wantSame(t, "the event", done.Events, []sessions.Event{{
		Seq: after.Seq, At: done.Events[0].At, Kind: sessions.Handed, Audience: sessions.All,
		From: sessions.Speaker{Role: sessions.RoleAgent, ID: chen.ID, Name: chen.Name},
		Move: &sessions.Move{From: sessions.Queued, To: sessions.Assigned, Agent: chen.ID, Skill: "loans", Reason: "claimed"},
	}})
	wantSame(t, "the log", transcript(t, store, before.ID)[before.Seq:], done.Events)
}

func testClaimThis(t *testing.T, store sessions.Store) {
	withBot := opened(t, store, wang)
	_, err := store.Claim(t.Context(), chen, withBot.ID, "")
	wantError(t, "one that the bot owns", err, sessions.ErrTaken)
	cards := queued(t, store, li, "cards", time.Now())
	_, err = store.Claim(t.Context(), chen, cards.ID, "")
	wantError(t, "one of another skill", err, sessions.ErrTaken)
	_, err = store.Claim(t.Context(), sessions.Agent{ID: "nobody", Capacity: 5}, cards.ID, "")
	wantError(t, "without skills", err, sessions.ErrTaken)
	_, err = store.Claim(t.Context(), sessions.Agent{Skills: []string{"cards"}, Capacity: 5}, cards.ID, "")
	wantError(t, "without an id", err, sessions.ErrInvalid)
	other := sessions.Agent{ID: "other", Skills: []string{"cards"}, Capacity: 5}
	mine := claim(t, store, other, cards.ID)
	_, err = store.Claim(t.Context(), other, cards.ID, "")
	wantError(t, "a second time", err, sessions.ErrTaken)
	wantSame(t, "loaded", load(t, store, cards.ID), mine)
	closed := commit(t, store, agent(other), mine.Close(time.Now()), handed("finished")).Session
	_, err = store.Claim(t.Context(), other, closed.ID, "")
	wantError(t, "a closed one", err, sessions.ErrTaken)
}

func testClaimNext(t *testing.T, store sessions.Store) {
	_, err := store.Claim(t.Context(), chen, "", "")
	wantError(t, "with nobody waiting", err, sessions.ErrEmpty)
	noon := time.Now().Truncate(time.Second)
	var want []string
	queue := func(name, skill string, priority int, at time.Time) string {
		s := opened(t, store, sessions.Customer{ID: name})
		s = s.Queue(skill, at)
		s.Priority = priority
		return commit(t, store, system, s, handed("asked")).Session.ID
	}
	late := queue("late", "loans", 0, noon.Add(time.Minute))
	early := queue("early", "", 0, noon)
	urgent := queue("urgent", "loans", 61, noon.Add(time.Hour))
	queue("elsewhere", "cards", 10, noon.Add(-time.Hour))
	want = append(want, urgent, early, late)

	big := chen
	big.Capacity = 100
	_, err = store.Claim(t.Context(), sessions.Agent{ID: "unskilled", Capacity: 5}, "", "")
	wantError(t, "without skills", err, sessions.ErrEmpty)
	var got []string
	for range want {
		got = append(got, claim(t, store, big, "").ID)
	}
	wantSame(t, "order", got, want)
	_, err = store.Claim(t.Context(), big, "", "")
	wantError(t, "with only another skill waiting", err, sessions.ErrEmpty)

	// A chat that comes back goes to where it stood.
	newer := queue("newer", "", 0, noon.Add(2*time.Minute))
	returned := load(t, store, early)
	returned = commit(t, store, agent(big), returned.Queue("", noon.Add(time.Hour)), handed("returned")).Session
	if !returned.QueuedAt.Equal(noon) {
		t.Errorf("it came back as of %v, not of %v", returned.QueuedAt, noon)
	}
	wantSame(t, "first again", claim(t, store, big, "").ID, early)
	wantSame(t, "then the newer one", claim(t, store, big, "").ID, newer)
}

func testClaimFull(t *testing.T, store sessions.Store) {
	for i := range 5 {
		queued(t, store, sessions.Customer{ID: fmt.Sprint("c", i)}, "", time.Now())
	}
	_, err := store.Claim(t.Context(), sessions.Agent{ID: "off", Skills: []string{""}}, "", "")
	wantError(t, "with capacity 0", err, sessions.ErrFull)
	var mine []sessions.Session
	for range chen.Capacity {
		mine = append(mine, claim(t, store, chen, ""))
	}
	waiting, _, err := store.Queue(t.Context(), "", 1)
	if err != nil || len(waiting) != 1 {
		t.Fatalf("Queue: %d sessions, %v", len(waiting), err)
	}
	_, err = store.Claim(t.Context(), chen, "", "")
	wantError(t, "the next one", err, sessions.ErrFull)
	_, err = store.Claim(t.Context(), chen, waiting[0].ID, "")
	wantError(t, "this one", err, sessions.ErrFull)
	wantSame(t, "the one waiting", load(t, store, waiting[0].ID), waiting[0])
	commit(t, store, agent(chen), mine[0].Close(time.Now()), handed("finished"))
	claim(t, store, chen, "")
}

func testClaimTabs(t *testing.T, store sessions.Store) {
	var waiting []string
	for i := range 20 {
		waiting = append(waiting, queued(t, store, sessions.Customer{ID: fmt.Sprint("c", i)}, "", time.Now()).ID)
	}
	together(20, func(i int) {
		id := ""
		if i%2 == 0 {
			id = waiting[i]
		}
		err := patiently(t.Context(), func() error {
			_, err := store.Claim(t.Context(), chen, id, "")
			return err
		})
		if err != nil && !errors.Is(err, sessions.ErrFull) && !errors.Is(err, sessions.ErrTaken) {
			t.Errorf("Claim: %v", err)
		}
	})
	if owned, err := store.Owned(t.Context(), chen.ID); err != nil || len(owned) != chen.Capacity {
		t.Errorf("with capacity %d the agent got %d chats, %v", chen.Capacity, len(owned), err)
	}
}

func testClaimOne(t *testing.T, store sessions.Store) {
	s := queued(t, store, wang, "", time.Now())
	won := make(chan string, 30)
	together(30, func(i int) {
		a := sessions.Agent{ID: fmt.Sprint("a", i), Skills: []string{""}, Capacity: 1}
		id := []string{s.ID, ""}[i%2]
		err := patiently(t.Context(), func() error {
			_, err := store.Claim(t.Context(), a, id, "")
			return err
		})
		switch {
		case err == nil:
			won <- a.ID
		case !errors.Is(err, sessions.ErrTaken) && !errors.Is(err, sessions.ErrEmpty):
			t.Errorf("a loser got %v", err)
		}
	})
	if len(won) != 1 {
		t.Fatalf("%d agents got the chat", len(won))
	}
	if now := load(t, store, s.ID); now.Agent != <-won || now.Fence != s.Fence+1 {
		t.Errorf("the session is not the winner's: %+v", now)
	}
}

// A customer who types while waiting neither blocks the claim nor is lost by it.
func testClaimWhileTyping(t *testing.T, store sessions.Store) {
	s := queued(t, store, wang, "", time.Now())
	const messages = 20
	together(2, func(i int) {
		if i == 0 {
			if err := patiently(t.Context(), func() error { _, err := store.Claim(t.Context(), chen, "", ""); return err }); err != nil {
				t.Errorf("Claim: %v", err)
			}
			return
		}
		for n := range messages {
			err := patiently(t.Context(), func() error {
				_, err := sessions.Update(t.Context(), store, noLive{}, s.ID, customer(wang), func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
					return s, []sessions.Event{said(customer(wang), fmt.Sprint(n), ref("wang", n))}, nil
				})
				return err
			})
			if err != nil {
				t.Errorf("message %d: %v", n, err)
			}
		}
	})
	if log := transcript(t, store, s.ID); len(log) != int(s.Seq)+messages+1 {
		t.Errorf("%d events, want %d", len(log), int(s.Seq)+messages+1)
	}
	if now := load(t, store, s.ID); now.Agent != chen.ID {
		t.Errorf("owned by %q", now.Agent)
	}
}
