package fault

import (
	"context"
	databasesql "database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"wenda/cmd/loadtest/stage"
	"wenda/internal/sqldb" // also registers the drivers "sqlite" and "pgx"
)

// Shutdowns of PostgreSQL, by signal.
const (
	fastShutdown      = syscall.SIGINT
	immediateShutdown = syscall.SIGQUIT
)

func restartPostgres(how syscall.Signal) func(context.Context, *stage.Stage, Step) (end, error) {
	return func(_ context.Context, s *stage.Stage, _ Step) (end, error) {
		return func(context.Context) error { return s.Postgres().Start() }, s.Postgres().Stop(how)
	}
}

// terminate ends all connections to the database but its own.
func terminate(ctx context.Context, s *stage.Stage, _ Step) (end, error) {
	db, err := databasesql.Open("pgx", s.Postgres().URL)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	return nil, err
}

// sqliteLock holds the write lock, as somebody's shell or a backup tool does.
func sqliteLock(ctx context.Context, s *stage.Stage, _ Step) (end, error) {
	db, err := databasesql.Open("sqlite", "file:"+filepath.ToSlash(s.SQLite())+"?_pragma=busy_timeout(10000)&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	tx, err := db.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("locking %s: %w", sqldb.File, err), db.Close())
	}
	return func(context.Context) error { return errors.Join(tx.Rollback(), db.Close()) }, nil
}

// diskFull fills the file system up to its last byte.
func diskFull(_ context.Context, s *stage.Stage, _ Step) (end, error) {
	path := filepath.Join(s.Disk(), "filler")
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	for size := 1 << 20; size > 0; {
		if _, err = file.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	if !errors.Is(err, syscall.ENOSPC) {
		return nil, errors.Join(fmt.Errorf("the disk is not full: %w", err), file.Close(), os.Remove(path))
	}
	return func(context.Context) error { return errors.Join(file.Close(), os.Remove(path)) }, nil
}
