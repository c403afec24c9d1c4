package artefact

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var usual = times{BeatEvery, LookEvery, StillAfter, BlindAfter, Patience}

func TestWatch(t *testing.T) {
	var w watch
	now := time.Hour
	looks := func(h holding, seconds int, want bool) {
		t.Helper()
		for range seconds {
			now += time.Second
			if w.stands(now, usual, "one", h) {
				t.Fatalf("after %v it counts as gone", now)
			}
		}
		now += time.Second
		if got := w.stands(now, usual, "one", h); got != want {
			t.Fatalf("at %v: %v, want %v", now, got, want)
		}
	}
	looks(holding{"a", 1}, 20, false)
	looks(holding{"a", 2}, 20, false) // it beat
	looks(holding{"b", 2}, 20, false) // another one took over
	w.stands(now, usual, "two", holding{"a", 2})
	looks(holding{"b", 2}, 9, true) // seen first 30 s ago
	now += 6 * time.Second          // blind
	looks(holding{"b", 2}, 30, true)
	w.forget("one")
	looks(holding{"b", 2}, 30, true)
}

// A maker who beats is never taken for gone, however late its beats and the looks are
// within their bounds; one who died is, StillAfter and a look later at most.
func TestWatchProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var w watch
		const end = 3 * time.Minute
		died := time.Duration(rapid.Int64Range(0, int64(end/2)).Draw(rt, "died"))
		late := rapid.Int64Range(0, int64(StillAfter-BeatEvery-LookEvery))
		beat, next, gone := int64(1), BeatEvery, time.Duration(-1)
		var last time.Duration // beat
		for now := time.Duration(0); now < end && gone < 0; now += time.Duration(rapid.Int64Range(1, int64(LookEvery)).Draw(rt, "look")) {
			for next <= min(now, died) {
				beat, last = beat+1, next
				next += BeatEvery + time.Duration(late.Draw(rt, "late"))
			}
			if w.stands(now, usual, "one", holding{"a", beat}) {
				gone = now
			}
		}
		if gone < 0 {
			rt.Fatalf("died at %v, still believed to live at %v", died, end)
		}
		if gone < died && gone-last < StillAfter || gone > max(died, last)+StillAfter+2*LookEvery {
			rt.Fatalf("died at %v, last beat at %v, gone at %v", died, last, gone)
		}
	})
}
