package desk

import (
	"context"
	"errors"
	"time"

	"wenda/internal/often"
	"wenda/sessions"
)

const (
	sweepEvery = time.Second // roster.LookEvery; see roster for what depends on it

	// frontPriority puts a chat before those that never had an agent, unless they have
	// waited for an hour and a half longer: its customer was in the middle of a sentence.
	frontPriority = 100
)

// Sweep puts the chats of agents who are gone back into the queue, at its front,
// with the time they have waited since. lost returns the user ids of who is gone
// (roster.Lost), and is asked every second. Every node may sweep: the guards of the
// session let one of them win. Sweep returns when ctx ends.
func (d *Desk) Sweep(ctx context.Context, lost func(context.Context) ([]string, error)) {
	often.Do(ctx, sweepEvery, func(ctx context.Context) error { return d.sweepOnce(ctx, lost) }, func(err error) {
		d.Log.Warn("looking for lost agents failed, trying again", "err", err)
	})
}

func (d *Desk) sweepOnce(ctx context.Context, lost func(context.Context) ([]string, error)) error {
	gone, err := lost(ctx)
	for _, agent := range gone {
		err = errors.Join(err, d.requeueAll(ctx, agent))
	}
	return err
}

func (d *Desk) requeueAll(ctx context.Context, agent string) error {
	owned, err := d.Store.Owned(ctx, agent)
	for _, s := range owned {
		_, failed := d.requeue(ctx, s.ID, agent, reasonLost, time.Time{})
		if errors.Is(failed, sessions.ErrConflict) || errors.Is(failed, sessions.ErrClosed) {
			failed = nil // somebody else was faster
		}
		err = errors.Join(err, failed)
	}
	return err
}

// requeue puts one chat back to the front of its queue if it still is the agent's, and
// its customer still waits since then, if that is given. What the customer reads is one
// calm line.
func (d *Desk) requeue(ctx context.Context, id, agent, reason string, since time.Time) (sessions.Committed, error) {
	by := sessions.Actor{Role: sessions.RoleSystem}
	done, err := sessions.Update(ctx, d.Store, d.Live, id, by, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		if s.State != sessions.Assigned || s.Agent != agent || !since.IsZero() && !s.AwaitAt.Equal(since) {
			return s, nil, nil
		}
		next := s.Queue(s.Skill, d.Now())
		next.Priority = max(next.Priority, frontPriority)
		if reason == reasonSilent { // not held out at once to who just let them wait
			next.Desk.Offer = sessions.Offer{At: d.Now(), Passed: []string{agent}}
		}
		return next, []sessions.Event{{
			Kind: sessions.Handed, From: sessions.Speaker{Role: sessions.RoleSystem}, Text: d.Sentence(SayRequeued, s.Lang), Lang: s.Lang,
			Move: &sessions.Move{Reason: reason},
		}}, nil
	})
	if err == nil && len(done.Events) > 0 {
		d.Count(reason, done.Session.Skill) // CountSilent or CountLost
	}
	return done, err
}
