package audit

import (
	"fmt"
	"testing"
	"time"

	"wenda/internal/sqldb"
)

// What was changed in a setting is read as it was written, by those acts alone.
func TestChanges(t *testing.T) {
	both(t, func(t *testing.T, db *sqldb.DB) {
		first := map[string]string{"accept": "30s", "names": "一线", "next": ""}
		then := map[string]string{"accept": "20s", "names": "前台", "next": ""}
		at := time.UnixMilli(1_800_000_000_000).UTC()
		for i, a := range []Act{
			{Who: "chen", Did: "queue.change", About: "card", OK: true, Detail: Difference(1, nil, first, "names")},
			{Who: "li", Did: "queue.change", About: "card", OK: true, Detail: Difference(2, first, then, "names")},
			{Who: "li", Did: "queue.change", About: "card", Detail: "refused"},
			{Who: "li", Did: "queue.change", About: "loan", OK: true, Detail: Difference(1, nil, first)},
			{Who: "li", Did: "calendar.change", About: "card", OK: true, Detail: "version=2 days=31"},
			{Who: "zhou", Did: "queue.remove", About: "card", OK: true},
		} {
			if err := db.Write(t.Context(), func(tx sqldb.Tx) error { return Write(tx, at.Add(time.Duration(i)*time.Second), a) }); err != nil {
				t.Fatal(err)
			}
		}
		told := func(did string, limit int) string {
			t.Helper()
			changes, err := Changes(db.Read(t.Context()), "card", did, limit)
			if err != nil {
				t.Fatal(err)
			}
			text := ""
			for _, c := range changes {
				text += fmt.Sprintf("%s %s %d %v at %d; ", c.Who, c.Did, c.Version, c.Fields, c.At.Sub(at)/time.Second)
			}
			return text
		}
		const removed, changed = "zhou queue.remove 0 [] at 5; ", "li queue.change 2 [{accept 20s} {names }] at 1; "
		if got, want := told("queue.", 9), removed+changed+"chen queue.change 1 [{accept 30s} {names }] at 0; "; got != want {
			t.Errorf("the history is\n%s\nwant\n%s", got, want)
		}
		if got := told("queue.", 2); got != removed+changed {
			t.Errorf("the newest two are %s", got)
		}
		if got := told("calendar.", 9); got != "li calendar.change 0 [] at 4; " {
			t.Errorf("what an older version wrote is %s", got)
		}
	})
}
