package main

import (
	"context"
	"io"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"wenda/cmd/loadtest/checker"
	"wenda/cmd/loadtest/history"
	"wenda/internal/sqldb"
	"wenda/sessions/sqlstore"
)

// A backup that is taken while everybody talks is a moment of the truth: whole, with
// all that was acknowledged before it began, and nothing that did not happen.
func TestBackupUnderLoad(t *testing.T) {
	t.Parallel()
	p := plan{Nodes: 1, SQL: "sqlite", Redis: "none", Messages: 400, Customers: 40, Agents: 4, Pace: 100 * time.Millisecond, Seed: newSeed(), Patience: 2 * time.Minute}
	s, err := p.stage(t.Context(), quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	seen := history.New()
	file := filepath.Join(t.TempDir(), "backup.db")
	begun := make(chan int64, 1)
	go func() {
		defer close(begun)
		for acked(seen, 1<<62) < p.Messages/2 && t.Context().Err() == nil {
			time.Sleep(10 * time.Millisecond)
		}
		mark := seen.Now()
		if err := backup(t.Context(), filepath.Dir(s.SQLite()), file); err != nil {
			t.Error(err)
		}
		begun <- mark
	}()
	truth, err := p.play(t.Context(), s, seen, &report{plan: p}, io.Discard, quiet)
	if err != nil {
		t.Fatalf("seed %d: %v", p.Seed, err)
	}
	mark := <-begun
	kept := restored(t, file)
	if n := acked(seen, mark); n < p.Messages/2 {
		t.Fatalf("seed %d: only %d were acknowledged before the backup", p.Seed, n)
	}
	for _, r := range seen.Records() {
		if r.Op == history.Send && r.Outcome == history.OK && r.End <= mark && !slices.ContainsFunc(kept[r.Session], func(e checker.Event) bool { return e.Ref == r.Ref }) {
			t.Errorf("seed %d: %s was acknowledged before the backup and is not in it", p.Seed, r.Ref)
		}
	}
	for id, after := range logs(truth) {
		before := kept[id]
		if len(before) > len(after) || !slices.EqualFunc(before, after[:len(before)], func(a, b checker.Event) bool { return a.Seq == b.Seq && a.Hash == b.Hash && a.Ref == b.Ref }) {
			t.Errorf("seed %d: session %s was otherwise in the backup", p.Seed, id)
		}
	}
}

// acked counts messages acknowledged by a moment.
func acked(seen *history.Log, by int64) (n int) {
	for _, r := range seen.Records() {
		if r.Op == history.Send && r.Outcome == history.OK && r.End <= by {
			n++
		}
	}
	return n
}

// backup is what wenda backup does.
func backup(ctx context.Context, dir, file string) error {
	db, err := sqldb.Open(ctx, sqldb.Options{Dir: dir, Log: quiet})
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Backup(ctx, file)
}

// restored brings a backup back and returns the logs in it, verified.
func restored(t *testing.T, file string) map[string][]checker.Event {
	t.Helper()
	o := sqldb.Options{Dir: t.TempDir(), Log: quiet}
	err := sqldb.Restore(t.Context(), file, o, func(db *sqldb.DB) error {
		problems, err := sqlstore.Verify(t.Context(), db)
		for _, problem := range problems {
			t.Error(problem)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	db, err := sqldb.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	truth, err := checker.Load(t.Context(), sqlstore.New(db))
	if err != nil {
		t.Fatal(err)
	}
	return logs(truth)
}

func logs(truth checker.Truth) map[string][]checker.Event {
	by := map[string][]checker.Event{}
	for _, s := range truth {
		by[s.Head.ID] = s.Events
	}
	return by
}
