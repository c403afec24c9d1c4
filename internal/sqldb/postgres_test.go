package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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
	proxy.CutAfter(committing)
	if err := db.Write(t.Context(), light("a")); !errors.Is(err, ErrUnknown) {
		t.Errorf("got %v, want %v", err, ErrUnknown)
	}
	// Written or not: the driver, cut off, also asks the server to cancel. Who locks
	// the table waits until that is settled.
	settle := func(tx Tx) error { _, err := tx.Exec(`LOCK TABLE light`); return err }
	write(t, db, settle)
	settled := rooms(t, db)
	if settled != "" && settled != "a" {
		t.Errorf("rows %q", settled)
	}
	proxy.CutBefore(committing)
	if err := db.Write(t.Context(), light("b")); !errors.Is(err, ErrUnknown) {
		t.Errorf("got %v, want %v", err, ErrUnknown)
	}
	write(t, db, settle)
	write(t, db, light("c"))
	wantRooms(t, db, strings.TrimSpace(settled+" c"))
}

func TestSerialize(t *testing.T) {
	db := lit(t, Options{URL: testbed.Postgres(t)})
	db.writes.(*ownWriter).patience = time.Minute // many connections are made at once
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

// More writes than there is room for are refused at once, and those let in are done.
func TestBackpressure(t *testing.T) {
	db := lit(t, Options{URL: testbed.Postgres(t), Readers: 4})
	w := db.writes.(*ownWriter)
	w.patience = time.Minute // those let in wait until all are there
	inside, release := make(chan struct{}, cap(w.places)), make(chan struct{})
	answers := make(chan error, 1000)
	hold := func(tx Tx) error {
		inside <- struct{}{}
		<-release
		return nil
	}
	for range cap(w.places) {
		go func() { answers <- db.Write(context.Background(), hold) }()
	}
	for range cap(w.places) {
		<-inside
	}
	w.usual.Store(int64(WaitMax)) // each of them takes so long
	waits := 0
	for ; ; waits++ {
		if waits > 100 {
			t.Fatal("a hundred writes wait and none is refused")
		}
		room := fmt.Sprint("room", waits)
		answer := make(chan error, 1)
		go func() { answer <- db.Write(context.Background(), light(room)) }()
		for w.waiting.Load() <= int64(waits) && len(answer) == 0 {
			time.Sleep(100 * time.Microsecond)
		}
		if len(answer) > 0 {
			if err := <-answer; !errors.Is(err, ErrBusy) {
				t.Fatalf("refused with %v, want %v", err, ErrBusy)
			}
			break
		}
		go func() { answers <- <-answer }()
	}
	if waits < cap(w.places) {
		t.Errorf("only %d were let wait behind %d running", waits, cap(w.places))
	}
	// Who reads still has connections.
	wantRooms(t, db, "")
	close(release)
	for range cap(w.places) + waits {
		if err := <-answers; err != nil {
			t.Errorf("one that was let in: %v", err)
		}
	}
	write(t, db, light("later"))
	if got := strings.Fields(rooms(t, db)); len(got) != waits+1 {
		t.Errorf("%d rows, want %d", len(got), waits+1)
	}
}

// What was queued and asked leaves with the next statement, and errors reach who
// would act on them.
func TestPipeline(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		write(t, db, light("hall"))
		write(t, db, func(tx Tx) error {
			var hall, cellar string
			one := tx.Ask(`SELECT room FROM light WHERE room = $1`+db.Dialect().ForUpdate, "hall")
			none := tx.Ask(`SELECT room FROM light WHERE room = $1`, "cellar")
			if err := one.Scan(&hall); err != nil || hall != "hall" {
				t.Errorf("asked for the hall: %q, %v", hall, err)
			}
			if err := none.Scan(&cellar); !errors.Is(err, sql.ErrNoRows) {
				t.Errorf("asked before it was there: %q, %v", cellar, err)
			}
			if err := tx.Queue(`INSERT INTO light (room, lit) VALUES ($1, $2)`, "cellar", false); err != nil {
				return err
			}
			var on bool
			if err := tx.QueryRow(`SELECT lit FROM light WHERE room = 'cellar'`).Scan(&on); err != nil || on {
				t.Errorf("queued before this read: %v, %v", on, err)
			}
			return tx.Queue(`UPDATE light SET lit = $1 WHERE room = 'cellar'`, true)
		})
		if err := db.Write(t.Context(), func(tx Tx) error {
			return errors.Join(tx.Queue(`INSERT INTO light (room, lit) VALUES ('attic', $1)`, true), light("hall")(tx))
		}); !IsUnique(err) {
			t.Errorf("a doubled key behind a queued statement: %v", err)
		}
		if err := db.Write(t.Context(), func(tx Tx) error {
			return tx.Queue(`INSERT INTO light (room, lit) VALUES ('hall', $1)`, true)
		}); !IsUnique(err) {
			t.Errorf("a doubled key that was queued: %v", err)
		}
		if err := db.Write(t.Context(), func(tx Tx) error {
			return tx.Queue(`INSERT INTO light (room, lit) VALUES ($1, $2)`, "x", "no boolean")
		}); errors.Is(err, ErrUnknown) || err == nil && db.dialect.Name == "postgres" {
			t.Errorf("a value that does not fit: %v", err)
		}
		if err := db.Write(t.Context(), func(tx Tx) error { return tx.Queue(`NONSENSE`) }); err == nil || errors.Is(err, ErrUnknown) {
			t.Errorf("nonsense that was queued: %v", err)
		}
		write(t, db, func(tx Tx) error { // many types, read with others before
			if err := tx.Queue(`UPDATE light SET lit = lit`); err != nil {
				return err
			}
			var n int64
			var small int
			var text string
			var yes bool
			var bytes, null []byte
			err := tx.QueryRow(`SELECT CAST(7 AS BIGINT), count(*), 'words', lit, $1, NULL FROM light WHERE room = 'hall' GROUP BY lit`, []byte("raw")).Scan(&n, &small, &text, &yes, &bytes, &null)
			if err != nil || n != 7 || small != 1 || text != "words" || !yes || string(bytes) != "raw" || null != nil {
				t.Errorf("read %d %d %q %v %q %q, %v", n, small, text, yes, bytes, null, err)
			}
			return nil
		})
		if db.dialect.Name == "postgres" {
			wantRooms(t, db, "cellar hall")
		}
	})
}

// committing is how COMMIT is on the wire: the name of the statement, in Bind.
const committing = "\x00commit\x00"
