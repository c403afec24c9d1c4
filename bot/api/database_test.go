package api

import (
	"context"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"wenda/bot/auth"
	"wenda/internal/sqldb"
	"wenda/knowledge/base"
)

// Databases of tests are copies of two that are made once: making the tables, and above
// all hashing passwords, takes a second with the race detector.
var (
	empty  = sync.OnceValues(func() (string, error) { return madeOnce("empty", func(*sqldb.DB) error { return nil }) })
	seeded = sync.OnceValues(func() (string, error) { return madeOnce("seeded", seed) })
)

var scratch string // of madeOnce

func TestMain(m *testing.M) {
	var err error
	if scratch, err = os.MkdirTemp("", "wenda-api-"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(scratch)
	os.Exit(code)
}

func madeOnce(name string, fill func(*sqldb.DB) error) (string, error) {
	dir := filepath.Join(scratch, name)
	db, err := sqldb.Open(context.Background(), sqldb.Options{Dir: dir})
	if err != nil {
		return "", err
	}
	defer db.Close()
	if err := db.Migrate(context.Background()); err != nil {
		return "", err
	}
	return dir, fill(db)
}

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

// copied is a database of this test's own.
func copied(t *testing.T, made func() (string, error)) *sqldb.DB {
	t.Helper()
	from, err := made()
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
