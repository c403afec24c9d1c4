package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"wenda/internal/leak"
	"wenda/internal/testbed"
)

func TestMain(m *testing.M) { leak.Main(m, leak.Postgres...) }

// both runs a test on both engines, with a table light (room, lit).
func both(t *testing.T, test func(*testing.T, *DB)) {
	t.Run("sqlite", func(t *testing.T) { test(t, lit(t, Options{Dir: t.TempDir()})) })
	t.Run("postgres", func(t *testing.T) { test(t, lit(t, Options{URL: testbed.Postgres(t)})) })
}

func lit(t testing.TB, o Options) *DB {
	t.Helper()
	o.Log = slog.New(slog.DiscardHandler)
	db := opened(t, o)
	err := db.Write(t.Context(), func(tx Tx) error {
		_, err := tx.Exec(`CREATE TABLE light (room TEXT PRIMARY KEY, lit BOOLEAN NOT NULL)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func opened(t testing.TB, o Options) *DB {
	t.Helper()
	db, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

func light(room string) func(Tx) error {
	return func(tx Tx) error {
		_, err := tx.Exec(`INSERT INTO light (room, lit) VALUES ($1, $2)`, room, true)
		return err
	}
}

func write(t testing.TB, db *DB, do func(Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), do); err != nil {
		t.Fatalf("Write: %v", err)
	}
}

// rooms are those with a row, in order.
func rooms(t testing.TB, db *DB) string {
	t.Helper()
	name := func(row Scanner) (room string, err error) { return room, row.Scan(&room) }
	all, err := Collect(name)(db.Read(t.Context()).Query(`SELECT room FROM light ORDER BY room`))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}

func wantRooms(t testing.TB, db *DB, want string) {
	t.Helper()
	if got := rooms(t, db); got != want {
		t.Errorf("rows %q, want %q", got, want)
	}
}

func TestWrite(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		write(t, db, light("hall"))
		var on bool
		if err := db.Read(t.Context()).QueryRow(`SELECT lit FROM light WHERE room = $1`, "hall").Scan(&on); err != nil || !on {
			t.Errorf("read back %v, %v", on, err)
		}
		if err := db.Write(t.Context(), light("hall")); !IsUnique(err) {
			t.Errorf("the same key again: %v, want IsUnique", err)
		}
		refused := errors.New("refused")
		err := db.Write(t.Context(), func(tx Tx) error { return errors.Join(light("cellar")(tx), refused) })
		if !errors.Is(err, refused) || IsUnique(err) {
			t.Errorf("an error of the request became %v", err)
		}
		if _, err := db.Read(t.Context()).Query(`SELECT * FROM no_such_table`); err == nil {
			t.Error("a wrong statement gave no error")
		}
		if err := db.Read(t.Context()).QueryRow(`SELECT lit FROM light WHERE room = 'x'`).Scan(&on); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("no row gave %v", err)
		}
		write(t, db, func(tx Tx) error { return tx.Serialize("name") })
		if err := db.Ping(t.Context()); err != nil {
			t.Errorf("Ping: %v", err)
		}
		wantRooms(t, db, "hall")
	})
}

func TestWritePanics(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		var log strings.Builder
		switch w := db.writes.(type) {
		case *groupWriter:
			w.log = slog.New(slog.NewTextHandler(&log, nil))
		case *ownWriter:
			w.log = slog.New(slog.NewTextHandler(&log, nil))
		}
		err := db.Write(t.Context(), func(tx Tx) error {
			_ = light("hall")(tx)
			panic("secret words")
		})
		if err == nil || strings.Contains(err.Error(), "secret") || strings.Contains(log.String(), "secret") || !strings.Contains(log.String(), "sqldb_test.go") {
			t.Errorf("a panic became error %v and log %s", err, log.String())
		}
		var none map[string]int
		if err := db.Write(t.Context(), func(Tx) error { none["x"] = 1; return nil }); err == nil || !strings.Contains(err.Error(), "nil map") {
			t.Errorf("a run-time error became %v", err)
		}
		write(t, db, light("attic"))
		wantRooms(t, db, "attic")
	})
}

func TestClose(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		var group sync.WaitGroup
		var kept atomic.Int64
		started := make(chan struct{}, 100)
		for i := range 50 {
			group.Go(func() {
				for n := 0; ; n++ {
					err := db.Write(context.Background(), light(fmt.Sprint(i, "-", n)))
					if errors.Is(err, ErrClosed) {
						return
					}
					if errors.Is(err, ErrBusy) { // too much for a slow machine
						continue
					}
					if err != nil {
						t.Errorf("Write: %v", err)
						return
					}
					kept.Add(1)
					select {
					case started <- struct{}{}:
					default:
					}
				}
			})
		}
		for range 100 {
			<-started
		}
		if err := db.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		group.Wait()
		if err := db.Write(context.Background(), light("late")); !errors.Is(err, ErrClosed) {
			t.Errorf("Write after Close: %v", err)
		}
		again, err := Open(t.Context(), Options{Dir: filepath.Dir(db.shown.Path), URL: urlOf(db)})
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		var stored int64
		if err := again.Read(t.Context()).QueryRow(`SELECT count(*) FROM light`).Scan(&stored); err != nil || stored != kept.Load() {
			t.Errorf("%d acknowledged, %d stored, %v", kept.Load(), stored, err)
		}
	})
}

func urlOf(db *DB) string {
	if db.dialect.Name == "sqlite" {
		return ""
	}
	return db.shown.String()
}

func TestCancelled(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := db.Write(gone, light("never")); !errors.Is(err, context.Canceled) {
			t.Errorf("with an ended context: %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		inside, goOn := make(chan struct{}), make(chan struct{})
		answer := make(chan error)
		go func() {
			answer <- db.Write(ctx, func(tx Tx) error {
				close(inside)
				<-goOn
				return light("begun")(tx)
			})
		}()
		<-inside
		cancel()
		if err := <-answer; !errors.Is(err, context.Canceled) { // at once: the write still waits
			t.Errorf("ended while running: %v", err)
		}
		close(goOn)
		write(t, db, light("other"))
		for deadline := time.Now().Add(2 * time.Minute); rooms(t, db) != "begun other"; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("rows %q: the begun write was not finished", rooms(t, db))
			}
		}
	})
}

func TestMigrate(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				if err := db.Migrate(t.Context()); err != nil {
					t.Errorf("Migrate again: %v", err)
				}
			})
		}
		group.Wait()
		future := fstest.MapFS{"99999_future.sql": {Data: []byte("-- +goose Up\nCREATE TABLE future (n BIGINT);\n")}}
		if err := db.migrate(t.Context(), future); err != nil {
			t.Fatal(err)
		}
		var log strings.Builder
		db.log = slog.New(slog.NewTextHandler(&log, nil))
		if err := db.Migrate(t.Context()); err != nil || !strings.Contains(log.String(), "schema=99999") {
			t.Errorf("a newer schema that has all of ours: %v, log %q", err, log.String())
		}
		write(t, db, func(tx Tx) error { // something that we need was taken away in 99998
			_, err := tx.Exec(`INSERT INTO oldest (one, version) VALUES (1, 99998) ON CONFLICT (one) DO UPDATE SET version = excluded.version`)
			return err
		})
		if err := db.Migrate(t.Context()); !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "99999") {
			t.Errorf("a newer schema that lacks some of ours: %v, want %v", err, ErrNewer)
		}
		broken := fstest.MapFS{"100000_broken.sql": {Data: []byte("-- +goose Up\nCREATE TABLE half (n BIGINT);\nCREATE NONSENSE;\n")}}
		if err := db.migrate(t.Context(), broken); err == nil {
			t.Error("a broken migration succeeded")
		}
		if _, err := db.Read(t.Context()).Query(`SELECT n FROM half`); err == nil {
			t.Error("half of a broken migration was kept")
		}
	})
}

func TestMigrateTogether(t *testing.T) {
	for name, o := range map[string]Options{"sqlite": {Dir: t.TempDir()}, "postgres": {URL: "needed"}} {
		t.Run(name, func(t *testing.T) {
			if o.URL != "" {
				o.URL = testbed.Postgres(t)
			}
			var group sync.WaitGroup
			for range 4 { // as four nodes that start at once
				group.Go(func() {
					db, err := Open(t.Context(), o)
					if err != nil {
						t.Errorf("Open: %v", err)
						return
					}
					defer db.Close()
					if err := db.Migrate(t.Context()); err != nil {
						t.Errorf("Migrate: %v", err)
					}
				})
			}
			group.Wait()
		})
	}
}

func TestStampsGoUp(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		last := int64(0)
		for range 3 {
			var first, second, horizon int64
			err := db.Write(t.Context(), func(tx Tx) error {
				read := `SELECT ` + db.Dialect().Stamp
				return errors.Join(tx.QueryRow(read).Scan(&first), tx.QueryRow(read).Scan(&second))
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Read(t.Context()).QueryRow(`SELECT ` + db.Dialect().Horizon).Scan(&horizon); err != nil {
				t.Fatal(err)
			}
			if first != second || first <= last || horizon <= first {
				t.Errorf("stamps %d and %d after %d, horizon %d", first, second, last, horizon)
			}
			last = first
		}
	})
}

func TestOddFolder(t *testing.T) {
	for _, name := range []string{"a b", "a?b=c", "a#b", "50%41", "文件夹", "a&_pragma=synchronous(OFF)"} {
		dir := filepath.Join(t.TempDir(), name, "deep")
		db := lit(t, Options{Dir: dir})
		write(t, db, light("hall"))
		info, err := os.Stat(filepath.Join(dir, File))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%q: %v, %v; want a file for its owner only", name, info, err)
		}
		for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000"} {
			var got string
			write(t, db, func(tx Tx) error { return tx.QueryRow(`PRAGMA ` + pragma).Scan(&got) })
			if got != want {
				t.Errorf("%q: %s is %s, want %s", name, pragma, got, want)
			}
		}
		// Readers cannot write.
		if rows, err := db.Read(t.Context()).Query(`DELETE FROM light RETURNING room`); err == nil {
			if rows.Next(); rows.Err() == nil {
				t.Error("a reader deleted")
			}
			rows.Close()
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	notAFolder := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(notAFolder, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	notADatabase := t.TempDir()
	if err := os.WriteFile(filepath.Join(notADatabase, File), []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]Options{
		"nothing":           {},
		"a file as folder":  {Dir: notAFolder},
		"not a database":    {Dir: notADatabase},
		"another database":  {URL: "mysql://wenda:secret@localhost/wenda"},
		"no URL":            {URL: "://wenda:secret@"},
		"a bad port":        {URL: "postgres://wenda:secret@localhost:port/wenda"},
		"a bad parameter":   {URL: "postgres://wenda:secret@localhost/wenda?sslmode=wrong"},
		"nobody listening":  {URL: "postgres://wenda:secret@127.0.0.1:1/wenda?sslpassword=secret"},
		"a bad query":       {URL: "postgres://wenda@127.0.0.1:1/wenda?password=secret&connect_timeout=x"},
		"a control letter":  {URL: "postgres://wenda:secret@127.0.0.1:1/\x7f"},
		"a password as URL": {URL: "secret"},
	} {
		db, err := Open(t.Context(), o)
		if err == nil {
			db.Close()
			t.Errorf("%s: no error", name)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error shows the password: %v", name, err)
		}
	}
}

func TestBackup(t *testing.T) {
	db := lit(t, Options{Dir: t.TempDir()})
	write(t, db, light("hall"))
	stop := make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() { // the copy is made while others write
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
				write(t, db, light(fmt.Sprint("room", n)))
			}
		}
	})
	dir := t.TempDir()
	file := filepath.Join(dir, "it's a copy?.db")
	if err := db.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	close(stop)
	writer.Wait()
	if err := db.Backup(t.Context(), file); !errors.Is(err, os.ErrExist) {
		t.Errorf("onto a file that is there: %v", err)
	}
	if err := db.Backup(t.Context(), filepath.Join(dir, "no", "folder")); err == nil {
		t.Error("into a folder that is not there: no error")
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("%d files are left", len(left))
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v; want a file for its owner only", info, err)
	}
	restored := t.TempDir()
	if err := os.Rename(file, filepath.Join(restored, File)); err != nil {
		t.Fatal(err)
	}
	copied := opened(t, Options{Dir: restored})
	if got := rooms(t, copied); !strings.HasPrefix(got, "hall") {
		t.Errorf("restored rows %q", got)
	}
	var check string
	if err := copied.Read(t.Context()).QueryRow(`PRAGMA integrity_check`).Scan(&check); err != nil || check != "ok" {
		t.Errorf("integrity check of the copy: %s, %v", check, err)
	}
}

func TestBackupPostgres(t *testing.T) {
	db := opened(t, Options{URL: testbed.Postgres(t)})
	err := db.Backup(t.Context(), "it's.dump")
	if err == nil || !strings.Contains(err.Error(), `pg_dump --format=custom --file='it'\''s.dump' --dbname='postgres://wenda@127.0.0.1:`) || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v, want the command without the password", err)
	}
}

// Parameters lose their names where each comes once and in order, and nowhere else.
func TestNameless(t *testing.T) {
	for query, want := range map[string]string{
		`SELECT 1`: `SELECT 1`,
		`INSERT INTO a VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`: `INSERT INTO a VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		`UPDATE a SET b = $1 WHERE c = $2 LIMIT $3+0`:                         `UPDATE a SET b = ? WHERE c = ? LIMIT ?+0`,
		`UPDATE a SET b = $2 WHERE c = $1`:                                    `UPDATE a SET b = $2 WHERE c = $1`,
		`SELECT a FROM b WHERE c = $1 OR d = $1`:                              `SELECT a FROM b WHERE c = $1 OR d = $1`,
		`SELECT a FROM b WHERE c = $1 AND d = $3`:                             `SELECT a FROM b WHERE c = $1 AND d = $3`,
	} {
		if got := nameless(query); got != want {
			t.Errorf("%s became %s", query, got)
		}
	}
}
