package audit

import (
	"context"
	"fmt"
	"time"

	"wenda/internal/sqldb"
)

// Report is what Verify found.
type Report struct {
	Head     Head      // the newest link
	Waiting  int       // rows not sealed yet: nothing is known about them
	Oldest   time.Time // of the rows not sealed yet; zero if there are none
	Problems []string  // each names a row or a link; none means that nothing sealed was touched
}

const (
	verifyPage  = 1000
	maxProblems = 100
)

// Verify computes the whole chain again and holds it against what is stored and
// against heads that were kept elsewhere. It may run while rows are written.
func Verify(ctx context.Context, db *sqldb.DB, kept ...Head) (Report, error) {
	v := verification{last: Head{Hash: origin}, kept: map[int64][]string{}}
	for _, h := range kept {
		v.kept[h.Number] = append(v.kept[h.Number], h.Hash)
	}
	v.holds(v.last)
	for more := true; more; {
		n, err := v.page(ctx, db)
		if err != nil {
			return Report{}, fmt.Errorf("audit: verifying after number %d: %w", v.last.Number, err)
		}
		more = n == verifyPage
	}
	for number := range v.kept {
		v.problem("the head that was kept is number %d, the chain ends at %d: rows were removed", number, v.last.Number)
	}
	v.report.Head = v.last
	waiting, err := unsealed(db.Read(ctx), "", 1_000_000)
	if err != nil {
		return Report{}, fmt.Errorf("audit: rows not sealed yet: %w", err)
	}
	if v.report.Waiting = len(waiting); len(waiting) > 0 {
		v.report.Oldest = waiting[0].At
	}
	return v.report, nil
}

type verification struct {
	report Report
	last   Head
	kept   map[int64][]string // heads not met yet
}

// sealedRow is a link and the row it seals.
type sealedRow struct {
	Head
	names string // the id of the row, as the link has it
	row   Act
}

func scanSealed(row sqldb.Scanner) (s sealedRow, err error) {
	var at int64
	err = row.Scan(&s.Number, &s.names, &s.Hash, &s.row.ID, &at, &s.row.Who, &s.row.Did, &s.row.About, &s.row.OK, &s.row.Detail)
	s.row.At = time.UnixMilli(at)
	return s, err
}

func (v *verification) page(ctx context.Context, db *sqldb.DB) (int, error) {
	rows, err := sqldb.Collect(scanSealed)(db.Read(ctx).Query(`SELECT chain.id, chain.audit, chain.hash,
		coalesce(audit.id, ''), coalesce(audit.at, 0), coalesce(audit.who, ''), coalesce(audit.did, ''), coalesce(audit.about, ''), coalesce(audit.ok, FALSE), coalesce(audit.detail, '')
		FROM chain LEFT JOIN audit ON audit.id = chain.audit WHERE chain.id > $1 ORDER BY chain.id LIMIT $2`, v.last.Number, verifyPage))
	for _, s := range rows {
		v.next(s)
	}
	return len(rows), err
}

// next checks a link against the stored one before it, so that one change is
// reported where it is and not in all that follow.
func (v *verification) next(s sealedRow) {
	switch {
	case s.Number != v.last.Number+1:
		v.problem("numbers %d to %d are missing", v.last.Number+1, s.Number-1)
	case s.row.ID == "":
		v.problem("number %d: the row %s was removed, or its id changed", s.Number, s.names)
	case link(v.last.Hash, s.Number, s.row) != s.Hash:
		v.problem("number %d: the row %s, its hash or the hash before was changed", s.Number, s.names)
	}
	v.last = s.Head
	v.holds(s.Head)
}

// holds checks a head against those kept elsewhere.
func (v *verification) holds(h Head) {
	for _, hash := range v.kept[h.Number] {
		if hash != h.Hash {
			v.problem("number %d is not what it was when its head was kept: the chain was rewritten", h.Number)
		}
	}
	delete(v.kept, h.Number)
}

func (v *verification) problem(format string, values ...any) {
	if n := len(v.report.Problems); n < maxProblems {
		v.report.Problems = append(v.report.Problems, fmt.Sprintf(format, values...))
	} else if n == maxProblems {
		v.report.Problems = append(v.report.Problems, "and more")
	}
}

// String is the report for an operator.
func (r Report) String() string {
	text := fmt.Sprintf("%d rows are sealed", r.Head.Number)
	if r.Waiting > 0 {
		text += fmt.Sprintf(", %d wait to be, the oldest since %s", r.Waiting, r.Oldest.UTC().Format(time.RFC3339))
	}
	if len(r.Problems) > 0 {
		return text + fmt.Sprintf("; %d problems", len(r.Problems))
	}
	return text + "; nothing sealed was touched"
}
