package main

import (
	"context"
	"time"

	"wenda/bot/gateway"
	"wenda/bot/metrics"
	"wenda/sessions"
)

// standing says how the queues stand, for the figures: all of the company's, and whatever
// else somebody waits in. It is the same on every node.
func standing(store sessions.Store, waits queues, g *gateway.Gateway) func(context.Context) ([]metrics.Queue, error) {
	return func(ctx context.Context) ([]metrics.Queue, error) {
		lines, err := store.Lines(ctx)
		if err != nil {
			return nil, err
		}
		now, service := time.Now(), g.Service()
		var all []metrics.Queue
		add := func(id string, l sessions.Line) {
			q := metrics.Queue{ID: id, Waiting: l.Waiting, Left: l.Left, Service: -1}
			if !l.Oldest.IsZero() {
				q.Oldest = max(now.Sub(l.Oldest), 0)
			}
			if share, judged := service[id]; judged {
				q.Service = share
			}
			all = append(all, q)
		}
		waiting := map[string]sessions.Line{}
		for _, l := range lines {
			waiting[l.Skill] = l
		}
		for _, q := range waits.book.All() {
			add(q.ID, waiting[q.ID])
			delete(waiting, q.ID)
		}
		for _, l := range lines {
			if _, other := waiting[l.Skill]; other {
				add(l.Skill, l)
			}
		}
		return all, nil
	}
}
