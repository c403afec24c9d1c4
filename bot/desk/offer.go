package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"wenda/bot/desk/queue"
	"wenda/bot/desk/roster"
	"wenda/sessions"
)

// Why the server sets an agent away, and reasons of the moves that come with it.
const (
	reasonUnaccepted = "unaccepted" // did not take what was held out to them
	reasonSilent     = "silent"     // let a customer wait
)

// offer holds out what waits to who is free.
func (r *Router) offer(ctx context.Context, agents []roster.Agent) error {
	queues := r.queues.All()
	waiting, err := r.waiting(ctx, queues, agents)
	by := map[string]roster.Agent{}
	for _, a := range agents {
		by[a.ID] = a
	}
	for _, o := range roster.Route(r.desk.Now(), queues, waiting, agents) {
		a := by[o.Agent]
		done, failed := r.desk.Store.Offer(ctx, r.queues.Limited(sessions.Agent{ID: a.ID, Skills: a.Skills, Capacity: a.Capacity}), o.Session)
		if failed == nil {
			r.desk.Count(CountOffered, done.Session.Skill)
			sessions.Announce(r.desk.Live, done.Session, done)
		} else if !overtaken(failed) {
			err = errors.Join(err, failed)
		}
	}
	return err
}

// overtaken reports whether somebody else was faster.
func overtaken(err error) bool {
	for _, faster := range []error{sessions.ErrTaken, sessions.ErrFull, sessions.ErrConflict, sessions.ErrClosed, sessions.ErrNotFound} {
		if errors.Is(err, faster) {
			return true
		}
	}
	return false
}

// waiting reads the heads of the queues for which somebody is free.
func (r *Router) waiting(ctx context.Context, queues []queue.Queue, agents []roster.Agent) (all []sessions.Waiting, err error) {
	for _, q := range queues {
		if !q.Offers() {
			continue
		}
		free := roster.DutyOf(q, agents).Free
		if free == 0 {
			continue
		}
		some, failed := r.desk.Store.Waiting(ctx, q.ID, min(free+lookAhead, waitsMost))
		all, err = append(all, some...), errors.Join(err, failed)
	}
	return all, err
}

// lapse lets pass what was held out for too long, or to somebody who is gone, and sets
// away who could have taken it.
func (r *Router) lapse(ctx context.Context, agents []roster.Agent) error {
	held, err := r.desk.Store.Offered(ctx, heldMost)
	if err != nil {
		return err
	}
	seen := make(map[string]string, len(held))
	for _, s := range held {
		seen[s.ID] = s.Desk.Offer.To + " " + s.Desk.Offer.At.Format(time.RFC3339Nano)
	}
	stood := r.offers.look(r.clock(), seen)
	for _, s := range held {
		to := agentOf(agents, s.Desk.Offer.To)
		late := stood[s.ID] >= r.queues.Of(s.Skill).Accept
		if !late && (to.There || stood[s.ID] < roster.BlindAfter) {
			continue
		}
		passed, failed := r.desk.passed(ctx, s, reasonUnaccepted)
		if passed && late && couldTake(to, r.queues.Of(s.Skill)) {
			failed = errors.Join(failed, r.floor.Away(ctx, to.ID, reasonUnaccepted))
		}
		err = errors.Join(err, failed)
	}
	return err
}

// couldTake reports whether the agent was there and had room for what was held out.
func couldTake(a roster.Agent, q queue.Queue) bool {
	a.Offered = nil
	return a.There && a.Free(q) > 0
}

func agentOf(agents []roster.Agent, id string) roster.Agent {
	i := slices.IndexFunc(agents, func(a roster.Agent) bool { return a.ID == id })
	if i < 0 {
		return roster.Agent{ID: id}
	}
	return agents[i]
}

// passed lets an offer pass as it was seen, and reports whether it still was so.
func (d *Desk) passed(ctx context.Context, seen sessions.Session, why string) (bool, error) {
	_, passed, err := d.pass(ctx, seen.ID, seen.Desk.Offer.To, seen.Desk.Offer.At, why)
	if overtaken(err) {
		return false, nil
	}
	return passed, err
}

// pass ends an offer to an agent, made at that moment (at any, if it is zero): nobody
// told the customer of it, so nobody tells them that it is over. But what a colleague
// passed on goes back to them, if they are still there, else to the front of the queue;
// why is the reason of that move. It reports false, and does nothing, if there is no such
// offer any more. more is committed with it.
func (d *Desk) pass(ctx context.Context, id, agent string, at time.Time, why string, more ...sessions.Event) (done sessions.Committed, passed bool, err error) {
	by := sessions.Actor{Role: sessions.RoleSystem}
	done, err = sessions.Update(ctx, d.Store, d.Live, id, by, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		offer := s.Desk.Offer
		if passed = s.State == sessions.Queued && offer.To == agent && (at.IsZero() || offer.At.Equal(at)); !passed {
			return s, nil, nil
		}
		if from, there := d.colleague(ctx, offer.From); there {
			return s.Assign(from.ID), append([]sessions.Event{d.back(s, from, why)}, more...), nil
		}
		let := slices.DeleteFunc(slices.Clone(offer.Passed), func(a string) bool { return a == agent })
		s.Desk.Offer = sessions.Offer{At: d.Now(), Passed: append(let, agent)}
		if offer.From != "" {
			s.Priority = max(s.Priority, frontPriority)
		}
		return s, more, nil
	})
	if passed = passed && err == nil; passed {
		d.Count(why, done.Session.Skill) // CountRefused or CountUnaccepted
	}
	return done, passed, err
}

// colleague is who passed a chat on, if they are still there.
func (d *Desk) colleague(ctx context.Context, id string) (Colleague, bool) {
	if id == "" || d.Colleague == nil {
		return Colleague{}, false
	}
	c, err := d.Colleague(ctx, id)
	return c, err == nil && c.There
}

// back is a chat's return to who passed it on.
func (d *Desk) back(s sessions.Session, to Colleague, why string) sessions.Event {
	return sessions.Event{
		Kind: sessions.Handed, From: ours, Move: &sessions.Move{Reason: why},
		Text: d.Sentence(SayBack, s.Lang, "agent", to.Name), Lang: s.Lang,
	}
}
