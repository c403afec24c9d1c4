package sqldb

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRestore(t *testing.T) {
	db := lit(t, Options{Dir: t.TempDir()})
	write(t, db, light("hall"))
	release, err := db.Lease(t.Context(), quick("a"))
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	file := filepath.Join(t.TempDir(), "backup")
	if err := db.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	fine := func(*DB) error { return nil }
	refused := errors.New("refused")
	if err := Restore(t.Context(), file, Options{Dir: dir}, func(*DB) error { return refused }); !errors.Is(err, refused) {
		t.Errorf("refused by who looks at it: %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("a refused restore left %v", left)
	}
	if err := Restore(t.Context(), file, Options{Dir: dir}, fine); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("there are %v", left)
	}
	if err := Restore(t.Context(), file, Options{Dir: dir}, fine); !errors.Is(err, os.ErrExist) {
		t.Errorf("over another database: %v", err)
	}
	restored := second(t, dir)
	wantRooms(t, restored, "hall")
	again, err := restored.Lease(t.Context(), Lessee{Host: "b"}) // at once: nobody serves the copy
	if err != nil {
		t.Fatal(err)
	}
	again()
}

func TestRestoreRefuses(t *testing.T) {
	half := damaged(t, func(d []byte) []byte { return d[:len(d)/2] })
	words := filepath.Join(t.TempDir(), "words")
	if err := os.WriteFile(words, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ file, says string }{
		"half of one":  {filepath.Join(half, File), "damaged"},
		"no database":  {words, "damaged"},
		"an empty one": {empty, "not a database of Wenda"},
		"nothing":      {filepath.Join(half, "nothing"), "no such file"},
		"a folder":     {half, "not a file"},
	} {
		dir := t.TempDir()
		err := Restore(t.Context(), c.file, Options{Dir: dir}, func(*DB) error { return nil })
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%s: it left %v", name, left)
		}
	}
	err := Restore(t.Context(), "it's.dump", Options{URL: "postgres://wenda:secret@localhost/wenda"}, nil)
	if err == nil || !strings.Contains(err.Error(), `--dbname='postgres://wenda@localhost/wenda' 'it'\''s.dump'`) || strings.Contains(err.Error(), "secret") {
		t.Errorf("PostgreSQL: %v, want the command without the password", err)
	}
}
