package gateway

import (
	"bytes"
	"sync"
)

// whole is a frame that says how something stands, and is sent whole to one page when it
// is another than the page has: one at a time, so that no older one comes later.
type whole struct {
	mu   sync.Mutex
	sent []byte // the last, as far as it counts
	busy bool   // it is being sent
}

// send sends the frame if what counts in it has changed. While an older one is being sent
// it calls again instead, to have it looked at once more.
func (w *whole) send(a *agent, counts, frame []byte, again func()) {
	w.mu.Lock()
	changed, busy := !bytes.Equal(w.sent, counts), w.busy
	if changed && !busy {
		w.sent, w.busy = counts, true
	}
	w.mu.Unlock()
	switch {
	case !changed:
	case busy:
		again()
	default:
		a.s.g.spawn(func() {
			a.s.write(frame)
			w.mu.Lock()
			w.busy = false
			w.mu.Unlock()
		})
	}
}

// forget has the next one sent whatever the page has.
func (w *whole) forget() {
	w.mu.Lock()
	w.sent = nil
	w.mu.Unlock()
}

// names reports whether what was sent last names an id.
func (w *whole) names(id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return bytes.Contains(w.sent, []byte(`"`+id+`"`))
}

// none reports whether nothing was sent yet.
func (w *whole) none() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sent == nil
}
