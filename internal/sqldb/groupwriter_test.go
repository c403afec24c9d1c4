package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// held keeps the writer busy in a request until release is called. What is written
// meanwhile gathers for the next batch.
func held(t testing.TB, db *DB) (release func()) {
	t.Helper()
	inside, goOn, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- db.Write(context.Background(), func(Tx) error {
			close(inside)
			<-goOn
			return nil
		})
	}()
	<-inside
	return func() {
		close(goOn)
		if err := <-done; err != nil {
			t.Errorf("the held write: %v", err)
		}
	}
}

// send writes without waiting.
func send(db *DB, ctx context.Context, do func(Tx) error) <-chan error {
	answer := make(chan error, 1)
	before := len(db.writes.(*groupWriter).queue)
	go func() { answer <- db.Write(ctx, do) }()
	for len(db.writes.(*groupWriter).queue) == before && len(answer) == 0 {
		time.Sleep(50 * time.Microsecond)
	}
	return answer
}

func TestOneFailsAlone(t *testing.T) {
	db := lit(t, Options{Dir: t.TempDir()})
	release := held(t, db)
	refused := errors.New("refused")
	good := send(db, t.Context(), light("a"))
	bad := send(db, t.Context(), func(tx Tx) error { return errors.Join(light("b")(tx), refused) })
	twice := send(db, t.Context(), light("a"))
	panics := send(db, t.Context(), func(tx Tx) error { _ = light("c")(tx); panic("c") })
	wrong := send(db, t.Context(), func(tx Tx) error { _, err := tx.Exec(`NONSENSE`); return err })
	last := send(db, t.Context(), light("d"))
	release()
	if err := errors.Join(<-good, <-last); err != nil {
		t.Errorf("those without fault: %v", err)
	}
	if err := <-bad; !errors.Is(err, refused) {
		t.Errorf("the refused one: %v", err)
	}
	if err := <-twice; !IsUnique(err) {
		t.Errorf("the doubled one: %v", err)
	}
	if <-panics == nil || <-wrong == nil {
		t.Error("a panic or a wrong statement was acknowledged")
	}
	wantRooms(t, db, "a d")
}

// Only what a request that failed had changed makes the others run again, whatever it
// was changed with.
func TestHowOftenRun(t *testing.T) {
	refused := errors.New("refused")
	returning := func(tx Tx) error {
		var room string
		return tx.QueryRow(`INSERT INTO light (room, lit) VALUES ('b', TRUE) RETURNING room`).Scan(&room)
	}
	for name, c := range map[string]struct {
		before func(Tx) error
		runs   int
	}{
		"nothing":    {func(Tx) error { return nil }, 1},
		"looked":     {func(tx Tx) error { var n int; return tx.QueryRow(`SELECT count(*) FROM light`).Scan(&n) }, 1},
		"in vain":    {func(tx Tx) error { _ = light("a")(tx); return nil }, 1}, // it is there
		"wrote":      {light("b"), 2},
		"asked back": {returning, 2},
	} {
		t.Run(name, func(t *testing.T) {
			db := lit(t, Options{Dir: t.TempDir()})
			write(t, db, light("a"))
			runs := 0
			release := held(t, db)
			good := send(db, t.Context(), func(tx Tx) error { runs++; return light("c")(tx) })
			bad := send(db, t.Context(), func(tx Tx) error { return errors.Join(c.before(tx), refused) })
			release()
			if err := <-good; err != nil {
				t.Error(err)
			}
			if err := <-bad; !errors.Is(err, refused) {
				t.Error(err)
			}
			if runs != c.runs {
				t.Errorf("the other ran %d times, want %d", runs, c.runs)
			}
			wantRooms(t, db, "a c")
		})
	}
}

// A request that makes SQLite roll back the whole transaction, and keeps silent about
// it, takes nobody's work with it, and nothing is committed behind everybody's back.
func TestRolledBackInSilence(t *testing.T) {
	db := lit(t, Options{Dir: t.TempDir()})
	write(t, db, light("there"))
	release := held(t, db)
	before := send(db, t.Context(), light("before"))
	silent := send(db, t.Context(), func(tx Tx) error {
		_, _ = tx.Exec(`INSERT OR ROLLBACK INTO light (room, lit) VALUES ('there', TRUE)`)
		return nil
	})
	after := send(db, t.Context(), func(tx Tx) error { return errors.Join(light("after")(tx), errors.New("refused")) })
	last := send(db, t.Context(), light("last"))
	release()
	if err := errors.Join(<-before, <-last); err != nil {
		t.Error(err)
	}
	if <-silent == nil || <-after == nil {
		t.Error("what was rolled back was acknowledged")
	}
	wantRooms(t, db, "before last there")
}

// No answer leaves before COMMIT: neither a success nor a refusal that was decided
// on what is not on disk yet.
func TestNoAnswerBeforeCommit(t *testing.T) {
	db := lit(t, Options{Dir: t.TempDir()})
	release := held(t, db)
	inside, goOn := make(chan struct{}), make(chan struct{})
	first := send(db, t.Context(), light("a"))
	twice := send(db, t.Context(), light("a"))
	last := send(db, t.Context(), func(Tx) error {
		close(inside)
		<-goOn
		return nil
	})
	release()
	<-inside // of the same batch as the two before
	time.Sleep(20 * time.Millisecond)
	if len(first)+len(twice) > 0 {
		t.Error("an answer left while the transaction was open")
	}
	wantRooms(t, db, "")
	close(goOn)
	if err := errors.Join(<-first, <-last); err != nil {
		t.Error(err)
	}
	if err := <-twice; !IsUnique(err) {
		t.Errorf("the doubled one: %v", err)
	}
}

// A request that breaks the common transaction is found by running each alone.
func TestBrokenTransaction(t *testing.T) {
	db := lit(t, Options{Dir: t.TempDir()})
	write(t, db, func(tx Tx) error {
		_, err := tx.Exec(`CREATE TABLE lamp (room TEXT REFERENCES light (room) DEFERRABLE INITIALLY DEFERRED)`)
		return err
	})
	release := held(t, db)
	answers := map[string]<-chan error{
		"a": send(db, t.Context(), light("a")),
		"deferred": send(db, t.Context(), func(tx Tx) error { // fails only at COMMIT
			_, err := tx.Exec(`INSERT INTO lamp (room) VALUES ('nowhere')`)
			return err
		}),
		"rollback": send(db, t.Context(), func(tx Tx) error {
			_, err := tx.Exec(`ROLLBACK`)
			return errors.Join(err, errors.New("and fails"))
		}),
		"b": send(db, t.Context(), light("b")),
	}
	release()
	for name, answer := range answers {
		if err := <-answer; (err == nil) != (name == "a" || name == "b") {
			t.Errorf("%s: %v", name, err)
		}
	}
	wantRooms(t, db, "a b")
	write(t, db, light("c"))
}

func TestLeftWhileWaiting(t *testing.T) {
	db := lit(t, Options{Dir: t.TempDir()})
	release := held(t, db)
	ctx, cancel := context.WithCancel(t.Context())
	left := send(db, ctx, light("left"))
	stays := send(db, t.Context(), light("stays"))
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) { // while the writer is still held
		t.Errorf("the caller who left: %v", err)
	}
	release()
	if err := <-stays; err != nil {
		t.Errorf("the caller who stayed: %v", err)
	}
	wantRooms(t, db, "stays")
}

func TestBusy(t *testing.T) {
	db := lit(t, Options{Dir: t.TempDir()})
	release := held(t, db)
	var answers []<-chan error
	for n := range BatchMax {
		answers = append(answers, send(db, t.Context(), light(fmt.Sprint("room", n))))
	}
	time.Sleep(WaitMax + time.Millisecond)
	if err := db.Write(t.Context(), light("late")); !errors.Is(err, ErrBusy) {
		t.Errorf("behind a full batch that waits too long: %v, want %v", err, ErrBusy)
	}
	release()
	for _, answer := range answers {
		if err := <-answer; err != nil {
			t.Errorf("one that was accepted: %v", err)
		}
	}
	write(t, db, light("later")) // it recovers
}

// Another process holds SQLite's lock for longer than the busy timeout.
func TestLockedOut(t *testing.T) {
	db := lit(t, Options{Dir: t.TempDir()})
	write(t, db, func(tx Tx) error { _, err := tx.Exec(`PRAGMA busy_timeout = 50`); return err })
	other, err := sql.Open("sqlite", db.target)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.BeginTx(t.Context(), nil) // BEGIN IMMEDIATE
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Write(t.Context(), light("a")); !errors.Is(err, ErrBusy) {
		t.Errorf("with the lock taken: %v, want %v", err, ErrBusy)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	write(t, db, light("b"))
	wantRooms(t, db, "b")
}

// The disk is full, and later it is not.
func TestDiskFull(t *testing.T) {
	db := lit(t, Options{Dir: t.TempDir()})
	write(t, db, light("small"))
	limit := func(pages int) {
		t.Helper()
		write(t, db, func(tx Tx) error {
			var now int
			return tx.QueryRow(fmt.Sprint(`PRAGMA max_page_count = `, pages)).Scan(&now)
		})
	}
	limit(1) // as many as there are
	big := strings.Repeat("x", 100_000)
	err := db.Write(t.Context(), light(big))
	if err == nil || !strings.Contains(err.Error(), "full") {
		t.Errorf("with no space left: %v", err)
	}
	wantRooms(t, db, "small")
	limit(1 << 30)
	write(t, db, light("tiny"))
	wantRooms(t, db, "small tiny")
}

// What is acknowledged is there and what is refused is not, whatever comes together.
func TestBatches(t *testing.T) {
	db := lit(t, Options{Dir: t.TempDir()})
	round := 0
	rapid.Check(t, func(r *rapid.T) {
		round++
		release := held(t, db)
		n := rapid.IntRange(1, 20).Draw(r, "requests")
		answers, want := make([]<-chan error, n), map[string]bool{}
		refused := errors.New("refused")
		for i := range n {
			room := fmt.Sprint(round, "-", rapid.IntRange(0, 5).Draw(r, "room"))
			fails := rapid.Bool().Draw(r, "fails")
			answers[i] = send(db, context.Background(), func(tx Tx) error {
				if err := light(room)(tx); err != nil || !fails {
					return err
				}
				return refused
			})
			if !fails {
				want[room] = true
			}
		}
		release()
		acknowledged := 0
		for _, answer := range answers {
			if err := <-answer; err == nil {
				acknowledged++
			} else if !errors.Is(err, refused) && !IsUnique(err) {
				r.Fatalf("a request got %v", err)
			}
		}
		var stored int
		err := db.Read(context.Background()).QueryRow(`SELECT count(*) FROM light WHERE room LIKE $1`, fmt.Sprint(round, "-%")).Scan(&stored)
		if err != nil || stored != len(want) || acknowledged != len(want) {
			r.Fatalf("%d rooms wanted, %d acknowledged, %d stored, %v", len(want), acknowledged, stored, err)
		}
	})
}

func TestUnsynced(t *testing.T) {
	db := lit(t, Options{Dir: t.TempDir()})
	broken := fmt.Errorf("%w: as if", ErrBroken)
	db.writes.(*groupWriter).trouble.Store(&broken)
	if err := db.Write(t.Context(), light("a")); !errors.Is(err, ErrBroken) {
		t.Errorf("Write after the disk failed to sync: %v", err)
	}
	if err := db.Ping(t.Context()); !errors.Is(err, ErrBroken) {
		t.Errorf("Ping after the disk failed to sync: %v", err)
	}
	wantRooms(t, db, "")
}
