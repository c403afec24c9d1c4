package main

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wenda/knowledge/match"
)

// Lines tell those who wait how far learning is; nothing is said of what takes a moment.
func TestWaitingTells(t *testing.T) {
	for _, c := range []struct {
		name  string
		parts time.Duration // each
		of    int
		want  string
	}{
		{"a moment", 400 * time.Millisecond, 7, ""},
		{"a while", 20 * time.Second, 4, `learning from 9 entries …
learnt 1 of 4 parts in 20s, about 1m0s left
learnt 2 of 4 parts in 40s, about 40s left
learnt 3 of 4 parts in 1m0s, about 20s left
learnt from 9 entries in 1m20s
`},
		{"many small parts", time.Second, 17, `learning from 9 entries …
learnt 8 of 17 parts in 8s, about 9s left
learnt 13 of 17 parts in 13s, about 4s left
learnt from 9 entries in 17s
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var got bytes.Buffer
				w := newWaiting(&got, "9 entries")
				time.Sleep(time.Millisecond) // so that no part ends with the timer
				for done := range c.of {
					time.Sleep(c.parts)
					w.step(done+1, c.of)
				}
				w.end()
				time.Sleep(time.Minute)
				if got.String() != c.want {
					t.Errorf("got\n%swant\n%s", got.String(), c.want)
				}
			})
		})
	}
}

// What learns tells it: each pipeline by its name.
func TestLearningIsTold(t *testing.T) {
	var got bytes.Buffer
	waiting := newWaiting(&got, "two entries (full-1)")
	defer waiting.end()
	waiting.began = waiting.began.Add(-time.Minute) // as if it had begun long ago
	study := studyOf(match.Full, waiting)
	study.Progress(1, 3)
	if study.Variant != match.Full || !strings.HasPrefix(got.String(), "learnt 1 of 3 parts in 1m0s, about 2m0s left\n") {
		t.Errorf("%q: %q", study.Variant, got.String())
	}
}
