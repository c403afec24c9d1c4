package livetest

import (
	"context"
	"sync"
	"testing"
	"time"

	"wenda/sessions"
)

var copyTests = map[string]func(t *testing.T, a, b sessions.Live){
	"kept as they are":     testCopyKept,
	"the highest seq wins": testCopyHighest,
	"many at once":         testCopyTogether,
	"odd ids":              testCopyOddIDs,
	"values, not shared":   testCopyValues,
	"renewed":              testCopyRenewed,
}

func someSession(id string, seq int64) sessions.Session {
	now := time.Date(2026, 11, 21, 12, 0, 0, 123e6, time.UTC)
	return sessions.Session{
		ID: id, Customer: sessions.Customer{ID: "wang", Name: "王女士", Anonymous: true}, Channel: "widget", Lang: "zh-CN",
		Seq: seq, Fence: 2, Segment: 2, State: sessions.Assigned, Agent: "chen", Skill: "loans", Priority: 1, QueuedAt: now,
		Memory: sessions.Memory{Offered: []string{"a", "b"}, Misses: 1}, OpenedAt: now, ChangedAt: now, HeardAt: now,
	}
}

func get(t *testing.T, l sessions.Live, id string) (s sessions.Session, ok bool) {
	t.Helper()
	try(t, func(ctx context.Context) (err error) {
		s, ok, err = l.Get(ctx, id)
		return err
	})
	return s, ok
}

func put(t *testing.T, l sessions.Live, s sessions.Session) {
	t.Helper()
	try(t, func(ctx context.Context) error { return l.Put(ctx, s) })
}

func testCopyKept(t *testing.T, a, b sessions.Live) {
	if _, ok := get(t, a, "s"); ok {
		t.Error("a copy nobody put")
	}
	s := someSession("s", 7)
	put(t, a, s)
	got, ok := get(t, b, "s")
	if wantSame(t, "copy", got, s); !ok {
		t.Error("the copy is not there")
	}
	if _, ok := get(t, b, "other"); ok {
		t.Error("a copy of another session")
	}
	try(t, func(ctx context.Context) error { return b.Drop(ctx, "s") })
	try(t, func(ctx context.Context) error { return b.Drop(ctx, "s") })
	if _, ok := get(t, a, "s"); ok {
		t.Error("the copy is there after Drop")
	}
	put(t, b, someSession("s", 1)) // forgotten is forgotten: a lower seq is fine now
	if got, ok := get(t, a, "s"); !ok || got.Seq != 1 {
		t.Errorf("after Drop and Put: seq %d, %v", got.Seq, ok)
	}
}

func testCopyHighest(t *testing.T, a, b sessions.Live) {
	put(t, a, someSession("s", 9))
	put(t, b, someSession("s", 8))
	if got, _ := get(t, a, "s"); got.Seq != 9 {
		t.Errorf("seq %d replaced 9", got.Seq)
	}
	equal := someSession("s", 9)
	equal.Priority = 5
	put(t, b, equal)
	if got, _ := get(t, a, "s"); got.Priority != 5 {
		t.Error("an equal seq did not replace the copy")
	}
	put(t, b, someSession("s", 10))
	if got, _ := get(t, a, "s"); got.Seq != 10 {
		t.Errorf("seq %d was not replaced by 10", got.Seq) // as numbers: as text 10 is less than 9
	}
}

func testCopyTogether(t *testing.T, a, b sessions.Live) {
	var group sync.WaitGroup
	for i := range 50 {
		group.Go(func() { put(t, []sessions.Live{a, b}[i%2], someSession("s", int64(i+1))) })
	}
	group.Wait()
	if got, ok := get(t, a, "s"); !ok || got.Seq != 50 {
		t.Errorf("of seqs 1 to 50 put at once, %d is left", got.Seq)
	}
}

func testCopyOddIDs(t *testing.T, a, b sessions.Live) {
	for i, id := range oddNames {
		put(t, a, someSession(id, int64(i+1)))
	}
	for i, id := range oddNames {
		if got, ok := get(t, b, id); !ok || got.ID != id || got.Seq != int64(i+1) {
			t.Errorf("copy of %q: %q at seq %d, %v", id, got.ID, got.Seq, ok)
		}
	}
}

func testCopyValues(t *testing.T, a, _ sessions.Live) {
	s := someSession("s", 1)
	put(t, a, s)
	s.Memory.Offered[0] = "changed after"
	got, _ := get(t, a, "s")
	got.Memory.Offered[1] = "changed in a copy"
	got, _ = get(t, a, "s")
	wantSame(t, "memory", got.Memory.Offered, []string{"a", "b"})
}

// Both nodes get the copy and the wake-up of what one of them committed.
func testCopyRenewed(t *testing.T, a, b sessions.Live) {
	s := someSession("s", 7)
	var here, there, elsewhere counter
	defer watch(t, a, "topic", here.add)()
	defer watch(t, b, "topic", there.add)()
	defer watch(t, a, "other", elsewhere.add)()
	a.Renew(s, "topic")
	if !here.any() {
		t.Error("a watcher of the same process had to wait")
	}
	eventually(t, "both know", func() bool {
		a.Renew(s, "topic") // it may be lost
		got, _ := get(t, b, "s")
		return there.any() && got.Seq == 7
	})
	if elsewhere.any() {
		t.Error("a watcher of another topic was woken")
	}
}
