package gateway

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"wenda/sessions"
)

// limiterKeys is how many buckets are kept on this node at most. Beyond it all are
// forgotten, that is full again: a limit for a while less strict, not a leak.
const limiterKeys = 10_000

// limiter counts in Live, shared by all nodes, and by itself while Live is not reachable.
type limiter struct {
	live  sessions.Live
	mu    sync.Mutex
	local map[string]*rate.Limiter
}

func (l *limiter) init(live sessions.Live) {
	l.live, l.local = live, map[string]*rate.Limiter{}
}

// allow takes one token of key's bucket, or says how long until there is one.
func (l *limiter) allow(ctx context.Context, key string, r Pace) (bool, time.Duration) {
	ok, wait, err := l.live.Allow(ctx, key, r.PerSecond, r.Burst)
	if err != nil {
		return l.here(key, r)
	}
	return ok, wait
}

func (l *limiter) here(key string, r Pace) (bool, time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	bucket := l.local[key]
	if bucket == nil {
		if len(l.local) >= limiterKeys {
			clear(l.local)
		}
		bucket = newBucket(r)
		l.local[key] = bucket
	}
	return take(bucket, time.Now())
}

func newBucket(r Pace) *rate.Limiter { return rate.NewLimiter(rate.Limit(r.PerSecond), r.Burst) }

// take takes one token, or says how long until there is one.
func take(bucket *rate.Limiter, now time.Time) (bool, time.Duration) {
	if bucket.AllowN(now, 1) {
		return true, 0
	}
	if bucket.Limit() <= 0 {
		return false, time.Minute
	}
	return false, time.Duration((1 - bucket.TokensAt(now)) / float64(bucket.Limit()) * float64(time.Second))
}
