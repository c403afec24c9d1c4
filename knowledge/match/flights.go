package match

import (
	"context"
	"sync"

	"wenda/knowledge"
)

// flights let utterances that are asked at the same time share one match: right after a
// publish everybody asks what nobody remembers yet. They share one place in the queue
// of the pool, too. Utterances are equal here as they were written: to find out what
// else is the same takes a worker, and is then remembered.
type flights struct {
	mu   sync.Mutex
	open map[asked]*flight
}

// flight is one match and those who wait for it.
type flight struct {
	over chan struct{} // closed when the rest is filled in

	result knowledge.Result
	err    error
	lost   bool // its own caller's time was up, which says nothing to the others
}

func newFlights() *flights { return &flights{open: map[asked]*flight{}} }

// do returns what match returns, called by this caller or by another one who asks the
// same at this moment. Whoever's context ends leaves alone: one of the others matches
// then, within its own. The result is the caller's.
func (f *flights) do(ctx context.Context, key asked, match func() (knowledge.Result, error)) (knowledge.Result, error) {
	for {
		one, own := f.board(key)
		if own {
			return f.fly(ctx, key, one, match)
		}
		select {
		case <-one.over:
			if !one.lost {
				return owned(one.result), one.err
			}
		case <-ctx.Done():
			return knowledge.Result{}, ctx.Err()
		}
	}
}

// board returns the flight for a key, and whether it is the caller's to fly.
func (f *flights) board(key asked) (one *flight, own bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if one = f.open[key]; one != nil {
		return one, false
	}
	one = &flight{over: make(chan struct{}), lost: true} // also should match panic
	f.open[key] = one
	return one, true
}

func (f *flights) fly(ctx context.Context, key asked, one *flight, match func() (knowledge.Result, error)) (knowledge.Result, error) {
	defer func() {
		f.mu.Lock()
		delete(f.open, key)
		f.mu.Unlock()
		close(one.over)
	}()
	res, err := match()
	one.result, one.err, one.lost = owned(res), err, err != nil && ctx.Err() != nil
	return res, err
}
