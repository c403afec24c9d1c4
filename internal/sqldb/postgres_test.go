package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wenda/internal/testbed"
)

// Two transactions that lock two rows in opposite order: PostgreSQL ends one of
// them, and it is run again.
func TestDeadlock(t *testing.T) {
	db := lit(t, Options{URL: testbed.Postgres(t)})
	write(t, db, light("a"))
	write(t, db, light("b"))
	var met, runs atomic.Int64
	both := make(chan struct{})
	var group sync.WaitGroup
	for _, order := range [][2]string{{"a", "b"}, {"b", "a"}} {
		group.Go(func() {
			err := db.Write(t.Context(), func(tx Tx) error {
				runs.Add(1)
				if _, err := tx.Exec(`UPDATE light SET lit = NOT lit WHERE room = $1`, order[0]); err != nil {
					return err
				}
				if met.Add(1) == 2 {
					close(both)
				}
				<-both
				_, err := tx.Exec(`UPDATE light SET lit = NOT lit WHERE room = $1`, order[1])
				return err
			})
			if err != nil {
				t.Errorf("Write: %v", err)
			}
		})
	}
	group.Wait()
	if runs.Load() < 3 {
		t.Errorf("%d runs: there was no deadlock to test", runs.Load())
	}
	var on int
	if err := db.Read(t.Context()).QueryRow(`SELECT count(*) FROM light WHERE lit`).Scan(&on); err != nil || on != 2 {
		t.Errorf("switched twice, %d of 2 are on, %v", on, err)
	}
}

// A backend that is ended before COMMIT costs another run, nothing else.
func TestConnectionLostBeforeCommit(t *testing.T) {
	db := lit(t, Options{URL: testbed.Postgres(t)})
	runs := 0
	write(t, db, func(tx Tx) error {
		if runs++; runs > 1 {
			return light("a")(tx)
		}
		err := light("a")(tx)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`SELECT pg_terminate_backend(pg_backend_pid())`)
		return err
	})
	if runs != 2 {
		t.Errorf("%d runs, want 2", runs)
	}
	wantRooms(t, db, "a")
}

func TestConnectionLostInCommit(t *testing.T) {
	proxy := testbed.StartProxy(t, testbed.Postgres(t))
	db := lit(t, Options{URL: proxy.URL})
	proxy.CutAfter("commit")
	if err := db.Write(t.Context(), light("a")); !errors.Is(err, ErrUnknown) {
		t.Errorf("got %v, want %v", err, ErrUnknown)
	}
	for deadline := time.Now().Add(20 * time.Second); rooms(t, db) != "a"; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it was to be committed: only the answer was cut off")
		}
	}
	proxy.CutBefore("commit")
	if err := db.Write(t.Context(), light("b")); !errors.Is(err, ErrUnknown) {
		t.Errorf("got %v, want %v", err, ErrUnknown)
	}
	write(t, db, light("c"))
	wantRooms(t, db, "a c")
}

func TestSerialize(t *testing.T) {
	db := lit(t, Options{URL: testbed.Postgres(t)})
	var inside atomic.Int64
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			err := db.Write(t.Context(), func(tx Tx) error {
				if err := tx.Serialize("name"); err != nil {
					return err
				}
				if inside.Add(1) != 1 {
					t.Error("two hold the same name")
				}
				time.Sleep(time.Millisecond)
				inside.Add(-1)
				return nil
			})
			if err != nil {
				t.Errorf("Write: %v", err)
			}
		})
	}
	group.Wait()
}

// All connections are taken by transactions that take their time.
func TestNoConnection(t *testing.T) {
	db := lit(t, Options{URL: testbed.Postgres(t), Readers: 2})
	release := make(chan struct{})
	var group sync.WaitGroup
	inside := make(chan struct{}, 2)
	for range 2 {
		group.Go(func() {
			err := db.Write(context.Background(), func(Tx) error {
				inside <- struct{}{}
				<-release
				return nil
			})
			if err != nil {
				t.Errorf("Write: %v", err)
			}
		})
	}
	<-inside
	<-inside
	if err := db.Write(t.Context(), light("a")); !errors.Is(err, ErrBusy) {
		t.Errorf("with no connection to be had: %v, want %v", err, ErrBusy)
	}
	close(release)
	group.Wait()
	write(t, db, light("b"))
	wantRooms(t, db, "b")
}

func TestLockTimeout(t *testing.T) {
	db := lit(t, Options{URL: testbed.Postgres(t) + "&lock_timeout=50"})
	write(t, db, light("a"))
	update := func(tx Tx) error {
		_, err := tx.Exec(`UPDATE light SET lit = NOT lit`)
		return err
	}
	err := db.Write(t.Context(), func(tx Tx) error {
		if err := update(tx); err != nil {
			return err
		}
		if err := db.Write(t.Context(), update); !errors.Is(err, ErrBusy) {
			t.Errorf("waiting for a row in vain: %v, want %v", err, ErrBusy)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// A server that acknowledges what it has not written is refused.
func TestUnsafeServer(t *testing.T) {
	url := testbed.Postgres(t)
	if db, err := Open(t.Context(), Options{URL: url + "&synchronous_commit=off"}); err == nil {
		db.Close()
		t.Error("a server with synchronous_commit=off was accepted")
	} else if !strings.Contains(err.Error(), "synchronous_commit=off") || strings.Contains(err.Error(), "secret") {
		t.Errorf("the refusal says %v", err)
	}
}

// The limits are set, and the URL may set them otherwise.
func TestLimits(t *testing.T) {
	url := testbed.Postgres(t)
	for _, c := range []struct{ more, name, want string }{
		{"", "statement_timeout", "15s"}, {"", "idle_in_transaction_session_timeout", "10s"}, {"&statement_timeout=1000", "statement_timeout", "1s"},
	} {
		db, err := Open(t.Context(), Options{URL: url + c.more})
		if err != nil {
			t.Fatal(err)
		}
		var got string
		if err := db.Read(t.Context()).QueryRow(`SELECT current_setting($1)`, c.name).Scan(&got); err != nil || got != c.want {
			t.Errorf("%s is %s, %v; want %s", c.name, got, err, c.want)
		}
		db.Close()
	}
	db := opened(t, Options{URL: url})
	plain, err := sql.Open("pgx", db.target)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	var got string
	if err := plain.QueryRow(`SHOW statement_timeout`).Scan(&got); err != nil || got != "0" {
		t.Errorf("migrations have a statement timeout of %s, %v", got, err)
	}
}
