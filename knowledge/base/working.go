package base

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"wenda/internal/sqldb"
	"wenda/knowledge"
)

// MaxWorking bounds a working copy, in bytes of its JSON.
const MaxWorking = 2 << 20

// Keep keeps what by has typed so far of an entry, which need not be valid, nor there
// yet, in place of what was kept before. version is the entry's when they began, 0 for a new
// one. ErrInvalid if the id is none or it is too large.
func (s *Store) Keep(ctx context.Context, by, id string, c Content, version int64) error {
	raw := c.JSON()
	if err := checkAct(by, ""); err != nil {
		return err
	}
	if !knowledge.ValidID(id) || len(raw) > MaxWorking {
		return fmt.Errorf("%w:\na working copy has a valid id and at most %d bytes", ErrInvalid, MaxWorking)
	}
	at := s.now()
	return wrapped("keep", s.db.Write(ctx, func(tx sqldb.Tx) error {
		_, err := tx.Exec(`INSERT INTO working (who, entry, version, at, content) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (who, entry) DO UPDATE SET version = excluded.version, at = excluded.at, content = excluded.content`,
			by, id, version, at, string(raw))
		return err
	}))
}

// Kept returns what by typed and has not saved. ErrNone.
func (s *Store) Kept(ctx context.Context, by, id string) (c Content, version int64, at time.Time, err error) {
	var raw string
	var ms int64
	err = s.db.Read(ctx).QueryRow(`SELECT content, version, at FROM working WHERE who = $1 AND entry = $2`, by, id).Scan(&raw, &version, &ms)
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("%w: nothing is kept of %q", ErrNone, id)
	}
	if err != nil {
		return Content{}, 0, time.Time{}, wrapped("kept", err)
	}
	c, err = parse(raw)
	return c, version, moment(ms), err
}

// Drop forgets what by typed, if anything.
func (s *Store) Drop(ctx context.Context, by, id string) error {
	return wrapped("drop", s.db.Write(ctx, func(tx sqldb.Tx) error { return drop(tx, by, id) }))
}

func drop(tx sqldb.Tx, by, id string) error {
	return tx.Queue(`DELETE FROM working WHERE who = $1 AND entry = $2`, by, id)
}
