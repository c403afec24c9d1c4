package gateway

import (
	"context"
	"math"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// job is something done again and again for all sockets.
type job struct {
	name  string
	every time.Duration
	do    func(context.Context) error

	due     time.Time
	running atomic.Bool
}

// startPulse starts the one ticker of the gateway. A job is done for the first time after
// its while: before, there is nobody to do it for. One that takes long delays no other, and
// is not started again before it has ended.
func (g *Gateway) startPulse() {
	l := g.Limits
	pings := max(l.PingEvery/pingSlots, time.Millisecond) // no ticker is finer
	jobs := []*job{
		{name: "pings", every: pings, do: g.pings(int(math.Ceil(pingSlots * float64(pings) / float64(l.PingEvery))))},
		{name: "slow readers", every: min(time.Second, l.SlowAfter/4), do: g.closeSlow},
		{name: "queue places", every: l.QueueEvery, do: g.tellPlaces},
		{name: "desk lists", every: l.ListsWithin / 2, do: g.tellLists},
		{name: "board", every: l.BoardWithin / 4, do: g.tellBoard},
		{name: "mentions", every: l.ListsWithin / 2, do: g.tellMentioned},
		{name: "lost wake-ups", every: l.PollEvery, do: g.reconcile},
		{name: "logins", every: l.LoginEvery, do: g.checkLogins},
		{name: "presence", every: l.BeatEvery, do: g.beat},
	}
	tick := jobs[0].every
	for _, j := range jobs {
		tick = min(tick, j.every)
		j.due = time.Now().Add(j.every)
	}
	g.tasks.Add(1)
	go g.pulse(jobs, max(tick, time.Millisecond))
}

func (g *Gateway) pulse(jobs []*job, every time.Duration) {
	defer g.tasks.Done()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-g.jobs.Done():
			return
		case now := <-tick.C:
			for _, j := range jobs {
				if now.Before(j.due) || !j.running.CompareAndSwap(false, true) {
					continue
				}
				j.due = now.Add(j.every - every/2)
				g.spawn(func() { g.work(j) })
			}
		}
	}
}

func (g *Gateway) work(j *job) {
	defer j.running.Store(false)
	if err := j.do(g.jobs); err != nil && g.jobs.Err() == nil {
		g.Log.Warn("a periodic job failed, trying again", "job", j.name, "err", err)
	}
}

// spawn runs f in a goroutine that Drain waits for. The caller must be such a
// goroutine itself, or called on behalf of a socket that is not gone.
func (g *Gateway) spawn(f func()) {
	g.tasks.Add(1)
	go func() {
		defer g.tasks.Done()
		defer func() {
			if p := recover(); p != nil {
				g.Log.Error("panic in the gateway", "stack", string(debug.Stack()))
			}
		}()
		f()
	}()
}

// pings pings so many slots of the sockets at a time, so that each gets one every
// PingEvery. Writing to a socket that is stuck must not hold up the others.
func (g *Gateway) pings(slots int) func(context.Context) error {
	next := 0
	return func(context.Context) error {
		for range slots {
			for _, s := range g.sockets.slot(next) {
				g.spawn(s.ping)
			}
			next = (next + 1) % pingSlots
		}
		return nil
	}
}

func (g *Gateway) closeSlow(context.Context) error {
	now := time.Now()
	for _, s := range g.sockets.all() {
		if s.tooSlow(now) {
			g.spawn(func() { s.part(CloseSlow) })
		}
	}
	return nil
}
