package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"wenda/knowledge/artefact"
)

// waiting tells who waits until a base was learnt from how far that is: nothing of a base
// that takes a moment, and of others whole lines, which can be read in a file as well.
type waiting struct {
	w     io.Writer
	what  string // what is learnt from
	timer *time.Timer
	mu    sync.Mutex
	began time.Time
	told  time.Time // the last line; zero for none
}

const (
	waitQuiet = 3 * time.Second // nobody wonders for so long
	waitEvery = 5 * time.Second // between two lines, at least
)

// newWaiting begins to wait. Call end when that is over.
func newWaiting(w io.Writer, what string) *waiting {
	t := &waiting{w: w, what: what, began: time.Now()}
	t.timer = time.AfterFunc(waitQuiet, func() { t.say(0, "learning from %s …", what) })
	return t
}

// step is a match.Study's Progress.
func (t *waiting) step(done, of int) {
	passed := time.Since(t.began)
	if left, known := artefact.Left(passed, 0, done, of); known && done < of && passed >= waitQuiet {
		t.say(waitEvery, "learnt %d of %d parts in %v, about %v left", done, of, passed.Round(time.Second), left.Round(time.Second))
	}
}

// end says how long it took, if anything was said before.
func (t *waiting) end() {
	t.timer.Stop()
	t.mu.Lock()
	said := !t.told.IsZero()
	t.mu.Unlock()
	if said {
		t.say(0, "learnt from %s in %v", t.what, time.Since(t.began).Round(time.Second))
	}
}

// say writes a line, unless one was written within so long.
func (t *waiting) say(within time.Duration, format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now := time.Now(); t.told.IsZero() || now.Sub(t.told) >= within {
		t.told = now
		fmt.Fprintf(t.w, format+"\n", args...)
	}
}
