package inbox

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"wenda/internal/sqldb"
	"wenda/internal/testbed"
)

func (r *rig) confirmed() (out []string) {
	r.Helper()
	all, err := r.box.Confirmed(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	for _, c := range all {
		out = append(out, fmt.Sprint(c.Utterance, " = ", c.Entry, " ", c.Weight))
	}
	return out
}

// What chats agree on is counted once a chat, and may be taken back.
func TestConfirmed(t *testing.T) {
	engines(t, func(r *rig) {
		says := func(session string, seq int64, text, entry string, holds bool) {
			r.takes(Gleaned{Confirmed: []Confirmation{{Session: session, Seq: seq, At: r.now, Text: text, Entry: entry, Holds: holds}}})
		}
		says("a", 1, "咋还钱", "repay", true)
		says("a", 1, "咋还钱", "repay", true)
		says("a", 5, "咋还钱？", "repay", true)
		says("b", 1, "咋还钱？", "repay", true)
		says("c", 1, "咋还钱", "borrow", true)
		says("d", 1, "啥是年化", "rate", true)
		says("e", 1, "啥是年化", "rate", true)
		says("f", 1, "啥是年化", "rate", true)
		r.want("confirmed", r.confirmed(), []string{"啥是年化 = rate 3", "咋还钱 = repay 2", "咋还钱 = borrow 1"})
		says("d", 1, "啥是年化", "rate", false)
		says("c", 1, "咋还钱", "repay", true) // chose again
		r.want("taken back", r.confirmed(), []string{"咋还钱 = repay 3", "啥是年化 = rate 2"})
	})
}

// A chat that has ended is counted once, by day and entry.
func TestUsage(t *testing.T) {
	engines(t, func(r *rig) {
		since := r.now
		ended := func(session string, answers ...Answered) { r.takes(Gleaned{Ended: []Chat{{session, r.now, answers}}}) }
		ended("a", Answered{Entry: "repay", At: r.now}, Answered{Entry: "repay", At: r.now, Handoff: true}, Answered{Entry: "rate", At: r.now})
		ended("a", Answered{Entry: "repay", At: r.now, Unhelpful: true}) // a vote came late
		r.now = r.now.Add(48 * time.Hour)
		ended("b", Answered{Entry: "repay", At: r.now, Unhelpful: true})
		want := func(since time.Time, want map[string]Usage) {
			r.Helper()
			if got, err := r.box.Usage(r.Context(), since); err != nil || !maps.Equal(got, want) {
				r.Errorf("usage %v, %v; want %v", got, err, want)
			}
		}
		want(since, map[string]Usage{"repay": {3, 1, 1, r.now}, "rate": {1, 0, 0, since}})
		want(r.now, map[string]Usage{"repay": {1, 0, 1, r.now}})
		if err := r.box.Forget(r.Context(), "b"); err != nil {
			r.Fatal(err)
		}
		if _, err := r.box.Sweep(r.Context(), r.now); err != nil {
			r.Fatal(err)
		}
		want(since, map[string]Usage{"repay": {1, 0, 1, r.now}}) // a figure names nobody
		if n := r.count(`SELECT count(*) FROM inbox_counted`); n != 0 {
			r.Errorf("%d chats are still named", n)
		}
	})
}

// Texts go when they are too old, or with their chat.
func TestSweepAndForget(t *testing.T) {
	engines(t, func(r *rig) {
		confirms := func(session string) Confirmation {
			return Confirmation{Session: session, Seq: 9, At: r.now, Text: "咋还钱", Entry: "repay", Holds: true}
		}
		r.takes(Gleaned{Items: []Item{r.asks("a", 1, "花呗能还房贷吗"), r.asks("b", 1, "怎么注销账户"), r.asks("a", 7, "换手机号怎么办"), r.asks("z", 1, "密码忘记")}, Confirmed: []Confirmation{confirms("a"), confirms("b")}})
		phrased, err := r.box.AddPhrasing(r.Context(), "zhou", r.list(Query{Text: "密码"})[0].ID, "e", "", "")
		if err != nil {
			r.Fatal(err)
		}
		if _, err := r.box.MarkOutside(r.Context(), "zhou", r.list(Query{Text: "注销"})[0].ID, ""); err != nil {
			r.Fatal(err)
		}
		limit := r.now.Add(time.Second)
		for i := range 3 {
			r.takes(Gleaned{Items: []Item{r.asks(fmt.Sprint("n", i), 1, "花呗能还房贷吗")}, Confirmed: []Confirmation{confirms(fmt.Sprint("n", i))}})
		}
		for range 2 {
			if err := r.box.Forget(r.Context(), "a"); err != nil {
				r.Fatal(err)
			}
		}
		if n := r.count(`SELECT count(*) FROM inbox_item WHERE session = 'a'`) + r.count(`SELECT count(*) FROM inbox_confirmed WHERE session = 'a'`); n != 0 {
			r.Errorf("%d rows of a forgotten chat", n)
		}
		r.want("after forgetting", r.heads(Query{}), []string{"花呗能还房贷吗 3"})
		r.want("confirmed", r.confirmed(), []string{"咋还钱 = repay 4"})
		r.take(r.asks("q", 1, "花呗能还房贷么")) // the leaders are others now
		if removed, err := r.box.Sweep(r.Context(), limit); err != nil || removed != 2 {
			r.Errorf("%d removed, %v; want 2", removed, err)
		}
		r.want("after the sweep", r.heads(Query{}), []string{"花呗能还房贷吗 4"})
		r.want("confirmed", r.confirmed(), []string{"咋还钱 = repay 3"})
		deeds, err := r.box.Deeds(r.Context(), 0, 10)
		if err != nil || len(deeds[1].Texts) != 0 || deeds[1].ID != phrased.ID || len(deeds[0].Texts) != 1 {
			r.Errorf("deeds: %+v, %v", deeds, err)
		}
		if texts, err := r.box.OutOfScope(r.Context()); err != nil || !slices.Equal(texts, []string{"怎么注销账户"}) {
			r.Errorf("out of scope: %v, %v", texts, err)
		}
		r.undo(phrased) // its cluster is gone, and what takes the draft back
		if len(r.base.texts) != 1 {
			r.Errorf("the base has %v", r.base.texts)
		}
	})
}

// A sweep removes everything, in pieces, and Take goes on after it.
func TestSweepMany(t *testing.T) {
	r := newRig(t, opened(t, sqldb.Options{Dir: t.TempDir()}), Options{})
	var items []Item
	for i := range 2*sweepBatch + 3 {
		items = append(items, r.asks(fmt.Sprint("s", i), 1, fmt.Sprint("花呗", i%7)))
	}
	r.take(items...)
	if removed, err := r.box.Sweep(t.Context(), r.now.Add(time.Hour)); err != nil || removed != len(items) {
		t.Errorf("%d of %d removed, %v", removed, len(items), err)
	}
	if n := r.count(`SELECT count(*) FROM inbox_cluster`); n != 0 {
		t.Errorf("%d clusters of nothing", n)
	}
	r.take(r.asks("new", 1, "花呗1"))
	r.want("after it", r.heads(Query{}), []string{"花呗1 1"})
}

func (r *rig) wantDuty(box *Store, want bool) {
	r.Helper()
	if mine, err := box.Duty(r.Context()); err != nil || mine != want {
		r.Errorf("duty %v, %v; want %v", mine, err, want)
	}
}

// One node has the duty until its beat stands still, in eyes that are open.
func TestDuty(t *testing.T) {
	db := opened(t, sqldb.Options{URL: testbed.Postgres(t)})
	var clock time.Duration
	node := func() (*rig, *Store) {
		r := newRig(t, db, Options{})
		r.box.duty.since = func() time.Duration { return clock }
		return r, r.box
	}
	r, first := node()
	_, second := node()
	_, third := node()
	r.wantDuty(first, true)
	r.wantDuty(second, false)
	for range 3 * int(StillAfter/BlindAfter) {
		clock += BlindAfter / 2
		r.wantDuty(first, true)
		r.wantDuty(second, false)
	}
	// The first one dies. Who did not look for long begins anew.
	for clock += BlindAfter * 2; clock < 100*StillAfter; clock += BlindAfter / 2 {
		mine, err := second.Duty(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if mine {
			break
		}
		r.wantDuty(third, false)
	}
	r.wantDuty(second, true)
	r.wantDuty(first, false) // it was only asleep
	r.wantDuty(third, false)
	if err := first.Leave(t.Context()); err != nil { // what is not its own
		t.Fatal(err)
	}
	r.wantDuty(third, false)
	if err := second.Leave(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.wantDuty(third, true)
	r.wantDuty(second, false)
}

// On SQLite whoever starts takes the duty of the process before.
func TestDutyAfterCrash(t *testing.T) {
	db := opened(t, sqldb.Options{Dir: t.TempDir()})
	r := newRig(t, db, Options{})
	r.wantDuty(r.box, true)
	again := newRig(t, db, Options{})
	r.wantDuty(again.box, true)
	r.wantDuty(r.box, false)
}
