package base

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"wenda/internal/audit"
	"wenda/internal/sqldb"
	"wenda/knowledge"
)

// Store is the base in a database. Its methods are safe for concurrent use, also by
// several nodes. Errors wrap this package's, or are the database's.
type Store struct {
	db    *sqldb.DB
	log   *slog.Logger
	clock func() time.Time
}

// An Option changes how a Store is made.
type Option func(*Store)

// Log sets where it is told what the clock did; slog.Default() otherwise.
func Log(log *slog.Logger) Option { return func(s *Store) { s.log = log } }

// Clock sets what time it is; time.Now otherwise.
func Clock(now func() time.Time) Option { return func(s *Store) { s.clock = now } }

// New returns a Store on db, whose schema is up to date. The caller closes db.
func New(db *sqldb.DB, options ...Option) *Store {
	s := &Store{db: db, log: slog.Default(), clock: time.Now}
	for _, o := range options {
		o(s)
	}
	return s
}

// now is the moment that is stored with what is done, in milliseconds.
func (s *Store) now() int64 { return s.clock().UnixMilli() }

// held is an entry's row, locked until the transaction ends.
type held struct {
	id                        string
	version                   int64
	newest, ready, live, next int
	state                     State
}

// hold locks the entry. ErrNone; ErrChanged if its version is another.
func (s *Store) hold(tx sqldb.Tx, id string, version int64) (held, error) {
	h := held{id: id}
	err := tx.QueryRow(`SELECT version, newest, ready, live, next, state FROM entry WHERE id = $1`+s.db.Dialect().ForUpdate, id).
		Scan(&h.version, &h.newest, &h.ready, &h.live, &h.next, &h.state)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return h, fmt.Errorf("%w: entry %q", ErrNone, id)
	case err == nil && h.version != version:
		return h, fmt.Errorf("%w: entry %s is at version %d, not %d", ErrChanged, id, h.version, version)
	}
	return h, err
}

// step adds a line to the entry's history, which belongs to its new version.
func step(tx sqldb.Tx, h held, did, by string, at int64, why string) error {
	return tx.Queue(`INSERT INTO step (entry, version, revision, did, who, at, why, release) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)`,
		h.id, h.version, h.newest, did, by, at, why)
}

// record writes the audit row of what was done to an entry.
func record(tx sqldb.Tx, at int64, by, did string, h held) error {
	return audit.Write(tx, time.UnixMilli(at), audit.Act{Who: by, Did: did, About: h.id, OK: true, Detail: fmt.Sprintf("revision=%d", h.newest)})
}

// refused writes down that somebody tried what they may not. That it cannot be written is
// no news for who is refused.
func (s *Store) refused(ctx context.Context, by, did, about string) {
	err := s.db.Write(ctx, func(tx sqldb.Tx) error {
		return audit.Write(tx, s.clock(), audit.Act{Who: by, Did: did, About: about, Detail: "own words"})
	})
	if err != nil {
		s.log.Warn("a refusal could not be audited", "did", did, "about", about, "err", err)
	}
}

// system reports whether the entry is one of the bot's own sentences.
func system(id string) bool { return strings.HasPrefix(id, knowledge.SystemPrefix) }

// wrapped says that an error came from here, unless it says so itself.
func wrapped(doing string, err error) error {
	if err == nil || strings.HasPrefix(err.Error(), "base: ") {
		return err
	}
	return fmt.Errorf("base: %s: %w", doing, err)
}
