// Package sqldb is the truth's plumbing: one SQL text on SQLite or PostgreSQL.
//
// Open connects, Migrate brings the schema up to date, Read looks, Write commits:
//
//	db, err := sqldb.Open(ctx, sqldb.Options{Dir: dataDir})
//	err = db.Migrate(ctx)
//	err = db.Write(ctx, func(tx sqldb.Tx) error {
//		_, err := tx.Exec(`UPDATE light SET lit = $2 WHERE room = $1`, room, true)
//		return err
//	})
//
// Write answers when the change is on disk (fsync), and answers nothing before.
//
// # SQLite
//
// The default, for one host. One connection writes and several read (WAL,
// synchronous=FULL). Writes are committed in groups: one goroutine takes up to
// BatchMax requests that wait, runs one after the other, and commits them with one
// fsync. A request that fails is undone alone: if it had changed something, all are run
// again, each in a savepoint. So fail before you write. No request's context reaches
// the transaction, because a cancelled context would roll back everybody's work.
//
// # PostgreSQL
//
// For several hosts. Every Write runs its own transaction (READ COMMITTED: lock
// the rows you decide about, with Dialect.ForUpdate) and is run again after a
// serialization failure, a deadlock or a connection that was lost before COMMIT.
// The server must have fsync and synchronous_commit on; Open refuses it otherwise.
// Behind a connection pooler that hands out transactions, add
// default_query_exec_mode=exec to the URL.
//
// # One SQL text
//
// Statements are constant texts with $1 placeholders. Types: TEXT (ids, JSON),
// BIGINT (UTC milliseconds since 1970, counters), BOOLEAN, BYTEA. No now(), no
// sequences, no arrays; upsert with ON CONFLICT … RETURNING. What the engines
// cannot say alike is in Dialect, and nowhere else. The tables of all packages
// stand in migrations/, one numbered file for each step, never edited once released.
//
// # Expand, then contract
//
// While nodes are upgraded one by one, an old and a new binary work on one database.
// So a migration only adds: CREATE TABLE and INDEX, and ALTER TABLE … ADD COLUMN with
// a DEFAULT that old binaries, which do not write it, may leave. A new column is
// written by a version before one relies on it. What is to be taken away (DROP,
// RENAME, NOT NULL) waits until no binary in use reads or writes it, and then goes in a
// migration of its own that says from which schema on binaries still work:
//
//	INSERT INTO oldest (one, version) VALUES (1, 12) ON CONFLICT (one) DO UPDATE SET version = excluded.version;
//
// A binary that is older than that is refused with ErrNewer; all others start on a
// newer schema and say so in the log. A test holds the files to this.
package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
)

// What a caller acts on. Returned errors wrap them.
var (
	ErrBusy    = errors.New("sqldb: busy")                                         // nothing was written; try again shortly
	ErrFull    = errors.New("sqldb: the disk is full")                             // nothing was written; goes on when there is space, without a restart
	ErrClosed  = errors.New("sqldb: closed")                                       // Close was called
	ErrNewer   = errors.New("sqldb: the database belongs to a newer version")      // this binary must not touch it
	ErrUnknown = errors.New("sqldb: the connection was lost while committing")     // written or not: look
	ErrBroken  = errors.New("sqldb: the disk failed to sync; restart the process") // SQLite only; nothing is acknowledged any more
)

// Options say which database to open.
type Options struct {
	URL     string       // "" for SQLite, else postgres://user:password@host:port/database
	Dir     string       // SQLite only: folder of wenda.db, made if it is missing
	Readers int          // SQLite: reading connections, 8 if 0. PostgreSQL: connections in all, 24 if 0
	Log     *slog.Logger // slog.Default() if nil
}

// DB is an open database. Its methods are safe for concurrent use.
type DB struct {
	dialect Dialect
	readers *sql.DB
	reads   statements
	writes  committer
	target  string // data source for what needs a connection of its own: migrations, backup
	shown   *url.URL
	log     *slog.Logger
}

// committer is an engine's way to write.
type committer interface {
	// write runs do in a transaction and returns when it is committed or undone,
	// or ctx's error when ctx ends first.
	write(ctx context.Context, do func(Tx) error) error
	ping(ctx context.Context) error
	close() error
}

// Open connects to the database, and makes an SQLite one if there is none. It does
// not touch the schema: call Migrate. No error names a password.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.URL == "" {
		return openSQLite(ctx, o)
	}
	return openPostgres(ctx, o)
}

// Dialect returns what the engine says in its own way.
func (db *DB) Dialect() Dialect { return db.dialect }

// Read returns a Reader of what is committed. Each of its statements sees one
// moment; two statements may see two.
func (db *DB) Read(ctx context.Context) Reader { return Reader{ctx, db.reads} }

// Write runs do in a transaction and returns nil when it is on disk. If do returns
// an error, what it did is undone and Write returns that error (once whatever it
// may have been decided on is on disk). Also ErrBusy, ErrFull, ErrClosed, ErrUnknown,
// ErrBroken. If do panics, it is undone, logged, and an error is returned.
//
// If ctx ends first, Write returns its error at once: nothing is written if do had
// not been started, else it goes on without the caller and may be committed.
//
// do may run more than once and, after ctx ended, later than Write: it must set
// its results afresh each time, touch nothing that others change, and the caller
// must read the results only if Write returned nil. It should do nothing but
// statements: on SQLite all other writes wait for it.
func (db *DB) Write(ctx context.Context, do func(Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return db.writes.write(ctx, do)
}

// Ping reports whether the database answers and still takes writes.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.writes.ping(ctx); err != nil {
		return err
	}
	return db.readers.PingContext(ctx)
}

// Close finishes the writes that were begun, refuses others with ErrClosed and
// closes all connections.
func (db *DB) Close() error {
	return errors.Join(db.writes.close(), db.readers.Close())
}

// panicked is what became of a write that panicked.
func panicked(log *slog.Logger, stack []byte, what any) error {
	cause := fmt.Sprintf("%T", what) // not the value: it may hold what a customer said
	if err, ok := what.(interface{ RuntimeError() }); ok {
		cause = fmt.Sprint(err)
	}
	log.Error("a write panicked", "panic", cause, "stack", string(stack))
	return fmt.Errorf("sqldb: a write panicked: %s", cause)
}
