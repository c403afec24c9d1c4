package gateway

import (
	"sync"
)

// pingSlots is how many parts the sockets are pinged in. A part is small, so that nobody's
// message waits behind the pings of others: of 5,000 sockets, 25 every 100 ms.
const pingSlots = 200

// registry knows the open sockets.
type registry struct {
	mu     sync.Mutex
	closed bool
	next   int
	slots  [pingSlots]map[*socket]struct{}
	owned  map[owner][]*socket // oldest first
}

// owner is somebody on one side.
type owner struct{ side, id string }

func ownerOf(s *socket) owner { return owner{s.name, s.owner} }

func (r *registry) init() {
	for i := range r.slots {
		r.slots[i] = map[*socket]struct{}{}
	}
	r.owned = map[owner][]*socket{}
}

// add takes a socket in, and begins a task for it, unless close was called.
func (r *registry) add(s *socket) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	s.slot = r.next
	r.next = (r.next + 1) % pingSlots
	r.slots[s.slot][s] = struct{}{}
	s.g.tasks.Add(1)
	return true
}

func (r *registry) remove(s *socket) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.slots[s.slot], s)
	theirs := r.owned[ownerOf(s)]
	for i := range theirs {
		if theirs[i] == s {
			theirs = append(theirs[:i:i], theirs[i+1:]...)
			break
		}
	}
	if len(theirs) == 0 {
		delete(r.owned, ownerOf(s))
	} else {
		r.owned[ownerOf(s)] = theirs
	}
}

// own says whose socket s is. If they have more than limit, the oldest is returned
// and has to go: it may be one whose network is gone and that nobody misses.
func (r *registry) own(s *socket, who string, limit int) (oldest *socket) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s.owner = who
	theirs := append(r.owned[ownerOf(s)], s)
	if len(theirs) > limit {
		oldest, theirs = theirs[0], theirs[1:]
	}
	r.owned[ownerOf(s)] = theirs
	return oldest
}

// close takes no more sockets in, and returns those there are.
func (r *registry) close() []*socket {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	return r.all()
}

func (r *registry) all() []*socket {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []*socket
	for _, slot := range r.slots {
		for s := range slot {
			all = append(all, s)
		}
	}
	return all
}

func (r *registry) slot(i int) []*socket {
	r.mu.Lock()
	defer r.mu.Unlock()
	sockets := make([]*socket, 0, len(r.slots[i]))
	for s := range r.slots[i] {
		sockets = append(sockets, s)
	}
	return sockets
}

func (r *registry) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, slot := range r.slots {
		n += len(slot)
	}
	return n
}
