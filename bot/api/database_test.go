package api

import (
	"context"
	"net/http/httptest"
	"net/url"
	"os"
	"sync"
	"testing"

	"wenda/bot/auth"
	"wenda/internal/sqldb"
	"wenda/knowledge/base"
)

var scratch string // where seeded is

func TestMain(m *testing.M) {
	var err error
	if scratch, err = os.MkdirTemp("", "wenda-api-"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(scratch)
	os.Exit(code)
}

// seeded is the folder of a database that is made once and copied for each test: making
// the tables, and above all hashing passwords, takes a second with the race detector.
var seeded = sync.OnceValues(func() (string, error) {
	db, err := sqldb.Open(context.Background(), sqldb.Options{Dir: scratch})
	if err != nil {
		return "", err
	}
	defer db.Close()
	if err := db.Migrate(context.Background()); err != nil {
		return "", err
	}
	return scratch, seed(db)
})

// regular are people who are logged in already, with their cookies.
var regular = map[string]struct {
	role       auth.Role
	id, cookie string
}{"zhou": {role: auth.Editor}, "li": {role: auth.Editor}, "hu": {role: auth.Compliance}, "agent": {role: auth.Agent}}

// seed puts the entries of known in force and lets the regular people in.
func seed(db *sqldb.DB) error {
	if err := base.New(db).Seed(context.Background(), known, "test"); err != nil {
		return err
	}
	staff := auth.New(db, auth.Options{})
	for login, p := range regular {
		u, err := staff.Create(context.Background(), "test", login, auth.Account{Name: "小" + login, Roles: []auth.Role{p.role}}, secret)
		if err != nil {
			return err
		}
		w := httptest.NewRecorder()
		if _, err := staff.Login(w, post("/login", url.Values{}.Encode()), login, secret); err != nil {
			return err
		}
		p.id, p.cookie = u.ID, w.Header().Get("Set-Cookie")
		regular[login] = p
	}
	return nil
}

// copied is a seeded database of this test's own.
func copied(t *testing.T) *sqldb.DB {
	t.Helper()
	from, err := seeded()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	db, err := sqldb.Open(t.Context(), sqldb.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
