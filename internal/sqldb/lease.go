package sqldb

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"wenda/internal/often"
)

// Why an SQLite database is not served from here. Returned errors wrap them.
var (
	ErrServed  = errors.New("sqldb: the database is served from another host")
	ErrNetwork = errors.New("sqldb: the data folder is on a network file system")
)

const (
	leaseEvery    = 3 * time.Second  // between two beats
	leasePatience = 15 * time.Second // five of them: after so long without one the other host is gone
)

// Lessee is who wants to serve. The zero value is this process, with the usual times.
type Lessee struct {
	Host     string        // names the machine; ThisHost() if ""
	Every    time.Duration // between two beats
	Patience time.Duration // how long a beat of another host must stand still before it counts as gone
}

// Lease makes this process the only one that serves an SQLite database, until
// release is called; call that before Close. What one machine's own lock on the
// folder cannot see is a second machine with the same folder, mounted or copied while
// in use: the row in the table lease names host and process, with a beat that goes
// up all the time.
//
// A row of this host is taken over at once: the caller holds the folder's lock, so
// that process is dead. Another host's is watched on this process's own monotonic
// clock: ErrServed if it beats, else it is taken over after Patience. From then on
// each batch of writes checks the row, so a process that was only asleep writes
// nothing any more and breaks (Broken). ErrNetwork on a file system whose locks
// and shared memory SQLite cannot rely on.
//
// With PostgreSQL, which many may serve, it does nothing.
func (db *DB) Lease(ctx context.Context, by Lessee) (release func(), err error) {
	w, ok := db.writes.(*groupWriter)
	if !ok {
		return func() {}, nil
	}
	if kind := network(filepath.Dir(db.shown.Path)); kind != "" {
		return nil, fmt.Errorf("%w (%s): SQLite needs a local disk; several hosts need PostgreSQL (--database-url)", ErrNetwork, kind)
	}
	by.Host = cmp.Or(by.Host, ThisHost())
	by.Every, by.Patience = cmp.Or(by.Every, leaseEvery), cmp.Or(by.Patience, leasePatience)
	boot := rand.Text()
	if err := db.lease(ctx, by, boot); err != nil {
		return nil, err
	}
	w.boot.Store(&boot)
	return db.keepLease(w, by.Every), nil
}

// holding is a row of the table lease.
type holding struct {
	host, boot string
	beat       int64
}

// lease waits until nobody else holds the row, and writes it.
func (db *DB) lease(ctx context.Context, by Lessee, boot string) error {
	first, watched := holding{}, time.Time{}
	for {
		now, taken, err := db.take(ctx, by.Host, boot, func(h holding) bool {
			return !watched.IsZero() && h == first && time.Since(watched) >= by.Patience
		})
		switch {
		case err != nil:
			return fmt.Errorf("sqldb: lease: %w", err)
		case taken:
			return nil
		case watched.IsZero():
			first, watched = now, time.Now()
			db.log.Warn("another host served this database last; watching whether it still does", "host", shown(now.host), "for", by.Patience)
		case now != first:
			return fmt.Errorf("%w: %s; stop that one first. One SQLite database is for one host; several hosts need PostgreSQL (--database-url)", ErrServed, shown(now.host))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(by.Every / 3):
		}
	}
}

// take writes the row if nobody holds it, this host does, or whoever holds it is gone.
func (db *DB) take(ctx context.Context, host, boot string, gone func(holding) bool) (now holding, taken bool, err error) {
	err = db.Write(ctx, func(tx Tx) error {
		now, taken = holding{}, false
		err := tx.QueryRow(`SELECT host, boot, beat FROM lease WHERE one = 1`).Scan(&now.host, &now.boot, &now.beat)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if now.boot != "" && now.host != host && !gone(now) {
			return nil
		}
		taken = true
		_, err = tx.Exec(`INSERT INTO lease (one, host, boot, beat) VALUES (1, $1, $2, 1)
			ON CONFLICT (one) DO UPDATE SET host = excluded.host, boot = excluded.boot, beat = lease.beat + 1`, host, boot)
		return err
	})
	return now, taken, err
}

// keepLease beats until release is called.
func (db *DB) keepLease(w *groupWriter, every time.Duration) (release func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var beats sync.WaitGroup
	beats.Go(func() {
		often.Do(ctx, every, func(ctx context.Context) error {
			return db.Write(ctx, leased(`UPDATE lease SET beat = beat + 1 WHERE one = 1`))
		}, func(error) {}) // is for those who wait for their writes; a lost lease breaks the writer
	})
	return sync.OnceFunc(func() {
		cancel()
		beats.Wait()
		if w.trouble.Load() == nil {
			_ = db.Write(context.Background(), leased(`UPDATE lease SET boot = '' WHERE one = 1`)) // else the next host waits a little
		}
		w.boot.Store(nil)
	})
}

func leased(statement string) func(Tx) error {
	return func(tx Tx) error {
		_, err := tx.Exec(statement)
		return err
	}
}

// ThisHost names this machine: its host name and, where there is one, its machine id,
// for names are copied with the disks they are on.
func ThisHost() string {
	name, err := os.Hostname()
	if err != nil {
		name = "unknown"
	}
	id, _ := os.ReadFile("/etc/machine-id") // not everywhere
	return name + "/" + strings.TrimSpace(string(id))
}

// shown is a host as people know it.
func shown(host string) string {
	name, _, _ := strings.Cut(host, "/")
	return name
}

// Broken delivers the reason, once, when this process must write nothing any more and
// should end: the disk failed to sync, or another host took the lease. It never
// does with PostgreSQL.
func (db *DB) Broken() <-chan error {
	if w, ok := db.writes.(*groupWriter); ok {
		return w.broke
	}
	return nil
}

// breaks refuses all writes from now on.
func (w *groupWriter) breaks(reason error) {
	if w.trouble.CompareAndSwap(nil, &reason) {
		w.log.Error("no more writes are taken; this process must end", "error", slog.AnyValue(reason))
		w.broke <- reason
	}
}
