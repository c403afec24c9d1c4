package redislive

import (
	"sync"
	"time"

	"wenda/sessions"
)

const (
	nearMost = 2000             // copies of one age
	nearTime = 30 * time.Second // after which a copy nobody renewed grows old, and then is forgotten
)

// near keeps the copies this process has put itself of late. One of a session that is
// watched here is as good as the one in Redis: who changes the session elsewhere says
// so, and the copy is dropped; should that be lost, the commit finds out. It saves a
// round trip a turn. There are two ages of copies, so that forgetting costs nothing.
type near struct {
	mu    sync.Mutex
	young map[string]sessions.Session
	old   map[string]sessions.Session
	since time.Time // of the young
}

func (n *near) put(s sessions.Session, now time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if held, ok := n.held(s.ID); ok && held.Seq > s.Seq {
		return
	}
	if n.young == nil || len(n.young) >= nearMost || now.Sub(n.since) > nearTime {
		n.old, n.young, n.since = n.young, map[string]sessions.Session{}, now
	}
	n.young[s.ID] = s.Clone()
}

func (n *near) get(id string) (sessions.Session, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	s, ok := n.held(id)
	return s.Clone(), ok
}

// held is the copy there is; n.mu is held.
func (n *near) held(id string) (sessions.Session, bool) {
	s, ok := n.young[id]
	if !ok {
		s, ok = n.old[id]
	}
	return s, ok
}

// drop forgets a copy older than seq.
func (n *near) drop(id string, seq int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, age := range []map[string]sessions.Session{n.young, n.old} {
		if s, ok := age[id]; ok && s.Seq < seq {
			delete(age, id)
		}
	}
}
