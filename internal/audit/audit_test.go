package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wenda/internal/leak"
	"wenda/internal/sqldb"
	"wenda/internal/testbed"
)

func TestMain(m *testing.M) { leak.Main(m, leak.Postgres...) }

func opened(t testing.TB, o sqldb.Options) *sqldb.DB {
	t.Helper()
	o.Log = slog.New(slog.DiscardHandler)
	db, err := sqldb.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

func both(t *testing.T, test func(*testing.T, *sqldb.DB)) {
	t.Run("sqlite", func(t *testing.T) { test(t, opened(t, sqldb.Options{Dir: t.TempDir()})) })
	t.Run("postgres", func(t *testing.T) { test(t, opened(t, sqldb.Options{URL: testbed.Postgres(t)})) })
}

// act writes n rows, one a transaction.
func act(t testing.TB, db *sqldb.DB, n int) {
	t.Helper()
	for i := range n {
		err := patiently(func() error {
			return db.Write(context.Background(), func(tx sqldb.Tx) error {
				return Write(tx, time.Now(), Act{Who: fmt.Sprint("u", i), Did: "chat.claim", About: "s1", OK: i%3 > 0, Detail: "event 9, from queued: claimed"})
			})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// patiently repeats what a busy database refuses, as callers are told to.
func patiently(do func() error) error {
	for {
		if err := do(); !errors.Is(err, sqldb.ErrBusy) {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func chain(db *sqldb.DB) *Chain { return &Chain{DB: db, Log: slog.New(slog.DiscardHandler)} }

func step(t testing.TB, c *Chain, want int) {
	t.Helper()
	if n, err := c.Step(context.Background()); err != nil || n != want {
		t.Fatalf("sealed %d, %v; want %d", n, err, want)
	}
}

func verified(t testing.TB, db *sqldb.DB, kept ...Head) Report {
	t.Helper()
	r, err := Verify(context.Background(), db, kept...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestChain(t *testing.T) {
	both(t, func(t *testing.T, db *sqldb.DB) {
		c := chain(db)
		step(t, c, 0)
		empty, err := Newest(t.Context(), db)
		if err != nil || empty.Number != 0 {
			t.Fatalf("of nothing: %v, %v", empty, err)
		}
		act(t, db, chainBatch+5)
		if r := verified(t, db); r.Head.Number != 0 || r.Waiting != chainBatch+5 || r.Oldest.IsZero() || len(r.Problems) > 0 {
			t.Errorf("before sealing: %v", r)
		}
		step(t, c, chainBatch)
		middle, err := Newest(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		step(t, c, 5)
		step(t, c, 0)
		act(t, db, 1)
		step(t, c, 1)
		r := verified(t, db, empty, middle)
		if r.Head.Number != chainBatch+6 || r.Waiting != 0 || len(r.Problems) > 0 {
			t.Errorf("%v, %v", r, r.Problems)
		}
		if again, err := ParseHead(r.Head.String()); err != nil || again != r.Head {
			t.Errorf("head %v read as %v, %v", r.Head, again, err)
		}
		middle.Hash = empty.Hash
		if r := verified(t, db, middle); len(r.Problems) != 1 {
			t.Errorf("another head was kept: %v", r.Problems)
		}
		middle.Number = 1000
		if r := verified(t, db, middle); len(r.Problems) != 1 || !strings.Contains(r.Problems[0], "rows were removed") {
			t.Errorf("a head beyond the end was kept: %v", r.Problems)
		}
	})
}

// Several nodes seal at once: each row once, whoever comes first.
func TestChainTogether(t *testing.T) {
	both(t, func(t *testing.T, db *sqldb.DB) {
		const rows = 300
		ctx, cancel := context.WithCancel(t.Context())
		var nodes, writers sync.WaitGroup
		for range 3 {
			nodes.Go(func() {
				for c := chain(db); ctx.Err() == nil; {
					if err := patiently(func() error { _, err := c.Step(context.Background()); return err }); err != nil {
						t.Errorf("Step: %v", err)
						return
					}
				}
			})
		}
		for range 3 {
			writers.Go(func() { act(t, db, rows/3) })
		}
		writers.Wait()
		cancel()
		nodes.Wait()
		for c := chain(db); ; {
			if n, err := c.Step(t.Context()); err != nil || n == 0 {
				break
			}
		}
		if r := verified(t, db); r.Head.Number != rows || r.Waiting != 0 || len(r.Problems) > 0 {
			t.Errorf("%v, %v", r, r.Problems)
		}
	})
}

// A row that was committed long after its id was made is found by the hourly search.
func TestLateRow(t *testing.T) {
	db := opened(t, sqldb.Options{Dir: t.TempDir()})
	now := time.Now()
	c := chain(db)
	c.Now = func() time.Time { return now }
	step(t, c, 0)
	err := db.Write(t.Context(), func(tx sqldb.Tx) error { return Write(tx, now.Add(-time.Hour), Act{Who: "u1", Did: "late"}) })
	if err != nil {
		t.Fatal(err)
	}
	step(t, c, 0)
	if r := verified(t, db); r.Waiting != 1 {
		t.Errorf("%v, want one that waits", r)
	}
	now = now.Add(searchAll)
	step(t, c, 1)
}

func TestRun(t *testing.T) {
	db, dir := opened(t, sqldb.Options{Dir: t.TempDir()}), t.TempDir()
	act(t, db, 3)
	c := chain(db)
	c.Dir = dir
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c.Run(ctx) // once more at the end
	kept, err := KeptHeads(dir)
	if err != nil || len(kept) != 1 || kept[0].Number != 3 {
		t.Fatalf("kept %v, %v", kept, err)
	}
	if r := verified(t, db, kept...); len(r.Problems) > 0 {
		t.Errorf("%v", r.Problems)
	}
}

func TestKeepHead(t *testing.T) {
	dir := t.TempDir()
	if none, err := KeptHeads(dir); err != nil || none != nil {
		t.Errorf("without a file: %v, %v", none, err)
	}
	day := time.Date(2026, 11, 22, 23, 0, 0, 0, time.UTC)
	for n, at := range []time.Time{day, day.Add(30 * time.Minute), day.Add(2 * time.Hour)} {
		if err := KeepHead(dir, at, Head{int64(n), origin}); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := KeptHeads(dir)
	if err != nil || len(kept) != 2 || kept[0].Number != 0 || kept[1].Number != 2 {
		t.Errorf("kept %v, %v; want one a day", kept, err)
	}
	if err := os.WriteFile(filepath.Join(dir, HeadFile), []byte("2026-11-22 3 what\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := KeptHeads(dir); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("a torn file: %v", err)
	}
}

// Any byte of any row that is changed behind our back is found, in either table, and
// so are rows that are removed, put in between or moved to another number.
func TestTamper(t *testing.T) {
	dir := t.TempDir()
	db := opened(t, sqldb.Options{Dir: dir})
	const rows = 8
	act(t, db, rows)
	step(t, chain(db), rows)
	head := verified(t, db).Head
	hand := byHand(t, dir)
	columns := map[string][]string{"audit": {"id", "at", "who", "did", "about", "ok", "detail"}, "chain": {"id", "audit", "hash"}}
	rapid.Check(t, func(r *rapid.T) {
		table := rapid.SampledFrom([]string{"audit", "chain"}).Draw(r, "table")
		column := rapid.SampledFrom(columns[table]).Draw(r, "column")
		nth := rapid.IntRange(0, rows-1).Draw(r, "row")
		tx, err := hand.Begin()
		if err != nil {
			r.Fatal(err)
		}
		var rowid int64
		var was any
		if err := tx.QueryRow(fmt.Sprintf(`SELECT rowid, CAST(%s AS TEXT) FROM %s ORDER BY id LIMIT 1 OFFSET $1`, column, table), nth).Scan(&rowid, &was); err != nil {
			r.Fatal(err)
		}
		become := flipped(r, was.(string), column)
		if _, err := tx.Exec(fmt.Sprintf(`UPDATE %s SET %s = $1 WHERE rowid = $2`, table, column), become, rowid); err != nil {
			r.Fatal(err)
		}
		if err := tx.Commit(); err != nil {
			r.Fatal(err)
		}
		report, err := Verify(context.Background(), db, head)
		if err == nil && len(report.Problems) == 0 {
			r.Errorf("%s.%s of row %d became %q, was %q: not found", table, column, nth, become, was)
		}
		if _, err := hand.Exec(fmt.Sprintf(`UPDATE %s SET %s = $1 WHERE rowid = $2`, table, column), was, rowid); err != nil {
			r.Fatal(err)
		}
		if report, err = Verify(context.Background(), db, head); err != nil || len(report.Problems) > 0 {
			r.Fatalf("put right again: %v, %v", report.Problems, err)
		}
	})
	for _, deed := range []string{
		`DELETE FROM audit WHERE id = (SELECT min(id) FROM audit)`,
		`DELETE FROM chain WHERE id = 4`,
		`DELETE FROM chain WHERE id = 8`,
		`INSERT INTO chain (id, audit, hash) VALUES (9, 'none', 'none')`,
	} {
		if _, err := hand.Exec(deed); err != nil {
			t.Fatal(err)
		}
		before := len(verified(t, db, head).Problems)
		if before == 0 {
			t.Errorf("%s: not found", deed)
		}
	}
}

// byHand is a connection of somebody with a shell, who has taken the triggers away.
func byHand(t *testing.T, dir string) *sql.DB {
	t.Helper()
	hand, err := sql.Open("sqlite", "file:"+filepath.Join(dir, sqldb.File)+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { hand.Close() })
	for _, table := range []string{"audit", "chain"} {
		for _, what := range []string{"update", "delete", "replace"} {
			if _, err := hand.Exec(fmt.Sprintf(`DROP TRIGGER %s_no_%s`, table, what)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return hand
}

// flipped is a text with one byte changed to another that the column takes.
func flipped(r *rapid.T, was, column string) string {
	digits := column == "at" || column == "ok" || column == "id" && len(was) < 3
	at := rapid.IntRange(0, len(was)-1).Draw(r, "byte")
	letters := "abcdefghijklmnopqrstuvwxyz0123456789"
	if column == "ok" {
		letters = "01"
	} else if digits {
		letters = "0123456789"
	}
	for {
		b := rapid.SampledFrom([]byte(letters)).Draw(r, "becomes")
		if b == was[at] {
			continue
		}
		become := was[:at] + string(b) + was[at+1:]
		if column == "id" && digits { // a number that is free
			become = "7" + become
		}
		return become
	}
}

func FuzzParseHead(f *testing.F) {
	f.Add("12 " + origin)
	f.Add("-1 x")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := ParseHead(text)
		if err != nil {
			return
		}
		if again, err := ParseHead(h.String()); err != nil || again != h {
			t.Errorf("%q is %v, read again as %v, %v", text, h, again, err)
		}
	})
}
