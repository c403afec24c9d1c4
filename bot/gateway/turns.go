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
//
// How many run at once depends on what holds them up. Waiting for the log is waiting
// together: the more turns there are, the more of them share a write. Thinking is not,
// and the last of too many is out of the matcher's time. Turns that are quick spend
// theirs on the log, so then there is room for more.
type turns struct {
	slots   chan struct{} // one for each that runs
	more    chan struct{} // and for each beyond those, while turns are quick
	within  time.Duration // that one may wait to begin
	waiting atomic.Int64
	usual   atomic.Int64 // how long a turn takes of late, nanoseconds
}

// quickTurn is at most how long a turn takes that was not held up by thinking: the
// matcher's own limit is 50 ms.
const quickTurn = 40 * time.Millisecond

// init lets so many turns run at once, and so many while they are quick.
func (t *turns) init(most, quick int, within time.Duration) {
	t.slots, t.more, t.within = make(chan struct{}, most), make(chan struct{}, max(quick-most, 0)), within
}

// enter begins a turn, perhaps after a wait. The caller calls leave when it ends. If
// there is no room soon, or ctx ends, it returns a fault instead, and nothing was begun.
func (t *turns) enter(ctx context.Context) (leave func(), busy *fault) {
	if busy := t.crowded(); busy != nil {
		return nil, busy
	}
	more := t.room()
	select {
	case t.slots <- struct{}{}:
		return t.begun(t.slots), nil
	default:
	}
	select {
	case more <- struct{}{}:
		return t.begun(more), nil
	default:
	}
	t.waiting.Add(1)
	defer t.waiting.Add(-1)
	soon := time.NewTimer(t.within)
	defer soon.Stop()
	select {
	case t.slots <- struct{}{}:
		return t.begun(t.slots), nil
	case more <- struct{}{}:
		return t.begun(more), nil
	case <-soon.C:
	case <-ctx.Done():
	}
	return nil, t.refusal()
}

// crowded refuses a turn that would wait too long. Enter does, too; but what is refused by
// the thousand must cost nothing, so it is asked before anything else is.
func (t *turns) crowded() *fault {
	more := t.room()
	if len(t.slots) < cap(t.slots) || len(more) < cap(more) || t.expects(t.waiting.Load()+1) <= t.within {
		return nil
	}
	return t.refusal()
}

// room is where turns beyond the first find a place; nil, where nobody does, unless they
// are quick.
func (t *turns) room() (more chan struct{}) {
	if time.Duration(t.usual.Load()) > quickTurn {
		return nil
	}
	return t.more
}

func (t *turns) begun(slot <-chan struct{}) (leave func()) {
	began := time.Now()
	return func() {
		usual := t.usual.Load()
		t.usual.Store(usual + (int64(time.Since(began))-usual)/16) // a lost update does not matter
		<-slot
	}
}

// expects is how long the last of so many who wait will, at least: turns that became slow
// did so with all places taken, and are quicker with fewer.
func (t *turns) expects(waiting int64) time.Duration {
	return time.Duration(t.usual.Load() * waiting / int64(cap(t.slots)+cap(t.more)))
}

// refusal spreads those who come again, so that they do not all come at once.
func (t *turns) refusal() *fault {
	return &fault{code: CodeBusy, retry: retryBusy/2 + rand.N(retryBusy)}
}
