package artefact

import (
	"context"
	"fmt"
	"slices"

	"wenda/internal/sqldb"
)

const (
	chunkSize  = 256 << 10 // bytes that one transaction writes
	clearChunk = 8         // chunks that one transaction removes
)

// store writes the bytes and makes them visible. errLost if the claim is gone, or there
// is an artefact already.
func (s *Store) store(ctx context.Context, c *claim, data []byte) error {
	if len(data) > MaxSize {
		return fmt.Errorf("artefact: %d bytes, at most %d are kept", len(data), MaxSize)
	}
	number := 0
	for chunk := range slices.Chunk(data, chunkSize) {
		if err := s.politely(ctx, func() error { return s.upload(ctx, c, number, chunk) }); err != nil {
			return err
		}
		number++
	}
	hash := sum(data)
	return s.put(ctx, c, func(tx sqldb.Tx) error { return publish(tx, c, len(data), hash) })
}

// upload writes a chunk: the same again if it was written and the answer lost.
func (s *Store) upload(ctx context.Context, c *claim, number int, chunk []byte) error {
	return s.put(ctx, c, func(tx sqldb.Tx) error {
		_, err := tx.Exec(`INSERT INTO artefact_chunk (upload, number, bytes) VALUES ($1, $2, $3)
			ON CONFLICT (upload, number) DO NOTHING`, c.maker, number, chunk)
		return err
	})
}

// politely does nothing for as long as do took: half of the time belongs to others. It was
// measured to halve what a customer's message waits at most beside it, on SQLite.
func (s *Store) politely(ctx context.Context, do func() error) error {
	began := s.clock()
	if err := do(); err != nil {
		return err
	}
	return rest(ctx, min(s.clock()-began, s.times.look))
}

// put writes while the claim is held.
func (s *Store) put(ctx context.Context, c *claim, do func(sqldb.Tx) error) error {
	err := s.borne(ctx, func() error {
		return s.db.Write(ctx, func(tx sqldb.Tx) error {
			if err := s.holds(tx, c); err != nil {
				return err
			}
			return do(tx)
		})
	})
	if err != nil {
		return fmt.Errorf("artefact: storing: %w", err)
	}
	return nil
}

// publish makes an upload visible and ends the claim.
func publish(tx sqldb.Tx, c *claim, size int, hash string) error {
	var used int64
	if err := tx.QueryRow(`SELECT coalesce(max(used), 0) + 1 FROM artefact`).Scan(&used); err != nil {
		return err
	}
	if err := one(tx.Exec(`INSERT INTO artefact (key, upload, size, sha256, used) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (key) DO NOTHING`, c.key, c.maker, size, hash, used)); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM artefact_making WHERE key = $1`, c.key)
	return err
}

// sweep removes the uploads that nobody has any more. They never come back: chunks and
// artefacts are written by who holds the claim of that name, and a claim that was lost
// gets another name.
func (s *Store) sweep(ctx context.Context) error {
	name := func(row sqldb.Scanner) (upload string, err error) { return upload, row.Scan(&upload) }
	garbage, err := sqldb.Collect(name)(s.db.Read(ctx).Query(`SELECT DISTINCT upload FROM artefact_chunk
		WHERE upload NOT IN (SELECT upload FROM artefact) AND upload NOT IN (SELECT maker FROM artefact_making)`))
	if err != nil {
		return err
	}
	for _, upload := range garbage {
		if err := s.clear(ctx, upload); err != nil {
			return err
		}
	}
	return nil
}

// clear removes an upload little by little, unless somebody has it after all: a publish
// whose answer was lost looks like one that failed.
func (s *Store) clear(ctx context.Context, upload string) error {
	for some := true; some; {
		err := s.politely(ctx, func() (err error) {
			some, err = s.clearSome(ctx, upload)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) clearSome(ctx context.Context, upload string) (some bool, err error) {
	err = s.db.Write(ctx, func(tx sqldb.Tx) error {
		return one(tx.Exec(`DELETE FROM artefact_chunk
			WHERE upload = $1 AND number IN (SELECT number FROM artefact_chunk WHERE upload = $1 ORDER BY number LIMIT $2)
			AND NOT EXISTS (SELECT 1 FROM artefact WHERE upload = $1) AND NOT EXISTS (SELECT 1 FROM artefact_making WHERE maker = $1)`, upload, clearChunk))
	})
	return taken(err)
}
