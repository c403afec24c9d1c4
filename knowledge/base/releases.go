package base

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"wenda/internal/sqldb"
	"wenda/knowledge"
)

const releaseColumns = `id, kind, equals, follows, at, maker, why, signer, signer_why, entries, gate, synonyms`

// cover is a release's row.
type cover struct {
	Release
	synonyms int64
}

func scanCover(row sqldb.Scanner) (c cover, err error) {
	var at int64
	err = row.Scan(&c.ID, &c.Kind, &c.Of, &c.Before, &at, &c.By, &c.Why, &c.Second, &c.SecondWhy, &c.Entries, &c.Gate, &c.synonyms)
	c.At = moment(at)
	return c, err
}

func release(r sqldb.Reader, id int64) (cover, error) {
	c, err := scanCover(r.QueryRow(`SELECT `+releaseColumns+` FROM release WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("%w: release %d", ErrNone, id)
	}
	return c, err
}

// Current returns the id of the release in force, 0 if there is none yet. It is cheap:
// each node asks every few seconds.
func (s *Store) Current(ctx context.Context) (int64, error) {
	var id int64
	err := s.db.Read(ctx).QueryRow(`SELECT coalesce(max(id), 0) FROM release`).Scan(&id)
	return id, wrapped("current", err)
}

// Release returns a release's cover page. ErrNone.
func (s *Store) Release(ctx context.Context, id int64) (Release, error) {
	c, err := release(s.db.Read(ctx), id)
	return c.Release, wrapped("release", err)
}

// Releases returns at most limit (100 if 0) releases with ids below before (0: all),
// newest first, without the gate's reports.
func (s *Store) Releases(ctx context.Context, before int64, limit int) ([]Release, error) {
	if limit <= 0 || limit > 100 {
		limit = 100
	}
	cover := func(row sqldb.Scanner) (Release, error) {
		c, err := scanCover(row)
		c.Gate = nil
		return c.Release, err
	}
	all, err := sqldb.Collect(cover)(s.db.Read(ctx).Query(`SELECT `+releaseColumns+` FROM release
		WHERE id < $1 OR $1 = 0 ORDER BY id DESC LIMIT $2`, before, limit))
	return all, wrapped("releases", err)
}

// Load returns all that is in force in a release, as the matcher takes it, with the
// synonyms sheet as it was when the release was made. ErrNone.
func (s *Store) Load(ctx context.Context, id int64) (*knowledge.Release, error) {
	r := s.db.Read(ctx)
	c, err := release(r, id)
	if err != nil {
		return nil, wrapped("load", err)
	}
	entries, err := sqldb.Collect(scanEntry)(r.Query(`SELECT r.entry, r.number, r.content FROM `+slots+` AS s
		JOIN revision AS r ON r.entry = s.entry AND r.number = s.revision WHERE s.slot = 0`, id))
	if err != nil {
		return nil, wrapped("load", err)
	}
	return released(r, id, c.synonyms, entries)
}

func scanEntry(row sqldb.Scanner) (knowledge.Entry, error) {
	var id, content string
	var number int
	if err := row.Scan(&id, &number, &content); err != nil {
		return knowledge.Entry{}, err
	}
	c, err := parse(content)
	return c.Entry(id, number), err
}

// synonyms are the groups of a version of the sheet.
func synonyms(r sqldb.Reader, version int64) ([][]string, error) {
	if version == 0 {
		return nil, nil
	}
	sheet, err := scanSheet(r.QueryRow(`SELECT `+sheetColumns+` FROM sheet WHERE name = $1 AND version = $2`, Synonyms, version))
	return groups(sheet.Text), err
}

// released makes the release that the matcher takes, with that version of the synonyms.
func released(r sqldb.Reader, id, version int64, entries []knowledge.Entry) (*knowledge.Release, error) {
	words, err := synonyms(r, version)
	if err != nil {
		return nil, wrapped("synonyms", err)
	}
	made, err := knowledge.NewRelease(id, entries, knowledge.WithSynonyms(words))
	if err != nil {
		return nil, fmt.Errorf("base: release %d: %w", id, err)
	}
	return made, nil
}

// Changes returns how release to differs from release from, by entry id; 0 is the empty
// release. ErrNone.
func (s *Store) Changes(ctx context.Context, from, to int64) ([]Change, error) {
	r := s.db.Read(ctx)
	for _, id := range []int64{from, to} {
		if id != 0 {
			if _, err := release(r, id); err != nil {
				return nil, wrapped("changes", err)
			}
		}
	}
	all, err := sqldb.Collect(scanChange)(r.Query(`SELECT d.entry, d.before, d.after, d.next_before, d.next_after,
			coalesce((SELECT r.question FROM revision AS r WHERE r.entry = d.entry AND r.number = CASE
				WHEN d.after > 0 THEN d.after WHEN d.before > 0 THEN d.before WHEN d.next_after > 0 THEN d.next_after ELSE d.next_before END), '')
		FROM (SELECT c.entry, `+slotAt(0, "$1")+` AS before, `+slotAt(0, "$2")+` AS after, `+slotAt(1, "$1")+` AS next_before, `+slotAt(1, "$2")+` AS next_after
			FROM (SELECT DISTINCT entry FROM listing WHERE release > $3 AND release <= $4) AS c) AS d
		WHERE d.before <> d.after OR d.next_before <> d.next_after ORDER BY d.entry`, from, to, min(from, to), max(from, to)))
	return all, wrapped("changes", err)
}

// slotAt is the revision in a slot of entry c in a release.
func slotAt(slot int, release string) string {
	return fmt.Sprintf(`coalesce((SELECT l.revision FROM listing AS l WHERE l.entry = c.entry AND l.slot = %d AND l.release <= %s ORDER BY l.release DESC LIMIT 1), 0)`, slot, release)
}

func scanChange(row sqldb.Scanner) (c Change, err error) {
	return c, row.Scan(&c.Entry, &c.Before, &c.After, &c.NextBefore, &c.NextAfter, &c.Question)
}
