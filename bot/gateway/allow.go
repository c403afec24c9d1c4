package gateway

import (
	"context"
	"sync"
	"time"

	"wenda/sessions"
)

// limiterKeys is how many buckets are kept on this node at most. Beyond it all are
// forgotten, that is full again: a limit for a while less strict, not a leak.
const limiterKeys = 10_000

// limiter counts on this node, and in Live, shared by all nodes. Who has half of their
// bucket left here is not asked about in Live: that is nearly everybody, and costs
// nothing. So nobody gets more than a pace on one node; somebody who spreads over n
// nodes gets at most n times as much, and only as long as they are slow on each.
type limiter struct {
	live  sessions.Live
	mu    sync.Mutex
	local map[string]*bucket
}

func (l *limiter) init(live sessions.Live) {
	l.live, l.local = live, map[string]*bucket{}
}

// allow takes one token of key's bucket, or says how long until there is one.
func (l *limiter) allow(ctx context.Context, key string, r Pace) (bool, time.Duration) {
	ok, used, wait := l.here(key, r)
	if !ok || used <= float64(r.Burst)/2 {
		return ok, wait
	}
	ok, wait, err := l.live.Allow(ctx, key, r.PerSecond, r.Burst)
	if err != nil {
		return true, 0 // it is allowed here
	}
	return ok, wait
}

// here takes a token of this node's own bucket, and says how many are missing then.
func (l *limiter) here(key string, r Pace) (ok bool, used float64, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	of := l.local[key]
	if of == nil {
		if len(l.local) >= limiterKeys {
			clear(l.local)
		}
		of = &bucket{}
		l.local[key] = of
	}
	ok, wait = of.take(r, time.Now())
	return ok, of.used, wait
}

// bucket is a token bucket of one goroutine. It is small: every socket has two. It is
// full where it has not been used yet.
type bucket struct {
	used float64 // tokens that are missing
	at   instant
}

// take takes one token, or says how long until there is one.
func (b *bucket) take(p Pace, now time.Time) (bool, time.Duration) {
	used := max(0, b.used-max(0, b.at.before(now).Seconds())*p.PerSecond)
	b.at = instantOf(now)
	if over := used + 1 - float64(p.Burst); over > 0 {
		b.used = used
		return false, time.Duration(over / p.PerSecond * float64(time.Second))
	}
	b.used = used + 1
	return true, 0
}
