package gateway

import (
	"sync"
	"time"
)

// round knows when something that many look at is to be looked at again: soon after a
// change, and now and then without one. One look serves all.
type round struct {
	mu    sync.Mutex
	dirty bool
	at    time.Time // of the last look
}

// touch says that something changed.
func (r *round) touch() {
	r.mu.Lock()
	r.dirty = true
	r.mu.Unlock()
}

// due reports whether to look now, and takes note that it is done: after a change at most
// once in the time within, without one once in the time every.
func (r *round) due(now time.Time, within, every time.Duration) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	since := now.Sub(r.at)
	if !(r.dirty && since >= within) && since < every {
		return false
	}
	r.dirty, r.at = false, now
	return true
}
