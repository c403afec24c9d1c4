package bot

import (
	"context"
	"errors"

	"wenda/sessions"
)

// End closes the customer's own chat. A chat that is closed already stays so.
func (b *Bot) End(ctx context.Context, id string, by sessions.Actor, ref string) (sessions.Committed, error) {
	done, err := sessions.Update(ctx, b.Store, b.Live, id, by, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		if !s.Open() {
			return s, nil, nil
		}
		sc := b.scene(s, sessions.Event{})
		text, _ := Sentence(sc.release, sayClosed, sc.lang)
		next, asked, err := b.survey(ctx, sc, s.Close(sc.now), reasonEnded)
		return next, append([]sessions.Event{{
			Kind: sessions.Handed, Ref: ref, From: sessions.Speaker{Role: sessions.RoleCustomer, ID: by.ID}, Text: text,
			Lang: string(sc.lang), Move: &sessions.Move{Reason: reasonEnded},
		}}, asked...), err
	})
	if errors.Is(err, sessions.ErrClosed) {
		err = nil
	}
	return done, err
}
