package desk

import (
	"context"
	"errors"
	"time"

	"wenda/sessions"
)

const (
	sweepEvery = 5 * time.Second

	// LostAfter is how long an agent must have been away before their chats are given
	// to others. It comes on top of roster.Linger, so a desk that reconnects within a
	// minute keeps its chats.
	LostAfter = 45 * time.Second

	// frontPriority puts a chat before those that never had an agent: its customer
	// was in the middle of a sentence.
	frontPriority = 100
)

// Sweep puts the chats of agents who are gone back into the queue, at its front,
// with the time they have waited since. agents returns the user ids of everybody who
// may own a chat; present those whose desk is open (roster.Present). Absence is
// measured on this process's own monotonic clock, so a jump of the wall clock loses
// nobody. Every node may sweep: the guards of the session let one of them win. Sweep
// returns when ctx ends.
func (d *Desk) Sweep(ctx context.Context, agents, present func(context.Context) ([]string, error)) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	away := absences{}
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			if err := d.sweepOnce(ctx, away, now, agents, present); err != nil && ctx.Err() == nil {
				d.Log.Warn("looking for lost agents failed, trying again", "err", err)
			}
		}
	}
}

func (d *Desk) sweepOnce(ctx context.Context, away absences, now time.Time, agents, present func(context.Context) ([]string, error)) error {
	all, err := agents(ctx)
	if err != nil {
		return err
	}
	here, err := present(ctx)
	if err != nil {
		clear(away) // nobody is away while nobody can be seen
		return err
	}
	for _, agent := range away.lost(now, all, here) {
		err = errors.Join(err, d.requeueAll(ctx, agent))
	}
	return err
}

// absences holds since when each agent has been away.
type absences map[string]time.Time

// lost notes who is away and returns those who have been for LostAfter. They are
// returned again after another LostAfter.
func (a absences) lost(now time.Time, all, here []string) []string {
	for _, agent := range here {
		delete(a, agent)
	}
	present := make(map[string]bool, len(here))
	for _, agent := range here {
		present[agent] = true
	}
	var lost []string
	for _, agent := range all {
		since, away := a[agent]
		switch {
		case present[agent]:
		case !away:
			a[agent] = now
		case now.Sub(since) >= LostAfter:
			lost = append(lost, agent)
			a[agent] = now
		}
	}
	return lost
}

func (d *Desk) requeueAll(ctx context.Context, agent string) error {
	owned, err := d.Store.Owned(ctx, agent)
	for _, s := range owned {
		_, failed := d.requeue(ctx, s.ID, agent)
		if errors.Is(failed, sessions.ErrConflict) || errors.Is(failed, sessions.ErrClosed) {
			failed = nil // somebody else was faster
		}
		err = errors.Join(err, failed)
	}
	return err
}

// requeue puts one chat back if it still is the lost agent's.
func (d *Desk) requeue(ctx context.Context, id, agent string) (sessions.Committed, error) {
	by := sessions.Actor{Role: sessions.RoleSystem}
	return sessions.Update(ctx, d.Store, d.Live, id, by, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		if s.State != sessions.Assigned || s.Agent != agent {
			return s, nil, nil
		}
		next := s.Queue(s.Skill, d.Now())
		next.Priority = max(next.Priority, frontPriority)
		return next, []sessions.Event{{
			Kind: sessions.Handed, From: sessions.Speaker{Role: sessions.RoleSystem}, Text: d.Sentence(SayRequeued, s.Lang), Lang: s.Lang,
			Move: &sessions.Move{Reason: reasonLost},
		}}, nil
	})
}
