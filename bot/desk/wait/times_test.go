package wait

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"wenda/internal/leak"
	"wenda/internal/sqldb"
	"wenda/internal/testbed"
	"wenda/sessions"
	"wenda/sessions/sqlstore"
)

func TestMain(m *testing.M) { leak.Main(m, leak.Postgres...) }

func both(t *testing.T, test func(*testing.T, *floor)) {
	for name, options := range map[string]func(*testing.T) sqldb.Options{
		"sqlite":   func(t *testing.T) sqldb.Options { return sqldb.Options{Dir: t.TempDir()} },
		"postgres": func(t *testing.T) sqldb.Options { return sqldb.Options{URL: testbed.Postgres(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			o := options(t)
			o.Log = slog.New(slog.DiscardHandler)
			db, err := sqldb.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			f := &floor{t: t, now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
			f.store, f.times = sqlstore.New(db, sqlstore.Clock(func() time.Time { return f.now })), NewTimes(db)
			f.times.now = func() time.Time { return f.now }
			test(t, f)
		})
	}
}

// floor is a desk with one agent and a clock.
type floor struct {
	t     *testing.T
	store sessions.Store
	times *Times
	now   time.Time
	n     int
}

var (
	zhou   = sessions.Agent{ID: "u1", Name: "小周", Skills: []string{"", "loan"}, Capacity: 100}
	system = sessions.Actor{Role: sessions.RoleSystem}
)

// begun is a chat that zhou has.
func (f *floor) begun(skill string) sessions.Session {
	f.t.Helper()
	f.n++
	s, err := f.store.Open(f.t.Context(), sessions.Customer{ID: string(rune('a' + f.n))}, "widget", "zh-CN")
	if err != nil {
		f.t.Fatal(err)
	}
	s = f.moves(system, s, s.Queue(skill, f.now), sessions.RoleBot)
	done, err := f.store.Claim(f.t.Context(), zhou, s.ID, "")
	if err != nil {
		f.t.Fatal(err)
	}
	return done.Session
}

func (f *floor) moves(by sessions.Actor, s, next sessions.Session, from sessions.Role) sessions.Session {
	f.t.Helper()
	done, err := f.store.Commit(f.t.Context(), by, next, sessions.Event{
		Kind: sessions.Handed, From: sessions.Speaker{Role: from, ID: by.ID}, Move: &sessions.Move{Reason: "test"},
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return done.Session
}

func (f *floor) served(skill string, want ...time.Duration) {
	f.t.Helper()
	f.now = f.now.Add(readEvery)
	got, err := f.times.Served(f.t.Context(), skill)
	if err != nil || !slices.Equal(got, want) {
		f.t.Errorf("served in %q: %v, %v; want %v", skill, got, err, want)
	}
}

func TestServed(t *testing.T) {
	both(t, func(t *testing.T, f *floor) {
		agent := sessions.Actor{Role: sessions.RoleAgent, ID: zhou.ID, Device: "desk"}
		f.served("")
		closed, returned, passed, ended, lost, loan := f.begun(""), f.begun(""), f.begun(""), f.begun(""), f.begun(""), f.begun("loan")
		f.now = f.now.Add(time.Minute)
		f.moves(agent, closed, closed.Close(f.now), sessions.RoleAgent)
		f.now = f.now.Add(time.Minute)
		f.moves(agent, returned, returned.Return(), sessions.RoleAgent)
		f.now = f.now.Add(time.Minute)
		f.moves(agent, passed, passed.Queue("", f.now), sessions.RoleAgent)
		f.now = f.now.Add(time.Minute)
		customer := sessions.Actor{Role: sessions.RoleCustomer, ID: ended.Customer.ID}
		f.moves(customer, ended, ended.Close(f.now), sessions.RoleCustomer)
		f.now = f.now.Add(time.Minute)
		f.moves(system, lost, lost.Queue("", f.now), sessions.RoleSystem)
		f.now = f.now.Add(time.Minute)
		f.moves(agent, loan, loan.Close(f.now), sessions.RoleAgent)
		f.served("", minutes(4, 3, 2, 1)...)
		f.served("loan", 6*time.Minute)
		f.now = f.now.Add(lately)
		f.served("")
	})
}

// The audit is not read for each who asks.
func TestServedIsReadNowAndThen(t *testing.T) {
	both(t, func(t *testing.T, f *floor) {
		f.served("")
		s := f.begun("")
		f.now = f.now.Add(time.Second)
		f.moves(sessions.Actor{Role: sessions.RoleAgent, ID: zhou.ID, Device: "desk"}, s, s.Close(f.now), sessions.RoleAgent)
		if got, err := f.times.Served(t.Context(), ""); err != nil || len(got) > 0 {
			t.Errorf("read again after a second: %v, %v", got, err)
		}
		f.served("", time.Second)
	})
}
