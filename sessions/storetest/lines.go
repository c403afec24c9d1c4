package storetest

import (
	"fmt"
	"testing"
	"time"

	"wenda/sessions"
)

// A queue's line counts all who wait, and says since when whoever waits longest does,
// however far from the front a rank puts them.
func testLines(t *testing.T, store sessions.Store) {
	noon := time.Now().Truncate(time.Second)
	lines := func(what string, want ...sessions.Line) {
		t.Helper()
		got, err := store.Lines(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		wantSame(t, what, got, append([]sessions.Line(nil), want...))
	}
	lines("nobody")
	first := queued(t, store, wang, "loans", noon)
	for i := range 3 { // urgent, and later
		s := opened(t, store, sessions.Customer{ID: fmt.Sprint("c", i)}).Queue("loans", noon.Add(time.Minute))
		s.Priority = 60
		commit(t, store, system, s, handed("asked"))
	}
	message := opened(t, store, sessions.Customer{ID: "left"}).Queue("", noon.Add(-time.Hour))
	message.Desk.Promised = noon.Add(time.Hour)
	message = commit(t, store, system, message, handed("left")).Session
	lines("a message is left, nobody waits there", sessions.Line{Waiting: 1, Left: 1}, sessions.Line{Skill: "loans", Waiting: 4, Oldest: noon.UTC()})
	queued(t, store, li, "", noon.Add(time.Second))
	claim(t, store, chen, first.ID)
	lines("who is served waits no more", sessions.Line{Waiting: 2, Left: 1, Oldest: noon.Add(time.Second).UTC()},
		sessions.Line{Skill: "loans", Waiting: 3, Oldest: noon.Add(time.Minute).UTC()})
	commit(t, store, system, message.Return(), handed("asked"))
	lines("nor who is with the bot", sessions.Line{Waiting: 1, Oldest: noon.Add(time.Second).UTC()},
		sessions.Line{Skill: "loans", Waiting: 3, Oldest: noon.Add(time.Minute).UTC()})
}
