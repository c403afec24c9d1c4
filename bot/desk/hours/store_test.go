package hours

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"wenda/internal/audit"
	"wenda/internal/sqldb"
	"wenda/internal/testbed"
)

func both(t *testing.T, test func(*testing.T, *sqldb.DB)) {
	t.Run("sqlite", func(t *testing.T) { test(t, opened(t, sqldb.Options{Dir: t.TempDir()})) })
	t.Run("postgres", func(t *testing.T) { test(t, opened(t, sqldb.Options{URL: testbed.Postgres(t)})) })
}

func opened(t *testing.T, o sqldb.Options) *sqldb.DB {
	t.Helper()
	o.Log = slog.New(slog.DiscardHandler)
	db, err := sqldb.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

func TestStore(t *testing.T) { both(t, keeps) }

func keeps(t *testing.T, db *sqldb.DB) {
	ctx, s := t.Context(), NewStore(db)
	for range 2 { // the second finds them there
		if err := s.Seed(ctx); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.All(ctx)
	if err != nil || len(all) != 2 || all[0].ID != "daily" || all[1].ID != "office" || all[1].Version != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	c := all[1].Clone()
	c.Promise, c.Days = 2*time.Hour, c.Days[:3]
	saved, err := s.Save(ctx, "boss", c)
	if err != nil || saved.Version != 2 {
		t.Fatalf("%+v, %v", saved, err)
	}
	if got, err := s.Load(ctx, "office"); err != nil || !reflect.DeepEqual(got, saved) {
		t.Errorf("kept %+v, %v; want %+v", got, err, saved)
	}
	if _, err := s.Save(ctx, "boss", c); !errors.Is(err, ErrChanged) {
		t.Errorf("saved over a newer version: %v", err)
	}
	c.ID, c.Version = "night shift", 0
	if _, err := s.Save(ctx, "boss", c); !errors.Is(err, ErrInvalid) {
		t.Errorf("an odd id: %v", err)
	}
	if _, err := s.Load(ctx, "night"); !errors.Is(err, ErrNone) {
		t.Errorf("one that is not there: %v", err)
	}
	if acts := acts(t, db); len(acts) != 1 || acts[0].Who != "boss" || acts[0].About != "office" || acts[0].Detail != "version 2, days, promise 2h0m0s" {
		t.Errorf("audited %+v", acts)
	}
	told, err := s.History(ctx, "office", 9)
	if err != nil || len(told) != 1 || told[0].Who != "boss" || told[0].Version != 2 || len(told[0].Fields) != 2 || !strings.HasPrefix(told[0].Fields[0].Was, c.Days[2].Date[:4]) || told[0].Fields[0].Is != "" || told[0].Fields[1] != (audit.Field{Name: "promise", Was: "4h0m0s", Is: "2h0m0s", Kept: true}) {
		t.Errorf("the history is %+v, %v", told, err)
	}
}

func acts(t *testing.T, db *sqldb.DB) []audit.Act {
	t.Helper()
	all, err := sqldb.Collect(audit.Scan)(db.Read(t.Context()).Query(`SELECT ` + audit.Columns + ` FROM audit WHERE did = 'calendar.change'`))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Of two who change the same version one is told so.
func TestSaveAtOnce(t *testing.T) { both(t, savesAtOnce) }

func savesAtOnce(t *testing.T, db *sqldb.DB) {
	s, won := NewStore(db), make(chan error, 8)
	c := office()
	c.ID = "night"
	var all sync.WaitGroup
	for range cap(won) {
		all.Go(func() {
			_, err := s.Save(t.Context(), "boss", c)
			won <- err
		})
	}
	all.Wait()
	close(won)
	winners := 0
	for err := range won {
		switch {
		case err == nil:
			winners++
		case !errors.Is(err, ErrChanged):
			t.Error(err)
		}
	}
	if winners != 1 {
		t.Errorf("%d of them were first", winners)
	}
}

// A book follows the store, and knows an open queue of a calendar that is not there.
func TestBook(t *testing.T) {
	db := opened(t, sqldb.Options{Dir: t.TempDir()})
	s := NewStore(db)
	b := NewBook(nil, nil)
	if !b.Of("office").Open(at("2026-10-01 03:00")) || !b.Of("").Open(at("2026-10-01 03:00")) {
		t.Error("nobody said that it is closed")
	}
	if err := s.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var done sync.WaitGroup
	done.Go(func() { b.Follow(ctx, s) })
	for deadline := time.Now().Add(time.Minute); b.Of("office").Open(at("2026-10-01 03:00")); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it never learnt of it")
		}
	}
	stop()
	done.Wait()
}
