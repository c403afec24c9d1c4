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
	of := l.local[key]
	if of == nil {
		if len(l.local) >= limiterKeys {
			clear(l.local)
		}
		of = rate.NewLimiter(rate.Limit(r.PerSecond), r.Burst)
		l.local[key] = of
	}
	now := time.Now()
	if of.AllowN(now, 1) {
		return true, 0
	}
	return false, time.Duration((1 - of.TokensAt(now)) / r.PerSecond * float64(time.Second))
}

// bucket is a token bucket of one goroutine. It is small: every socket has two. It is
// full where it has not been used yet.
type bucket struct {
	used float64 // tokens that are missing
	at   time.Time
}

// take takes one token, or says how long until there is one.
func (b *bucket) take(p Pace, now time.Time) (bool, time.Duration) {
	used := max(0, b.used-max(0, now.Sub(b.at).Seconds())*p.PerSecond)
	b.at = now
	if over := used + 1 - float64(p.Burst); over > 0 {
		b.used = used
		return false, time.Duration(over / p.PerSecond * float64(time.Second))
	}
	b.used = used + 1
	return true, 0
}
