package roster

import (
	"slices"
	"sync"
	"time"

	"wenda/sessions"
)

// watch is what a process saw of the counters. Times are of its monotonic clock.
type watch struct {
	mu     sync.Mutex
	at     time.Duration // when the newest look began
	looked bool
	sight  map[string]sight
}

// sight is what was seen of one agent.
type sight struct {
	count int64
	since time.Duration // when this count was seen first
	moved bool          // it was seen to go up: a count from long ago proves nothing
	told  time.Duration // when lost said so last; 0 if it did not since
}

type verdict int

const (
	unknown verdict = iota // not watched for long enough
	there
	away
)

// look takes down counters that were read from now on. What was read before another
// look began is old news.
func (w *watch) look(now time.Duration, beats []sessions.Beat) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.sight == nil {
		w.sight = map[string]sight{}
	}
	if now < w.at {
		return
	}
	watching := w.looked && now-w.at <= BlindAfter
	if !watching {
		w.restart(now)
	}
	w.at, w.looked = now, true
	for _, b := range beats {
		s, known := w.sight[b.Agent]
		if !known || s.count != b.Count {
			w.sight[b.Agent] = sight{count: b.Count, since: now, moved: known || watching && b.Count > 0}
		}
	}
}

// beat takes down a beat of this process's own.
func (w *watch) beat(now time.Duration, agent string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.sight == nil {
		w.sight = map[string]sight{}
	}
	s, known := w.sight[agent]
	if !known {
		s.count = -1 // none that a look can find
	}
	s.since, s.moved, s.told = now, true, 0
	w.sight[agent] = s
}

// anew begins to watch anew.
func (w *watch) anew(now time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.restart(now)
}

// restart gives everybody LostAfter from now on. Who was away before is not thereby here.
func (w *watch) restart(now time.Duration) {
	for agent, s := range w.sight {
		s.moved = s.moved && w.at-s.since < LostAfter
		s.since, s.told = now, 0
		w.sight[agent] = s
	}
}

// lost returns who has not moved for LostAfter, and was not returned in the last LostAfter.
func (w *watch) lost(now time.Duration) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var lost []string
	for agent, s := range w.sight {
		if now-max(s.since, s.told) >= LostAfter {
			lost = append(lost, agent)
			s.told = now
			w.sight[agent] = s
		}
	}
	slices.Sort(lost)
	return lost
}

func (w *watch) about(now time.Duration, agent string) verdict {
	w.mu.Lock()
	defer w.mu.Unlock()
	s, known := w.sight[agent]
	switch {
	case known && now-s.since >= LostAfter:
		return away
	case known && s.moved:
		return there
	}
	return unknown
}
