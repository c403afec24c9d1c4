package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"wenda/sessions"
)

var listTests = map[string]func(*testing.T, sessions.Store){
	"queue":          testQueue,
	"owned":          testOwned,
	"due unanswered": testDuePending,
	"due silent":     testDueIdle,
	"due hint":       testDueHint,
	"due promised":   testDuePromised,
	"due queued":     testDueQueued,
	"due both":       testDueBoth,
	"recent":         testRecent,
	"lines":          testLines,
	"unread":         testUnread,
}

func testQueue(t *testing.T, store sessions.Store) {
	noon := time.Now().Truncate(time.Second)
	var plain []string
	for i := range 5 {
		plain = append(plain, queued(t, store, sessions.Customer{ID: fmt.Sprint("c", i)}, "loans", noon.Add(time.Duration(5-i)*time.Second)).ID)
	}
	urgent := opened(t, store, wang).Queue("loans", noon.Add(time.Hour))
	urgent.Priority = 60
	commit(t, store, system, urgent, handed("asked"))
	queued(t, store, li, "", noon)
	want := []string{urgent.ID, plain[4], plain[3], plain[2], plain[1], plain[0]}
	for _, limit := range []int{100, 6, 2, 0} {
		got, all, err := store.Queue(t.Context(), "loans", limit)
		if err != nil || all != 6 {
			t.Errorf("limit %d: %d in all, %v; want 6", limit, all, err)
		}
		wantSame(t, "order", ids(got), append([]string(nil), want[:min(limit, 6)]...))
	}
	first := claim(t, store, chen, urgent.ID)
	commit(t, store, customer(sessions.Customer{ID: "c4"}), load(t, store, plain[4]).Return(), handed("asked"))
	got, all, err := store.Queue(t.Context(), "loans", 2)
	if err != nil || all != 4 {
		t.Errorf("after two left: %d in all, %v; want 4", all, err)
	}
	wantSame(t, "order", ids(got), []string{plain[3], plain[2]})
	wantSame(t, "a waiting session", got[0], load(t, store, plain[3]))
	if first.QueuedAt.IsZero() || !load(t, store, plain[4]).QueuedAt.IsZero() {
		t.Error("QueuedAt is kept when claimed and dropped when the bot takes over")
	}
}

func testOwned(t *testing.T, store sessions.Store) {
	var want []string
	for i := range 3 {
		want = append(want, opened(t, store, sessions.Customer{ID: fmt.Sprint("c", i)}).ID)
		time.Sleep(2 * time.Millisecond) // sorted by when they were opened
	}
	for i := range 3 { // claimed in another order
		id := want[2-i]
		commit(t, store, system, load(t, store, id).Queue("", time.Now()), handed("asked"))
		claim(t, store, chen, id)
	}
	assigned(t, store, wang, sessions.Agent{ID: "other", Skills: []string{""}, Capacity: 1})
	owned, err := store.Owned(t.Context(), chen.ID)
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "oldest first", ids(owned), want)
	wantSame(t, "an owned session", owned[0], load(t, store, want[0]))
	commit(t, store, agent(chen), owned[0].Return(), handed("returned"))
	owned, err = store.Owned(t.Context(), chen.ID)
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "after one went back", ids(owned), want[1:])
}

func due(t *testing.T, store sessions.Store, pending, silent time.Time, limit int) []string {
	t.Helper()
	return dueBy(t, store, sessions.Deadlines{Pending: pending, Close: silent}, limit)
}

func dueBy(t *testing.T, store sessions.Store, by sessions.Deadlines, limit int) []string {
	t.Helper()
	found, err := store.Due(t.Context(), by, limit)
	if err != nil {
		t.Fatalf("Due: %v", err)
	}
	for _, s := range found {
		wantSame(t, "a due session", s, load(t, store, s.ID))
	}
	return ids(found)
}

var never = time.Time{}

func testDuePending(t *testing.T, store sessions.Store) {
	answered := opened(t, store, li)
	commit(t, store, customer(li), answered, said(customer(li), "一", ""), reply("二", ""))
	s := opened(t, store, wang)
	s = commit(t, store, customer(wang), s, said(customer(wang), "在吗", "")).Session
	wantSame(t, "just before", due(t, store, s.PendingAt.Add(-time.Millisecond), never, 10), []string(nil))
	wantSame(t, "at", due(t, store, s.PendingAt, never, 10), []string{s.ID})
	wantSame(t, "after", due(t, store, time.Now().Add(time.Hour), never, 10), []string{s.ID})
	commit(t, store, bot, s, reply("在", ""))
	wantSame(t, "answered", due(t, store, time.Now().Add(time.Hour), never, 10), []string(nil))
}

func testDueIdle(t *testing.T, store sessions.Store) {
	silent := opened(t, store, wang)
	wantSame(t, "just before", due(t, store, never, silent.HeardAt.Add(-time.Millisecond), 10), []string(nil))
	wantSame(t, "at", due(t, store, never, silent.HeardAt, 10), []string{silent.ID})
	time.Sleep(2 * time.Millisecond)
	heard := commit(t, store, customer(wang), silent, said(customer(wang), "一", ""), reply("二", "")).Session
	wantSame(t, "heard since", due(t, store, never, silent.HeardAt, 10), []string(nil))
	wantSame(t, "silent again", due(t, store, never, heard.HeardAt, 10), []string{silent.ID})
	later := time.Now().Add(time.Hour)
	waiting := commit(t, store, system, heard.Queue("", time.Now()), handed("asked")).Session
	wantSame(t, "waiting", due(t, store, later, later, 10), []string(nil))
	mine := claim(t, store, chen, waiting.ID)
	wantSame(t, "assigned", due(t, store, later, later, 10), []string(nil))
	commit(t, store, agent(chen), mine.Close(time.Now()), handed("finished"))
	wantSame(t, "closed", due(t, store, later, later, 10), []string(nil))
}

// A hint is due once for each silence, and not for who never said anything.
func testDueHint(t *testing.T, store sessions.Store) {
	later := sessions.Deadlines{Hint: time.Now().Add(time.Hour)}
	s := opened(t, store, wang)
	wantSame(t, "never spoke", dueBy(t, store, later, 10), []string(nil))
	time.Sleep(2 * time.Millisecond)
	s = commit(t, store, customer(wang), s, said(customer(wang), "一", ""), reply("二", "")).Session
	wantSame(t, "just before", dueBy(t, store, sessions.Deadlines{Hint: s.HeardAt.Add(-time.Millisecond)}, 10), []string(nil))
	wantSame(t, "spoke", dueBy(t, store, sessions.Deadlines{Hint: s.HeardAt}, 10), []string{s.ID})
	s.Memory.Hints = 1
	s = commit(t, store, bot, s, reply("还有问题吗", "")).Session
	wantSame(t, "hinted", dueBy(t, store, later, 10), []string(nil))
	again := sessions.Deadlines{Again: later.Hint}
	wantSame(t, "just before another", dueBy(t, store, sessions.Deadlines{Again: s.HeardAt.Add(-time.Millisecond)}, 10), []string(nil))
	wantSame(t, "another", dueBy(t, store, again, 10), []string{s.ID})
	wantSame(t, "quiet", dueBy(t, store, sessions.Deadlines{Again: later.Hint, Hint: later.Hint, Close: later.Hint, Quiet: s.ChangedAt}, 10), []string{s.ID})
	wantSame(t, "not quiet", dueBy(t, store, sessions.Deadlines{Again: later.Hint, Hint: later.Hint, Close: later.Hint, Quiet: s.ChangedAt.Add(-time.Millisecond)}, 10), []string(nil))
	s.Memory.Hints = 2
	s = commit(t, store, bot, s, reply("还在吗", "")).Session
	wantSame(t, "hinted twice", dueBy(t, store, again, 10), []string(nil))
	s.Memory.Hints = 0
	commit(t, store, customer(wang), s, said(customer(wang), "三", ""), reply("四", ""))
	wantSame(t, "spoke again", dueBy(t, store, later, 10), []string{s.ID})
}

// A message that was not answered by when it was promised is due until it stands first.
func testDuePromised(t *testing.T, store sessions.Store) {
	promised := time.Now().Add(time.Hour).Truncate(time.Millisecond)
	left := opened(t, store, wang).Queue("loans", time.Now())
	left.Desk.Promised = promised
	left = commit(t, store, system, left, handed("asked")).Session
	queued(t, store, li, "loans", time.Now())
	by := func(at time.Time) []string { return dueBy(t, store, sessions.Deadlines{Promised: at}, 10) }
	wantSame(t, "just before", by(promised.Add(-time.Millisecond)), []string(nil))
	wantSame(t, "then", by(promised), []string{left.ID})
	first := left
	first.Priority = sessions.PriorityOverdue
	first = commit(t, store, system, first).Session
	wantSame(t, "it stands first", by(promised), []string(nil))
	first.Priority = 0
	first = commit(t, store, system, first).Session
	commit(t, store, system, first.Assign("u1"), handed("claimed"))
	wantSame(t, "somebody has it", by(promised), []string(nil))
}

// Who waits without a promise is due, in whatever queue.
func testDueQueued(t *testing.T, store sessions.Store) {
	noon := time.Now().Truncate(time.Second)
	second := queued(t, store, wang, "loans", noon.Add(time.Second))
	first := queued(t, store, li, "", noon)
	promised := opened(t, store, sessions.Customer{ID: "c1"}).Queue("", noon)
	promised.Desk.Promised = noon.Add(time.Hour)
	commit(t, store, system, promised, handed("left"))
	by := func(at time.Time) []string { return dueBy(t, store, sessions.Deadlines{Queued: at}, 10) }
	wantSame(t, "just before", by(noon.Add(-time.Millisecond)), []string(nil))
	wantSame(t, "the first", by(noon), []string{first.ID})
	both, want := by(noon.Add(time.Minute)), []string{first.ID, second.ID}
	slices.Sort(both)
	slices.Sort(want)
	wantSame(t, "both", both, want)
}

func testDueBoth(t *testing.T, store sessions.Store) {
	var silent []string
	for i := range 4 {
		silent = append(silent, opened(t, store, sessions.Customer{ID: fmt.Sprint("c", i)}).ID)
		time.Sleep(2 * time.Millisecond)
	}
	last := opened(t, store, wang)
	pending := commit(t, store, customer(wang), last, said(customer(wang), "在吗", "")).Session
	later := time.Now().Add(time.Hour)
	wantSame(t, "all", due(t, store, later, later, 10), append([]string{pending.ID}, silent...))
	wantSame(t, "unanswered ones are not crowded out", due(t, store, later, later, 2), []string{pending.ID, silent[0]})
	wantSame(t, "none", due(t, store, later, later, 0), []string(nil))
}
