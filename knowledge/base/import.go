package base

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"wenda/internal/audit"
	"wenda/internal/sqldb"
)

// MaxBatch is how many drafts SaveAll takes at once.
const MaxBatch = 50_000

// stagedFor is how long what a dead process staged is left alone: no import takes as long.
const stagedFor = 24 * time.Hour

// Proposal is a content on its way into the base.
type Proposal struct {
	ID      string
	Version int64 // 0: a new entry; else Head.Version that it was compared with
	Content Content
}

// SaveAll saves all drafts or none: those of new entries as Create does, others as Save
// does. It returns how many revisions were added; content equal to the newest revision's adds none.
// Errors as of Create and Save, naming the first entries.
//
// The drafts are staged in small transactions, so that no customer's message waits for
// thousands of them, and become visible in one. Each progress is told after each of them
// how many of how many drafts it has come to; of all of them only when they are saved.
func (s *Store) SaveAll(ctx context.Context, by string, drafts []Proposal, why string, progress ...func(done, of int)) (saved int, err error) {
	if err := checkDrafts(by, drafts, why); err != nil {
		return 0, err
	}
	batch, at, done := rand.Text(), s.now(), 0
	defer s.unstage(ctx, batch, at)
	for chunk := range slices.Chunk(drafts, chunkSize) {
		known := make([]facts, len(chunk)) // outside of the transaction, because they take time
		for i, d := range chunk {
			known[i] = d.Content.facts(d.ID)
		}
		if err := s.db.Write(ctx, func(tx sqldb.Tx) error { return stage(tx, batch, at, chunk, known) }); err != nil {
			return 0, wrapped("import", err)
		}
		if done += len(chunk); done < len(drafts) {
			tell(progress, done, len(drafts))
		}
	}
	err = s.db.Write(ctx, func(tx sqldb.Tx) error {
		saved, err = s.unpack(tx, batch, by, why, at, drafts)
		return err
	})
	if sqldb.IsUnique(err) { // somebody created one of them in this very moment
		err = fmt.Errorf("%w: one of the new entries", ErrExists)
	}
	if err == nil {
		tell(progress, len(drafts), len(drafts))
	}
	return saved, wrapped("import", err)
}

func tell(progress []func(done, of int), done, of int) {
	for _, p := range progress {
		p(done, of)
	}
}

func checkDrafts(by string, drafts []Proposal, why string) error {
	if err := checkAct(by, why); err != nil {
		return err
	}
	var f faultList
	f.many("drafts", len(drafts), MaxBatch)
	seen := make(map[string]bool, len(drafts))
	for _, d := range drafts {
		if err := checkEntry(by, d.ID, d.Content, ""); err != nil {
			f.add("%.64q: %s", d.ID, strings.TrimPrefix(err.Error(), ErrInvalid.Error()+":\n"))
		}
		if seen[d.ID] {
			f.add("%.64q: stands twice in the batch", d.ID)
		}
		seen[d.ID] = true
	}
	return invalid(f)
}

func stage(tx sqldb.Tx, batch string, at int64, drafts []Proposal, known []facts) error {
	for i, d := range drafts {
		f := known[i]
		if err := tx.Queue(`INSERT INTO staged (batch, entry, version, at, content, question, valid_from, valid_until, review_by,
				folded, category, owner, risk, tags, langs) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
			batch, d.ID, d.Version, at, f.json, f.question, f.from, f.until, f.review, f.folded, f.category, f.owner, f.risk, f.tags, f.langs); err != nil {
			return err
		}
	}
	return nil
}

// unstage removes the batch, if it is still there, and what others left behind. It
// may fail: the next one does it.
func (s *Store) unstage(ctx context.Context, batch string, at int64) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	_ = s.db.Write(ctx, func(tx sqldb.Tx) error {
		_, err := tx.Exec(`DELETE FROM staged WHERE batch = $1 OR at < $2`, batch, at-stagedFor.Milliseconds())
		return err
	})
}

// unpack makes revisions of what is staged.
func (s *Store) unpack(tx sqldb.Tx, batch, by, why string, at int64, drafts []Proposal) (saved int, err error) {
	if err := serialize(tx); err != nil { // a release locks many entries too
		return 0, err
	}
	if err := s.checkStaged(tx, batch, drafts); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(`DELETE FROM staged WHERE batch = $1 AND EXISTS (SELECT 1 FROM entry AS e
		JOIN revision AS r ON r.entry = e.id AND r.number = e.newest
		WHERE e.id = staged.entry AND e.state NOT IN ('retired', 'discarded') AND r.content = staged.content)`, batch); err != nil {
		return 0, err
	}
	if err := tx.QueryRow(`SELECT count(*) FROM staged WHERE batch = $1`, batch).Scan(&saved); err != nil || saved == 0 {
		return 0, err
	}
	for _, statement := range unpacking {
		if _, err := tx.Exec(statement, batch); err != nil {
			return 0, err
		}
	}
	if _, err := tx.Exec(`INSERT INTO revision (entry, number, author, at, why, content, question, valid_from, valid_until, review_by)
		SELECT s.entry, e.newest, CAST($2 AS TEXT), s.at, CAST($3 AS TEXT), s.content, s.question, s.valid_from, s.valid_until, s.review_by
		FROM staged AS s JOIN entry AS e ON e.id = s.entry WHERE s.batch = $1`, batch, by, why); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(`INSERT INTO step (entry, version, revision, did, who, at, why, release)
		SELECT s.entry, e.version, e.newest, 'saved', CAST($2 AS TEXT), s.at, CAST($3 AS TEXT), 0
		FROM staged AS s JOIN entry AS e ON e.id = s.entry WHERE s.batch = $1`, batch, by, why); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(`DELETE FROM working WHERE who = $2 AND entry IN (SELECT entry FROM staged WHERE batch = $1)`, batch, by); err != nil {
		return 0, err
	}
	return saved, audit.Write(tx, time.UnixMilli(at), audit.Act{Who: by, Did: "entry.import", OK: true, Detail: fmt.Sprintf("revisions=%d", saved)})
}

// unpacking brings entries and their search rows to what is staged.
var unpacking = []string{
	`INSERT INTO entry (id, version, newest, state, ready, live, next, live_until, live_review, next_from)
		SELECT entry, 0, 0, 'draft', 0, 0, 0, 0, 0, 0 FROM staged WHERE batch = $1 AND version = 0`,
	`UPDATE entry SET version = version + 1, newest = newest + 1, state = 'draft'
		WHERE id IN (SELECT entry FROM staged WHERE batch = $1)`,
	`INSERT INTO entry_search (entry, folded, category, owner, risk, tags, langs)
		SELECT entry, folded, category, owner, risk, tags, langs FROM staged WHERE batch = $1
		ON CONFLICT (entry) DO UPDATE SET folded = excluded.folded, category = excluded.category, owner = excluded.owner,
			risk = excluded.risk, tags = excluded.tags, langs = excluded.langs`,
}

// checkStaged locks the entries that are there, and holds them to what was expected.
func (s *Store) checkStaged(tx sqldb.Tx, batch string, drafts []Proposal) error {
	var held int
	if err := tx.QueryRow(`SELECT count(*) FROM (SELECT e.id FROM entry AS e JOIN staged AS s ON s.entry = e.id WHERE s.batch = $1`+
		s.db.Dialect().ForUpdate+`) AS held`, batch).Scan(&held); err != nil {
		return err
	}
	for _, wrong := range []struct {
		is    error
		query string
	}{
		{ErrExists, `SELECT s.entry FROM staged AS s JOIN entry AS e ON e.id = s.entry WHERE s.batch = $1 AND s.version = 0`},
		{ErrNone, `SELECT s.entry FROM staged AS s LEFT JOIN entry AS e ON e.id = s.entry WHERE s.batch = $1 AND s.version > 0 AND e.id IS NULL`},
		{ErrChanged, `SELECT s.entry FROM staged AS s JOIN entry AS e ON e.id = s.entry WHERE s.batch = $1 AND s.version > 0 AND e.version <> s.version`},
	} {
		ids, err := sqldb.Collect(scanText)(tx.Query(wrong.query, batch))
		if err != nil {
			return err
		}
		if slices.Sort(ids); len(ids) > 0 {
			return fmt.Errorf("%w: %s", wrong.is, few(ids))
		}
	}
	for _, d := range drafts {
		if err := s.checkSystem(tx.Reader, d.ID, d.Content); err != nil {
			return errors.Join(err, fmt.Errorf("%s", d.ID))
		}
	}
	return nil
}
