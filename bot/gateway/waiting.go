package gateway

import (
	"context"
	"sync"
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
		for _, c := range customers {
			session, _ := c.follow.at()
			place, first := places[session]
			if !first && total <= len(queue) {
				continue // not in this queue any more; a state frame is on its way
			}
			if !first {
				place = placeMore
			}
			g.spawn(func() { c.place(session, place) })
		}
	}
	return nil
}
