package base

import (
	"context"
	"errors"
	"fmt"

	"wenda/internal/sqldb"
)

// slots is what a release ($1) holds: entry, slot, revision (or NULL).
const slots = `(SELECT l.entry, l.slot, l.revision FROM listing AS l JOIN
	(SELECT entry, slot, max(release) AS release FROM listing WHERE release <= $1 GROUP BY entry, slot) AS n
	ON n.entry = l.entry AND n.slot = l.slot AND n.release = l.release)`

// Rollback puts a release in force that is equal to the older one, but for what the
// clock has said since (what waited then joins now, what is over stays away) and for
// sentences that the bot needs and did not have then. What leaves is Retired, what comes
// back Live. ErrNone; ErrState if nothing would change.
func (s *Store) Rollback(ctx context.Context, by string, to int64, why string) (made Release, err error) {
	if err := checkAct(by, why); err != nil {
		return Release{}, err
	}
	m := making{Release: Release{Kind: RolledBack, Of: to, By: by, Why: why}, code: "release.rollback", passed: true}
	err = s.db.Write(ctx, func(tx sqldb.Tx) (err error) {
		made, err = s.make(tx, m, func(tx sqldb.Tx, m *making, before inForce) error {
			old, err := release(tx.Reader, to)
			if err != nil {
				return err
			}
			m.synonyms = old.synonyms
			_, err = tx.Exec(`INSERT INTO shift (entry, live, next)
				SELECT e.id, coalesce(a.revision, 0), coalesce(b.revision, 0) FROM entry AS e
				LEFT JOIN `+slots+` AS a ON a.entry = e.id AND a.slot = 0
				LEFT JOIN `+slots+` AS b ON b.entry = e.id AND b.slot = 1
				WHERE (coalesce(a.revision, 0) <> e.live OR coalesce(b.revision, 0) <> e.next)
				AND NOT (substr(e.id, 1, 7) = 'system.' AND e.live > 0 AND a.revision IS NULL)`, to)
			return err
		})
		return err
	})
	return made, wrapped("rollback", err)
}

// Retire takes an entry out of force at once, and what of it waits for its From. ErrNone;
// ErrState if nothing of it is in force or waits; ErrProtected for the bot's own sentences.
func (s *Store) Retire(ctx context.Context, by, id, why string) (made Release, err error) {
	if err := checkAct(by, why); err != nil {
		return Release{}, err
	}
	if system(id) {
		return Release{}, fmt.Errorf("%w: %.80q", ErrProtected, id)
	}
	m := making{Release: Release{Kind: TakenBack, By: by, Why: why}, code: "release.retire", passed: true, synonyms: unchanged}
	err = s.db.Write(ctx, func(tx sqldb.Tx) (err error) {
		made, err = s.make(tx, m, func(tx sqldb.Tx, m *making, _ inForce) error {
			done, err := tx.Exec(`INSERT INTO shift (entry, live, next) SELECT id, 0, 0 FROM entry WHERE id = $1`, id)
			if err != nil {
				return err
			}
			if n, err := done.RowsAffected(); err != nil || n == 0 {
				return errors.Join(err, fmt.Errorf("%w: entry %q", ErrNone, id))
			}
			return nil
		})
		return err
	})
	return made, wrapped("retire", err)
}
