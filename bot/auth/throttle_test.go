package auth

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Against a throttle that is asked at any times: the first tries are free, then
// the waits double to a minute; a right one forgets them; a quarter of an hour does too.
func TestThrottle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		th, now := newThrottle(3), time.Unix(1e9, 0)
		n, last, next := 0, now, now
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now = now.Add(rapid.SampledFrom([]time.Duration{0, time.Second, 3 * time.Second, time.Minute, 16 * time.Minute}).Draw(t, "later"))
			if now.Sub(last) > forgotten {
				n, next = 0, now
			}
			if rapid.IntRange(0, 9).Draw(t, "right") == 0 {
				th.right("k", true)
				n, next = 0, now
				continue
			}
			wait := th.enter("k", now)
			if want := max(0, next.Sub(now)); wait != want {
				t.Fatalf("after %d wrong: wait %v, want %v", n, wait, want)
			}
			if wait > 0 {
				continue
			}
			n, last = n+1, now
			if n > 3 {
				next = now.Add(min(time.Minute, time.Duration(1<<min(n-4, 10))*time.Second))
			}
		}
	})
}

func TestThrottleTakesOneBack(t *testing.T) {
	th, now := newThrottle(2), time.Unix(1e9, 0)
	for range 1000 { // an office whose people all know their passwords
		if wait := th.enter("office", now); wait > 0 {
			t.Fatalf("must wait %v", wait)
		}
		th.right("office", false)
	}
	if len(th.wrong) != 0 {
		t.Errorf("%d entries left", len(th.wrong))
	}
}

func TestThrottleIsBounded(t *testing.T) {
	th, now := newThrottle(2), time.Unix(1e9, 0)
	for i := range 3 * maxTracked {
		th.enter(fmt.Sprint(i), now)
		if len(th.wrong) > maxTracked {
			t.Fatalf("%d entries", len(th.wrong))
		}
	}
	th.enter("later", now.Add(time.Hour))
	if len(th.wrong) != 1 {
		t.Errorf("%d entries after an hour", len(th.wrong))
	}
}
