package sqldb

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the schema up to this binary's. It may be called by several
// processes at once. A newer schema is left as it is and used, with a line in the log:
// it was expanded and still has all that this binary needs. ErrNewer if something was
// taken away since. Call it before the first Write.
func (db *DB) Migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("sqldb: %w", err)
	}
	if err := db.migrate(ctx, files); err != nil {
		return damage(err)
	}
	if err := db.guard(ctx); err != nil {
		return fmt.Errorf("sqldb: guarding append-only tables: %w", err)
	}
	return nil
}

func (db *DB) migrate(ctx context.Context, files fs.FS) error {
	pool, err := sql.Open(db.driver(), db.target)
	if err != nil {
		return fmt.Errorf("sqldb: migrating: %w", err)
	}
	defer pool.Close()
	provider, err := db.provider(pool, files)
	if err != nil {
		return fmt.Errorf("sqldb: migrating: %w", err)
	}
	if err := db.up(ctx, provider, pool); err != nil {
		return fmt.Errorf("sqldb: migrating: %w", err)
	}
	if err := db.rebase(ctx, pool); err != nil {
		return fmt.Errorf("sqldb: migrating: %w", err)
	}
	return nil
}

func (db *DB) driver() string {
	if db.dialect.Name == "postgres" {
		return "pgx"
	}
	return "sqlite"
}

func (db *DB) provider(pool *sql.DB, files fs.FS) (*goose.Provider, error) {
	if db.dialect.Name != "postgres" {
		pool.SetMaxOpenConns(1)
		return goose.NewProvider(goose.DialectSQLite3, pool, files)
	}
	oneAtATime, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, pool, files, goose.WithSessionLocker(oneAtATime))
}

// up applies what is missing. SQLite has no lock around it all: another process may be at
// it, and each migration then fails in all but one of them. So a failure counts only if
// the version does not go up any more.
func (db *DB) up(ctx context.Context, provider *goose.Provider, pool *sql.DB) error {
	for stuck := 0; ; {
		has, knows, err := provider.GetVersions(ctx)
		if err != nil {
			return err
		}
		if has > knows {
			return db.onNewer(ctx, pool, has, knows)
		}
		if _, err = provider.Up(ctx); err == nil {
			return nil
		}
		if now, _, again := provider.GetVersions(ctx); again == nil && now > has {
			stuck = 0
		} else if stuck++; stuck == migrateTries {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(migratePause):
		}
	}
}

const (
	migrateTries = 5 // without any progress
	migratePause = 100 * time.Millisecond
)

// onNewer says whether this binary may run on a schema that it does not know.
func (db *DB) onNewer(ctx context.Context, pool *sql.DB, has, knows int64) error {
	var oldest int64
	if err := pool.QueryRowContext(ctx, `SELECT coalesce(max(version), 0) FROM oldest`).Scan(&oldest); err != nil {
		return err
	}
	if oldest > knows {
		return fmt.Errorf("%w: its schema is %d, this binary knows %d, and %d is the oldest that still works", ErrNewer, has, knows, oldest)
	}
	db.log.Warn("the database is of a newer version; this binary works with what it knows of it", "schema", has, "knows", knows)
	return nil
}

// stamped are the tables with a stamp for feeds, in a column called change.
var stamped = []string{"session"}

// rebase keeps stamps going up on PostgreSQL when a database was dumped on one
// server and restored on another: there transaction ids begin low again, and
// without it feeds would wait for them to come past the old ones.
func (db *DB) rebase(ctx context.Context, pool *sql.DB) error {
	if db.dialect.Name != "postgres" {
		return nil
	}
	for _, table := range stamped {
		_, err := pool.ExecContext(ctx, `UPDATE stamp SET value = value + old.ahead FROM (
			SELECT coalesce(max(change), 0) - `+db.dialect.Stamp+` + 1 AS ahead FROM `+table+`) AS old WHERE old.ahead > 0`)
		if err != nil {
			return err
		}
	}
	return nil
}
