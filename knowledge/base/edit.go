package base

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"wenda/internal/sqldb"
)

// Create adds an entry, with c as revision 1 in Draft. ErrInvalid, or ErrExists, also
// for an id that is Gone: ids stand in transcripts and are never given again. A working
// copy of by under this id is dropped.
func (s *Store) Create(ctx context.Context, by, id string, c Content, why string) (head Head, err error) {
	if err := checkEntry(by, id, c, why); err != nil {
		return Head{}, err
	}
	if err := s.checkSystem(s.db.Read(ctx), id, c); err != nil {
		return Head{}, err
	}
	at, f := s.now(), c.facts(id)
	err = s.db.Write(ctx, func(tx sqldb.Tx) error {
		added, err := tx.Exec(`INSERT INTO entry (id, version, newest, state, ready, live, next, live_until, live_review, next_from)
			VALUES ($1, 1, 1, 'draft', 0, 0, 0, 0, 0, 0) ON CONFLICT (id) DO NOTHING`, id)
		if err != nil {
			return err
		}
		if n, err := added.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, fmt.Errorf("%w: %s", ErrExists, id))
		}
		h := held{id: id, version: 1, newest: 1}
		head, err = s.add(tx, h, f, by, at, why, "entry.create")
		return err
	})
	return head, wrapped("create", err)
}

// Save adds c as the entry's newest revision, in Draft; what was approved or live
// before stays so. Content equal to the newest revision's changes nothing, unless that is
// Gone: then it is the way back. A working copy of by is dropped. ErrNone, ErrInvalid,
// ErrChanged if version is not the entry's.
func (s *Store) Save(ctx context.Context, by, id string, version int64, c Content, why string) (head Head, err error) {
	if err := checkEntry(by, id, c, why); err != nil {
		return Head{}, err
	}
	at, f := s.now(), c.facts(id)
	err = s.db.Write(ctx, func(tx sqldb.Tx) error {
		h, err := s.hold(tx, id, version)
		if err != nil {
			return err
		}
		if err := s.checkSystem(tx.Reader, id, c); err != nil {
			return err
		}
		if head, err = get(tx.Reader, id); err != nil {
			return err
		}
		if !h.state.Gone() && string(head.Newest.Content.JSON()) == f.json {
			return drop(tx, by, id)
		}
		h.version, h.newest = h.version+1, h.newest+1
		if _, err := tx.Exec(`UPDATE entry SET version = $2, newest = $3, state = 'draft' WHERE id = $1`, id, h.version, h.newest); err != nil {
			return err
		}
		head, err = s.add(tx, h, f, by, at, why, "entry.save")
		return err
	})
	return head, wrapped("save", err)
}

// add writes the newest revision of h, whose row is there, and all that goes with it.
func (s *Store) add(tx sqldb.Tx, h held, f facts, by string, at int64, why, code string) (Head, error) {
	if err := tx.Queue(`INSERT INTO revision (entry, number, author, at, why, content, question, valid_from, valid_until, review_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, h.id, h.newest, by, at, why, f.json, f.question, f.from, f.until, f.review); err != nil {
		return Head{}, err
	}
	if err := tx.Queue(`INSERT INTO entry_search (entry, folded, category, owner, risk, tags, langs) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (entry) DO UPDATE SET folded = excluded.folded, category = excluded.category, owner = excluded.owner,
			risk = excluded.risk, tags = excluded.tags, langs = excluded.langs`,
		h.id, f.folded, f.category, f.owner, f.risk, f.tags, f.langs); err != nil {
		return Head{}, err
	}
	if err := step(tx, h, "saved", by, at, why); err != nil {
		return Head{}, err
	}
	if err := record(tx, at, by, code, h); err != nil {
		return Head{}, err
	}
	if err := drop(tx, by, h.id); err != nil {
		return Head{}, err
	}
	return get(tx.Reader, h.id)
}

// checkSystem holds a sentence of the bot to the one that was approved last.
func (s *Store) checkSystem(r sqldb.Reader, id string, c Content) error {
	if !system(id) {
		return nil
	}
	var raw string
	err := r.QueryRow(`SELECT r.content FROM revision AS r JOIN approval AS a ON a.entry = r.entry AND a.revision = r.number
		WHERE r.entry = $1 ORDER BY r.number DESC LIMIT 1`, id).Scan(&raw)
	if errors.Is(err, sql.ErrNoRows) {
		return invalid(checkSystem(Content{}, c.Canonical()))
	}
	if err != nil {
		return err
	}
	approved, err := parse(raw)
	if err != nil {
		return err
	}
	return invalid(checkSystem(approved, c.Canonical()))
}
