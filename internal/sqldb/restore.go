package sqldb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
)

// Restore makes the SQLite database in o.Dir from a file that Backup wrote. There
// must be none yet: nothing is replaced. The copy is checked in full (integrity_check,
// schema) and by whole, which may read it and write to it, before it gets its name; on an error nothing is
// left behind. ErrDamaged, ErrNewer, os.ErrExist.
//
// For PostgreSQL it returns an error that names the command to use instead.
func Restore(ctx context.Context, file string, o Options, whole func(*DB) error) error {
	if o.URL != "" {
		shown, err := url.Parse(o.URL)
		if err != nil {
			return errors.New("sqldb: the database URL is not of the form postgres://user:password@host:port/database")
		}
		return fmt.Errorf("sqldb: a PostgreSQL database is restored with its own tool into an empty database, "+
			"with the password in PGPASSWORD or ~/.pgpass: pg_restore --exit-on-error --single-transaction --no-owner --dbname=%s %s; then check it with: wenda verify",
			quoted(withoutPassword(shown).String()), quoted(file))
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if err := restore(ctx, file, o, whole); err != nil {
		return fmt.Errorf("sqldb: restore: %w", err)
	}
	return nil
}

func restore(ctx context.Context, file string, o Options, whole func(*DB) error) error {
	target := filepath.Join(o.Dir, File)
	for _, name := range []string{target, target + "-wal", target + "-shm"} {
		if _, err := os.Lstat(name); !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("%s: %w: restore into another folder, or put this one away first", name, os.ErrExist)
		}
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return err
	}
	part, err := os.MkdirTemp(o.Dir, "restore-*.part")
	if err != nil {
		return err
	}
	defer os.RemoveAll(part)
	if err := copyFile(file, filepath.Join(part, File)); err != nil {
		return err
	}
	if err := examine(ctx, Options{Dir: part, Log: o.Log}, whole); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := syncFile(filepath.Join(part, File)); err != nil {
		return err
	}
	if err := os.Link(filepath.Join(part, File), target); err != nil { // unlike a rename it replaces nothing
		return err
	}
	return syncFolder(o.Dir)
}

func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	if info, err := source.Stat(); err != nil || !info.Mode().IsRegular() {
		return errors.Join(err, fmt.Errorf("%s is not a file", from))
	}
	made, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(made, source)
	return errors.Join(err, made.Close())
}

// examine checks a copy and leaves it closed and in one file.
func examine(ctx context.Context, o Options, whole func(*DB) error) error {
	db, err := Open(ctx, o)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.CheckAll(ctx); err != nil {
		return err
	}
	if err := db.ours(ctx); err != nil {
		return err
	}
	if err := db.Migrate(ctx); err != nil { // what an older version wrote is brought up to date
		return err
	}
	if err := db.Write(ctx, leased(`DELETE FROM lease`)); err != nil { // whoever served the original
		return err
	}
	if err := whole(db); err != nil {
		return err
	}
	if err := db.Close(); err != nil {
		return err
	}
	if wal, err := os.Stat(filepath.Join(o.Dir, File+"-wal")); err == nil && wal.Size() > 0 {
		return errors.New("the copy could not be brought into one file: something else reads it")
	}
	return nil
}

// ours refuses a database that is whole, and somebody else's.
func (db *DB) ours(ctx context.Context) error {
	var n int
	err := db.Read(ctx).QueryRow(`SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('goose_db_version', 'session', 'event')`).Scan(&n)
	if err == nil && n != 3 {
		err = errors.New("it is not a database of Wenda")
	}
	return err
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// CheckAll is Check without a bound, and with the indexes held against their tables.
// PostgreSQL has pg_amcheck for that.
func (db *DB) CheckAll(ctx context.Context) error {
	if db.dialect.Name != "sqlite" {
		return nil
	}
	return db.pragma(ctx, db.readers, `PRAGMA integrity_check(20)`)
}
