package base

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"wenda/internal/sqldb"
	"wenda/knowledge"
)

// Who wrote and approved what Wenda is shipped with.
const (
	seedAuthor   = "wenda"
	seedReviewer = "wenda-review"
)

// seedPatience is how long a node waits for another one that seeds: on a slow machine
// that takes longer than the database lets anybody wait for a lock.
const (
	seedPatience = 2 * time.Minute
	seedPause    = 100 * time.Millisecond
)

// Seed puts what Wenda is shipped with in force: all entries if there is no release
// yet; else only those sentences of the bot that the base has never had, which a newer
// Wenda needs. Whoever of several nodes comes first does it, the others find it done.
// ErrInvalid names what cannot be saved.
func (s *Store) Seed(ctx context.Context, entries []knowledge.Entry, why string) error {
	for _, e := range entries {
		if err := checkEntry(seedAuthor, e.ID, ContentOf(e), why); err != nil {
			return fmt.Errorf("seed: %s: %w", e.ID, err)
		}
	}
	current, err := s.Current(ctx)
	if err != nil {
		return err
	}
	if current > 0 && !slices.ContainsFunc(entries, knowledge.Entry.System) {
		return nil
	}
	err = s.seed(ctx, entries, why)
	for began := time.Now(); errors.Is(err, sqldb.ErrBusy) && time.Since(began) < seedPatience && ctx.Err() == nil; {
		time.Sleep(seedPause)
		err = s.seed(ctx, entries, why)
	}
	if errors.Is(err, ErrState) { // it is all there
		return nil
	}
	return wrapped("seed", err)
}

// seed is one try.
func (s *Store) seed(ctx context.Context, entries []knowledge.Entry, why string) error {
	m := making{Release: Release{Kind: Seeded, By: seedAuthor, Why: why}, code: "release.seed", passed: true, synonyms: unchanged}
	return s.db.Write(ctx, func(tx sqldb.Tx) error {
		_, err := s.make(tx, m, func(tx sqldb.Tx, m *making, before inForce) error {
			return s.sow(tx, m, before, entries)
		})
		return err
	})
}

// sow adds the entries that are to be seeded, approved, and puts them into shift.
func (s *Store) sow(tx sqldb.Tx, m *making, before inForce, entries []knowledge.Entry) error {
	ids, err := sqldb.Collect(scanText)(tx.Query(`SELECT id FROM entry`))
	if err != nil {
		return err
	}
	there := make(map[string]bool, len(ids))
	for _, id := range ids {
		there[id] = true
	}
	for _, e := range entries {
		if there[e.ID] || before.id > 0 && !e.System() {
			continue
		}
		if err := sowOne(tx, e, m.At.UnixMilli(), m.Why); err != nil {
			return err
		}
	}
	return nil
}

func sowOne(tx sqldb.Tx, e knowledge.Entry, at int64, why string) error {
	f := ContentOf(e).facts(e.ID)
	for _, row := range []struct {
		statement string
		args      []any
	}{
		{`INSERT INTO entry (id, version, newest, state, ready, live, next, live_until, live_review, next_from) VALUES ($1, 2, 1, 'approved', 1, 0, 0, 0, 0, 0)`, []any{e.ID}},
		{`INSERT INTO revision (entry, number, author, at, why, content, question, valid_from, valid_until, review_by) VALUES ($1, 1, $2, $3, $4, $5, $6, 0, 0, 0)`,
			[]any{e.ID, seedAuthor, at, why, f.json, f.question}},
		{`INSERT INTO entry_search (entry, folded, category, owner, risk, tags, langs) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			[]any{e.ID, f.folded, f.category, f.owner, f.risk, f.tags, f.langs}},
		{`INSERT INTO approval (entry, revision, author, approver, solo, at) VALUES ($1, 1, $2, $3, $4, $5)`, []any{e.ID, seedAuthor, seedReviewer, false, at}},
		{`INSERT INTO step (entry, version, revision, did, who, at, why, release) VALUES ($1, 1, 1, 'saved', $2, $3, $4, 0)`, []any{e.ID, seedAuthor, at, why}},
		{`INSERT INTO step (entry, version, revision, did, who, at, why, release) VALUES ($1, 2, 1, 'approved', $2, $3, $4, 0)`, []any{e.ID, seedReviewer, at, why}},
		{`INSERT INTO shift (entry, live, next) VALUES ($1, 1, 0)`, []any{e.ID}},
	} {
		if err := tx.Queue(row.statement, row.args...); err != nil {
			return err
		}
	}
	return nil
}
