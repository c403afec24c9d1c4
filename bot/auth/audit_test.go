package auth

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"wenda/internal/audit"
	"wenda/internal/sqldb"
)

// The database refuses to change or delete what was audited.
func TestAuditIsKept(t *testing.T) {
	engines(t, func(t *testing.T, db *sqldb.DB) {
		a, _ := newAuth(db)
		u := person(t, a, "zhou", Agent)
		before := acts(t, a)
		statements := []string{
			`UPDATE audit SET who = 'somebody else'`,
			`UPDATE audit SET ok = ok`,
			`DELETE FROM audit`,
			`DELETE FROM audit WHERE about = '` + u.ID + `'`,
			`INSERT INTO audit (id, at, who, did, about, ok, detail) SELECT id, 0, 'x', 'x', 'x', ok, '' FROM audit WHERE true
				ON CONFLICT (id) DO UPDATE SET who = excluded.who`,
			`INSERT INTO audit SELECT * FROM audit`,
		}
		if db.Dialect().Name == "postgres" {
			statements = append(statements, `TRUNCATE audit`)
		} else {
			statements = append(statements, `INSERT OR REPLACE INTO audit SELECT id, 0, 'x', 'x', 'x', ok, '' FROM audit`)
		}
		for _, s := range statements {
			if err := db.Write(t.Context(), func(tx sqldb.Tx) error { _, err := tx.Exec(s); return err }); err == nil {
				t.Errorf("not refused: %s", s)
			}
		}
		if after := acts(t, a); len(after) != len(before) || after[0] != before[0] {
			t.Errorf("the audit was %+v and is %+v", before, after)
		}
	})
}

// What is undone leaves no row, and what leaves no row is undone.
func TestAuditIsPartOfTheTransaction(t *testing.T) {
	engines(t, func(t *testing.T, db *sqldb.DB) {
		a, _ := newAuth(db)
		undone := errors.New("undone")
		err := db.Write(t.Context(), func(tx sqldb.Tx) error {
			if err := Audit(tx, time.Now(), Act{Who: Operator, Did: "test", OK: true}); err != nil {
				return err
			}
			return undone
		})
		if !errors.Is(err, undone) || len(acts(t, a)) != 0 {
			t.Errorf("%v, %+v", err, acts(t, a))
		}
	})
}

func TestTrail(t *testing.T) {
	engines(t, func(t *testing.T, db *sqldb.DB) {
		a, _ := newAuth(db)
		start := time.UnixMilli(1_790_000_000_000)
		if err := db.Write(t.Context(), func(tx sqldb.Tx) error {
			for i := range 5 {
				if err := Audit(tx, start.Add(time.Duration(i)*time.Hour), Act{Who: "u1", Did: "test", Detail: strings.Repeat("长", 100*i)}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		var all []Act
		for before := ""; ; before = all[len(all)-1].ID {
			page, err := a.Trail(t.Context(), before, 2)
			if err != nil {
				t.Fatal(err)
			}
			if all = append(all, page...); len(page) < 2 {
				break
			}
		}
		if len(all) != 5 {
			t.Fatalf("%d rows", len(all))
		}
		for i, act := range all {
			if want := start.Add(time.Duration(4-i) * time.Hour); !act.At.Equal(want) || act.Who != "u1" || act.OK {
				t.Errorf("row %d: %+v", i, act)
			}
			if len(act.Detail) > audit.MaxDetail || !utf8.ValidString(act.Detail) {
				t.Errorf("detail of %d bytes", len(act.Detail))
			}
		}
	})
}
