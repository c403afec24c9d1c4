package gateway

import (
	"context"
	"sync"
	"time"

	"wenda/bot/desk/wait"
	"wenda/sessions"
)

const (
	// queueShown is how many of a queue are looked at: places beyond are "50+".
	queueShown = 50
	placeMore  = queueShown + 1
)

// waiting knows the customers on this node who wait in a queue.
type waiting struct {
	mu sync.Mutex
	in map[*customer]string // skill
}

func (w *waiting) init() { w.in = map[*customer]string{} }

func (w *waiting) enter(c *customer, skill string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.in[c] = skill
}

func (w *waiting) leave(c *customer) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.in, c)
}

func (w *waiting) bySkill() map[string][]*customer {
	w.mu.Lock()
	defer w.mu.Unlock()
	by := map[string][]*customer{}
	for c, skill := range w.in {
		by[skill] = append(by[skill], c)
	}
	return by
}

// tellPlaces tells those whose place in a queue changed: one query for each queue
// that somebody here waits in, however many they are.
func (g *Gateway) tellPlaces(ctx context.Context) error {
	for skill, customers := range g.waiting.bySkill() {
		queue, total, err := g.Store.Queue(ctx, skill, queueShown)
		if err != nil {
			return err
		}
		places := make(map[string]int, len(queue))
		for i, s := range queue {
			places[s.ID] = i + 1
		}
		foretold := g.foretell(ctx, skill, queue)
		for _, c := range customers {
			session, _ := c.follow.at()
			place, first := places[session]
			if !first && total <= len(queue) {
				continue // not in this queue any more; a state frame is on its way
			}
			if !first {
				place = placeMore
			}
			g.spawn(func() { c.place(session, place, foretold(place)) })
		}
	}
	return nil
}

// foretell says how long who stands at a place of the queue will wait, in the steps that
// people say, as milliseconds; 0 where nobody knows, or knows the place.
func (g *Gateway) foretell(ctx context.Context, skill string, queue []sessions.Session) func(place int) int64 {
	var known wait.Queue
	if g.Wait != nil && len(queue) > 0 {
		var err error
		if known, err = g.Wait(ctx, skill); err != nil {
			g.Log.Warn("how long a queue takes is not known now", "err", err)
		}
		known.Oldest = waited(queue, time.Now())
	}
	return func(place int) int64 {
		d, ok := known.For(place)
		if !ok || place >= placeMore {
			return 0
		}
		return wait.Step(d).Milliseconds()
	}
}

// waited is how long the first in a queue has waited who is here for an agent: who left a
// message over night does not say how quick agents are.
func waited(queue []sessions.Session, now time.Time) time.Duration {
	for _, s := range queue {
		if !s.Memory.Left {
			return now.Sub(s.QueuedAt)
		}
	}
	return 0
}
