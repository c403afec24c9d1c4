package artefact

import (
	"sync"
	"time"
)

// watch is what a process saw of makers' beats. Times are of its monotonic clock.
type watch struct {
	mu   sync.Mutex
	seen map[string]sight // by key
}

// holding is a claim as it stands in the database.
type holding struct {
	maker string
	beat  int64
}

// sight is what was seen of one claim.
type sight struct {
	holding
	since  time.Duration // when it was seen like this first
	looked time.Duration // when the newest look began
}

// stands takes down what was read from now on, and reports whether it has stood still
// for long enough, in eyes that were open all the time.
func (w *watch) stands(now time.Duration, t times, key string, h holding) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.seen == nil {
		w.seen = map[string]sight{}
	}
	s, known := w.seen[key]
	if !known || s.holding != h || now-s.looked > t.blind {
		s = sight{holding: h, since: now}
	}
	s.looked = max(s.looked, now)
	w.seen[key] = s
	return now-s.since >= t.still
}

// forget says that nobody makes it.
func (w *watch) forget(key string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.seen, key)
}
