package gateway

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"golang.org/x/time/rate"
)

// TestBucketIsATokenBucket compares it with the well-known one.
func TestBucketIsATokenBucket(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pace := Pace{float64(rapid.IntRange(1, 100).Draw(t, "per second")), rapid.IntRange(1, 20).Draw(t, "burst")}
		known := rate.NewLimiter(rate.Limit(pace.PerSecond), pace.Burst)
		var ours bucket
		now := time.Now()
		for range rapid.IntRange(1, 100).Draw(t, "takes") {
			now = now.Add(time.Duration(rapid.IntRange(0, 300).Draw(t, "ms")) * time.Millisecond)
			before := known.TokensAt(now)
			if before > 0.999 && before < 1.001 {
				continue // rounding decides
			}
			ok, wait := ours.take(pace, now)
			if want := known.AllowN(now, 1); ok != want {
				t.Fatalf("took %v, want %v with %v tokens", ok, want, before)
			}
			if want := time.Duration((1 - before) / pace.PerSecond * float64(time.Second)); !ok && (wait-want).Abs() > time.Millisecond {
				t.Fatalf("wait %v, want %v", wait, want)
			}
		}
	})
}
