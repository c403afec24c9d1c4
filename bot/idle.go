package bot

import (
	"context"
	"time"

	"wenda/sessions"
)

// idle says what the silence of a customer calls for: Hint, Closing or "" for nothing
// yet. A chat is closed only after all hints, each with its own time to be answered: so
// nobody to whom an agent spoke a moment ago is shut out, nor anybody after an outage.
func (p Policy) idle(s sessions.Session, now time.Time) Action {
	hints := p.hintsAt(s)
	given := min(s.Memory.Hints, len(hints))
	before, due, act := time.Duration(0), p.IdleClose, Closing
	if given > 0 {
		before = hints[given-1]
	}
	if given < len(hints) {
		due, act = hints[given], Hint
	}
	if now.Sub(s.HeardAt) < due || now.Sub(s.ChangedAt) < due-before {
		return ""
	}
	return act
}

// hintsAt are the silences after which a customer is asked whether there is more: twice at
// most, and not if they never said anything.
func (p Policy) hintsAt(s sessions.Session) (at []time.Duration) {
	if !s.HeardAt.After(s.OpenedAt) || p.IdleHint >= p.IdleClose {
		return nil
	}
	if at = []time.Duration{p.IdleHint}; p.hintsAgain() {
		at = append(at, p.IdleAgain)
	}
	return at
}

func (p Policy) hintsAgain() bool { return p.IdleHint < p.IdleAgain && p.IdleAgain < p.IdleClose }

// deadlines are what Sweep looks for.
func (p Policy) deadlines(now time.Time) sessions.Deadlines {
	by := sessions.Deadlines{Pending: now.Add(-p.PendingFor), Hint: now.Add(-p.IdleHint), Close: now.Add(-p.IdleClose), Promised: now}
	shortest := min(p.IdleHint, p.IdleClose)
	if p.IdleHint < p.IdleClose {
		shortest = min(shortest, p.IdleClose-p.IdleHint)
	}
	if p.hintsAgain() {
		by.Again = now.Add(-p.IdleAgain)
		shortest = min(shortest, p.IdleAgain-p.IdleHint, p.IdleClose-p.IdleAgain)
	}
	by.Quiet = now.Add(-shortest) // else who has just been asked stands before those who were not
	return by
}

func (b *Bot) hint(s sessions.Session) (sessions.Session, []sessions.Event, error) {
	sc := b.scene(s, sessions.Event{})
	pl := plan{action: Hint, reason: reasonIdle, say: sayIdleHint, next: s}
	if s.Memory.Hints > 0 {
		pl.say = sayIdleAgain
	}
	pl.next.Memory.Hints++
	return pl.next, b.compose(sc, pl), nil
}

// closeIdle closes a silent chat.
func (b *Bot) closeIdle(ctx context.Context, s sessions.Session) (sessions.Session, []sessions.Event, error) {
	sc := b.scene(s, sessions.Event{})
	pl := plan{action: Closing, reason: reasonIdle, say: sayIdleClosed, next: s.Close(sc.now)}
	next, asked, err := b.survey(ctx, sc, pl.next, pl.reason)
	return next, append(b.compose(sc, pl), asked...), err
}
