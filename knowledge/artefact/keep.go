package artefact

import (
	"context"
	"fmt"

	"wenda/internal/sqldb"
)

// Keep says which artefacts are in use, and removes others: all but the Spare that were
// made or in use last. It also removes what makers left behind who died: while
// somebody makes something it waits for their next beat, and for StillAfter if there is
// none. To be called in the background, after a release is in force. Errors are
// the database's; what was not removed is by the next call.
func (s *Store) Keep(ctx context.Context, keys ...string) error {
	for _, key := range keys {
		if err := check(key); err != nil {
			return err
		}
	}
	if err := s.db.Write(ctx, func(tx sqldb.Tx) error { return prune(tx, keys) }); err != nil {
		return fmt.Errorf("artefact: keep: %w", err)
	}
	if err := s.bury(ctx); err != nil {
		return fmt.Errorf("artefact: keep: %w", err)
	}
	if err := s.sweep(ctx); err != nil {
		return fmt.Errorf("artefact: keep: %w", err)
	}
	return nil
}

// prune numbers those in use higher than all others, and removes the lowest. Chunks are
// left to sweep: one transaction does not remove megabytes.
func prune(tx sqldb.Tx, keys []string) error {
	if err := tx.Serialize("artefact keep"); err != nil {
		return err
	}
	var used int64
	if err := tx.QueryRow(`SELECT coalesce(max(used), 0) + 1 FROM artefact`).Scan(&used); err != nil {
		return err
	}
	for _, key := range keys {
		if _, err := tx.Exec(`UPDATE artefact SET used = $2 WHERE key = $1`, key, used); err != nil {
			return err
		}
	}
	_, err := tx.Exec(`DELETE FROM artefact WHERE used < $1
		AND key NOT IN (SELECT key FROM artefact WHERE used < $1 ORDER BY used DESC, key LIMIT $2)`, used, Spare)
	return err
}

// bury removes the claims of makers who are gone. It returns when each of those there at
// first has moved or been removed.
func (s *Store) bury(ctx context.Context) error {
	suspects, err := s.claims(ctx)
	for err == nil && len(suspects) > 0 {
		if err = s.pause(ctx); err == nil {
			err = s.judge(ctx, suspects)
		}
	}
	return err
}

// judge takes those from the suspects who moved or are gone, and removes the latter's claims.
func (s *Store) judge(ctx context.Context, suspects map[string]holding) error {
	now := s.clock()
	there, err := s.claims(ctx)
	if err != nil {
		return err
	}
	for key, first := range suspects {
		if there[key] == first {
			if !s.watch.stands(now, s.times, key, first) {
				continue
			}
			if err := s.remove(ctx, key, first); err != nil {
				return err
			}
		}
		delete(suspects, key)
	}
	return nil
}

// remove removes a claim, unless it beats right now.
func (s *Store) remove(ctx context.Context, key string, h holding) error {
	s.watch.forget(key)
	return s.db.Write(ctx, func(tx sqldb.Tx) error {
		_, err := tx.Exec(`DELETE FROM artefact_making WHERE key = $1 AND maker = $2 AND beat = $3`, key, h.maker, h.beat)
		return err
	})
}

// claims returns who makes what.
func (s *Store) claims(ctx context.Context) (map[string]holding, error) {
	all := map[string]holding{}
	put := func(row sqldb.Scanner) (_ struct{}, err error) {
		var key string
		var h holding
		err = row.Scan(&key, &h.maker, &h.beat)
		all[key] = h
		return struct{}{}, err
	}
	_, err := sqldb.Collect(put)(s.db.Read(ctx).Query(`SELECT key, maker, beat FROM artefact_making`))
	return all, err
}
