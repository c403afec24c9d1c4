package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Backup writes a copy of the SQLite database, as committed at one moment, to a
// file that must not exist yet, while reads and writes go on. When it returns nil
// the copy is complete and on disk; readable by its owner only.
//
// For PostgreSQL it returns an error that names the command to use instead.
func (db *DB) Backup(ctx context.Context, file string) error {
	if db.dialect.Name == "postgres" {
		return fmt.Errorf("sqldb: a PostgreSQL database is backed up with its own tool, "+
			"with the password in PGPASSWORD or ~/.pgpass: pg_dump --format=custom --file=%s --dbname=%s", quoted(file), quoted(db.shown.String()))
	}
	if err := db.backup(ctx, file); err != nil {
		return fmt.Errorf("sqldb: backup: %w", err)
	}
	return nil
}

func (db *DB) backup(ctx context.Context, file string) error {
	if _, err := os.Lstat(file); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s: %w", file, os.ErrExist)
	}
	part, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*.part") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(part.Name())
	defer part.Close()
	if err := db.vacuumInto(ctx, part.Name()); err != nil {
		return err
	}
	// VACUUM INTO does not sync (https://www.sqlite.org/lang_vacuum.html).
	if err := part.Sync(); err != nil {
		return err
	}
	if err := os.Link(part.Name(), file); err != nil { // unlike a rename it replaces nothing
		return err
	}
	return syncFolder(filepath.Dir(file))
}

func (db *DB) vacuumInto(ctx context.Context, file string) error {
	pool, err := sql.Open("sqlite", db.target)
	if err != nil {
		return err
	}
	defer pool.Close()
	_, err = pool.ExecContext(ctx, `VACUUM INTO $1`, file)
	return err
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

// quoted is s as one word for a shell.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
