package api

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// beside does something beside the requests.
func (a *API) beside(do func(context.Context)) {
	if a.Hub.Go == nil {
		go do(context.Background())
		return
	}
	a.Hub.Go(do)
}

// work is something that takes its time: how far it is, for who waits. It goes on when
// nobody does.
type work struct {
	mu       sync.Mutex
	phase    string
	since    time.Time // of the phase
	finished bool
	done, of int
}

// enter begins a phase.
func (w *work) enter(phase string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.phase, w.since, w.done, w.of = phase, time.Now(), 0, 0
}

// tell says how much of the phase is done.
func (w *work) tell(done, of int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done, w.of = done, of
}

// end says that nobody need wait any more.
func (w *work) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.finished = true
}

// over reports whether end was called.
func (w *work) over() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.finished
}

// resume takes end back.
func (w *work) resume(phase string) {
	w.enter(phase)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.finished = false
}

// progress is what a page asks for while it waits: hub/left.ts.
type progress struct {
	Phase  string `json:"phase"`
	Done   int    `json:"done"`
	Of     int    `json:"of"` // 0: not known
	Millis int64  `json:"millis"`
	Over   bool   `json:"over"`
}

func (w *work) progress() progress {
	w.mu.Lock()
	defer w.mu.Unlock()
	return progress{w.phase, w.done, w.of, time.Since(w.since).Milliseconds(), w.finished}
}

// writeJSON answers a page's script.
func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(v)
}
