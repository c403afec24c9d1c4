package gateway

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"wenda/bot/desk/wait"
)

// knowing is a gateway that knows of its queues what is in q.
func knowing(q *atomic.Pointer[wait.Queue]) func(*Options) {
	return func(o *Options) {
		o.Wait = func(context.Context, string) (wait.Queue, error) {
			if known := q.Load(); known != nil {
				return *known, nil
			}
			return wait.Queue{}, errors.New("the database is away")
		}
	}
}

func served(minutes time.Duration) (all []time.Duration) {
	for range wait.Enough {
		all = append(all, minutes*time.Minute)
	}
	return all
}

func at(place, minutes int64) func(frame) bool {
	return func(f frame) bool {
		return f.kind() == "state" && f.num("position") == place && f.num("wait_ms") == minutes*60_000 && f["may_leave"] == true
	}
}

func TestWhoWaitsIsToldHowLong(t *testing.T) {
	var known atomic.Pointer[wait.Queue]
	known.Store(&wait.Queue{There: 1, Busy: 2, Served: served(6)})
	r := newRig(t, knowing(&known))
	first := r.waiting("a/d/", "")
	first.until("3 minutes", at(1, 3))
	second := r.waiting("b/d/", "")
	second.until("8 minutes: six, said in steps", at(2, 8))

	known.Store(&wait.Queue{There: 2, Busy: 4, Served: served(6)}) // a colleague came
	second.until("another forecast", at(2, 3))
	known.Store(&wait.Queue{}) // nobody is there: no promise
	second.until("no forecast", at(2, 0))
	known.Store(nil)
	first.until("none for the first", at(1, 0))
	known.Store(&wait.Queue{There: 1, Room: 2})
	second.until("at once", at(2, 1))
}

// What wavers is not told; another place is, at once.
func TestAWaitThatWaversIsNotTold(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Limits.QueueEvery = time.Hour })
	c := r.waiting("a/d/", "")
	side := func() *customer {
		for _, s := range r.g.sockets.all() {
			return s.side.(*customer)
		}
		return nil
	}()
	tell := func(place int, minutes int64) { side.place(c.session, place, minutes*60_000) }
	tell(2, 5)
	c.until("the place", at(2, 5))
	for range 10 {
		tell(2, 8)
		tell(2, 8)
		tell(2, 5)
	}
	tell(1, 3)
	if f := c.expect("state"); !at(1, 3)(f) {
		t.Fatalf("told %v, want the next place", f)
	}
	for range waverings {
		tell(1, 2)
	}
	if f := c.expect("state"); !at(1, 2)(f) {
		t.Fatalf("told %v, want what stayed so", f)
	}
}

func TestBeyondTheFirstFiftyNothingIsForetold(t *testing.T) {
	var known atomic.Pointer[wait.Queue]
	known.Store(&wait.Queue{There: 1, Busy: 2, Served: served(6)})
	r := newRig(t, knowing(&known))
	if got := r.g.foretell(t.Context(), "", nil)(1); got != 0 {
		t.Errorf("an empty queue takes %d ms", got)
	}
	s := mustLoad(t, r, r.waiting("a/d/", "").session)
	foretold := r.g.foretell(t.Context(), "", []session{s})
	if foretold(1) == 0 || foretold(queueShown) == 0 || foretold(placeMore) != 0 {
		t.Errorf("foretold %d, %d and %d ms", foretold(1), foretold(queueShown), foretold(placeMore))
	}
}

// Only who is here for an agent says how quick agents are.
func TestMessagesLeftOverNightAreNoWait(t *testing.T) {
	now := time.Now()
	left := session{QueuedAt: now.Add(-9 * time.Hour)}
	left.Memory.Left = true
	if d := waited([]session{left, {QueuedAt: now.Add(-time.Second)}}, now); d != time.Second {
		t.Errorf("the first has waited %v", d)
	}
	if d := waited([]session{left}, now); d != 0 {
		t.Errorf("nobody has waited %v", d)
	}
}
