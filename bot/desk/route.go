package desk

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"wenda/bot/desk/queue"
	"wenda/bot/desk/roster"
	"wenda/sessions"
)

const (
	roundEvery  = time.Second            // looks for chats to be offered, and for offers and words that are overdue
	roundJitter = 100 * time.Millisecond // nodes do not look at the same moment
	roundGap    = 250 * time.Millisecond // however many wake-ups there are

	// lookAhead is how many chats of a queue a round reads beyond those there is room
	// for: so many that are offered to nobody just now hold up none behind them.
	lookAhead = 50
	waitsMost = 250  // of a queue, in one round
	heldMost  = 5000 // offers, or silent chats, in one round
)

// Floor is who is there; roster.Roster.
type Floor interface {
	Floor(ctx context.Context) ([]roster.Agent, error)
	Away(ctx context.Context, agent, why string) error
}

// Router offers chats to agents, gives an offer that is not taken to the next one, and
// reminds agents of customers who wait for a word, or takes the chat back. Every node may
// run one: each act is guarded by the session, so of two that decide the same only one
// does it. It costs five statements a second, and one more for each queue that routes
// by itself and has somebody free, however many chats wait.
type Router struct {
	desk   *Desk
	floor  Floor
	queues *queue.Book
	clock  func() time.Duration // monotonic, from anywhere on

	offers  stopwatch
	silence stopwatch
}

// Router makes a Router for the queues of the book.
func (d *Desk) Router(floor Floor, queues *queue.Book) *Router {
	start := time.Now()
	return &Router{desk: d, floor: floor, queues: queues, clock: func() time.Duration { return time.Since(start) }}
}

// Run routes until ctx ends: every second, and when a queue, an owner or a presence changed.
func (r *Router) Run(ctx context.Context) {
	woken := make(chan struct{}, 1)
	var stop func()
	defer func() {
		if stop != nil {
			stop()
		}
	}()
	for {
		if stop == nil {
			stop = r.watch(woken)
		}
		if err := r.round(ctx); err != nil && ctx.Err() == nil {
			r.desk.Log.Warn("routing chats failed, trying again", "err", err)
		}
		if !rest(ctx, woken) {
			return
		}
	}
}

// watch lets changes wake the Router; nil if Live is away.
func (r *Router) watch(woken chan<- struct{}) (stop func()) {
	stop, err := r.desk.Live.Watch(sessions.DeskTopic, func(sessions.Signal) {
		select {
		case woken <- struct{}{}:
		default:
		}
	})
	if err != nil {
		return nil
	}
	return stop
}

// rest waits for the next round; false if there is none.
func rest(ctx context.Context, woken <-chan struct{}) bool {
	jitter := rand.N(roundJitter)
	gap, next := time.NewTimer(roundGap+jitter), time.NewTimer(roundEvery+jitter)
	defer gap.Stop()
	defer next.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-gap.C:
	}
	select {
	case <-ctx.Done():
		return false
	case <-woken:
	case <-next.C:
	}
	return true
}

// round does what is due now. One part that fails holds up no other.
func (r *Router) round(ctx context.Context) error {
	agents, err := r.floor.Floor(ctx)
	if err != nil {
		return err
	}
	return errors.Join(r.lapse(ctx, agents), r.nudge(ctx), r.offer(ctx, agents))
}
