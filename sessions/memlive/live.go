// Package memlive is the hot side of sessions inside one process: what a single
// node uses when it has no Redis.
//
// It starts no goroutine. Watchers are called by whoever signals, outside all
// locks, one signal at a time. What has expired is dropped when the room it takes
// has doubled. Nothing here outlives the process, and nothing has to.
package memlive

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"wenda/sessions"
)

const (
	copyTime = time.Hour // a copy nobody renewed is dropped after this
	copyMax  = 50_000    // copies kept, about 1 KiB each
)

var errClosed = errors.New("memlive: closed")

// Live is a sessions.Live in memory. Make it with New.
type Live struct {
	mu      sync.Mutex
	closed  bool
	copies  expiring[string, sessions.Session]
	present map[string]*expiring[string, struct{}] // by group, then member
	buckets expiring[string, struct{}]             // a bucket is its time: see take
	topics  map[string][]*watcher
}

var _ sessions.Live = (*Live)(nil)

// New returns an empty Live.
func New() *Live {
	return &Live{present: map[string]*expiring[string, struct{}]{}, topics: map[string][]*watcher{}}
}

// with runs do under the lock.
func (l *Live) with(do func(now time.Time)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return errClosed
	}
	do(time.Now())
	return nil
}

// Get implements sessions.Live.
func (l *Live) Get(_ context.Context, id string) (s sessions.Session, ok bool, err error) {
	err = l.with(func(now time.Time) { s, ok = l.copies.get(id, now) })
	return s.Clone(), ok, err
}

// Put implements sessions.Live.
func (l *Live) Put(_ context.Context, s sessions.Session) error {
	s = s.Clone()
	return l.with(func(now time.Time) {
		if old, ok := l.copies.get(s.ID, now); ok && old.Seq > s.Seq {
			return
		}
		l.copies.set(s.ID, s, now.Add(copyTime), now)
		l.copies.shrink(copyMax)
	})
}

// Renew implements sessions.Live. Nothing here is slow, so it is done at once.
func (l *Live) Renew(s sessions.Session, topics ...string) {
	_ = l.Put(context.Background(), s)
	for _, topic := range topics {
		_ = l.Signal(context.Background(), topic, s.WakeUp())
	}
}

// Drop implements sessions.Live.
func (l *Live) Drop(_ context.Context, id string) error {
	return l.with(func(time.Time) { l.copies.drop(id) })
}

// Announce implements sessions.Live.
func (l *Live) Announce(_ context.Context, group, member string, ttl time.Duration) error {
	return l.with(func(now time.Time) {
		if l.present[group] == nil {
			l.present[group] = &expiring[string, struct{}]{}
		}
		l.present[group].set(member, struct{}{}, now.Add(ttl), now)
	})
}

// Leave implements sessions.Live.
func (l *Live) Leave(_ context.Context, group, member string) error {
	return l.with(func(time.Time) {
		if g := l.present[group]; g != nil {
			g.drop(member)
		}
	})
}

// Present implements sessions.Live.
func (l *Live) Present(_ context.Context, group string) (members []string, err error) {
	err = l.with(func(now time.Time) {
		g := l.present[group]
		if g == nil {
			return
		}
		if g.sweep(now); g.len() == 0 {
			delete(l.present, group)
			return
		}
		members = g.keys()
	})
	slices.Sort(members)
	return members, err
}

// Allow implements sessions.Live.
func (l *Live) Allow(_ context.Context, key string, perSecond float64, burst int) (ok bool, wait time.Duration, err error) {
	if !sessions.ValidRate(perSecond, burst) {
		return false, 0, fmt.Errorf("%w: a rate of %v a second, burst %d", sessions.ErrInvalid, perSecond, burst)
	}
	err = l.with(func(now time.Time) {
		var full time.Time
		full, wait = take(l.buckets.until(key), now, perSecond, burst)
		if ok = wait == 0; ok {
			l.buckets.set(key, struct{}{}, full, now)
		}
	})
	return ok, wait, err
}

// take takes one token of a bucket that will be full at the time given, and
// returns when it will be full then; or how long until there is a token. This is
// the generic cell rate algorithm (ITU-T I.371) with the theoretical arrival time as state.
func take(full, now time.Time, perSecond float64, burst int) (time.Time, time.Duration) {
	each := time.Duration(float64(time.Second) / perSecond)
	if full.Before(now) {
		full = now
	}
	full = full.Add(each)
	return full, max(0, full.Sub(now)-time.Duration(burst)*each)
}

// Ping implements sessions.Live.
func (l *Live) Ping(context.Context) error { return l.with(func(time.Time) {}) }

// Close implements sessions.Live.
func (l *Live) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.copies, l.buckets = expiring[string, sessions.Session]{}, expiring[string, struct{}]{}
	clear(l.present)
	clear(l.topics)
	return nil
}
