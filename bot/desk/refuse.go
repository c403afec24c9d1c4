package desk

import (
	"context"
	"slices"
	"time"

	"wenda/sessions"
)

// Refuse lets a chat pass that is held out to the agent, with a note for staff or none.
// sessions.ErrTaken if it is not any more; refused before, it stays refused.
func (d *Desk) Refuse(ctx context.Context, agent sessions.Agent, act Act, note string) (sessions.Committed, error) {
	more := d.notes(agent, note)
	if len(more) > 0 {
		more[0].Ref = act.Ref
	}
	done, passed, err := d.pass(ctx, act.Session, agent.ID, time.Time{}, reasonRefused, more...)
	if err == nil && !passed && !slices.Contains(done.Session.Desk.Offer.Passed, agent.ID) {
		err = sessions.ErrTaken
	}
	if err == nil {
		d.touched(ctx, act.Session)
	}
	return done, err
}
