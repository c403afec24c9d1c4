package sqlstore

import (
	"context"
	"slices"
	"time"

	"wenda/internal/sqldb"
	"wenda/sessions"
)

// named keeps for whom the notes among the events are news, until nobody is asked to look
// any more. It costs no round trip. Who writes of themselves knows.
func named(tx sqldb.Tx, row, head sessions.Session, events []sessions.Event) error {
	if len(row.Desk.Mentions) > 0 && len(head.Desk.Mentions) == 0 {
		return tx.Queue(`DELETE FROM mention WHERE session = $1`, head.ID)
	}
	for _, e := range events {
		for i, id := range e.Mentions {
			if id == e.From.ID || slices.Contains(e.Mentions[:i], id) {
				continue
			}
			if err := tx.Queue(`INSERT INTO mention (agent, session, seq, at) VALUES ($1, $2, $3, $4)
				ON CONFLICT (session, agent) DO UPDATE SET seq = excluded.seq, at = excluded.at`, id, head.ID, e.Seq, millis(e.At)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Unread implements sessions.Store.
func (s *Store) Unread(ctx context.Context, agent string, since time.Time, limit int) ([]sessions.Unread, error) {
	if !storable(agent) {
		return nil, nil
	}
	collect := sqldb.Collect(func(row sqldb.Scanner) (u sessions.Unread, err error) {
		var at int64
		u.Session, err = scanSession(row, &u.Seq, &at)
		u.At = fromMillis(at)
		return u, err
	})
	unread, err := collect(s.db.Read(ctx).Query(`SELECT `+sessionColumns+`, mention_seq, mention_at FROM
		(SELECT session AS mention_session, seq AS mention_seq, at AS mention_at FROM mention WHERE agent = $1 AND at >= $2) AS unread
		JOIN session ON id = mention_session WHERE state IN ('queued', 'assigned') ORDER BY mention_at DESC, id LIMIT $3`,
		agent, millis(since), max(limit, 0)))
	return unread, failure(err)
}

// Looked implements sessions.Store.
func (s *Store) Looked(ctx context.Context, agent, session string, seq int64) (bool, error) {
	if !storable(agent, session) {
		return false, nil
	}
	return write(ctx, s, func(tx sqldb.Tx) (bool, error) {
		done, err := tx.Exec(`DELETE FROM mention WHERE agent = $1 AND session = $2 AND seq <= $3`, agent, session, seq)
		if err != nil {
			return false, err
		}
		n, err := done.RowsAffected()
		return n > 0, err
	})
}
