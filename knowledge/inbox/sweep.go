package inbox

import (
	"context"
	"fmt"
	"time"

	"wenda/internal/sqldb"
)

// sweepBatch is how many rows one transaction removes: customers wait for it.
const sweepBatch = 500

// Sweep removes what was said before a moment: items, confirmations, figures, and the
// customers' words in deeds (undoing such a deed opens its cluster and takes no draft back any
// more). What editors marked as out of scope stays: it is knowledge by then, and
// names nobody's chat. It returns how many items it removed; called again it goes on
// where it failed.
func (s *Store) Sweep(ctx context.Context, before time.Time) (removed int, err error) {
	for {
		n := 0
		err := s.write(ctx, "sweep", func(tx sqldb.Tx) (err error) {
			n, err = sweep(tx, before.UnixMilli())
			return err
		})
		if err != nil || n == 0 {
			return removed, err
		}
		removed += n
	}
}

func sweep(tx sqldb.Tx, before int64) (removed int, err error) {
	if err := tx.Queue(`DELETE FROM inbox_confirmed WHERE at < $1`, before); err != nil {
		return 0, err
	}
	if err := tx.Queue(`UPDATE inbox_deed SET texts = '[]', token = '' WHERE at < $1 AND did <> 'outside' AND texts <> '[]'`, before); err != nil {
		return 0, err
	}
	if err := tx.Queue(`DELETE FROM inbox_counted WHERE at < $1`, before); err != nil {
		return 0, err
	}
	if err := tx.Queue(`DELETE FROM inbox_usage WHERE day < $1`, before/millisOfDay); err != nil {
		return 0, err
	}
	if removed, err = count(tx, `DELETE FROM inbox_item WHERE number IN (SELECT number FROM inbox_item WHERE at < $1 ORDER BY at, number LIMIT $2)`, before, sweepBatch); err != nil || removed == 0 {
		return 0, err
	}
	return removed, changed(tx)
}

// Forget removes all that came from one chat: to be called when the chat itself is
// erased, after that, so that it is not read again. What an editor made of it, a phrasing
// or an example of what is out of scope, is knowledge by then and stays.
func (s *Store) Forget(ctx context.Context, session string) error {
	return s.write(ctx, "forget", func(tx sqldb.Tx) error {
		for _, table := range []string{"inbox_confirmed", "inbox_counted"} {
			if err := tx.Queue(`DELETE FROM `+table+` WHERE session = $1`, session); err != nil {
				return err
			}
		}
		n, err := count(tx, `DELETE FROM inbox_item WHERE session = $1`, session)
		if err != nil || n == 0 {
			return err
		}
		return changed(tx)
	})
}

// changed removes clusters that are empty, and says that the leaders are others.
func changed(tx sqldb.Tx) error {
	if err := tx.Queue(`DELETE FROM inbox_cluster WHERE NOT EXISTS (SELECT 1 FROM inbox_item WHERE inbox_item.cluster = inbox_cluster.id)`); err != nil {
		return err
	}
	return tx.Queue(`UPDATE inbox_follow SET counter = counter + 1 WHERE one = 1`)
}

// count runs a statement and returns how many rows it changed.
func count(tx sqldb.Tx, query string, args ...any) (int, error) {
	done, err := tx.Exec(query, args...)
	if err != nil {
		return 0, err
	}
	n, err := done.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("inbox: %w", err)
	}
	return int(n), nil
}
