package bot

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"wenda/internal/often"
	"wenda/sessions"
)

const (
	sweepEvery = time.Second // looks for unanswered messages and silent chats
	sweepBatch = 500         // sessions a look
)

// mostTries is how often sweeps begin to answer a message before it is handed off.
const mostTries = 2

// Sweep answers messages that were committed without a reply (the customer may have
// had more to say, a node died between the two, or an agent gave the chat back
// unanswered), hints to silent customers and closes chats that stay silent. Every node
// may sweep: the guards of the session let one of them win. It returns when ctx ends
// and all it began has ended; it is run once at a time.
func (b *Bot) Sweep(ctx context.Context) {
	b.gathering.open(ctx)
	defer b.gathering.close()
	often.Do(ctx, sweepEvery, b.SweepOnce, func(err error) { b.Log.Warn("sweep failed, trying again", "err", err) })
}

// SweepOnce does what is due now.
func (b *Bot) SweepOnce(ctx context.Context) error {
	now := b.Now()
	due, err := b.Store.Due(ctx, b.Policy.deadlines(now), sweepBatch)
	if err != nil {
		return err
	}
	var failures []error
	for _, s := range due {
		if err := b.sweep(ctx, s, now); err != nil {
			failures = append(failures, fmt.Errorf("session %s: %w", s.ID, err))
		}
	}
	return errors.Join(failures...)
}

// sweep does what is due for one session.
func (b *Bot) sweep(ctx context.Context, s sessions.Session, now time.Time) error {
	if s.State == sessions.Queued {
		return b.overdue(ctx, s.ID, now)
	}
	if s.Pending > 0 {
		if ours, err := b.try(ctx, s.ID, now); !ours {
			return harmless(err)
		}
	} else if b.Policy.idle(s, now) == "" {
		return nil
	}
	_, err := b.attend(ctx, s.ID, now)
	return err
}

// try notes in the session that somebody begins to answer it, before anything is done
// with its text: a message that takes down whoever reads it is counted, too. It
// reports false if it is not due, or somebody else has just begun.
func (b *Bot) try(ctx context.Context, id string, now time.Time) (ours bool, err error) {
	_, err = sessions.Update(ctx, b.Store, b.Live, id, sessions.Actor{Role: sessions.RoleBot}, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		ours = s.State == sessions.Bot && s.Pending > 0 && b.Policy.untilQuiet(s, now) == 0 &&
			(s.Memory.Tried == 0 || now.Sub(s.ChangedAt) >= b.Policy.PendingFor)
		if ours && s.Memory.Tried <= mostTries {
			s.Memory.Tried++
		}
		return s, nil, nil
	})
	return ours && err == nil, err
}

// harmless drops errors that say somebody else was faster.
func harmless(err error) error {
	if errors.Is(err, sessions.ErrConflict) || errors.Is(err, sessions.ErrClosed) {
		return nil
	}
	return err
}

// attend does what is due for one session, if it still is. A panic is an error: one
// chat must not take the others with it.
func (b *Bot) attend(ctx context.Context, id string, now time.Time) (done sessions.Committed, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic (%T) at %s", v, debug.Stack())
		}
	}()
	done, err = sessions.Update(ctx, b.Store, b.Live, id, sessions.Actor{Role: sessions.RoleBot}, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		return b.turn(ctx, s, now)
	})
	return done, harmless(err)
}

// turn is the bot's turn when the customer said nothing just now.
func (b *Bot) turn(ctx context.Context, s sessions.Session, now time.Time) (sessions.Session, []sessions.Event, error) {
	switch idle := b.Policy.idle(s, now); {
	case s.State != sessions.Bot:
		return s, nil, nil
	case s.Pending > 0 && b.Policy.untilQuiet(s, now) > 0:
		return s, nil, nil // in mid-burst
	case s.Pending > 0:
		return b.answerPending(ctx, s)
	case idle == Closing:
		return b.closeIdle(ctx, s)
	case idle == Hint:
		return b.hint(s)
	}
	return s, nil, nil
}

// answerPending gives one reply to all that waits. What others tried to answer and
// did not live to tell goes to a person unread.
func (b *Bot) answerPending(ctx context.Context, s sessions.Session) (sessions.Session, []sessions.Event, error) {
	sc := b.scene(s, sessions.Event{})
	pl := wantPerson(sc, ReasonFault)
	if s.Memory.Tried <= mostTries {
		lines, err := b.unanswered(ctx, s)
		if err != nil {
			return s, nil, err
		}
		if len(lines) > 0 {
			sc, pl = b.think(ctx, s, lines, "", findings{})
		}
	}
	if err := ctx.Err(); err != nil {
		return s, nil, err
	}
	sc.said = sessions.Event{} // it is in the log
	next, events, err := b.carryOut(ctx, sc, pl)
	if len(events) > 0 {
		events[0].Ref = fmt.Sprintf("re-%s-%d-%d", s.ID, s.Fence, s.Pending)
	}
	return next, events, err
}
