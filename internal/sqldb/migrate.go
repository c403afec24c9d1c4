package sqldb

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the schema up to this binary's. It may be called by several
// processes at once. ErrNewer, and nothing is touched, if the schema is one that
// this binary does not know. Call it before the first Write.
func (db *DB) Migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("sqldb: %w", err)
	}
	if err := db.migrate(ctx, files); err != nil {
		return err
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
	if err := up(ctx, provider); err != nil {
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

func up(ctx context.Context, provider *goose.Provider) error {
	has, knows, err := provider.GetVersions(ctx)
	if err != nil {
		return err
	}
	if has > knows {
		return fmt.Errorf("%w: its schema is %d, this binary knows %d", ErrNewer, has, knows)
	}
	_, err = provider.Up(ctx)
	if err == nil {
		return nil
	}
	// SQLite has no lock around it all: another process may have been faster.
	if has, _, again := provider.GetVersions(ctx); again == nil && has == knows {
		return nil
	}
	return err
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
