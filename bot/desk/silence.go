package desk

import (
	"context"
	"errors"
	"strconv"
	"time"

	"wenda/bot/desk/queue"
	"wenda/sessions"
)

// nudge tells agents of customers who wait for a word, and takes chats back from who
// lets them wait for too long. A chat that was put aside is not silent; when it is taken
// up again the time begins anew.
func (r *Router) nudge(ctx context.Context) error {
	silent, err := r.desk.Store.Awaiting(ctx, heldMost)
	if err != nil {
		return err
	}
	now, seen := r.desk.Now(), make(map[string]string, len(silent))
	for _, s := range silent {
		if !s.Snoozing(now) {
			seen[s.ID] = s.Agent + " " + strconv.FormatInt(s.AwaitAt.UnixMilli(), 10)
		}
	}
	stood := r.silence.look(r.clock(), seen)
	for _, s := range silent {
		if waited, watched := stood[s.ID]; watched {
			err = errors.Join(err, r.overdue(ctx, s, waited, r.queues.Of(s.Skill)))
		}
	}
	return err
}

// overdue does what is due when a customer has waited for so long.
func (r *Router) overdue(ctx context.Context, s sessions.Session, waited time.Duration, q queue.Queue) (err error) {
	switch {
	case q.TakeBack > 0 && waited >= q.TakeBack:
		err = r.takeBack(ctx, s)
	case q.Remind > 0 && waited >= q.Remind && !s.Reminded():
		_, err = r.desk.remind(ctx, s)
	}
	if overtaken(err) {
		return nil
	}
	return err
}

// takeBack gives the chat to others, and no more to an agent who does not answer.
func (r *Router) takeBack(ctx context.Context, s sessions.Session) error {
	done, err := r.desk.requeue(ctx, s.ID, s.Agent, reasonSilent, s.AwaitAt)
	if err != nil || len(done.Events) == 0 {
		return err
	}
	return r.floor.Away(ctx, s.Agent, reasonSilent)
}

// remind keeps that the agent was told, once for each time the customer waits.
func (d *Desk) remind(ctx context.Context, seen sessions.Session) (sessions.Committed, error) {
	by := sessions.Actor{Role: sessions.RoleSystem}
	done, err := sessions.Update(ctx, d.Store, d.Live, seen.ID, by, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		if s.State != sessions.Assigned || s.Agent != seen.Agent || !s.AwaitAt.Equal(seen.AwaitAt) || s.Reminded() {
			return s, nil, nil
		}
		s.Desk.RemindedAt = later(d.Now(), s.AwaitAt) // by whatever clock AwaitAt was written
		return s, []sessions.Event{{Kind: sessions.Reminded, Audience: sessions.Staff, From: ours}}, nil
	})
	if err == nil && len(done.Events) > 0 {
		d.Count(CountReminded, seen.Skill)
		d.touched(ctx, seen.ID)
	}
	return done, err
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
