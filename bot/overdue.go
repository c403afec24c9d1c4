package bot

import (
	"context"
	"time"

	"wenda/sessions"
)

// overdue brings a message that was not answered by when it was promised before the
// others. The customer is told nothing: a second promise is worth less than an answer.
func (b *Bot) overdue(ctx context.Context, id string, now time.Time) error {
	_, err := sessions.Update(ctx, b.Store, b.Live, id, sessions.Actor{Role: sessions.RoleSystem}, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		if s.State == sessions.Queued && !s.Desk.Promised.IsZero() && !s.Desk.Promised.After(now) {
			s.Priority = max(s.Priority, sessions.PriorityOverdue)
		}
		return s, nil, nil
	})
	return harmless(err)
}
