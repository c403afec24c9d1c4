package gateway

import (
	"slices"
	"sync"
)

// follows knows who follows which session on this node, for the feed.
type follows struct {
	mu   sync.Mutex
	by   map[string][]*follower
	deaf map[*follower]struct{} // those that could not subscribe
}

func (fs *follows) init() {
	fs.by, fs.deaf = map[string][]*follower{}, map[*follower]struct{}{}
}

// move says that f follows session to now and no longer from; "" is none.
func (fs *follows) move(f *follower, from, to string) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if i := slices.Index(fs.by[from], f); i >= 0 {
		fs.by[from] = slices.Delete(fs.by[from], i, i+1)
		if len(fs.by[from]) == 0 {
			delete(fs.by, from)
		}
	}
	delete(fs.deaf, f)
	if to != "" {
		fs.by[to] = append(fs.by[to], f)
	}
}

// deafen notes that f could not subscribe.
func (fs *follows) deafen(f *follower) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.deaf[f] = struct{}{}
}

// takeDeaf returns those that could not subscribe and forgets them.
func (fs *follows) takeDeaf() []*follower {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	all := make([]*follower, 0, len(fs.deaf))
	for f := range fs.deaf {
		all = append(all, f)
	}
	clear(fs.deaf)
	return all
}

// wake wakes those who follow a session.
func (fs *follows) wake(session string, seq int64) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for _, f := range fs.by[session] {
		f.wake(seq)
	}
}

// wakeAll has everybody look.
func (fs *follows) wakeAll() {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for _, of := range fs.by {
		for _, f := range of {
			f.wake(0)
		}
	}
}
