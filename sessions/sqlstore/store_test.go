package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"wenda/internal/leak"
	"wenda/internal/sqldb"
	"wenda/internal/testbed"
	"wenda/sessions"
	"wenda/sessions/storetest"
)

func TestMain(m *testing.M) { leak.Main(m, leak.Postgres...) }

func openSQLite(t testing.TB) *Store {
	t.Helper()
	return migrated(t, sqldb.Options{Dir: t.TempDir()})
}

func openPostgres(t testing.TB) *Store {
	t.Helper()
	return migrated(t, sqldb.Options{URL: testbed.Postgres(t)})
}

func migrated(t testing.TB, o sqldb.Options) *Store {
	t.Helper()
	db, err := sqldb.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return New(db)
}

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) sessions.Store { return openSQLite(t) })
}

// On PostgreSQL the tests share a database, emptied between them: it is made slowly,
// and its transaction ids go on as they do in life.
func TestPostgres(t *testing.T) {
	store := openPostgres(t)
	storetest.Run(t, func(t *testing.T) sessions.Store {
		err := store.db.Write(t.Context(), func(tx sqldb.Tx) error {
			_, err := tx.Exec(`TRUNCATE session, event, beat, served`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return store
	})
}

var (
	wang  = sessions.Customer{ID: "wang"}
	phone = sessions.Actor{Role: sessions.RoleCustomer, ID: "wang", Device: "phone"}
)

func opened(t testing.TB, store *Store, who sessions.Customer) sessions.Session {
	t.Helper()
	s, err := store.Open(t.Context(), who, "widget", "zh-CN")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func said(ref string) sessions.Event {
	return sessions.Event{Kind: sessions.Message, From: sessions.Speaker{Role: sessions.RoleCustomer, ID: "wang"}, Text: "你好", Ref: ref}
}

// A transaction that began early and commits late is not skipped by a feed that
// has seen later ones.
func TestFeedSlowTransaction(t *testing.T) {
	store := openPostgres(t)
	slow, fast := opened(t, store, sessions.Customer{ID: "slow"}), opened(t, store, wang)
	_, mark, err := store.Feed(t.Context(), sessions.Mark{}, 10)
	if err != nil {
		t.Fatal(err)
	}
	written, finish, done := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		done <- store.db.Write(context.Background(), func(tx sqldb.Tx) error {
			by := sessions.Actor{Role: sessions.RoleCustomer, ID: "slow"}
			_, err := store.commit(tx, by, slow, []sessions.Event{{Kind: sessions.Message, From: sessions.Speaker{Role: sessions.RoleCustomer}, Text: "慢"}})
			close(written)
			<-finish
			return err
		})
	}()
	<-written
	if _, err := store.Commit(t.Context(), phone, fast, said("fast-0001")); err != nil {
		t.Fatal(err)
	}
	changed, mark, err := store.Feed(t.Context(), mark, 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(changed) != 0 {
		t.Error("the feed went past a transaction that is still open")
	}
	close(finish)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	changed, mark, err = store.Feed(t.Context(), mark, 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(changed) != 2 || changed[0].ID != slow.ID || changed[1].ID != fast.ID {
		t.Errorf("the feed shows %d sessions, want the slow one and then the fast one", len(changed))
	}
	if changed, _, err = store.Feed(t.Context(), mark, 10); err != nil || len(changed) != 0 {
		t.Errorf("the feed goes on with %d sessions, %v", len(changed), err)
	}
}

// A database dumped on one server and restored on another, where transaction ids
// are lower, feeds on.
func TestFeedAfterRestore(t *testing.T) {
	store := openPostgres(t)
	s := opened(t, store, wang)
	err := store.db.Write(t.Context(), func(tx sqldb.Tx) error {
		_, err := tx.Exec(`UPDATE session SET change = change + 1000000`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	mark := sessions.Mark{Change: 0}
	if changed, _, err := store.Feed(t.Context(), mark, 10); err != nil || len(changed) != 0 {
		t.Fatalf("the test does not show what it should: %d, %v", len(changed), err)
	}
	for range 2 { // also when there is nothing to mend
		if err := store.db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	changed, mark, err := store.Feed(t.Context(), mark, 10)
	if err != nil || len(changed) != 1 {
		t.Fatalf("after Migrate the feed shows %d sessions, %v; want one", len(changed), err)
	}
	if _, err := store.Commit(t.Context(), phone, s, said("wang-0001")); err != nil {
		t.Fatal(err)
	}
	if changed, _, err = store.Feed(t.Context(), mark, 10); err != nil || len(changed) != 1 || changed[0].Seq != 1 {
		t.Errorf("a new change does not come after the old mark: %d sessions, %v", len(changed), err)
	}
}

// The connection is lost while COMMIT is under way.
func TestLostCommit(t *testing.T) {
	proxy := testbed.StartProxy(t, testbed.Postgres(t))
	store := migrated(t, sqldb.Options{URL: proxy.URL})
	s := opened(t, store, wang)
	cuts := map[string]func(string){"before": proxy.CutBefore, "after": proxy.CutAfter}
	n := 0
	for name, cut := range cuts {
		for range 3 {
			n++
			before := proxy.Cuts()
			cut(committing)
			done, err := store.Commit(t.Context(), phone, s, said(fmt.Sprintf("wang-%04d", n)))
			if err != nil || done.Repeated || proxy.Cuts() != before+1 {
				t.Fatalf("cut %s the server heard of it: %v, repeated %v, %d cuts", name, err, done.Repeated, proxy.Cuts()-before)
			}
			s = done.Session
			if s.Seq != int64(n) || done.Events[0].Seq != int64(n) {
				t.Fatalf("cut %s: message %d became %d, the head is at %d", name, n, done.Events[0].Seq, s.Seq)
			}
		}
		// Without a ref nobody can tell, and nobody pretends to.
		cut(committing)
		_, err := store.Commit(t.Context(), phone, s, said(""))
		if !errors.Is(err, sqldb.ErrUnknown) {
			t.Errorf("without a ref, cut %s: %v, want %v", name, err, sqldb.ErrUnknown)
		}
		// It was written or not: the driver, cut off, also asks the server to cancel.
		// Who locks the row waits until that is settled.
		if err := store.db.Write(t.Context(), func(tx sqldb.Tx) (err error) { s, err = store.lock(tx, s.ID); return err }); err != nil {
			t.Fatal(err)
		}
		if s.Seq != int64(n) && (name == "before" || s.Seq != int64(n+1)) {
			t.Fatalf("without a ref, cut %s: the head is at %d after %d", name, s.Seq, n)
		}
		n = int(s.Seq)
	}
	cuts["after"](committing)
	fresh, err := store.Open(t.Context(), sessions.Customer{ID: "li"}, "widget", "en")
	if err != nil || fresh.Customer.ID != "li" {
		t.Errorf("Open with its commit lost: %v", err)
	}
	log, err := store.Transcript(t.Context(), s.ID, 0, 100)
	if err != nil || len(log) != n {
		t.Errorf("%d events, %v; want %d", len(log), err, n)
	}
}

func TestBusy(t *testing.T) {
	if err := failure(fmt.Errorf("more: %w", sqldb.ErrBusy)); !errors.Is(err, sessions.ErrBusy) || !errors.Is(err, sqldb.ErrBusy) {
		t.Errorf("a busy database is %v", err)
	}
	if err := failure(context.Canceled); err != context.Canceled {
		t.Errorf("a cancelled call is %v", err)
	}
}

func TestClock(t *testing.T) {
	noon := time.Date(2026, 11, 21, 12, 0, 0, 999_999, time.FixedZone("", 8*3600))
	store := New(openSQLite(t).db, Clock(func() time.Time { return noon }))
	s := opened(t, store, wang)
	if want := noon.UTC().Truncate(time.Millisecond); s.OpenedAt != want {
		t.Errorf("opened at %v, want %v", s.OpenedAt, want)
	}
	done, err := store.Commit(t.Context(), phone, s, said("wang-0001"))
	if err != nil || done.Events[0].At != s.OpenedAt || !done.Session.ChangedAt.After(s.ChangedAt) {
		t.Errorf("committed at %v, changed at %v, %v", done.Events[0].At, done.Session.ChangedAt, err)
	}
}

// committing is how sqldb says COMMIT on the wire to PostgreSQL.
const committing = "\x00commit\x00"
