package base

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"wenda/internal/sqldb"
)

// revisionColumns are a revision's, of revision r and approval a, without its state.
const revisionColumns = `r.entry, r.number, r.author, r.at, r.why, r.content, coalesce(a.approver, ''), coalesce(a.at, 0), coalesce(a.solo, FALSE)`

const headColumns = revisionColumns + `, e.version, e.state, e.ready, e.live, e.next`

// headTables are every entry with its newest revision.
const headTables = ` FROM entry AS e JOIN revision AS r ON r.entry = e.id AND r.number = e.newest
	LEFT JOIN approval AS a ON a.entry = r.entry AND a.revision = r.number`

// scanRevision reads revisionColumns and what follows them.
func scanRevision(row sqldb.Scanner, more ...any) (Revision, error) {
	var r Revision
	var at, approved int64
	var content string
	err := row.Scan(append([]any{&r.Entry, &r.Number, &r.Author, &at, &r.Why, &content, &r.Approver, &approved, &r.Solo}, more...)...)
	if err != nil {
		return Revision{}, err
	}
	r.At, r.ApprovedAt = moment(at), moment(approved)
	r.Content, err = parse(content)
	return r, err
}

func scanHead(row sqldb.Scanner) (Head, error) {
	var h Head
	var state State
	newest, err := scanRevision(row, &h.Version, &state, &h.Ready, &h.Live, &h.Next)
	if err != nil {
		return Head{}, err
	}
	newest.State = state
	h.ID, h.Newest = newest.Entry, newest
	return h, nil
}

func get(r sqldb.Reader, id string) (Head, error) {
	head, err := scanHead(r.QueryRow(`SELECT `+headColumns+headTables+` WHERE e.id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("%w: entry %q", ErrNone, id)
	}
	return head, err
}

// Get returns where the entry stands. ErrNone.
func (s *Store) Get(ctx context.Context, id string) (Head, error) {
	head, err := get(s.db.Read(ctx), id)
	return head, wrapped("get", err)
}

// Heads returns all entries with their newest revisions, sorted by id: what an export
// writes and an import is compared with.
func (s *Store) Heads(ctx context.Context) ([]Head, error) {
	heads, err := sqldb.Collect(scanHead)(s.db.Read(ctx).Query(`SELECT ` + headColumns + headTables + ` ORDER BY e.id`))
	return heads, wrapped("heads", err)
}

// stateColumn tells a revision's state by what became of it. Only the newest can be in
// review: a newer one takes its place.
const stateColumn = `CASE WHEN r.number = e.newest THEN e.state WHEN r.number = e.live THEN 'live'
	WHEN EXISTS (SELECT 1 FROM listing AS l WHERE l.entry = r.entry AND l.slot = 0 AND l.revision = r.number) THEN 'retired'
	WHEN a.approver IS NOT NULL THEN 'approved' ELSE 'draft' END`

const revisionTables = ` FROM revision AS r JOIN entry AS e ON e.id = r.entry
	LEFT JOIN approval AS a ON a.entry = r.entry AND a.revision = r.number`

func scanStated(row sqldb.Scanner) (Revision, error) {
	var state State
	r, err := scanRevision(row, &state)
	r.State = state
	return r, err
}

// Revision returns one revision of an entry. ErrNone.
func (s *Store) Revision(ctx context.Context, id string, number int) (Revision, error) {
	r, err := scanStated(s.db.Read(ctx).QueryRow(`SELECT `+revisionColumns+`, `+stateColumn+revisionTables+
		` WHERE r.entry = $1 AND r.number = $2`, id, number))
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("%w: revision %d of entry %q", ErrNone, number, id)
	}
	return r, wrapped("revision", err)
}

// Revisions returns all revisions of an entry, newest first. ErrNone.
func (s *Store) Revisions(ctx context.Context, id string) ([]Revision, error) {
	all, err := sqldb.Collect(scanStated)(s.db.Read(ctx).Query(`SELECT `+revisionColumns+`, `+stateColumn+revisionTables+
		` WHERE r.entry = $1 ORDER BY r.number DESC`, id))
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("%w: entry %q", ErrNone, id)
	}
	return all, wrapped("revisions", err)
}

// Steps returns the entry's history, newest first. ErrNone.
func (s *Store) Steps(ctx context.Context, id string) ([]Step, error) {
	all, err := sqldb.Collect(scanStep)(s.db.Read(ctx).Query(`SELECT revision, did, who, at, why, release FROM step
		WHERE entry = $1 ORDER BY version DESC`, id))
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("%w: entry %q", ErrNone, id)
	}
	return all, wrapped("steps", err)
}

func scanStep(row sqldb.Scanner) (Step, error) {
	var st Step
	var at int64
	err := row.Scan(&st.Revision, &st.Did, &st.Who, &at, &st.Why, &st.Release)
	st.At = moment(at)
	return st, err
}
