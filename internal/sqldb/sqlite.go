package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite"
)

// File is the name of the SQLite database in its folder.
const File = "wenda.db"

// openSQLite opens DIR/wenda.db, readable by its owner only: it holds what customers said.
func openSQLite(ctx context.Context, o Options) (*DB, error) {
	if o.Dir == "" {
		return nil, fmt.Errorf("sqldb: neither a database URL nor a data folder is given")
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("sqldb: %w", err)
	}
	path, err := filepath.Abs(filepath.Join(o.Dir, File))
	if err != nil {
		return nil, fmt.Errorf("sqldb: %w", err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("sqldb: %w", err)
	}
	file.Close()

	target := sqliteTarget(path, "_txlock=immediate")
	writer, err := openFirst(ctx, target)
	if err != nil {
		return nil, fmt.Errorf("sqldb: opening %s: %w", path, damage(err))
	}
	if o.Readers == 0 {
		o.Readers = 8
	}
	readers, err := openPool(ctx, "sqlite", sqliteTarget(path, "_pragma=query_only(1)"), o.Readers)
	if err != nil {
		writer.Close()
		return nil, fmt.Errorf("sqldb: opening %s: %w", path, damage(err))
	}
	return &DB{
		dialect: sqliteDialect, log: o.Log, target: target, shown: &url.URL{Path: path},
		readers: readers, reads: newPrepared(readers), writes: newGroupWriter(writer, o.Log),
	}, nil
}

// sqliteTarget is the data source name for a file. synchronous=FULL syncs the WAL
// at every commit; NORMAL was measured to be no faster with group commit.
// temp_store=MEMORY keeps savepoints off the disk (a tenth more commits);
// journal_size_limit gives a WAL's disk space back after a burst.
func sqliteTarget(path, more string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)" +
		"&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" +
		"&_pragma=temp_store(MEMORY)&_pragma=journal_size_limit(67108864)&" + more
}

// openPool opens a pool that keeps its idle connections, and tries it.
// openFirst opens the connection that switches the file to WAL. Where several processes do
// that at once SQLite refuses without waiting, so this waits for them.
func openFirst(ctx context.Context, target string) (*sql.DB, error) {
	for began := time.Now(); ; time.Sleep(walPause) {
		pool, err := openPool(ctx, "sqlite", target, 1)
		if err == nil || !errors.Is(busy(err), ErrBusy) || ctx.Err() != nil || time.Since(began) > walWithin {
			return pool, err
		}
	}
}

const (
	walWithin = 15 * time.Second
	walPause  = 20 * time.Millisecond
)

func openPool(ctx context.Context, driver, target string, most int) (*sql.DB, error) {
	pool, err := sql.Open(driver, target)
	if err != nil {
		return nil, err
	}
	return pool, ready(ctx, pool, most)
}

// ready sets a pool's size and tries it; one that fails is closed.
func ready(ctx context.Context, pool *sql.DB, most int) error {
	pool.SetMaxOpenConns(most)
	pool.SetMaxIdleConns(most)
	if err := pool.PingContext(ctx); err != nil {
		pool.Close()
		return err
	}
	return nil
}
