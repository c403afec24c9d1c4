package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// quick is a host whose beats are watched briefly.
func quick(host string) Lessee {
	return Lessee{Host: host, Every: 30 * time.Millisecond, Patience: time.Second}
}

// second opens the same database again, as another process or host would.
func second(t *testing.T, dir string) *DB {
	t.Helper()
	return opened(t, Options{Dir: dir})
}

func TestLease(t *testing.T) {
	dir := t.TempDir()
	a, b := lit(t, Options{Dir: dir}), second(t, dir)
	release, err := a.Lease(t.Context(), quick("a"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, a, light("hall"))
	watching := Lessee{Host: "b/id", Every: 30 * time.Millisecond, Patience: time.Hour} // however late the beats are
	if _, err := b.Lease(t.Context(), watching); !errors.Is(err, ErrServed) || !strings.Contains(err.Error(), "another host: a; stop that one first") {
		t.Errorf("while another host serves: %v, want %v", err, ErrServed)
	}
	again, err := b.Lease(t.Context(), quick("a")) // after kill -9: the folder's lock is free
	if err != nil {
		t.Fatalf("the same host again: %v", err)
	}
	// The first one was only asleep.
	if err := a.Write(t.Context(), light("cellar")); !errors.Is(err, ErrServed) {
		t.Errorf("a write of who lost the lease: %v, want %v", err, ErrServed)
	}
	if err := <-a.Broken(); !errors.Is(err, ErrServed) {
		t.Errorf("broken by %v", err)
	}
	if err := a.Ping(t.Context()); !errors.Is(err, ErrServed) {
		t.Errorf("Ping of who lost the lease: %v", err)
	}
	release()
	write(t, b, light("attic"))
	again()
	last, err := a.Lease(t.Context(), Lessee{Host: "c"})
	if !errors.Is(err, ErrServed) { // a is broken for good
		t.Errorf("leased by a broken database: %v", err)
	}
	if last != nil {
		last()
	}
	wantRooms(t, b, "attic hall")
}

// A host that ended in peace is followed at once, one that is gone after a while.
func TestLeaseOfTheGone(t *testing.T) {
	dir := t.TempDir()
	a := lit(t, Options{Dir: dir})
	release, err := a.Lease(t.Context(), quick("a"))
	if err != nil {
		t.Fatal(err)
	}
	release()
	long := Lessee{Host: "b", Every: time.Hour, Patience: time.Hour}
	b := second(t, dir)
	forget, err := b.Lease(t.Context(), long)
	if err != nil { // it does not wait an hour
		t.Fatal(err)
	}
	defer forget()
	// b beats each hour and its process is never told to end: it is gone.
	c := second(t, dir)
	release, err = c.Lease(t.Context(), quick("c"))
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	write(t, c, light("hall"))
	if err := b.Write(t.Context(), light("cellar")); !errors.Is(err, ErrServed) {
		t.Errorf("a write of the one that was gone: %v", err)
	}
	wantRooms(t, c, "hall")
	// Who waits can be told to stop.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := second(t, dir).Lease(ctx, long); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v", err)
	}
}

func TestNetwork(t *testing.T) {
	if kind := network(t.TempDir()); kind != "" {
		t.Skipf("the temporary folder is on %s; run with TMPDIR on a local disk", kind)
	}
	if kind := network(filepath.Join(t.TempDir(), "not there")); kind != "" {
		t.Errorf("a folder that is not there is on %s", kind)
	}
}

// damaged returns a database of a few hundred pages, closed, for a test to hurt.
func damaged(t *testing.T, hurt func(data []byte) []byte) string {
	t.Helper()
	dir := t.TempDir()
	db := lit(t, Options{Dir: dir})
	for i := range 20 {
		write(t, db, light(strings.Repeat(string(rune('a'+i)), 20_000)))
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, File)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, hurt(data), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestCheck(t *testing.T) {
	for name, hurt := range map[string]func([]byte) []byte{
		"cut in half":            func(d []byte) []byte { return d[:len(d)/2] },
		"cut to one page":        func(d []byte) []byte { return d[:4096] },
		"header overwritten":     func(d []byte) []byte { return append(make([]byte, 100), d[100:]...) },
		"table page overwritten": func(d []byte) []byte { copy(d[2*4096:], strings.Repeat("\xa5", 2*4096)); return d },
		"all pages nicked": func(d []byte) []byte {
			for page := 1; page < len(d)/4096; page++ {
				d[page*4096] ^= 0xff
			}
			return d
		},
	} {
		dir := damaged(t, hurt)
		db, err := Open(t.Context(), Options{Dir: dir})
		if err == nil {
			err = db.Check(t.Context(), time.Minute)
			db.Close()
		}
		if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "wenda restore") {
			t.Errorf("%s: %v, want %v and what to do", name, err, ErrDamaged)
		}
	}
	whole := second(t, damaged(t, func(d []byte) []byte { return d }))
	if err := whole.Check(t.Context(), time.Minute); err != nil {
		t.Errorf("a whole one: %v", err)
	}
	if err := whole.Check(t.Context(), time.Nanosecond); err != nil {
		t.Errorf("one too large to be checked in the time: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := whole.Check(ctx, time.Minute); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v", err)
	}
}

// Another process holds SQLite's lock for longer than a writer waits; nothing that is
// refused is kept, everything else is.
func TestLockedForLong(t *testing.T) {
	db := lit(t, Options{Dir: t.TempDir()})
	write(t, db, func(tx Tx) error { _, err := tx.Exec(`PRAGMA busy_timeout = 100`); return err })
	other, err := sql.Open("sqlite", db.target)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	const writers = 2 * BatchMax
	answers := make(chan string, writers)
	for i := range writers {
		go func() {
			room := "room" + strings.Repeat("x", i)
			switch err := db.Write(t.Context(), light(room)); {
			case err == nil:
				answers <- room
			case errors.Is(err, ErrBusy):
				answers <- ""
			default:
				t.Errorf("while locked: %v", err)
				answers <- ""
			}
		}()
	}
	first := <-answers // at least one has waited in vain
	if first != "" {
		t.Error("acknowledged while another process held the lock")
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	kept := map[string]bool{}
	for range writers - 1 {
		if room := <-answers; room != "" {
			kept[room] = true
		}
	}
	for _, room := range strings.Fields(rooms(t, db)) {
		if !kept[room] {
			t.Error("a refused write was kept")
		}
		delete(kept, room)
	}
	if len(kept) > 0 {
		t.Errorf("%d acknowledged writes are lost", len(kept))
	}
	write(t, db, light("later"))
}
