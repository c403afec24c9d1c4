package inbox

import (
	"context"
	"fmt"
	"time"

	"wenda/internal/sqldb"
)

// Chat is a chat that has ended, with the answers given in it.
type Chat struct {
	Session string
	At      time.Time // when it ended
	Answers []Answered
}

// Answered is an entry that was given as an answer.
type Answered struct {
	Entry     string
	At        time.Time
	Handoff   bool // the customer wanted a person right after it
	Unhelpful bool // the customer voted 没用
}

// Usage is how often an entry was given, and what came of it.
type Usage struct {
	Hits      int       `json:"hits"`
	Handoffs  int       `json:"handoffs"`  // of Hits
	Unhelpful int       `json:"unhelpful"` // of Hits
	Last      time.Time `json:"last"`
}

// count adds up a chat's answers, unless they were: a chat that has ended still changes
// by a rating or a vote.
func (c Chat) count(tx sqldb.Tx) error {
	fresh, err := count(tx, `INSERT INTO inbox_counted (session, at) VALUES ($1, $2) ON CONFLICT (session) DO NOTHING`, c.Session, c.At.UnixMilli())
	if err != nil || fresh == 0 {
		return err
	}
	for _, a := range c.Answers {
		at := a.At.UnixMilli()
		if err := tx.Queue(`INSERT INTO inbox_usage (day, entry, hits, handoffs, unhelpful, last) VALUES ($1, $2, 1, $3, $4, $5)
			ON CONFLICT (day, entry) DO UPDATE SET hits = inbox_usage.hits + 1, handoffs = inbox_usage.handoffs + excluded.handoffs,
				unhelpful = inbox_usage.unhelpful + excluded.unhelpful,
				last = CASE WHEN excluded.last > inbox_usage.last THEN excluded.last ELSE inbox_usage.last END`,
			at/millisOfDay, a.Entry, times(a.Handoff), times(a.Unhelpful), at); err != nil {
			return err
		}
	}
	return nil
}

func times(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

// Usage returns, by entry, what was counted since the day of a moment (UTC), in chats that
// have ended. Entries that nobody got are not in it.
func (s *Store) Usage(ctx context.Context, since time.Time) (map[string]Usage, error) {
	all := map[string]Usage{}
	_, err := sqldb.Collect(func(r sqldb.Scanner) (_ struct{}, err error) {
		var entry string
		var u Usage
		var last int64
		err = r.Scan(&entry, &u.Hits, &u.Handoffs, &u.Unhelpful, &last)
		u.Last = fromMillis(last)
		all[entry] = u
		return struct{}{}, err
	})(s.db.Read(ctx).Query(`SELECT entry, CAST(sum(hits) AS BIGINT), CAST(sum(handoffs) AS BIGINT), CAST(sum(unhelpful) AS BIGINT), max(last)
		FROM inbox_usage WHERE day >= $1 GROUP BY entry`, since.UnixMilli()/millisOfDay))
	if err != nil {
		return nil, fmt.Errorf("inbox: usage: %w", err)
	}
	return all, nil
}
