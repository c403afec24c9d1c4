package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrDamaged says that the SQLite file is not what was written to it.
var ErrDamaged = errors.New("sqldb: the database file is damaged")

// advice is what to do about ErrDamaged.
const advice = "nothing was changed; put the file and its -wal away, then bring the newest backup back with: wenda restore FILE"

// Check reads the whole SQLite file and reports ErrDamaged, with what to do about it,
// if its pages, rows and NOT NULLs do not hold together (PRAGMA quick_check). A file that takes
// longer than the bound passes, with a line in the log: wenda verify takes its time.
// A letter changed inside a text it cannot see. PostgreSQL checks its own pages
// as it reads them.
func (db *DB) Check(ctx context.Context, within time.Duration) error {
	if db.dialect.Name != "sqlite" {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	bounded, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	err := db.pragma(bounded, db.readers, `PRAGMA quick_check(3)`)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case bounded.Err() != nil:
		db.log.Warn("the database file is too large to be checked in full before the start; check it with: wenda verify", "within", within)
		return nil
	}
	return err
}

// pragma runs one of SQLite's own checks.
func (db *DB) pragma(ctx context.Context, pool *sql.DB, check string) error {
	text := func(row Scanner) (line string, err error) { return line, row.Scan(&line) }
	lines, err := Collect(text)(pool.QueryContext(ctx, check))
	if err != nil {
		return damage(fmt.Errorf("sqldb: check: %w", err))
	}
	if len(lines) != 1 || lines[0] != "ok" {
		return fmt.Errorf("%w: %s; %s", ErrDamaged, strings.Join(lines, "; "), advice)
	}
	return nil
}

// damage says ErrDamaged where SQLite says that the file is none of its own.
func damage(err error) error {
	switch sqliteCode(err) & 0xff {
	case sqliteCorrupt, sqliteNotADatabase:
		return fmt.Errorf("%w: %w; %s", ErrDamaged, err, advice)
	}
	return err
}
