package inbox

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"wenda/internal/sqldb"
	"wenda/knowledge/segment"
)

// MostConfirmed bounds what Confirmed returns.
const MostConfirmed = 20_000

// Confirmed is a question and the entry that was meant, as chats agreed on it.
type Confirmed struct {
	Utterance string `json:"utterance"` // one way to write it
	Entry     string `json:"entry"`
	Weight    int    `json:"weight"` // chats that say so
}

func confirm(tx sqldb.Tx, c Confirmation) error {
	text := segment.Clip(c.Text, MaxText)
	return tx.Queue(`INSERT INTO inbox_confirmed (session, seq, at, text, normal, entry, holds) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (session, seq) DO UPDATE SET entry = excluded.entry, holds = excluded.holds`,
		c.Session, c.Seq, c.At.UnixMilli(), text, segment.Key(text), c.Entry, c.Holds)
}

// Confirmed returns what customers and agents confirmed and nobody took back, heaviest
// first, then by text and entry. The same text may be there with two entries: then
// people disagree.
func (s *Store) Confirmed(ctx context.Context) ([]Confirmed, error) {
	all, err := sqldb.Collect(func(r sqldb.Scanner) (c Confirmed, err error) {
		return c, r.Scan(&c.Utterance, &c.Entry, &c.Weight)
	})(s.db.Read(ctx).Query(`SELECT min(text), entry, count(DISTINCT session) AS weight FROM inbox_confirmed
		WHERE holds GROUP BY normal, entry ORDER BY weight DESC, normal, entry LIMIT $1`, MostConfirmed))
	if err != nil {
		return nil, fmt.Errorf("inbox: confirmed: %w", err)
	}
	slices.SortStableFunc(all, func(a, b Confirmed) int { // the engines order texts each in their own way
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.Utterance, b.Utterance), cmp.Compare(a.Entry, b.Entry))
	})
	return all, nil
}

// OutOfScope returns the questions that editors marked as none of the base's business,
// each once, those marked first before others. They are what a calibrator is to be
// unsure about.
func (s *Store) OutOfScope(ctx context.Context) ([]string, error) {
	lists, err := sqldb.Collect(func(r sqldb.Scanner) (list []string, err error) {
		var text string
		if err := r.Scan(&text); err != nil {
			return nil, err
		}
		return list, json.Unmarshal([]byte(text), &list)
	})(s.db.Read(ctx).Query(`SELECT texts FROM inbox_deed WHERE did = 'outside' AND undone_at = 0 ORDER BY id`))
	if err != nil {
		return nil, fmt.Errorf("inbox: out of scope: %w", err)
	}
	var all []string
	seen := map[string]bool{}
	for _, list := range lists {
		for _, text := range list {
			if key := segment.Key(text); !seen[key] {
				seen[key] = true
				all = append(all, text)
			}
		}
	}
	return all, nil
}
