package bot

import (
	"context"
	"errors"

	"wenda/sessions"
)

// endTries bounds how often End decides again because somebody else was faster.
const endTries = 3

// End closes the customer's own chat. One that is closed already stays so; but that they
// ended it is kept there, too: the same end that comes once more, from a connection that hung,
// must not close what they have taken up again meanwhile.
func (b *Bot) End(ctx context.Context, id string, by sessions.Actor, ref string) (done sessions.Committed, err error) {
	for range endTries {
		done, err = sessions.Update(ctx, b.Store, b.Live, id, by, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
			return b.end(ctx, s, by, ref)
		})
		if !errors.Is(err, sessions.ErrClosed) { // by somebody else, in between
			break
		}
	}
	return done, err
}

func (b *Bot) end(ctx context.Context, s sessions.Session, by sessions.Actor, ref string) (sessions.Session, []sessions.Event, error) {
	sc := b.scene(s, sessions.Event{})
	text, _ := Sentence(sc.release, sayClosed, sc.lang)
	ended := sessions.Event{
		Kind: sessions.Handed, Ref: ref, From: sessions.Speaker{Role: sessions.RoleCustomer, ID: by.ID}, Text: text,
		Lang: string(sc.lang), Move: &sessions.Move{Reason: reasonEnded},
	}
	if !s.Open() {
		ended.Kind, ended.Audience, ended.Move = sessions.Ended, sessions.Staff, nil // the text as well: what comes once more is the same
		return s, []sessions.Event{ended}, nil
	}
	next, asked, err := b.survey(ctx, sc, s.Close(sc.now), reasonEnded)
	return next, append([]sessions.Event{ended}, asked...), err
}
