package auth

import (
	"context"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"wenda/internal/sqldb"
	"wenda/internal/testbed"
)

var update = flag.Bool("update", false, "rewrite golden files")

// production is what passwords really cost; tests hash cheaply.
var production = *cost

func TestMain(m *testing.M) {
	cost = &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	os.Exit(m.Run())
}

// engines runs a test on each database engine, empty and migrated.
func engines(t *testing.T, test func(t *testing.T, db *sqldb.DB)) {
	t.Run("sqlite", func(t *testing.T) { test(t, open(t, sqldb.Options{Dir: t.TempDir()})) })
	t.Run("postgres", func(t *testing.T) { test(t, open(t, sqldb.Options{URL: testbed.Postgres(t)})) })
}

func open(t *testing.T, o sqldb.Options) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

// clock is a time that stands until tests turn it forward. It never shows the same
// millisecond twice, so that audit rows have an order.
type clock struct {
	start time.Time
	ahead atomic.Int64
}

func (c *clock) Now() time.Time {
	return c.start.Add(time.Duration(c.ahead.Add(int64(time.Millisecond))))
}

func (c *clock) turn(d time.Duration) { c.ahead.Add(int64(d)) }

func newAuth(db *sqldb.DB) (*Auth, *clock) {
	c := &clock{start: time.Now()}
	return New(db, Options{Now: c.Now}), c
}

const secret = "correct horse battery"

// person makes an account with the login name as its name.
func person(t *testing.T, a *Auth, login string, roles ...Role) User {
	t.Helper()
	u, err := a.Create(t.Context(), Operator, login, Account{Name: login, Roles: roles, Skills: []string{""}, Capacity: 3}, secret)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// browser keeps the cookie of one login.
type browser struct {
	a      *Auth
	cookie *http.Cookie
}

func (b *browser) request(ctx context.Context) *http.Request {
	r := httptest.NewRequestWithContext(ctx, "POST", "/", nil)
	if b.cookie != nil {
		r.AddCookie(&http.Cookie{Name: b.cookie.Name, Value: b.cookie.Value})
	}
	return r
}

func (b *browser) login(t *testing.T, login, password string) (User, error) {
	w := httptest.NewRecorder()
	u, err := b.a.Login(w, b.request(t.Context()), login, password)
	b.take(w)
	return u, err
}

func (b *browser) logout(t *testing.T) {
	t.Helper()
	w := httptest.NewRecorder()
	if err := b.a.Logout(w, b.request(t.Context())); err != nil {
		t.Fatal(err)
	}
	b.take(w)
}

func (b *browser) take(w *httptest.ResponseRecorder) {
	for _, c := range w.Result().Cookies() {
		b.cookie = c
	}
}

func (b *browser) staff(t *testing.T) (User, bool) { return b.a.Staff(b.request(t.Context())) }

// in returns a browser that is logged in.
func in(t *testing.T, a *Auth, login string) (*browser, User) {
	t.Helper()
	b := &browser{a: a}
	u, err := b.login(t, login, secret)
	if err != nil {
		t.Fatal(err)
	}
	return b, u
}

// acts returns the audit, newest first.
func acts(t *testing.T, a *Auth) []Act {
	t.Helper()
	all, err := a.Trail(t.Context(), "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	return all
}
