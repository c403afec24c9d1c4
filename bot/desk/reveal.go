package desk

import (
	"context"
	"fmt"

	"wenda/sessions"
)

// Reveal shows the contact details a customer left in event about. That it was
// looked at, by whom and why is committed first. ErrNotFound if the event has none.
func (d *Desk) Reveal(ctx context.Context, agent sessions.Agent, act Act, about int64, reason string) (string, error) {
	page, err := d.Store.Transcript(ctx, act.Session, about-1, 1)
	if err != nil {
		return "", err
	}
	if len(page) == 0 || page[0].Seq != about || len(page[0].Sealed) == 0 {
		return "", fmt.Errorf("%w: no contact details", sessions.ErrNotFound)
	}
	text, kinds := d.Mask(reason)
	done, err := d.append(ctx, agent, act, sessions.Event{
		Kind: sessions.Revealed, Audience: sessions.Staff, About: about, Ref: act.Ref, Text: text, Masked: kinds, From: speaker(agent),
	})
	if err != nil {
		return "", err
	}
	// A repeated ref is answered without asking who owns the chat now.
	if s := done.Session; done.Repeated && (s.ID != act.Session || !speaks(agent, s)) {
		return "", sessions.ErrNotOwner
	}
	return d.Unseal(act.Session, page[0].Sealed)
}
