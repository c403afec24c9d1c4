// Package sqldbtest gives tests databases that have their tables. Making those takes a
// second with the race detector, so a test binary does it once and copies the file.
package sqldbtest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"wenda/internal/sqldb"
)

// New returns an empty SQLite database of the test's own, which is closed at its end.
func New(t testing.TB) *sqldb.DB {
	t.Helper()
	file, err := made()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, sqldb.File), file, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sqldb.Open(context.Background(), sqldb.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// made is the file of a database with all tables; closing it leaves nothing beside it.
var made = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "wenda-sqldbtest-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	db, err := sqldb.Open(context.Background(), sqldb.Options{Dir: dir})
	if err != nil {
		return nil, err
	}
	err = db.Migrate(context.Background())
	if closed := db.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, sqldb.File))
})
