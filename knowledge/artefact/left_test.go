package artefact

import (
	"testing"
	"time"
)

func TestLeft(t *testing.T) {
	for _, c := range []struct {
		passed         time.Duration
		from, done, of int
		left           time.Duration
		known          bool
	}{
		{time.Minute, 0, 1, 4, 3 * time.Minute, true},
		{time.Minute, 0, 3, 4, 20 * time.Second, true},
		{time.Minute, 2, 3, 5, 2 * time.Minute, true}, // who came later saw one step
		{time.Minute, 0, 4, 4, 0, true},
		{time.Minute, 0, 5, 4, 0, true},
		{0, 4, 4, 4, 0, true},
		{time.Minute, 0, 0, 4, 0, false}, // nothing done yet
		{time.Minute, 2, 2, 4, 0, false}, // nothing since
		{time.Minute, 3, 2, 4, 0, false}, // taken over by another node, from the beginning
		{0, 0, 1, 4, 0, false},
		{-time.Second, 0, 1, 4, 0, false},
		{time.Minute, -1, 1, 4, 0, false},
		{time.Minute, 0, 0, 0, 0, false}, // nobody said anything
	} {
		if left, known := Left(c.passed, c.from, c.done, c.of); left != c.left || known != c.known {
			t.Errorf("%+v: %v, %v", c, left, known)
		}
	}
}
