package desk

import (
	"context"
	"time"

	"wenda/sessions"
)

// SnoozeMost is how long a chat can be put aside.
const SnoozeMost = 7 * 24 * time.Hour

// Snooze puts the chat aside for so long, or until the customer speaks; 0 takes it up again.
func (d *Desk) Snooze(ctx context.Context, agent sessions.Agent, act Act, pause time.Duration) (sessions.Committed, error) {
	done, err := d.update(ctx, act, actor(agent), func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		if s.Fence != act.Fence || s.Agent != agent.ID {
			return s, nil, sessions.ErrNotOwner // a supervisor who has joined included
		}
		s.Desk.Snooze = sessions.Snooze{}
		if pause > 0 { // since their newest word: no clock of another node wakes it, or fails to
			s.Desk.Snooze = sessions.Snooze{At: s.HeardAt, Until: d.Now().Add(min(pause, SnoozeMost))}
		}
		return s, nil, nil
	})
	if err == nil {
		d.touched(ctx, act.Session)
	}
	return done, err
}
