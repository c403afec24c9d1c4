package bot

import (
	"context"
	"errors"
	"slices"
	"time"

	"wenda/sessions"
)

const (
	strandedAfter = 2 * time.Minute // of waiting where nobody is: somebody may only be having a short break
	strandedMost  = 2000            // chats looked at, the longest waiting first
)

// Stranded tells customers who wait in queues that nobody serves any more, because the
// staff went home or away: once, with the time by which they will hear of us. They keep their
// place. To be called every minute or so, by any number of nodes.
func (b *Bot) Stranded(ctx context.Context) error {
	waiting, err := b.Store.Due(ctx, sessions.Deadlines{Queued: b.Now().Add(-strandedAfter)}, strandedMost)
	if err != nil {
		return err
	}
	var skills []string
	for _, s := range waiting {
		if !slices.Contains(skills, s.Skill) {
			skills = append(skills, s.Skill)
		}
	}
	var failures []error
	for _, to := range b.duties(ctx, skills) {
		for _, s := range waiting {
			if to.There == 0 && s.Skill == to.Skill {
				failures = append(failures, b.strand(ctx, s.ID, to))
			}
		}
	}
	return errors.Join(failures...)
}

// strand makes a message of what waits in vain.
func (b *Bot) strand(ctx context.Context, id string, to Duty) error {
	_, err := sessions.Update(ctx, b.Store, b.Live, id, sessions.Actor{Role: sessions.RoleSystem}, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		if s.State != sessions.Queued || s.Skill != to.Skill || s.Desk.Offer.To != "" || !s.Desk.Promised.IsZero() {
			return s, nil, nil // somebody came, or said it
		}
		sc := b.scene(s, sessions.Event{})
		pl := plan{action: Nobody, reason: reasonQueued, say: sayStranded, args: b.Policy.times(sc, to), offer: []string{sessions.ChooseBot}, next: s}
		pl.next.Priority = max(pl.next.Priority, leftPriority)
		pl.next.Memory.Left, pl.next.Desk.Promised = true, b.Policy.promised(sc, to).UTC()
		return pl.next, b.compose(sc, pl), nil
	})
	return harmless(err)
}
