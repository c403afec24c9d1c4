package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"wenda/internal/often"
)

// What is committed stands in SQLite's WAL first, and is copied into the database file
// later: a checkpoint. SQLite leaves that to the commit that finds the WAL long, with all
// others waiting behind it: at 500 messages a second four times a second, for ten to thirty
// milliseconds each. So one goroutine copies beside the writer, and holds up nobody. Only
// the writer can begin the WAL anew; it does so when it is walPages long, and has to copy
// only what came since (https://www.sqlite.org/wal.html, "Checkpointing").
const (
	checkpointEvery = 500 * time.Millisecond
	walPages        = 8192 // 32 MiB, and what a start after a crash has to read at most
)

// checkpointer copies what a groupWriter committed.
type checkpointer struct {
	pool   *sql.DB
	writer *groupWriter
	log    *slog.Logger
	copied int64 // how many batches had been committed when all of them were copied

	cancel context.CancelFunc
	ended  sync.WaitGroup
}

func startCheckpointer(pool *sql.DB, writer *groupWriter, log *slog.Logger) *checkpointer {
	ctx, cancel := context.WithCancel(context.Background())
	c := &checkpointer{pool: pool, writer: writer, log: log, cancel: cancel}
	c.ended.Go(func() { often.Do(ctx, checkpointEvery, c.copy, c.failed) })
	return c
}

func (c *checkpointer) close() {
	c.cancel()
	c.ended.Wait()
}

// copy copies, if anything was committed since.
func (c *checkpointer) copy(ctx context.Context) error {
	now := c.writer.batches.Load()
	if now == c.copied {
		return nil
	}
	var busy, long, done int64 // frames
	if err := c.pool.QueryRowContext(ctx, `PRAGMA wal_checkpoint(PASSIVE)`).Scan(&busy, &long, &done); err != nil {
		return fmt.Errorf("sqldb: checkpoint: %w", err)
	}
	if busy == 0 && done >= long {
		c.copied = now
	}
	return nil
}

// failed is told of an error. A full disk or a lock is no harm: all is in the WAL, and it
// is tried again. After a failed sync nothing is known of what is on disk.
func (c *checkpointer) failed(err error) {
	if unsynced(err) {
		c.writer.breaks(fmt.Errorf("%w: %w", ErrBroken, err))
		return
	}
	c.log.Debug("a checkpoint failed; it is tried again", "err", err)
}
