package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"wenda/internal/sabotage"
)

const (
	// writeTries bounds how often a transaction is run that meets a serialization
	// failure, a deadlock or a lost connection. The pauses between add up to a second or so.
	writeTries = 8

	// writeTime bounds one run of a transaction, in which the server bounds each
	// statement: see postgresLimits.
	writeTime = 20 * time.Second

	// connectTime bounds the wait for a place and for its connection; after it Write
	// says ErrBusy. It is above WaitMax because a connection may have to be made anew.
	connectTime = 2 * time.Second
)

// postgresLimits are set for each connection unless the URL sets them. A node that
// hangs in the middle of a transaction must not hold its row locks for longer than
// the others can wait.
var postgresLimits = map[string]string{
	"application_name":                    "wenda",
	"lock_timeout":                        "5000",
	"statement_timeout":                   "15000",
	"idle_in_transaction_session_timeout": "10000",
}

func openPostgres(ctx context.Context, o Options) (*DB, error) {
	shown, err := url.Parse(o.URL)
	if err != nil || shown.Scheme != "postgres" && shown.Scheme != "postgresql" {
		// Not with the parser's error: it repeats the URL, password and all.
		return nil, errors.New("sqldb: the database URL is not of the form postgres://user:password@host:port/database")
	}
	shown = withoutPassword(shown)
	config, err := pgx.ParseConfig(o.URL)
	if err != nil {
		return nil, fmt.Errorf("sqldb: the database URL %s is not valid", shown)
	}
	target := stdlib.RegisterConnConfig(config.Copy()) // unlimited, for migrations
	for name, value := range postgresLimits {
		if _, set := config.RuntimeParams[name]; !set {
			config.RuntimeParams[name] = value
		}
	}
	if o.Readers == 0 {
		o.Readers = 24 // four nodes stay below PostgreSQL's default of 100
	}
	pool := sql.OpenDB(newPipelines(config))
	err = ready(ctx, pool, o.Readers)
	if err == nil {
		pool.SetConnMaxLifetime(time.Hour) // so that a restored replica is found again
		err = durable(ctx, pool)
	}
	if err != nil {
		return nil, fmt.Errorf("sqldb: opening %s: %w", shown, err)
	}
	return &DB{
		dialect: postgresDialect, log: o.Log, target: target, shown: shown,
		readers: pool, reads: pool, writes: newOwnWriter(pool, o.Readers, o.Log),
	}, nil
}

// durable refuses a server that acknowledges what it has not written.
func durable(ctx context.Context, pool *sql.DB) error {
	var fsync, commit string
	err := pool.QueryRowContext(ctx, `SELECT current_setting('fsync'), current_setting('synchronous_commit')`).Scan(&fsync, &commit)
	if err == nil && (fsync == "off" || commit == "off") {
		err = fmt.Errorf("the server would lose what it acknowledged: fsync=%s, synchronous_commit=%s", fsync, commit)
	}
	if err != nil {
		pool.Close()
	}
	return err
}

// withoutPassword is the URL as it may be shown.
func withoutPassword(u *url.URL) *url.URL {
	shown := *u
	if u.User != nil {
		shown.User = url.User(u.User.Username())
	}
	query := u.Query()
	for name := range query {
		if strings.Contains(name, "password") { // password, sslpassword
			query.Del(name)
		}
	}
	shown.RawQuery = query.Encode()
	return &shown
}

// ownWriter runs each write in a transaction of its own, as many at once as there
// are places.
type ownWriter struct {
	pool     *sql.DB
	log      *slog.Logger
	places   chan struct{} // one taken by each running write
	patience time.Duration // connectTime; only tests have another

	waiting atomic.Int64 // writes without a place
	usual   atomic.Int64 // how long a write holds its place of late, nanoseconds
	moved   atomic.Int64 // when a place was taken or given back last, nanoseconds since start
	start   time.Time

	mu      sync.RWMutex
	closed  bool
	running sync.WaitGroup // added to with mu held for reading
}

// newOwnWriter leaves a quarter of the connections to those who read.
func newOwnWriter(pool *sql.DB, connections int, log *slog.Logger) *ownWriter {
	return &ownWriter{pool: pool, log: log, places: make(chan struct{}, connections-connections/4), patience: connectTime, start: time.Now()}
}

func (w *ownWriter) write(ctx context.Context, do func(Tx) error) error {
	w.mu.RLock()
	if w.closed {
		w.mu.RUnlock()
		return ErrClosed
	}
	w.running.Add(1)
	w.mu.RUnlock()
	if err := w.enter(ctx); err != nil {
		w.running.Done()
		return err
	}
	done := make(chan error, 1)
	go func() { // as many as there are places
		defer w.running.Done()
		defer w.leave(time.Now())
		done <- w.repeat(ctx, do)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// enter takes a place, or says ErrBusy where that would take too long.
func (w *ownWriter) enter(ctx context.Context) error {
	select {
	case w.places <- struct{}{}:
		w.moved.Store(int64(time.Since(w.start)))
		return nil
	default:
	}
	before := w.waiting.Add(1) - 1
	defer w.waiting.Add(-1)
	if wait := w.wait(before); wait > WaitMax {
		return fmt.Errorf("%w: %d writes are waiting", ErrBusy, before)
	}
	patience := time.NewTimer(w.patience)
	defer patience.Stop()
	select {
	case w.places <- struct{}{}:
		w.moved.Store(int64(time.Since(w.start)))
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-patience.C:
		return fmt.Errorf("%w: no place within %v", ErrBusy, w.patience)
	}
}

// wait is how long a write behind so many others will wait, as far as can be told.
// While no place is given back it is at least as long as that has been so, for all but
// the first few: somebody must be there to see that it goes on.
func (w *ownWriter) wait(before int64) time.Duration {
	places := int64(cap(w.places))
	wait := time.Duration(w.usual.Load() * before / places)
	if before >= places {
		wait = max(wait, time.Since(w.start)-time.Duration(w.moved.Load()))
	}
	return wait
}

func (w *ownWriter) leave(began time.Time) {
	usual := w.usual.Load()
	w.usual.Store(usual + (int64(time.Since(began))-usual)/8)
	w.moved.Store(int64(time.Since(w.start)))
	<-w.places
}

func (w *ownWriter) ping(context.Context) error { return nil } // the pool is pinged as the readers' one

func (w *ownWriter) close() error {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.running.Wait()
	return nil
}

// repeat runs the transaction until it succeeds or fails for good. It begins no
// run for a caller who has gone.
func (w *ownWriter) repeat(ctx context.Context, do func(Tx) error) error {
	for try := 0; ; try++ {
		err := w.once(ctx, do)
		if err == nil || errors.Is(err, ErrUnknown) || !passing(err) {
			return busy(err)
		}
		if try+1 == writeTries {
			return fmt.Errorf("%w: %w", ErrBusy, err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(rand.N(8 * time.Millisecond << try)):
		}
	}
}

func (w *ownWriter) once(ctx context.Context, do func(Tx) error) error {
	conn, err := w.connect(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	// From here on the caller's context is out of it: cancelling a statement would
	// cost the connection, cancelling COMMIT the knowledge of what became of it.
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTime)
	defer cancel()
	tx, err := conn.BeginTx(own, nil)
	if err != nil {
		return err
	}
	pipe := func(use func(*pipeline) error) error {
		return conn.Raw(func(on any) error { return use(on.(*pipeline)) })
	}
	if err := w.do(Tx{Reader: Reader{own, tx}, serialize: postgresDialect.serialize, pipe: pipe}, do); err != nil {
		_ = tx.Rollback()
		return err
	}
	sabotage.Point(sabotage.BeforeCommit)
	if err := tx.Commit(); err != nil {
		if undecided(err) {
			return fmt.Errorf("%w: %w", ErrUnknown, err)
		}
		return err
	}
	sabotage.Point(sabotage.AfterCommit)
	return nil
}

func (w *ownWriter) connect(ctx context.Context) (*sql.Conn, error) {
	soon, cancel := context.WithTimeout(ctx, w.patience)
	defer cancel()
	conn, err := w.pool.Conn(soon)
	if err != nil && ctx.Err() == nil && soon.Err() != nil {
		return nil, fmt.Errorf("%w: no connection within %v", ErrBusy, w.patience)
	}
	return conn, err
}

func (w *ownWriter) do(tx Tx, do func(Tx) error) (err error) {
	defer func() {
		if what := recover(); what != nil {
			err = panicked(w.log, debug.Stack(), what)
		}
	}()
	return do(tx)
}
