package artefact

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	random "math/rand/v2"
	"sync"
	"time"

	"wenda/internal/sqldb"
)

// Maker makes an artefact, of at most MaxSize bytes. Its context ends with Make's, and when
// another node took the making over. It may say how far it is, from any goroutine,
// in steps of its own: done of so many.
type Maker func(ctx context.Context, progress func(done, of int)) ([]byte, error)

// Make returns the artefact's bytes. If there is none it is made: by this call, or by
// another one somewhere, for which it waits. All return the same bytes; nobody may change
// those that maker returned.
//
// An error of maker is returned to who called it; others who wait then try with theirs.
// maker runs on the caller's goroutine and at most once, unless its claim was lost before
// it returned: then it may run again. An artefact that is damaged is made anew. If
// ctx ends, Make returns its error soon, and the claim is free for others. Other errors
// are the database's, after Patience.
func (s *Store) Make(ctx context.Context, key string, maker Maker) ([]byte, error) {
	if err := check(key); err != nil {
		return nil, err
	}
	maker = remembered(maker)
	for {
		data, err := bear(ctx, s, func() ([]byte, error) { return s.Get(ctx, key) })
		if !errors.Is(err, ErrNone) && !errors.Is(err, ErrDamaged) {
			return data, err
		}
		c := &claim{key: key, maker: rand.Text()}
		mine, err := bear(ctx, s, func() (bool, error) { return s.claim(ctx, c) })
		if err != nil {
			s.release(ctx, c) // it may have been written all the same
			return nil, fmt.Errorf("artefact: claim: %w", err)
		}
		if mine {
			if data, err = s.work(ctx, c, maker); !errors.Is(err, errLost) {
				return data, err
			}
		}
		if err := s.pause(ctx); err != nil {
			return nil, err
		}
	}
}

// remembered makes once: a maker that lost its claim with the bytes in its hands stores
// them after all, should the other one fail.
func remembered(maker Maker) Maker {
	var made []byte
	var done bool
	return func(ctx context.Context, progress func(done, of int)) (_ []byte, err error) {
		if !done {
			if made, err = maker(ctx, progress); err != nil {
				return nil, err
			}
			done = true
		}
		return made, nil
	}
}

// work makes and stores what c claims. errLost if somebody else has the claim.
func (s *Store) work(ctx context.Context, c *claim, maker Maker) ([]byte, error) {
	held, cancel := context.WithCancelCause(ctx)
	var beats sync.WaitGroup
	beats.Go(func() { cancel(s.beats(held, c)) })
	stored := false
	defer func() { // also when maker panics
		cancel(nil)
		beats.Wait()
		if !stored {
			s.release(ctx, c)
		}
	}()
	data, err := maker(held, c.report)
	if err == nil {
		err = s.store(held, c, data)
	}
	switch {
	case err == nil:
		stored = true
		_ = s.sweep(ctx) // of who died on the way; Keep does it too
		return data, nil
	case context.Cause(held) == errLost:
		return nil, errLost
	}
	return nil, err
}

// bear asks the database until it answers, for as long as Patience and ctx allow.
func bear[T any](ctx context.Context, s *Store, ask func() (T, error)) (T, error) {
	for began := s.clock(); ; {
		answer, err := ask()
		if err != nil && ctx.Err() != nil {
			return answer, ctx.Err() // engines say in many ways that they were interrupted
		}
		if err == nil || lasts(err) || s.clock()-began >= s.times.patience {
			return answer, err
		}
		if err := s.pause(ctx); err != nil {
			return answer, err
		}
	}
}

// borne is bear for what only succeeds or fails.
func (s *Store) borne(ctx context.Context, do func() error) error {
	_, err := bear(ctx, s, func() (struct{}, error) { return struct{}{}, do() })
	return err
}

// lasts reports whether it is no use to try again.
func lasts(err error) bool {
	for _, e := range []error{ErrNone, ErrDamaged, errLost, sqldb.ErrClosed, sqldb.ErrBroken, sqldb.ErrServed} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// pause waits until it is time to look again. Who waits together does not look together.
func (s *Store) pause(ctx context.Context) error {
	return rest(ctx, s.times.look/2+random.N(s.times.look/2))
}

func rest(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
