package redislive

import (
	"sync"
	"time"
)

const (
	breakAfter = 3           // commands in a row that found nobody
	probeEvery = time.Second // one command is let through, to see whether Redis is back
)

// breaker keeps callers from waiting for a Redis that is away: each would lose
// a fifth of a second, several times in a turn.
type breaker struct {
	mu     sync.Mutex
	failed int       // in a row
	probe  time.Time // when the next command is let through, if failed is breakAfter
}

// lets reports whether a command may be sent now.
func (b *breaker) lets(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failed < breakAfter {
		return true
	}
	if now.Before(b.probe) {
		return false
	}
	b.probe = now.Add(probeEvery)
	return true
}

// note takes down how a command went.
func (b *breaker) note(answered bool, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if answered {
		b.failed = 0
		return
	}
	if b.failed < breakAfter {
		if b.failed++; b.failed == breakAfter {
			b.probe = now.Add(probeEvery)
		}
	}
}
