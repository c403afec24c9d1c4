package artefact

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"wenda/internal/sqldb"
)

var (
	errLost  = errors.New("artefact: another node makes it now")
	errThere = errors.New("artefact: somebody has just made it")
)

// claim is the right to make an artefact, for as long as the database says so.
type claim struct {
	key, maker string
	steps      atomic.Pointer[steps]
}

// steps say how far a maker is.
type steps struct{ done, of int }

func (c *claim) report(done, of int) { c.steps.Store(&steps{done, of}) }

// claim takes the claim if nobody has it, or who had it is gone.
func (s *Store) claim(ctx context.Context, c *claim) (mine bool, err error) {
	now := s.clock()
	h, _, err := s.look(ctx, c.key)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		s.watch.forget(c.key)
		return s.enter(ctx, c)
	case err != nil:
		return false, err
	case h.maker == c.maker: // the answer to enter or takeOver was lost
		return true, nil
	case s.watch.stands(now, s.times, c.key, h):
		return s.takeOver(ctx, c, h)
	}
	return false, nil
}

func (s *Store) look(ctx context.Context, key string) (h holding, at steps, err error) {
	err = s.db.Read(ctx).QueryRow(`SELECT maker, beat, done, total FROM artefact_making WHERE key = $1`, key).Scan(&h.maker, &h.beat, &at.done, &at.of)
	return h, at, err
}

// enter takes a claim that nobody has. Whether the artefact is there is asked after that:
// who stores one gives up the claim in the same transaction.
func (s *Store) enter(ctx context.Context, c *claim) (bool, error) {
	err := s.db.Write(ctx, func(tx sqldb.Tx) error {
		if err := one(tx.Exec(`INSERT INTO artefact_making (key, maker, beat, done, total) VALUES ($1, $2, 1, 0, 0)
			ON CONFLICT (key) DO NOTHING`, c.key, c.maker)); err != nil {
			return err
		}
		var there int
		err := tx.QueryRow(`SELECT count(*) FROM artefact WHERE key = $1`, c.key).Scan(&there)
		if err == nil && there > 0 {
			err = errThere
		}
		return err
	})
	return taken(err)
}

// takeOver takes the claim of a maker who is gone, unless it beats or ends right now.
func (s *Store) takeOver(ctx context.Context, c *claim, from holding) (bool, error) {
	err := s.db.Write(ctx, func(tx sqldb.Tx) error {
		return one(tx.Exec(`UPDATE artefact_making SET maker = $2, beat = beat + 1, done = 0, total = 0
			WHERE key = $1 AND maker = $3 AND beat = $4`, c.key, c.maker, from.maker, from.beat))
	})
	mine, err := taken(err)
	if err != nil {
		s.watch.forget(c.key) // where we cannot write, perhaps the maker cannot either
	}
	if mine {
		s.log.Warn("who made an artefact is gone; making it here", "key", c.key, "still", s.times.still)
	}
	return mine, err
}

func taken(err error) (bool, error) {
	if errors.Is(err, errLost) || errors.Is(err, errThere) {
		return false, nil
	}
	return err == nil, err
}

// one says errLost if no row was changed.
func one(done sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, errLost)
	}
	return nil
}

// holds locks the claim until the transaction ends, or says errLost.
func (s *Store) holds(tx sqldb.Tx, c *claim) error {
	var maker string
	err := tx.QueryRow(`SELECT maker FROM artefact_making WHERE key = $1`+s.db.Dialect().ForUpdate, c.key).Scan(&maker)
	if errors.Is(err, sql.ErrNoRows) || err == nil && maker != c.maker {
		return errLost
	}
	return err
}

// beats beats until ctx ends, or returns errLost.
func (s *Store) beats(ctx context.Context, c *claim) error {
	tick := time.NewTicker(s.times.beat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			// Another error is for who stores: the next beat may get through.
			if err := s.beat(ctx, c); errors.Is(err, errLost) {
				return errLost
			}
		}
	}
}

func (s *Store) beat(ctx context.Context, c *claim) error {
	var at steps
	if said := c.steps.Load(); said != nil {
		at = *said
	}
	return s.db.Write(ctx, func(tx sqldb.Tx) error {
		return one(tx.Exec(`UPDATE artefact_making SET beat = beat + 1, done = $3, total = $4 WHERE key = $1 AND maker = $2`, c.key, c.maker, at.done, at.of))
	})
}

// releaseTime bounds the giving up of a claim after ctx ended. One that is not given up
// stands still, and is taken over.
const releaseTime = 5 * time.Second

// release gives up the claim, if it is still held, and removes what was uploaded.
func (s *Store) release(ctx context.Context, c *claim) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTime)
	defer cancel()
	err := s.borne(ctx, func() error {
		return s.db.Write(ctx, func(tx sqldb.Tx) error {
			_, err := tx.Exec(`DELETE FROM artefact_making WHERE key = $1 AND maker = $2`, c.key, c.maker)
			return err
		})
	})
	if err == nil {
		_ = s.clear(ctx, c.maker) // else the next sweep does it
	}
}

// Progress says, for who shows it, whether somebody makes the artefact right now, and how
// far they are: done of so many steps, 0 of 0 before they said anything. It is some
// seconds late. A maker who died counts as making until Progress or Make of this
// Store has seen its beat stand still for StillAfter, looking at least every BlindAfter.
func (s *Store) Progress(ctx context.Context, key string) (done, of int, making bool, err error) {
	if err := check(key); err != nil {
		return 0, 0, false, err
	}
	now := s.clock()
	h, at, err := s.look(ctx, key)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		s.watch.forget(key)
		return 0, 0, false, nil
	case err != nil:
		return 0, 0, false, fmt.Errorf("artefact: progress: %w", err)
	case s.watch.stands(now, s.times, key, h):
		return 0, 0, false, nil
	}
	return at.done, at.of, true, nil
}
