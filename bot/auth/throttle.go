package auth

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// How many wrong logins in a row are free, before each further one doubles the
// wait from one second up to slowest. An address may be that of a whole office.
const (
	freeByAccount = 5
	freeByAddress = 50
	slowest       = time.Minute // longer would let anybody lock anybody out
	forgotten     = 15 * time.Minute
	maxTracked    = 10_000 // accounts or addresses remembered
)

// slow is ErrSlow with how long.
type slow struct{ wait time.Duration }

func (s slow) Error() string        { return fmt.Sprintf("%v %d s", ErrSlow, int(s.wait.Seconds()+0.999)) }
func (s slow) Is(target error) bool { return target == ErrSlow }

// RetryAfter returns how long to wait after an error of Login, 0 if it is not ErrSlow.
func RetryAfter(err error) time.Duration {
	var s slow
	errors.As(err, &s)
	return s.wait
}

// throttle remembers who was wrong how often.
type throttle struct {
	free int

	mu    sync.Mutex
	wrong map[string]tries // guarded by mu
}

type tries struct {
	n    int
	last time.Time
	next time.Time // not before
}

func newThrottle(free int) *throttle { return &throttle{free: free, wrong: map[string]tries{}} }

// enter counts a try as wrong, before it is known to be: a thousand at once are
// counted too. If it must wait it is not counted, and enter says how long.
func (t *throttle) enter(key string, now time.Time) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	w := t.wrong[key].at(now)
	if wait := w.next.Sub(now); wait > 0 {
		return wait
	}
	t.room(now)
	t.wrong[key] = w.again(t.free, now)
	return 0
}

// right takes one try back, or all of them.
func (t *throttle) right(key string, all bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	w := t.wrong[key]
	if w.n--; all || w.n <= 0 {
		delete(t.wrong, key)
		return
	}
	w.next = time.Time{}
	t.wrong[key] = w
}

// room forgets old entries when there are too many, and if need be any: a tenth at
// a time, so that a flood of names does not look through all of them for each.
func (t *throttle) room(now time.Time) {
	if len(t.wrong) < maxTracked {
		return
	}
	for key, w := range t.wrong {
		if w.at(now).n == 0 {
			delete(t.wrong, key)
		}
	}
	for key := range t.wrong {
		if len(t.wrong) <= maxTracked*9/10 {
			return
		}
		delete(t.wrong, key)
	}
}

// at returns what is still remembered.
func (w tries) at(now time.Time) tries {
	if now.Sub(w.last) > forgotten {
		return tries{}
	}
	return w
}

// again returns w after one more wrong try.
func (w tries) again(free int, now time.Time) tries {
	w.n, w.last = w.n+1, now
	if over := w.n - free; over > 0 {
		w.next = now.Add(min(slowest, time.Second<<min(over-1, 6)))
	}
	return w
}
