// Package sqlstore keeps sessions in SQL: the one implementation of sessions.Store.
//
//	db, err := sqldb.Open(ctx, sqldb.Options{Dir: dataDir}) // or a PostgreSQL URL
//	err = db.Migrate(ctx)
//	store := sqlstore.New(db)
//
// One SQL text runs on both engines. Every decision is sessions.Apply's, called with
// the session's row locked: on SQLite because there is one writer, on PostgreSQL by
// SELECT … FOR UPDATE. Events and the changed head are written in that transaction. On
// SQLite the row is not read again if this process committed it: see heads.
//
// # Refs
//
// A ref is unique in its scope: the role, id and device of the customer or agent who
// commits, whatever the session; for the bot and the system, and for what they say
// inside a customer's commit, the session. So an outbox that is sent again after its
// chat was closed finds what it became, a reply that two paths compute is stored
// once, and nobody can touch or learn another customer's events by using their refs.
//
// # Audit
//
// What staff do with a chat, and what is done with it in their name, leaves a row in
// the audit, written in the same transaction: see audited.
//
// # Feed
//
// Each commit writes a stamp into its row (sqldb.Dialect). Feed reads in order of
// stamp and stops before the oldest transaction that is still open, so it can be
// late but never skips. On PostgreSQL a write transaction anywhere on the server
// that stays open holds the feed back until it ends.
package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"wenda/internal/recent"
	"wenda/internal/sqldb"
	"wenda/sessions"
)

// Store is a sessions.Store on a database.
type Store struct {
	db    *sqldb.DB
	now   func() time.Time
	heads *heads // nil where other processes write, too
}

var _ sessions.Store = (*Store)(nil)

// An Option changes how a Store is made.
type Option func(*Store)

// Clock sets where the time of commits comes from; time.Now otherwise.
func Clock(now func() time.Time) Option { return func(s *Store) { s.now = now } }

// New returns a Store on db, whose schema is up to date. The caller closes db.
func New(db *sqldb.DB, options ...Option) *Store {
	s := &Store{db: db, now: time.Now}
	if db.Dialect().ForUpdate == "" { // one writer: no row needs a lock
		s.heads = &heads{kept: recent.Map[string, sessions.Session]{Most: headsMost}}
	}
	for _, o := range options {
		o(s)
	}
	return s
}

// lostTries bounds how often a commit is run again whose outcome was lost with the connection.
const lostTries = 4

// write runs a decision in a transaction and returns what it decided once that is on disk.
func write[T any](ctx context.Context, s *Store, decide func(sqldb.Tx) (T, error)) (T, error) {
	var decided, none T
	err := s.db.Write(ctx, func(tx sqldb.Tx) (err error) {
		decided, err = decide(tx)
		return err
	})
	if err != nil {
		return none, failure(err) // decided may still be written to: see sqldb.DB.Write
	}
	return decided, nil
}

// failure gives an error of the database its name in this contract.
func failure(err error) error {
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, sqldb.ErrBusy), errors.Is(err, sqldb.ErrFull):
		return fmt.Errorf("%w: %w", sessions.ErrBusy, err)
	}
	return fmt.Errorf("sqlstore: %w", err)
}

// storable reports whether texts can be kept and read back as they are, on either
// engine: PostgreSQL takes neither broken UTF-8 nor U+0000.
func storable(texts ...string) bool {
	for _, t := range texts {
		if !utf8.ValidString(t) {
			return false
		}
		for i := range len(t) {
			if t[i] == 0 {
				return false
			}
		}
	}
	return true
}
