package gate

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"wenda/internal/audit"
	"wenda/internal/privacy"
	"wenda/internal/sqldb"
	"wenda/knowledge"
	"wenda/knowledge/segment"
)

// What a caller acts on. Returned errors wrap them.
var (
	ErrNone        = errors.New("gate: no such case")
	ErrInvalid     = errors.New("gate: not a valid case")
	ErrContradicts = errors.New("gate: the set says something else about this utterance") // remove that case first
	ErrFull        = errors.New("gate: the set is full")
)

const (
	MaxCases = 10_000 // in the set; comparing so many takes about half a minute
	MaxAdd   = 500    // in one call of Add: other writers wait for it
	MaxWhy   = 1000   // runes of a reason
)

// Source says where a case comes from.
type Source string

// The sources.
const (
	FromEditor Source = "editor" // written by hand, or imported
	FromChat   Source = "chat"   // a customer confirmed the answer
	FromInbox  Source = "inbox"  // an editor decided about a question that was not answered
)

// Case is an utterance and what is meant by it.
type Case struct {
	ID        string    `json:"id"` // set by Add; newer ones are greater
	Utterance string    `json:"utterance"`
	Expect    string    `json:"expect"` // Entry.ID, or "" if no entry is meant
	Source    Source    `json:"source"`
	By        string    `json:"by"` // user id; set by Add
	At        time.Time `json:"at"` // set by Add

	RemovedBy  string    `json:"removed_by,omitempty"`
	RemovedAt  time.Time `json:"removed_at,omitzero"`
	RemovedWhy string    `json:"removed_why,omitempty"`
}

// Query selects cases for a list. Zero fields do not filter.
type Query struct {
	Expect  string // Entry.ID
	None    bool   // only those that no entry is meant by
	Source  Source
	Text    string // stands in the utterance, in any spelling
	Removed bool   // those that were removed, instead of those in the set
	After   string // a case's id: continues behind it
	Limit   int    // at most 200; 50 if 0
}

// Store is the labelled set in a database. Its methods are safe for concurrent use, also
// by several nodes.
type Store struct {
	db    *sqldb.DB
	clock func() time.Time
	most  int // MaxCases; tests have fewer
}

// An Option changes how a Store is made.
type Option func(*Store)

// Clock sets what time it is; time.Now otherwise.
func Clock(now func() time.Time) Option { return func(s *Store) { s.clock = now } }

// New returns a Store on db, whose schema is up to date. The caller closes db.
func New(db *sqldb.DB, options ...Option) *Store {
	s := &Store{db: db, clock: time.Now, most: MaxCases}
	for _, o := range options {
		o(s)
	}
	return s
}

// Add puts cases into the set, all or none, and returns them as they stand there, in
// order, each with its id. One that is there already, with the same Expect, stays and is
// returned. Personal data is masked. ErrInvalid, ErrContradicts, ErrFull.
func (s *Store) Add(ctx context.Context, by string, cases ...Case) ([]Case, error) {
	if len(cases) > MaxAdd {
		return nil, fmt.Errorf("%w: more than %d at once", ErrInvalid, MaxAdd)
	}
	ready := make([]row, len(cases))
	for i, c := range cases {
		var err error
		if ready[i], err = rowOf(c); err != nil {
			return nil, fmt.Errorf("case %d: %w", i+1, err)
		}
	}
	var out []Case
	err := s.db.Write(ctx, func(tx sqldb.Tx) (err error) {
		out, err = s.add(tx, by, ready)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// row is a case as it is stored.
type row struct {
	Case
	normal, digest string
}

// rowOf checks a case and masks it.
func rowOf(c Case) (row, error) {
	utterance, _ := privacy.Mask(strings.TrimSpace(c.Utterance))
	r := row{Case: Case{Utterance: utterance, Expect: c.Expect, Source: c.Source}, normal: segment.Normalise(utterance)}
	switch {
	case !utf8.ValidString(utterance) || strings.ContainsRune(utterance, 0):
		return r, fmt.Errorf("%w: the utterance is not text", ErrInvalid)
	case r.normal == "":
		return r, fmt.Errorf("%w: the utterance holds no words", ErrInvalid)
	case utf8.RuneCountInString(utterance) > knowledge.MaxUtteranceRunes:
		return r, fmt.Errorf("%w: the utterance has over %d characters", ErrInvalid, knowledge.MaxUtteranceRunes)
	case c.Expect != "" && (!knowledge.ValidID(c.Expect) || !(knowledge.Entry{ID: c.Expect}).Matchable()):
		return r, fmt.Errorf("%w: no entry that can be matched has this id", ErrInvalid)
	case c.Source != FromEditor && c.Source != FromChat && c.Source != FromInbox:
		return r, fmt.Errorf("%w: no such source", ErrInvalid)
	}
	sum := sha256.Sum256([]byte(strings.ReplaceAll(r.normal, " ", "")))
	r.digest = hex.EncodeToString(sum[:])
	return r, nil
}

func (s *Store) add(tx sqldb.Tx, by string, rows []row) ([]Case, error) {
	// One after the other: the same utterance, and the last free place, are for one of them.
	if err := tx.Serialize("gate cases"); err != nil {
		return nil, err
	}
	var n int
	if err := tx.QueryRow(`SELECT count(*) FROM gate_case WHERE removed_at = 0`).Scan(&n); err != nil {
		return nil, err
	}
	now, added := s.clock(), 0
	var out []Case
	for i, r := range rows {
		there, found, err := s.there(tx, r)
		if err != nil {
			return nil, fmt.Errorf("case %d: %w", i+1, err)
		}
		if !found {
			there = r.Case
			there.ID, there.By, there.At = newID(now, i), by, time.UnixMilli(now.UnixMilli()).UTC()
			if err := insert(tx, r, there); err != nil {
				return nil, err
			}
			if added++; n+added > s.most {
				return nil, fmt.Errorf("%w: %d cases", ErrFull, s.most)
			}
		}
		out = append(out, there)
	}
	if added == 0 {
		return out, nil
	}
	return out, audit.Write(tx, now, audit.Act{Who: by, Did: "gate.add", About: out[0].ID, OK: true, Detail: fmt.Sprintf("cases=%d", added)})
}

// there returns the case that is in the set for the utterance. ErrContradicts.
func (s *Store) there(tx sqldb.Tx, r row) (c Case, found bool, err error) {
	c, err = scan(tx.QueryRow(`SELECT `+columns+` FROM gate_case WHERE digest = $1 AND removed_at = 0`, r.digest))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return c, false, nil
	case err == nil && c.Expect != r.Expect:
		return c, true, fmt.Errorf("%w: case %s", ErrContradicts, c.ID)
	}
	return c, true, err
}

func insert(tx sqldb.Tx, r row, c Case) error {
	_, err := tx.Exec(`INSERT INTO gate_case (id, digest, utterance, normal, expect, source, author, at, removed_at, removed_by, removed_why)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '', '')`,
		c.ID, r.digest, c.Utterance, r.normal, c.Expect, string(c.Source), c.By, c.At.UnixMilli())
	return err
}

// newID is greater than the ids of earlier moments, and of those before it in a call.
func newID(at time.Time, i int) string {
	return fmt.Sprintf("%011x-%03x-%s", at.UnixMilli(), i, strings.ToLower(rand.Text()[:12]))
}

// Remove takes a case out of the set; it stays in the list of those removed. ErrNone if it
// is not in the set, ErrInvalid without a reason.
func (s *Store) Remove(ctx context.Context, by, id, why string) error {
	if why = strings.TrimSpace(why); why == "" || utf8.RuneCountInString(why) > MaxWhy || !utf8.ValidString(why) || strings.ContainsRune(why, 0) {
		return fmt.Errorf("%w: want a reason of at most %d characters", ErrInvalid, MaxWhy)
	}
	why, _ = privacy.Mask(why)
	return s.db.Write(ctx, func(tx sqldb.Tx) error {
		now := s.clock()
		done, err := tx.Exec(`UPDATE gate_case SET removed_at = $2, removed_by = $3, removed_why = $4 WHERE id = $1 AND removed_at = 0`, id, now.UnixMilli(), by, why)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(ErrNone, err)
		}
		return audit.Write(tx, now, audit.Act{Who: by, Did: "gate.remove", About: id, OK: true})
	})
}

const columns = `id, utterance, expect, source, author, at, removed_at, removed_by, removed_why`

func scan(row sqldb.Scanner) (Case, error) {
	var c Case
	var source string
	var at, removed int64
	err := row.Scan(&c.ID, &c.Utterance, &c.Expect, &source, &c.By, &at, &removed, &c.RemovedBy, &c.RemovedWhy)
	c.Source, c.At = Source(source), time.UnixMilli(at).UTC()
	if removed > 0 {
		c.RemovedAt = time.UnixMilli(removed).UTC()
	}
	return c, err
}

// List returns cases, newest first, and what Query.After continues with; "" at the end.
func (s *Store) List(ctx context.Context, q Query) (cases []Case, next string, err error) {
	limit := min(q.Limit, 200)
	if limit <= 0 {
		limit = 50
	}
	cases, err = sqldb.Collect(scan)(s.db.Read(ctx).Query(`SELECT `+columns+` FROM gate_case
		WHERE ($1 = '' OR id < $1) AND ($2 = '' OR expect = $2) AND (NOT $3 OR expect = '') AND ($4 = '' OR source = $4)
		AND ($5 = '' OR normal LIKE $5 ESCAPE '!') AND (removed_at > 0) = $6 ORDER BY id DESC LIMIT $7`,
		q.After, q.Expect, q.None, string(q.Source), pattern(q.Text), q.Removed, limit+1))
	if err != nil {
		return nil, "", err
	}
	if len(cases) > limit {
		cases = cases[:limit]
		next = cases[limit-1].ID
	}
	return cases, next, nil
}

// pattern is LIKE's for a text that stands anywhere; "" for every text.
func pattern(text string) string {
	normal := segment.Normalise(text)
	if normal == "" {
		return ""
	}
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(normal) + "%"
}

// All returns the whole set, oldest first: what Compare takes.
func (s *Store) All(ctx context.Context) ([]Case, error) {
	return sqldb.Collect(scan)(s.db.Read(ctx).Query(`SELECT ` + columns + ` FROM gate_case WHERE removed_at = 0 ORDER BY id`))
}

// Count returns how many cases are in the set, and of them how many no entry is meant by.
func (s *Store) Count(ctx context.Context) (cases, none int, err error) {
	err = s.db.Read(ctx).QueryRow(`SELECT count(*), count(CASE WHEN expect = '' THEN 1 END) FROM gate_case WHERE removed_at = 0`).Scan(&cases, &none)
	return cases, none, err
}
