package inbox

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"wenda/internal/audit"
	"wenda/internal/sqldb"
	"wenda/knowledge"
)

// Did says what an editor did about a cluster.
type Did string

// What can be done.
const (
	AddedPhrasing Did = "phrasing" // to Deed.Entry
	StartedDraft  Did = "draft"    // Deed.Entry
	MarkedOutside Did = "outside"  // out of scope
	Ignored       Did = "ignored"
)

// MaxOutside bounds the texts that one deed marks as out of scope.
const MaxOutside = 20

// Deed is what an editor did about a cluster.
type Deed struct {
	ID      int64          `json:"id"` // 1 and up
	Cluster int64          `json:"cluster"`
	Did     Did            `json:"did"`
	Who     string         `json:"who"` // user id
	At      time.Time      `json:"at"`
	Why     string         `json:"why,omitempty"`
	Entry   string         `json:"entry,omitempty"`
	Lang    knowledge.Lang `json:"lang"`
	Texts   []string       `json:"texts,omitempty"` // the phrasing, the question, or what is out of scope; gone after the retention, but for the latter

	UndoneBy  string    `json:"undone_by,omitempty"` // "" while it stands
	UndoneAt  time.Time `json:"undone_at,omitzero"`
	UndoneWhy string    `json:"undone_why,omitempty"`

	token string
}

// AddPhrasing writes a draft of an entry that is also asked like text, "" for the
// cluster's head, in the cluster's language. ErrNone, ErrDone, ErrInvalid, and the
// Drafter's errors.
func (s *Store) AddPhrasing(ctx context.Context, by string, cluster int64, entry, text, why string) (Deed, error) {
	return s.do(ctx, cluster, Deed{Did: AddedPhrasing, Who: by, Why: why, Entry: entry, Texts: []string{text}}, func(d *Deed, _ Cluster) (err error) {
		if entry == "" {
			return fmt.Errorf("%w: no entry", ErrInvalid)
		}
		d.token, err = s.Drafter.AddPhrasing(ctx, by, entry, d.Lang, d.Texts[0], why)
		return err
	})
}

// StartDraft begins a new entry with text as its question, "" for the cluster's head,
// and what agents answered. Deed.Entry is the new entry's id. Errors as AddPhrasing.
func (s *Store) StartDraft(ctx context.Context, by string, cluster int64, text, why string) (Deed, error) {
	return s.do(ctx, cluster, Deed{Did: StartedDraft, Who: by, Why: why, Texts: []string{text}}, func(d *Deed, c Cluster) (err error) {
		d.Entry, d.token, err = s.Drafter.Start(ctx, by, d.Lang, d.Texts[0], strings.Join(c.Answers, "\n\n"), why)
		return err
	})
}

// MarkOutside says that the base shall not answer this: the cluster's texts, the
// most asked MaxOutside of them, are OutOfScope from now on. ErrNone, ErrDone.
func (s *Store) MarkOutside(ctx context.Context, by string, cluster int64, why string) (Deed, error) {
	return s.do(ctx, cluster, Deed{Did: MarkedOutside, Who: by, Why: why}, nil)
}

// Ignore puts a cluster away. why is a must. ErrNone, ErrDone, ErrInvalid.
func (s *Store) Ignore(ctx context.Context, by string, cluster int64, why string) (Deed, error) {
	if strings.TrimSpace(why) == "" {
		return Deed{}, fmt.Errorf("%w: no reason", ErrInvalid)
	}
	return s.do(ctx, cluster, Deed{Did: Ignored, Who: by, Why: why}, nil)
}

// do drafts and then records a deed. If somebody else was faster in between, the draft
// is taken back.
func (s *Store) do(ctx context.Context, cluster int64, d Deed, draft func(*Deed, Cluster) error) (Deed, error) {
	if d.Who == "" || utf8.RuneCountInString(d.Why) > MaxWhy {
		return Deed{}, fmt.Errorf("%w: nobody does it, or the reason is longer than %d characters", ErrInvalid, MaxWhy)
	}
	c, _, err := s.Get(ctx, cluster)
	if err != nil {
		return Deed{}, err
	}
	if c.State != Open {
		return Deed{}, ErrDone
	}
	d.Cluster, d.Lang = cluster, c.Lang
	if draft != nil {
		if err := s.draft(&d, c, draft); err != nil {
			return Deed{}, err
		}
	}
	err = s.write(ctx, string(d.Did), func(tx sqldb.Tx) (err error) {
		d, err = s.record(tx, d)
		return err
	})
	if err != nil && draft != nil && !errors.Is(err, sqldb.ErrUnknown) {
		err = errors.Join(err, s.Drafter.TakeBack(context.WithoutCancel(ctx), d.Who, d.token, "not recorded in the inbox"))
	}
	if err != nil {
		return Deed{}, err
	}
	return d, nil
}

// draft has the Drafter do its part.
func (s *Store) draft(d *Deed, c Cluster, draft func(*Deed, Cluster) error) error {
	d.Texts[0] = strings.Join(strings.Fields(d.Texts[0]), " ")
	if d.Texts[0] == "" {
		d.Texts[0] = c.Head
	}
	if s.Drafter == nil || utf8.RuneCountInString(d.Texts[0]) > MaxText || !utf8.ValidString(d.Texts[0]) || strings.ContainsRune(d.Texts[0], 0) {
		return fmt.Errorf("%w: no drafts here, or the text is longer than %d characters or not text", ErrInvalid, MaxText)
	}
	return draft(d, c)
}

// record closes the cluster, if it is still open.
func (s *Store) record(tx sqldb.Tx, d Deed) (Deed, error) {
	state, err := stateOf(tx.Reader, d.Cluster)
	if err != nil {
		return d, err
	}
	if state != Open {
		return d, ErrDone
	}
	if d.Did == MarkedOutside {
		if d.Texts, err = outside(tx, d.Cluster); err != nil {
			return d, err
		}
	}
	if err := tx.QueryRow(`SELECT coalesce(max(id), 0) + 1 FROM inbox_deed`).Scan(&d.ID); err != nil {
		return d, err
	}
	d.At = s.Now().UTC().Truncate(time.Millisecond)
	if err := tx.Queue(`INSERT INTO inbox_deed (id, cluster, did, who, at, why, entry, lang, texts, token, undone_by, undone_at, undone_why)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', 0, '')`,
		d.ID, d.Cluster, d.Did, d.Who, d.At.UnixMilli(), d.Why, d.Entry, d.Lang, list(d.Texts), d.token); err != nil {
		return d, err
	}
	var reopens int64
	if d.Did == AddedPhrasing || d.Did == StartedDraft {
		reopens = d.At.Add(Reopens).UnixMilli()
	}
	if err := tx.Queue(`UPDATE inbox_cluster SET state = 'done', deed = $2, reopens = $3 WHERE id = $1`, d.Cluster, d.ID, reopens); err != nil {
		return d, err
	}
	return d, s.audit(tx, d.Who, "inbox."+string(d.Did), d)
}

func (s *Store) audit(tx sqldb.Tx, who, did string, d Deed) error {
	return audit.Write(tx, s.Now(), audit.Act{
		Who: who, Did: did, About: fmt.Sprint("inbox-", d.Cluster), OK: true, Detail: fmt.Sprintf("deed %d %s", d.ID, d.Entry),
	})
}

// outside are the texts of a cluster that MarkOutside keeps.
func outside(tx sqldb.Tx, cluster int64) ([]string, error) {
	return sqldb.Collect(func(r sqldb.Scanner) (text string, err error) { return text, r.Scan(&text) })(tx.Query(`SELECT i.text FROM (
		SELECT min(number) AS number, count(*) AS n FROM inbox_item WHERE cluster = $1 AND NOT archived GROUP BY normal) AS g
		JOIN inbox_item AS i ON i.number = g.number ORDER BY g.n DESC, g.number LIMIT $2`, cluster, MaxOutside))
}

func stateOf(r sqldb.Reader, cluster int64) (state State, err error) {
	err = r.QueryRow(`SELECT state FROM inbox_cluster WHERE id = $1`, cluster).Scan(&state)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNone
	}
	return state, err
}

// Undo takes a deed back: the draft, if it made one and nobody made more of it, and the
// cluster is open again. ErrNone, ErrInvalid without a name, ErrDone if it was undone
// already or something else was done about the cluster since.
func (s *Store) Undo(ctx context.Context, by string, deed int64, why string) error {
	if by == "" || utf8.RuneCountInString(why) > MaxWhy {
		return fmt.Errorf("%w: nobody does it, or the reason is longer than %d characters", ErrInvalid, MaxWhy)
	}
	d, err := s.deed(s.db.Read(ctx), deed)
	if err != nil {
		return err
	}
	if err := stands(s.db.Read(ctx), d); err != nil {
		return err
	}
	if d.token != "" && s.Drafter != nil {
		// First: it may be done twice, so a crash in between loses nothing.
		if err := s.Drafter.TakeBack(ctx, by, d.token, why); err != nil {
			return err
		}
	}
	return s.write(ctx, "undo", func(tx sqldb.Tx) error {
		d, err := s.deed(tx.Reader, deed)
		if err == nil {
			err = stands(tx.Reader, d)
		}
		if err != nil {
			return err
		}
		if err := tx.Queue(`UPDATE inbox_deed SET undone_by = $2, undone_at = $3, undone_why = $4 WHERE id = $1`, d.ID, by, s.Now().UnixMilli(), why); err != nil {
			return err
		}
		if err := tx.Queue(`UPDATE inbox_cluster SET state = 'open', deed = 0, reopens = 0 WHERE id = $1`, d.Cluster); err != nil {
			return err
		}
		return s.audit(tx, by, "inbox.undo", d)
	})
}

// stands says whether a deed can still be undone.
func stands(r sqldb.Reader, d Deed) error {
	var later int
	if d.UndoneBy != "" {
		return ErrDone
	}
	if err := r.QueryRow(`SELECT count(*) FROM inbox_deed WHERE cluster = $1 AND id > $2 AND undone_at = 0`, d.Cluster, d.ID).Scan(&later); err != nil {
		return err
	}
	if later > 0 {
		return ErrDone
	}
	return nil
}

// Deeds returns what was done, newest first: at most limit (1 to MaxPage) deeds with an id
// below before, or the newest for 0.
func (s *Store) Deeds(ctx context.Context, before int64, limit int) ([]Deed, error) {
	if limit < 1 || limit > MaxPage {
		return nil, fmt.Errorf("%w: a limit of %d", ErrInvalid, limit)
	}
	deeds, err := sqldb.Collect(scanDeed)(s.db.Read(ctx).Query(selectDeed+`WHERE id < $1 OR $1 = 0 ORDER BY id DESC LIMIT $2`, before, limit))
	if err != nil {
		return nil, fmt.Errorf("inbox: deeds: %w", err)
	}
	return deeds, nil
}

const selectDeed = `SELECT id, cluster, did, who, at, why, entry, lang, texts, token, undone_by, undone_at, undone_why FROM inbox_deed `

func (s *Store) deed(r sqldb.Reader, id int64) (Deed, error) {
	d, err := scanDeed(r.QueryRow(selectDeed+`WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return d, ErrNone
	}
	if err != nil {
		return d, fmt.Errorf("inbox: deed: %w", err)
	}
	return d, nil
}

func scanDeed(row sqldb.Scanner) (d Deed, err error) {
	var at, undone int64
	var texts string
	if err := row.Scan(&d.ID, &d.Cluster, &d.Did, &d.Who, &at, &d.Why, &d.Entry, &d.Lang, &texts, &d.token, &d.UndoneBy, &undone, &d.UndoneWhy); err != nil {
		return d, err
	}
	d.At, d.UndoneAt = fromMillis(at), fromMillis(undone)
	return d, json.Unmarshal([]byte(texts), &d.Texts)
}
