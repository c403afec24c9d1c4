package audit

import (
	"fmt"
	"testing"
	"time"

	"wenda/internal/sqldb"
)

// What was changed in a setting is read as it was, and as it became, by those acts alone;
// the audit itself keeps nothing that was typed.
func TestChanges(t *testing.T) {
	both(t, func(t *testing.T, db *sqldb.DB) {
		first := map[string]string{"accept": "30s", "names": "一线", "next": ""}
		then := map[string]string{"accept": "20s", "names": "前台", "next": ""}
		at := time.UnixMilli(1_800_000_000_000).UTC()
		change := func(version int64, was, is map[string]string) func(sqldb.Tx, time.Time, Act) error {
			return func(tx sqldb.Tx, at time.Time, a Act) error {
				return WriteChange(tx, at, a, version, was, is, "names")
			}
		}
		for i, a := range []struct {
			Act
			write func(sqldb.Tx, time.Time, Act) error
		}{
			{Act{Who: "chen", Did: "queue.change", About: "card", OK: true}, change(1, nil, first)},
			{Act{Who: "li", Did: "queue.change", About: "card", OK: true}, change(2, first, then)},
			{Act{Who: "li", Did: "queue.change", About: "card", OK: true, Detail: "version 3, accept 9s, names"}, Write}, // by an earlier Wenda
			{Act{Who: "li", Did: "queue.change", About: "card", Detail: "refused"}, Write},
			{Act{Who: "li", Did: "queue.change", About: "loan", OK: true}, change(1, nil, first)},
			{Act{Who: "li", Did: "calendar.change", About: "card", OK: true, Detail: "version=2 days=31"}, Write},
			{Act{Who: "zhou", Did: "queue.remove", About: "card", OK: true}, Write},
			{Act{Who: "li", Did: "queue.change", About: "card", OK: true}, change(4, then, then)},
		} {
			if err := db.Write(t.Context(), func(tx sqldb.Tx) error { return a.write(tx, at.Add(time.Duration(i)*time.Second), a.Act) }); err != nil {
				t.Fatal(err)
			}
		}
		told := func(of Which) (text, last string) {
			t.Helper()
			changes, err := Changes(db.Read(t.Context()), of)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range changes {
				text += fmt.Sprintf("%s %s %s %d %v at %d; ", c.Who, c.Did, c.About, c.Version, c.Fields, c.At.Sub(at)/time.Second)
				last = c.ID
			}
			return text, last
		}
		const (
			made    = "chen queue.change card 1 [{accept  30s true} {names  一线 true}] at 0; "
			changed = "li queue.change card 2 [{accept 30s 20s true} {names 一线 前台 true}] at 1; "
			earlier = "li queue.change card 3 [{accept  9s false} {names   false}] at 2; "
			removed = "zhou queue.remove card 0 [] at 6; "
			nothing = "li queue.change card 4 [] at 7; "
			loan    = "li queue.change loan 1 [{accept  30s true} {names  一线 true}] at 4; "
			days    = "li calendar.change card 0 [] at 5; "
		)
		queues := []string{"queue.change", "queue.remove"}
		if got, _ := told(Which{Did: queues, About: "card", Limit: 9}); got != nothing+removed+earlier+changed+made {
			t.Errorf("the history is\n%s", got)
		}
		got, last := told(Which{Did: append(queues, "calendar.change"), Limit: 3})
		if got != nothing+removed+days {
			t.Errorf("the newest of all are\n%s", got)
		}
		if got, _ = told(Which{Did: append(queues, "calendar.change"), Before: last, Limit: 9}); got != loan+earlier+changed+made {
			t.Errorf("those before are\n%s", got)
		}
		if got, _ = told(Which{Did: queues}); got != "" {
			t.Errorf("none are\n%s", got)
		}
		var typed int
		if err := db.Read(t.Context()).QueryRow(`SELECT count(*) FROM audit WHERE detail LIKE '%前台%'`).Scan(&typed); err != nil || typed > 0 {
			t.Errorf("the audit holds what was typed: %d, %v", typed, err)
		}
	})
}
