package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"wenda/sessions"
)

const (
	sweepEvery = time.Second // looks for unanswered messages and silent chats
	sweepBatch = 500         // sessions a look
)

// Sweep answers messages that were committed without a reply (a node died between
// the two, or an agent gave the chat back unanswered), hints to silent customers
// and closes chats that stay silent. Every node may sweep: the guards of the
// session let one of them win. It returns when ctx ends.
func (b *Bot) Sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := b.SweepOnce(ctx); err != nil && ctx.Err() == nil {
			b.Log.Warn("sweep failed, trying again", "err", err)
		}
	}
}

// SweepOnce does what is due now.
func (b *Bot) SweepOnce(ctx context.Context) error {
	now := b.Now()
	due, err := b.Store.Due(ctx, sessions.Deadlines{
		Pending: now.Add(-b.Policy.PendingFor), Hint: now.Add(-b.Policy.IdleHint), Close: now.Add(-b.Policy.IdleClose),
	}, sweepBatch)
	if err != nil {
		return err
	}
	var failures []error
	for _, s := range due {
		_, err := sessions.Update(ctx, b.Store, b.Live, s.ID, sessions.Actor{Role: sessions.RoleBot}, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
			return b.attend(ctx, s, now)
		})
		if err != nil && !errors.Is(err, sessions.ErrConflict) && !errors.Is(err, sessions.ErrClosed) {
			failures = append(failures, fmt.Errorf("session %s: %w", s.ID, err))
		}
	}
	return errors.Join(failures...)
}

// attend does what is due for one session, if it still is.
func (b *Bot) attend(ctx context.Context, s sessions.Session, now time.Time) (sessions.Session, []sessions.Event, error) {
	silent := now.Sub(s.HeardAt)
	switch {
	case s.State != sessions.Bot:
		return s, nil, nil
	case s.Pending > 0:
		return b.answerPending(ctx, s)
	case silent >= b.Policy.IdleClose:
		return b.closeIdle(s)
	case silent >= b.Policy.IdleHint && s.Memory.Hints == 0 && s.HeardAt.After(s.OpenedAt):
		return b.hint(s)
	}
	return s, nil, nil
}

// answerPending replies to everything the customer said from Pending on.
func (b *Bot) answerPending(ctx context.Context, s sessions.Session) (sessions.Session, []sessions.Event, error) {
	var said []string
	for e, err := range sessions.Tail(ctx, b.Store, s.ID, s.Pending-1, sessions.Staff) {
		if err != nil {
			return s, nil, err
		}
		if e.Kind == sessions.Message && e.From.Role == sessions.RoleCustomer {
			said = append(said, e.Text)
		}
	}
	text := strings.Join(said, "\n")
	sc := b.scene(s, sessions.Event{Text: text}, b.match(ctx, text))
	pl, err := b.complete(ctx, sc, b.Policy.decide(sc))
	if err != nil {
		return s, nil, err
	}
	events := b.compose(sc, pl)
	for i := range events {
		events[i].Ref = fmt.Sprintf("re-%s-%d", s.ID, s.Pending)
		events[i].Decision.Answers = s.Pending
	}
	return pl.next, events, nil
}

func (b *Bot) hint(s sessions.Session) (sessions.Session, []sessions.Event, error) {
	sc := b.scene(s, sessions.Event{}, nil)
	pl := plan{action: Hint, reason: reasonIdle, say: sayIdleHint, next: s}
	pl.next.Memory.Hints++
	return pl.next, b.compose(sc, pl), nil
}

// closeIdle closes a silent chat.
func (b *Bot) closeIdle(s sessions.Session) (sessions.Session, []sessions.Event, error) {
	sc := b.scene(s, sessions.Event{}, nil)
	pl := plan{action: Closing, reason: reasonIdle, say: sayIdleClosed, next: s.Close(sc.now)}
	return pl.next, b.compose(sc, pl), nil
}
