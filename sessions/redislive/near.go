package redislive

import (
	"sync"
	"time"

	"wenda/internal/recent"
	"wenda/sessions"
)

const (
	nearMost = 2000             // copies of one age
	nearTime = 30 * time.Second // after which a copy nobody renewed grows old, and then is forgotten
)

// near keeps the copies this process has put itself of late. As long as the channel of
// wake-ups is heard, they are as good as those in Redis: who changes a session elsewhere
// says so, and the copy is dropped; should that be lost, the commit finds out. It saves a
// round trip a turn.
type near struct {
	mu     sync.Mutex
	copies recent.Map[string, sessions.Session]
	since  time.Time // the age of the young began
}

// put keeps a copy, and reports whether there was one.
func (n *near) put(s sessions.Session, now time.Time) (held bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	before, held := n.copies.Get(s.ID)
	if held && before.Seq > s.Seq {
		return held
	}
	if now.Sub(n.since) > nearTime {
		n.copies.Age()
		n.since = now
	}
	n.copies.Most = nearMost
	n.copies.Set(s.ID, s.Clone())
	return held
}

func (n *near) get(id string) (sessions.Session, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	s, ok := n.copies.Get(id)
	return s.Clone(), ok
}

// drop forgets a copy older than seq.
func (n *near) drop(id string, seq int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if s, ok := n.copies.Get(id); ok && s.Seq < seq {
		n.copies.Drop(id)
	}
}

func (n *near) clear() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.copies = recent.Map[string, sessions.Session]{}
}
