package base

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"wenda/internal/leak"
	"wenda/internal/sqldb"
	"wenda/internal/testbed"
	"wenda/knowledge"
)

func TestMain(m *testing.M) { leak.Main(m, leak.Postgres...) }

// rig is an empty base and who is on it: one node, or with PostgreSQL two. They have one clock.
type rig struct {
	testing.TB
	options sqldb.Options
	dbs     []*sqldb.DB
	mu      sync.Mutex
	now     time.Time
}

// midday is when tests begin.
var midday = time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)

func (r *rig) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

// pass lets time pass.
func (r *rig) pass(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = r.now.Add(d)
}

func (r *rig) node(number int) *Store {
	return New(r.dbs[number%len(r.dbs)], Clock(r.clock), Log(slog.New(slog.DiscardHandler)))
}

// do runs a statement behind the Store's back.
func (r *rig) do(statement string, args ...any) error {
	return r.dbs[0].Write(context.Background(), func(tx sqldb.Tx) error {
		_, err := tx.Exec(statement, args...)
		return err
	})
}

func (r *rig) count(query string, args ...any) (n int) {
	r.Helper()
	if err := r.dbs[0].Read(context.Background()).QueryRow(query, args...).Scan(&n); err != nil {
		r.Fatalf("%s: %v", query, err)
	}
	return n
}

func opened(t testing.TB, o sqldb.Options) *sqldb.DB {
	t.Helper()
	o.Log = slog.New(slog.DiscardHandler)
	db, err := sqldb.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return db
}

func onSQLite(t testing.TB) *rig {
	o := sqldb.Options{Dir: t.TempDir()}
	return &rig{TB: t, options: o, dbs: []*sqldb.DB{opened(t, o)}, now: midday}
}

// postgres is the one database of this test binary: making one takes longer than a test.
var postgres string

func onPostgres(t testing.TB) *rig {
	if postgres == "" {
		postgres = testbed.Postgres(t)
	}
	o := sqldb.Options{URL: postgres, Readers: 8}
	r := &rig{TB: t, options: o, dbs: []*sqldb.DB{opened(t, o), opened(t, o)}, now: midday}
	r.wipe()
	return r
}

// both runs a test on both engines, each with an empty base.
func both(t *testing.T, test func(*rig)) {
	t.Run("sqlite", func(t *testing.T) { test(onSQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(onPostgres(t)) })
}

// tables of ours, those first that refer to others.
var tables = strings.Fields(`audit planned_entry planned staged working shift listing release approval step entry_search revision sheet entry`)

// wipe empties the base, and puts the guards back that stand against that.
func (r *rig) wipe() {
	r.Helper()
	for _, table := range tables {
		var statements []string
		switch guarded := strings.Contains("audit listing release approval step revision sheet", table); {
		case guarded && r.options.URL == "":
			for _, what := range []string{"update", "delete", "replace"} {
				statements = append(statements, `DROP TRIGGER `+table+`_no_`+what)
			}
		case guarded:
			statements = append(statements, `DROP TRIGGER `+table+`_append_only ON `+table)
		}
		for _, statement := range append(statements, `DELETE FROM `+table) {
			if err := r.do(statement); err != nil {
				r.Fatalf("%s: %v", statement, err)
			}
		}
	}
	if err := r.dbs[0].Migrate(context.Background()); err != nil {
		r.Fatal(err)
	}
}

// says is a content with this question and answer.
func says(question, answer string) Content {
	return Content{Texts: map[knowledge.Lang]Text{knowledge.Chinese: {Question: question, Answer: answer}}}
}

func (r *rig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *rig) wantErr(what string, err, want error) {
	r.Helper()
	if !errors.Is(err, want) {
		r.Errorf("%s: %v, want %v", what, err, want)
	}
}

// approved has zhou write c as the entry's newest revision, and li approve it.
func (r *rig) approved(s *Store, id string, c Content) Head {
	r.Helper()
	ctx := context.Background()
	head, err := s.Get(ctx, id)
	if errors.Is(err, ErrNone) {
		head, err = s.Create(ctx, "zhou", id, c, "")
	} else if err == nil {
		head, err = s.Save(ctx, "zhou", id, head.Version, c, "")
	}
	r.must(err)
	head, err = s.Submit(ctx, "zhou", id, head.Version, "")
	r.must(err)
	head, err = s.Approve(ctx, Reviewer{ID: "li"}, id, head.Version, "")
	r.must(err)
	return head
}

// publication is one that the gate let through.
func publication(ids ...string) Publication {
	return Publication{By: "li", Why: "test", Entries: ids, GatePassed: true}
}

func (r *rig) published(s *Store, ids ...string) Release {
	r.Helper()
	made, err := s.Publish(context.Background(), publication(ids...))
	r.must(err)
	return made
}

// live approves and publishes c.
func (r *rig) live(s *Store, id string, c Content) Release {
	r.Helper()
	r.approved(s, id, c)
	return r.published(s, id)
}

// inForce is what a release holds: revisions by entry.
func (r *rig) inForce(s *Store, id int64) map[string]int {
	r.Helper()
	release, err := s.Load(context.Background(), id)
	r.must(err)
	all := map[string]int{}
	for _, e := range release.Entries() {
		all[e.ID] = e.Revision
	}
	return all
}
