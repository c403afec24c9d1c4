package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"wenda/internal/audit"
	"wenda/internal/sqldb"
	"wenda/sessions"
)

// lived is a store in which chats were held, handed over and closed.
func lived(t *testing.T, store *Store) {
	t.Helper()
	agent := sessions.Agent{ID: "chen", Name: "Chen", Skills: []string{""}, Capacity: 100}
	by := sessions.Actor{Role: sessions.RoleAgent, ID: "chen", Device: "desk"}
	for i := range 6 {
		who := sessions.Customer{ID: fmt.Sprint("c", i)}
		s := opened(t, store, who)
		commit := func(by sessions.Actor, next sessions.Session, e ...sessions.Event) {
			t.Helper()
			done, err := store.Commit(t.Context(), by, next, e...)
			if err != nil {
				t.Fatal(err)
			}
			s = done.Session
		}
		customer := sessions.Actor{Role: sessions.RoleCustomer, ID: who.ID, Device: "phone"}
		commit(customer, s, question(customer, int64(i)), answer(int64(i)))
		if i == 0 {
			continue
		}
		handed := func(role sessions.Role) sessions.Event {
			return sessions.Event{Kind: sessions.Handed, From: sessions.Speaker{Role: role, ID: map[bool]string{true: "chen"}[role == sessions.RoleAgent]}, Move: &sessions.Move{Reason: "asked"}}
		}
		system := sessions.Actor{Role: sessions.RoleSystem}
		commit(system, s.Queue("", time.Now()), handed(sessions.RoleSystem))
		done, err := store.Claim(t.Context(), agent, s.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		s = done.Session
		switch i {
		case 1:
			commit(by, s, sessions.Event{Kind: sessions.Revealed, Audience: sessions.Staff, About: 1, From: sessions.Speaker{Role: sessions.RoleAgent, ID: "chen"}})
		case 2:
			commit(by, s.Close(time.Now()), handed(sessions.RoleAgent))
		case 3:
			commit(by, s.Return(), handed(sessions.RoleAgent))
		case 4:
			commit(system, s.Queue("", time.Now()), handed(sessions.RoleSystem))
		}
	}
}

func TestAudited(t *testing.T) {
	for name, open := range map[string]func(testing.TB) *Store{"sqlite": openSQLite, "postgres": openPostgres} {
		t.Run(name, func(t *testing.T) {
			store := open(t)
			lived(t, store)
			acts, err := sqldb.Collect(audit.Scan)(store.db.Read(t.Context()).Query(`SELECT ` + audit.Columns + ` FROM audit`))
			if err != nil {
				t.Fatal(err)
			}
			count := map[string]int{}
			for _, a := range acts {
				count[a.Who+" "+a.Did]++
				if a.About == "" || !a.OK || a.Detail == "" {
					t.Errorf("%+v", a)
				}
			}
			want := map[string]int{"chen chat.claim": 5, "chen chat.reveal": 1, "chen chat.close": 1, "chen chat.return": 1, "system chat.requeue": 1}
			if fmt.Sprint(count) != fmt.Sprint(want) {
				t.Errorf("audited %v, want %v", count, want)
			}
			// What was refused leaves nothing, and what is sent again leaves nothing more.
			s := opened(t, store, sessions.Customer{ID: "c5"})
			if _, err := store.Commit(t.Context(), sessions.Actor{Role: sessions.RoleAgent, ID: "li"}, s.Close(time.Now()), sessions.Event{Kind: sessions.Handed, From: sessions.Speaker{Role: sessions.RoleAgent, ID: "li"}}); !errors.Is(err, sessions.ErrNotOwner) {
				t.Fatal(err)
			}
			var n int
			if err := store.db.Read(t.Context()).QueryRow(`SELECT count(*) FROM audit`).Scan(&n); err != nil || n != len(acts) {
				t.Errorf("%d rows after a refusal, %v; want %d", n, err, len(acts))
			}
		})
	}
}

func TestVerify(t *testing.T) {
	for name, open := range map[string]func(testing.TB) *Store{"sqlite": openSQLite, "postgres": openPostgres} {
		t.Run(name, func(t *testing.T) {
			store := open(t)
			lived(t, store)
			problems := func() []Problem {
				found, err := Verify(t.Context(), store.db)
				if err != nil {
					t.Fatal(err)
				}
				return found
			}
			if found := problems(); len(found) > 0 {
				t.Fatalf("a whole one: %v", found)
			}
			const one = `(SELECT min(id) FROM session WHERE state = 'assigned')`
			for what, hurt := range map[string][2]string{
				"a lost event":             {`UPDATE event SET seq = 100 WHERE seq = 2 AND session = ` + one, `UPDATE event SET seq = 2 WHERE seq = 100`},
				"a head too far":           {`UPDATE session SET seq = seq + 1 WHERE id = ` + one, `UPDATE session SET seq = seq - 1 WHERE id = ` + one},
				"a first that is none":     {`UPDATE event SET first = 99 WHERE seq = 2 AND first = 1`, `UPDATE event SET first = 1 WHERE first = 99`},
				"an owner nobody handed":   {`UPDATE session SET agent = 'li' WHERE agent = 'chen'`, `UPDATE session SET agent = 'chen' WHERE agent = 'li'`},
				"a state that is none":     {`UPDATE session SET state = 'lost' WHERE state = 'closed'`, `UPDATE session SET state = 'closed' WHERE state = 'lost'`},
				"closed, never":            {`UPDATE session SET closed_at = -closed_at WHERE state = 'closed'`, `UPDATE session SET closed_at = -closed_at WHERE state = 'closed'`},
				"an answer waited for":     {`UPDATE session SET pending = 1 WHERE state = 'assigned'`, `UPDATE session SET pending = 0 WHERE state = 'assigned'`},
				"a ref that stands twice":  {`DROP INDEX event_ref; UPDATE event SET ref = 'twice-twice', scope = 's' WHERE seq = 1`, `UPDATE event SET ref = '' WHERE seq = 1`},
				"two open of one customer": {`DROP INDEX session_open; UPDATE session SET customer = 'c1'`, ``},
			} {
				for _, statement := range strings.Split(hurt[0], "; ") {
					execute(t, store, statement)
				}
				if found := problems(); len(found) == 0 || strings.Contains(fmt.Sprint(found), "%!") {
					t.Errorf("%s: found %v", what, found)
				}
				if hurt[1] != "" {
					execute(t, store, hurt[1])
				}
			}
		})
	}
}

func execute(t *testing.T, store *Store, statement string) {
	t.Helper()
	err := store.db.Write(t.Context(), func(tx sqldb.Tx) error {
		_, err := tx.Exec(statement)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// A backup that is made while chats go on is whole: it holds every message that was
// acknowledged before it began, logs without gaps, and no half of a commit.
func TestBackupUnderLoad(t *testing.T) {
	store := openSQLite(t)
	lived(t, store)
	var mu sync.Mutex
	acknowledged := map[string]bool{}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var senders sync.WaitGroup
	for i := range 8 {
		senders.Go(func() {
			who := sessions.Customer{ID: fmt.Sprint("busy", i)}
			by := sessions.Actor{Role: sessions.RoleCustomer, ID: who.ID, Device: "phone"}
			s, err := store.Open(context.Background(), who, "widget", "zh-CN")
			for n := int64(i) * 1_000_000; err == nil && ctx.Err() == nil; n++ {
				var done sessions.Committed
				done, err = store.Commit(context.Background(), by, s, question(by, n), answer(n))
				s = done.Session
				if err == nil {
					mu.Lock()
					acknowledged[fmt.Sprintf("turn-%010d", n)] = true
					mu.Unlock()
				}
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	dir := t.TempDir()
	for round := range 3 {
		enough := 50 + rand.N(200)
		for {
			mu.Lock()
			n := len(acknowledged)
			mu.Unlock()
			if n >= (round+1)*enough {
				break
			}
			time.Sleep(time.Millisecond)
		}
		before := map[string]bool{}
		mu.Lock()
		for ref := range acknowledged {
			before[ref] = true
		}
		mu.Unlock()
		file := filepath.Join(dir, fmt.Sprint("backup", round))
		if err := store.db.Backup(t.Context(), file); err != nil {
			t.Fatal(err)
		}
		into := filepath.Join(dir, fmt.Sprint("restored", round))
		if err := sqldb.Restore(t.Context(), file, sqldb.Options{Dir: into, Log: slog.New(slog.DiscardHandler)}, func(db *sqldb.DB) error {
			found, err := Verify(t.Context(), db)
			if err == nil && len(found) > 0 {
				err = fmt.Errorf("%v", found)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		copied := migrated(t, sqldb.Options{Dir: into})
		ref := func(row sqldb.Scanner) (ref string, err error) { return ref, row.Scan(&ref) }
		refs, err := sqldb.Collect(ref)(copied.db.Read(t.Context()).Query(`SELECT ref FROM event`))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range refs {
			delete(before, r)
		}
		if len(before) > 0 {
			t.Errorf("round %d: %d acknowledged before the backup are not in it", round, len(before))
		}
	}
	cancel()
	senders.Wait()
	if found, err := Verify(t.Context(), store.db); err != nil || len(found) > 0 {
		t.Errorf("the original: %v, %v", found, err)
	}
}
