package storetest

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"wenda/sessions"
)

var feedTests = map[string]func(*testing.T, sessions.Store){
	"from the beginning":     testFeedBegins,
	"changes":                testFeedChanges,
	"beside many writers":    testFeedBesideWriters,
	"from the end":           testFeedFromTheEnd,
	"with a mark of a stone": testFeedBadMark,
}

// follower is somebody who reads on in the feed.
type follower struct {
	mark sessions.Mark
	seen map[string]sessions.Session
}

// read takes one page and reports how many sessions were on it.
func (f *follower) read(t *testing.T, store sessions.Store, limit int) int {
	t.Helper()
	changed, next, err := store.Feed(t.Context(), f.mark, limit)
	if err != nil {
		t.Fatalf("Feed: %v", err)
	}
	if len(changed) > limit {
		t.Errorf("%d sessions on a page of %d", len(changed), limit)
	}
	if f.seen == nil {
		f.seen = map[string]sessions.Session{}
	}
	for _, s := range changed {
		if old := f.seen[s.ID]; s.Seq < old.Seq {
			t.Errorf("a session went back from seq %d to %d", old.Seq, s.Seq)
		}
		f.seen[s.ID] = s
	}
	f.mark = kept(t, next)
	return len(changed)
}

// kept is the mark after it was stored as text.
func kept(t *testing.T, m sessions.Mark) sessions.Mark {
	t.Helper()
	var back sessions.Mark
	if err := json.Unmarshal([]byte(text(m)), &back); err != nil {
		t.Fatal(err)
	}
	return back
}

func testFeedBegins(t *testing.T, store sessions.Store) {
	var f follower
	if n := f.read(t, store, 10); n != 0 {
		t.Errorf("%d changes in an empty store", n)
	}
	want := map[string]sessions.Session{}
	for i := range 7 {
		s := opened(t, store, sessions.Customer{ID: fmt.Sprint("c", i)})
		want[s.ID] = s
	}
	for _, limit := range []int{1, 2, 3, 7, 100} {
		f := follower{}
		for f.read(t, store, limit) > 0 {
		}
		wantSame(t, fmt.Sprint("pages of ", limit), f.seen, want)
	}
}

func testFeedChanges(t *testing.T, store sessions.Store) {
	a, b := opened(t, store, wang), opened(t, store, li)
	var f follower
	f.read(t, store, 10)
	if n := f.read(t, store, 10); n != 0 {
		t.Errorf("%d changes when nothing changed", n)
	}
	b = commit(t, store, customer(li), b, said(customer(li), "一", "li-00001")).Session
	a = commit(t, store, system, a.Queue("", time.Now()), handed("asked")).Session
	a = claim(t, store, chen, a.ID)
	changed, _, err := store.Feed(t.Context(), f.mark, 10)
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "oldest change first, each once", changed, []sessions.Session{b, a})
	f.read(t, store, 10)
	commit(t, store, customer(li), b, said(customer(li), "一", "li-00001")) // repeated
	if n := f.read(t, store, 10); n != 0 {
		t.Error("a repeated commit counts as a change")
	}
}

func testFeedBesideWriters(t *testing.T, store sessions.Store) {
	const writers, each = 8, 25
	var f follower
	stop := make(chan struct{})
	var reader sync.WaitGroup
	reader.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				f.read(t, store, 3)
			}
		}
	})
	final := make([]sessions.Session, writers)
	together(writers, func(i int) {
		who := sessions.Customer{ID: fmt.Sprint("c", i)}
		s, err := store.Open(t.Context(), who, "widget", "zh-CN")
		for n := 0; n < each && err == nil; n++ {
			var done sessions.Committed
			err = patiently(t.Context(), func() (err error) {
				done, err = store.Commit(t.Context(), customer(who), s, said(customer(who), "一", ref("turn", n)), reply("二", ""))
				return err
			})
			s = done.Session
		}
		if final[i] = s; err != nil {
			t.Errorf("writer %d: %v", i, err)
		}
	})
	close(stop)
	reader.Wait()
	for f.read(t, store, 3) > 0 {
	}
	for _, s := range final {
		wantSame(t, "the last the follower saw of a session", f.seen[s.ID], s)
	}
}

func testFeedBadMark(t *testing.T, store sessions.Store) {
	opened(t, store, wang)
	_, _, err := store.Feed(t.Context(), sessions.Mark{Change: 1, ID: "\xff\x00"}, 10)
	wantError(t, "a mark that is not ours", err, sessions.ErrInvalid)
}

func testFeedFromTheEnd(t *testing.T, store sessions.Store) {
	nothing, err := store.Newest(t.Context())
	if err != nil || nothing != (sessions.Mark{}) {
		t.Fatalf("Newest of an empty store: %v, %v", nothing, err)
	}
	opened(t, store, li)
	old := opened(t, store, wang)
	end, err := store.Newest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f := follower{mark: kept(t, end)}
	if n := f.read(t, store, 10); n != 0 {
		t.Errorf("%d sessions after the newest mark", n)
	}
	commit(t, store, customer(wang), old, said(customer(wang), "一", ""), reply("二", ""))
	if n := f.read(t, store, 10); n != 1 || f.seen[old.ID].Seq != 2 {
		t.Errorf("%d sessions changed since, want the one: %v", n, f.seen)
	}
}
