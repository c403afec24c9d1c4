package main

import (
	"context"

	"wenda/bot/desk/roster"
	"wenda/bot/desk/wait"
)

// line says what is known of the queue of a skill, for those who stand in it. What is held
// out to an agent still stands in the queue, and takes the room it is held out for.
func (f floor) line(times *wait.Times) func(context.Context, string) (wait.Queue, error) {
	return func(ctx context.Context, skill string) (wait.Queue, error) {
		agents, err := f.present.Floor(ctx)
		if err != nil {
			return wait.Queue{}, err
		}
		served, err := times.Served(ctx, skill)
		if err != nil {
			return wait.Queue{}, err
		}
		people := roster.DutyOf(f.queues.Of(skill), agents)
		q := wait.Queue{There: people.There, Room: people.Free, Served: served}
		for _, a := range agents {
			q.Busy += a.Owned[skill]
			if a.Ready(skill) {
				q.Room += a.Offered[skill]
			}
		}
		return q, nil
	}
}
