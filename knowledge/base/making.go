package base

import (
	"fmt"
	"time"

	"wenda/internal/audit"
	"wenda/internal/sqldb"
)

// making is a release that is being made, in one transaction. What it changes stands in
// the table shift: an entry and what is in its slots then. All makers of releases wait
// for each other, so that each decides on what the one before left.
type making struct {
	Release
	code     string // of its audit row
	passed   bool   // the gate let it, or was not asked
	solo     bool
	synonyms int64 // version of the sheet; unchanged: that of the release before
}

const unchanged = -1

// fill puts the changes into shift, as far as they follow from what is asked; what the
// clock says about them is added afterwards. before is the release in force.
type fill func(tx sqldb.Tx, m *making, before inForce) error

// inForce is the newest release; all 0 if there is none.
type inForce struct{ id, at, synonyms int64 }

func newest(r sqldb.Reader) (f inForce, err error) {
	err = r.QueryRow(`SELECT coalesce(max(id), 0), coalesce(max(at), 0), coalesce((SELECT synonyms FROM release ORDER BY id DESC LIMIT 1), 0) FROM release`).
		Scan(&f.id, &f.at, &f.synonyms)
	return f, err
}

// serialize waits for the other makers of releases.
func serialize(tx sqldb.Tx) error { return tx.Serialize("base release") }

// make makes the release. ErrState if nothing would change.
func (s *Store) make(tx sqldb.Tx, m making, fill fill) (Release, error) {
	if err := serialize(tx); err != nil {
		return Release{}, err
	}
	before, err := newest(tx.Reader)
	if err != nil {
		return Release{}, err
	}
	at := max(s.now(), before.at) // clocks differ, the chain goes forward
	m.ID, m.Before, m.At = before.id+1, before.id, moment(at)
	if err := fill(tx, &m, before); err != nil {
		return Release{}, err
	}
	if m.synonyms == unchanged {
		m.synonyms = before.synonyms
	}
	if err := settle(tx, at); err != nil {
		return Release{}, err
	}
	changed, err := s.weigh(tx, &m)
	if err != nil {
		return Release{}, err
	}
	if changed == 0 && m.synonyms == before.synonyms {
		return Release{}, fmt.Errorf("%w: nothing would change", ErrState)
	}
	return m.Release, m.write(tx, at, changed)
}

// settle lets the clock have its say about what is in shift: what is valid from later
// waits, what waited long enough joins, what is over leaves; and what does not change is
// taken out.
func settle(tx sqldb.Tx, at int64) error {
	var timed int // mostly nothing is, and then there is no more to it
	if err := tx.QueryRow(`SELECT count(*) FROM revision AS r JOIN shift ON shift.entry = r.entry AND r.number IN (shift.live, shift.next)
		WHERE r.valid_from > 0 OR r.valid_until > 0`).Scan(&timed); err != nil {
		return err
	}
	if timed > 0 {
		if err := settleTimed(tx, at); err != nil {
			return err
		}
	}
	_, err := tx.Exec(`DELETE FROM shift WHERE EXISTS (SELECT 1 FROM entry AS e WHERE e.id = shift.entry AND e.live = shift.live AND e.next = shift.next)`)
	return err
}

func settleTimed(tx sqldb.Tx, at int64) error {
	for _, statement := range []string{
		`UPDATE shift SET next = live, live = (SELECT e.live FROM entry AS e WHERE e.id = shift.entry)
			WHERE EXISTS (SELECT 1 FROM revision AS r WHERE r.entry = shift.entry AND r.number = shift.live AND r.valid_from > $1)`,
		`UPDATE shift SET live = next, next = 0
			WHERE EXISTS (SELECT 1 FROM revision AS r WHERE r.entry = shift.entry AND r.number = shift.next AND r.valid_from <= $1)`,
		`UPDATE shift SET live = 0
			WHERE EXISTS (SELECT 1 FROM revision AS r WHERE r.entry = shift.entry AND r.number = shift.live AND r.valid_until > 0 AND r.valid_until <= $1)`,
	} {
		if _, err := tx.Exec(statement, at); err != nil {
			return err
		}
	}
	return nil
}

// weigh locks the entries that change and counts them, and those that will be in force.
func (s *Store) weigh(tx sqldb.Tx, m *making) (changed int, err error) {
	if err := tx.QueryRow(`SELECT count(*) FROM (SELECT e.id FROM entry AS e JOIN shift ON shift.entry = e.id` + s.db.Dialect().ForUpdate + `) AS held`).Scan(&changed); err != nil {
		return 0, err
	}
	err = tx.QueryRow(`SELECT (SELECT count(*) FROM entry WHERE live > 0)
		+ (SELECT count(*) FROM shift JOIN entry AS e ON e.id = shift.entry WHERE shift.live > 0 AND e.live = 0)
		- (SELECT count(*) FROM shift JOIN entry AS e ON e.id = shift.entry WHERE shift.live = 0 AND e.live > 0)`).Scan(&m.Entries)
	return changed, err
}

// write writes the release, its list, the steps of its entries, and where they stand now.
func (m *making) write(tx sqldb.Tx, at int64, changed int) error {
	if _, err := tx.Exec(`INSERT INTO release (id, kind, equals, follows, at, maker, why, passed, signer, signer_why, solo, entries, synonyms, gate)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		m.ID, string(m.Kind), m.Of, m.Before, at, m.By, m.Why, m.passed, m.Second, m.SecondWhy, m.solo, m.Entries, m.synonyms, m.Gate); err != nil {
		return err
	}
	for _, slot := range []string{
		`INSERT INTO listing (entry, slot, release, revision) SELECT e.id, 0, CAST($1 AS BIGINT), nullif(shift.live, 0)
			FROM shift JOIN entry AS e ON e.id = shift.entry WHERE shift.live <> e.live`,
		`INSERT INTO listing (entry, slot, release, revision) SELECT e.id, 1, CAST($1 AS BIGINT), nullif(shift.next, 0)
			FROM shift JOIN entry AS e ON e.id = shift.entry WHERE shift.next <> e.next`,
	} {
		if _, err := tx.Exec(slot, m.ID); err != nil {
			return err
		}
	}
	if err := m.move(tx, at); err != nil {
		return err
	}
	return audit.Write(tx, time.UnixMilli(at), audit.Act{Who: m.By, Did: m.code, About: fmt.Sprintf("release/%d", m.ID), OK: true,
		Detail: fmt.Sprintf("changed=%d entries=%d second=%s", changed, m.Entries, m.Second)})
}

// move moves the entries to where shift says. A revision that waited and leaves without
// having been in force is as ready as it was, unless a newer one is.
func (m *making) move(tx sqldb.Tx, at int64) error {
	if _, err := tx.Exec(`INSERT INTO step (entry, version, revision, did, who, at, why, release)
		SELECT e.id, e.version + 1,
			CASE WHEN shift.live = e.live AND shift.next > 0 THEN shift.next WHEN shift.live = e.live THEN e.next WHEN shift.live > 0 THEN shift.live ELSE e.live END,
			CASE WHEN shift.live = e.live AND shift.next > 0 THEN 'scheduled' WHEN shift.live = e.live THEN 'unscheduled' WHEN shift.live > 0 THEN 'published' ELSE 'retired' END,
			CAST($1 AS TEXT), CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS BIGINT)
		FROM shift JOIN entry AS e ON e.id = shift.entry`, m.By, at, m.Why, m.ID); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE entry SET version = version + 1, live = shift.live, next = shift.next,
			state = CASE WHEN newest = shift.live THEN 'live' WHEN newest = entry.live THEN 'retired' ELSE state END,
			ready = CASE WHEN ready > 0 AND ready IN (shift.live, shift.next) THEN 0
				WHEN entry.next > ready AND entry.next > shift.live AND entry.next > shift.next THEN entry.next ELSE ready END,
			live_until = coalesce(l.valid_until, 0), live_review = coalesce(l.review_by, 0), next_from = coalesce(n.valid_from, 0)
		FROM shift LEFT JOIN revision AS l ON l.entry = shift.entry AND l.number = shift.live
			LEFT JOIN revision AS n ON n.entry = shift.entry AND n.number = shift.next
		WHERE shift.entry = entry.id`); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM shift`)
	return err
}
