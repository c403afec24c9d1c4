package gateway

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// turns bounds what customers' messages, or their hellos, cost at once. A machine that takes on more
// turns than it can carry finishes none in time: the matcher runs out of its budget,
// and everybody ends with a person. So a few run, a few wait for a moment, and the
// rest is told to come again, before anything was done for it.
type turns struct {
	slots   chan struct{} // one for each that runs
	within  time.Duration // that one may wait to begin
	waiting atomic.Int64
	usual   atomic.Int64 // how long a turn takes of late, nanoseconds
}

func (t *turns) init(most int, within time.Duration) {
	t.slots, t.within = make(chan struct{}, most), within
}

// enter begins a turn, perhaps after a wait. The caller calls leave when it ends. If
// there is no room soon, or ctx ends, it returns a fault instead, and nothing was begun.
func (t *turns) enter(ctx context.Context) (leave func(), busy *fault) {
	select {
	case t.slots <- struct{}{}:
		return t.begun(), nil
	default:
	}
	ahead := t.waiting.Add(1)
	defer t.waiting.Add(-1)
	if t.expects(ahead) > t.within {
		return nil, t.refusal()
	}
	soon := time.NewTimer(t.within)
	defer soon.Stop()
	select {
	case t.slots <- struct{}{}:
		return t.begun(), nil
	case <-soon.C:
	case <-ctx.Done():
	}
	return nil, t.refusal()
}

func (t *turns) begun() (leave func()) {
	began := time.Now()
	return func() {
		usual := t.usual.Load()
		t.usual.Store(usual + (int64(time.Since(began))-usual)/16) // a lost update does not matter
		<-t.slots
	}
}

// expects is how long the last of so many who wait will.
func (t *turns) expects(waiting int64) time.Duration {
	return time.Duration(t.usual.Load() * waiting / int64(cap(t.slots)))
}

// refusal spreads those who come again, so that they do not all come at once.
func (t *turns) refusal() *fault {
	return &fault{code: CodeBusy, retry: retryBusy/2 + rand.N(retryBusy)}
}
