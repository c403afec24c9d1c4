package desk

import (
	"time"

	"wenda/bot/desk/roster"
)

// stopwatch measures how long things have stood as they are, on this process's monotonic
// clock. What nodes wrote down as moments is not asked: a clock that jumps by an hour must
// cost no agent a chat. What a process has not watched itself begins anew with it; at
// worst somebody gets the time twice.
type stopwatch struct {
	at    time.Duration // of the newest look
	stood map[string]standing
}

type standing struct {
	as    string // what was seen
	since time.Duration
}

// look takes down what is to be seen now, by id, and returns for how long it has been
// so. Who could not look for roster.BlindAfter measures anew: nobody could act meanwhile.
func (w *stopwatch) look(now time.Duration, seen map[string]string) map[string]time.Duration {
	blind := now-w.at > roster.BlindAfter
	next, stood := make(map[string]standing, len(seen)), make(map[string]time.Duration, len(seen))
	for id, as := range seen {
		s, known := w.stood[id]
		if !known || s.as != as || blind {
			s = standing{as: as, since: now}
		}
		next[id], stood[id] = s, now-s.since
	}
	w.at, w.stood = now, next
	return stood
}
