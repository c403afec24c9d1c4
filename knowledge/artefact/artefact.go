// Package artefact keeps what a release has learnt: its tuned encoder, classifier,
// stack and thresholds, as one value of some megabytes that is made once, by one
// node, and is the same on all of them.
//
//	store := artefact.New(db)
//	data, err := store.Make(ctx, key, func(ctx context.Context, progress func(done, of int)) ([]byte, error) {
//		return train(ctx, release, progress)
//	})
//	…
//	err = store.Keep(ctx, key, previous)
//
// The key is the caller's: it must name everything the bytes depend on (the content
// of the release, the version of the recipe), because whoever asks for a key gets
// what was made for it first.
//
// # One maker
//
// Who finds nothing claims the making: a row in SQL with a counter, the beat, which the
// maker raises every BeatEvery. Everybody else looks every LookEvery, on their own
// monotonic clock; nobody's wall clock is asked. A beat that stands still for
// StillAfter means that the maker is gone, and one of those who wait takes the claim
// over. Who could not look for BlindAfter (it was stopped, or the database was away)
// begins to watch anew: what stood still meanwhile may have been the database.
//
// A maker that was only asleep finds its claim taken: each of its writes checks it. Its
// function's context ends, it stores nothing, and it returns what the other one makes.
// So at most one value is ever stored under a key, and everybody returns that one.
//
// # Large values
//
// Bytes are written in chunks of 256 KiB, each in a transaction of its own, so that no
// message of a customer waits for megabytes. A last small transaction makes the
// artefact visible, with its size and SHA-256, and ends the claim. Before that nobody sees
// anything. The chunks of who died on the way are removed by the next who makes or keeps.
package artefact

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode/utf8"

	"wenda/internal/sqldb"
)

// What a caller acts on. Returned errors wrap them.
var (
	ErrNone    = errors.New("artefact: none")        // nobody has made it yet
	ErrDamaged = errors.New("artefact: was damaged") // and is removed, so that it can be made again
)

const (
	BeatEvery  = 3 * time.Second  // between two beats of a maker
	LookEvery  = time.Second      // at most, between two looks of who waits
	StillAfter = 30 * time.Second // a beat that stands still for so long: the maker is gone
	BlindAfter = 5 * time.Second  // without a look

	// Patience is how long Make bears a database that does not answer or has no space.
	// It is as long as a large making takes: giving up earlier would cost more.
	Patience = 5 * time.Minute

	MaxKey  = 100      // bytes of a key
	MaxSize = 64 << 20 // bytes of an artefact

	// Spare is how many artefacts Keep leaves besides those it was told: a node of
	// another version, or one that publishes right now, may have other keys in use.
	Spare = 3
)

// Store is the artefacts in a database. Its methods are safe for concurrent use.
type Store struct {
	db    *sqldb.DB
	log   *slog.Logger
	times times
	clock func() time.Duration // monotonic, from anywhere on
	watch watch
}

// times are the constants above; tests have shorter ones.
type times struct{ beat, look, still, blind, patience time.Duration }

// An Option changes how a Store is made.
type Option func(*Store)

// Log sets where takeovers and damage are told; slog.Default() otherwise.
func Log(log *slog.Logger) Option { return func(s *Store) { s.log = log } }

// within sets the times.
func within(t times) Option { return func(s *Store) { s.times = t } }

// New returns a Store on db, whose schema is up to date. The caller closes db, and ends
// the contexts of all calls before that.
func New(db *sqldb.DB, options ...Option) *Store {
	start := time.Now()
	s := &Store{db: db, log: slog.Default(), clock: func() time.Duration { return time.Since(start) }}
	s.times = times{BeatEvery, LookEvery, StillAfter, BlindAfter, Patience}
	for _, o := range options {
		o(s)
	}
	return s
}

// Get returns the artefact's bytes, which are the caller's, after holding them against
// their SHA-256. ErrNone, ErrDamaged, or an error of the database.
func (s *Store) Get(ctx context.Context, key string) ([]byte, error) {
	if err := check(key); err != nil {
		return nil, err
	}
	found, err := s.read(ctx, key)
	switch {
	case err != nil:
		return nil, fmt.Errorf("artefact: %w", err)
	case found == nil:
		return nil, ErrNone
	case !found.whole():
		return nil, s.drop(ctx, key, found)
	}
	return found.bytes, nil
}

// check reports whether a key can be kept on either engine.
func check(key string) error {
	if key == "" || len(key) > MaxKey || !utf8.ValidString(key) || strings.ContainsRune(key, 0) {
		return fmt.Errorf("artefact: a key is 1 to %d bytes of UTF-8 without NUL", MaxKey)
	}
	return nil
}

// stored is an artefact as it was read.
type stored struct {
	upload, sum string
	size        int64
	bytes       []byte
}

func (f *stored) whole() bool {
	return int64(len(f.bytes)) == f.size && sum(f.bytes) == f.sum
}

func sum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// read returns nil if there is none. It is one statement, which sees one moment: an
// artefact that is removed meanwhile is there or not, and never in part.
func (s *Store) read(ctx context.Context, key string) (*stored, error) {
	rows, err := s.db.Read(ctx).Query(`SELECT a.upload, a.sha256, a.size, c.bytes FROM artefact AS a
		LEFT JOIN artefact_chunk AS c ON c.upload = a.upload WHERE a.key = $1 ORDER BY c.number`, key)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found *stored
	for rows.Next() {
		var f stored
		var chunk []byte // NULL if there is none
		if err := rows.Scan(&f.upload, &f.sum, &f.size, &chunk); err != nil {
			return nil, err
		}
		if found == nil {
			found = &f
			f.bytes = make([]byte, 0, min(max(f.size, 0), MaxSize))
		}
		found.bytes = append(found.bytes, chunk...)
	}
	return found, rows.Err()
}

// drop removes a damaged artefact, and no other that was made in its place since.
func (s *Store) drop(ctx context.Context, key string, damaged *stored) error {
	err := s.db.Write(ctx, func(tx sqldb.Tx) error {
		_, err := tx.Exec(`DELETE FROM artefact WHERE key = $1 AND upload = $2`, key, damaged.upload)
		return err
	})
	if err != nil {
		return fmt.Errorf("artefact: %s is damaged and cannot be removed: %w", key, err)
	}
	s.log.Warn("an artefact in the database was damaged; it is made again", "key", key, "size", damaged.size, "found", len(damaged.bytes))
	return fmt.Errorf("%w: %s", ErrDamaged, key)
}
