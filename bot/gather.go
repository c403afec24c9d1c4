package bot

import (
	"context"
	"sync"
	"time"

	"wenda/sessions"
)

const (
	mostGathering = 50_000           // chats a node has timers for; the sweeper sees to the others
	gatherWithin  = 10 * time.Second // bounds the work of one timer
)

// gathers reports whether a line that the bot is not sure about waits for more.
func (p Policy) gathers(s sessions.Session, now time.Time) bool {
	return s.State == sessions.Bot && p.Gather > 0 && (s.Pending == 0 || now.Sub(s.PendingAt) < p.GatherMost)
}

// untilQuiet is how long what is pending must still wait: until the customer has been
// quiet for Gather, at most GatherMost after the first line. A clock that was far
// ahead when the lines came does not count.
func (p Policy) untilQuiet(s sessions.Session, now time.Time) time.Duration {
	wait := min(p.Gather-now.Sub(s.HeardAt), p.GatherMost-now.Sub(s.PendingAt))
	if wait < time.Millisecond || wait > p.GatherMost {
		return 0
	}
	return wait
}

// await has a session looked at again when its customer may have finished.
func (b *Bot) await(s sessions.Session) {
	if s.State != sessions.Bot || s.Pending == 0 {
		return
	}
	if wait := b.Policy.untilQuiet(s, b.Now()); wait > 0 {
		b.gathering.wait(s.ID, wait, b.gathered)
	}
}

// gathered answers what is pending in a session, unless more came meanwhile. What
// goes wrong here is done again by the sweeper.
func (b *Bot) gathered(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(ctx, gatherWithin)
	defer cancel()
	done, err := b.attend(ctx, id, b.Now())
	if err != nil {
		if ctx.Err() == nil {
			b.Log.Warn("answering failed, the sweeper tries again", "session", id, "err", err)
		}
		return
	}
	b.await(done.Session)
}

// gathering holds one timer for each chat whose customer may still be typing. No
// goroutine waits.
type gathering struct {
	mu      sync.Mutex
	ctx     context.Context // of the timers' work; nil while closed
	timers  map[string]*time.Timer
	running sync.WaitGroup
}

// open takes timers until close.
func (g *gathering) open(ctx context.Context) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ctx, g.timers = ctx, map[string]*time.Timer{}
}

// close forgets all timers and waits for those at work.
func (g *gathering) close() {
	g.mu.Lock()
	for _, t := range g.timers {
		t.Stop()
	}
	g.ctx, g.timers = nil, nil
	g.mu.Unlock()
	g.running.Wait()
}

// wait calls then after d, instead of when it was last told to for this id.
func (g *gathering) wait(id string, d time.Duration, then func(context.Context, string)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t, ok := g.timers[id]; ok {
		t.Reset(d)
		return
	}
	if g.ctx == nil || len(g.timers) >= mostGathering {
		return
	}
	g.timers[id] = time.AfterFunc(d, func() {
		if ctx := g.take(id); ctx != nil {
			defer g.running.Done()
			then(ctx, id)
		}
	})
}

// take takes the timer of id out; nil if it is gone already.
func (g *gathering) take(id string) context.Context {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, ok := g.timers[id]; !ok {
		return nil
	}
	delete(g.timers, id)
	g.running.Add(1)
	return g.ctx
}
