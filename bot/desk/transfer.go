package desk

import (
	"context"
	"fmt"

	"wenda/sessions"
)

// To is where a chat is passed on to: the colleague, or the queue of a skill if there is
// none.
type To struct {
	Agent string // user id
	Skill string // "" is the general queue
}

// Transfer passes the chat on, with a note that says why. A colleague is held it out to,
// and may refuse; in a queue it keeps the time it has waited since. ErrAway if that
// colleague takes no chats, sessions.ErrNotFound if there is no such colleague or queue.
func (d *Desk) Transfer(ctx context.Context, agent sessions.Agent, act Act, to To, note string) (sessions.Committed, error) {
	if err := d.reachable(ctx, agent, to); err != nil {
		return sessions.Committed{}, err
	}
	return d.handOn(ctx, agent, act, to, reasonTransferred, note)
}

// Escalate passes the chat on to the next tier, with a note that says why.
// sessions.ErrInvalid at the top.
func (d *Desk) Escalate(ctx context.Context, agent sessions.Agent, act Act, note string) (sessions.Committed, error) {
	s, err := d.Store.Load(ctx, act.Session)
	if err != nil {
		return sessions.Committed{}, err
	}
	if d.Next != nil {
		if next, ok := d.Next(s.Skill); ok {
			return d.handOn(ctx, agent, act, To{Skill: next}, reasonEscalated, note)
		}
	}
	return sessions.Committed{}, fmt.Errorf("%w: there is no tier above", sessions.ErrInvalid)
}

// reachable refuses a colleague who takes no chats, and a queue that nobody serves.
func (d *Desk) reachable(ctx context.Context, agent sessions.Agent, to To) error {
	switch {
	case to.Agent == "" && d.Known != nil && !d.Known(ctx, to.Skill):
		return fmt.Errorf("%w: no such queue", sessions.ErrNotFound)
	case to.Agent == "":
		return nil
	case to.Agent == agent.ID:
		return fmt.Errorf("%w: to oneself", sessions.ErrInvalid)
	case d.Colleague == nil:
		return sessions.ErrNotFound
	}
	colleague, err := d.Colleague(ctx, to.Agent)
	if err == nil && !colleague.Takes {
		err = ErrAway
	}
	return err
}

// handOn puts the chat where it is passed on to.
func (d *Desk) handOn(ctx context.Context, agent sessions.Agent, act Act, to To, reason, note string) (sessions.Committed, error) {
	done, err := d.update(ctx, act, actor(agent), func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		next := d.placed(s, to)
		if to.Agent != "" {
			next.Desk.Offer.From = agent.ID
		} else {
			next.Desk.Offer.Passed = []string{agent.ID} // who passes it on does not want it back
		}
		return next, append([]sessions.Event{d.handed(s.Lang, speaker(agent), act.Ref, reason)}, d.notes(agent, note)...), nil
	})
	if err == nil {
		d.passedOn(done, to)
	}
	return done, err
}

// placed is the chat in the queue of a skill, or held out to a colleague.
func (d *Desk) placed(s sessions.Session, to To) sessions.Session {
	now := d.Now()
	if to.Agent == "" {
		return s.Queue(to.Skill, now)
	}
	next := s.Queue(s.Skill, now)
	next.Desk.Offer = sessions.Offer{To: to.Agent, At: now}
	return next
}

// handed says that a chat is passed on.
func (d *Desk) handed(lang string, from sessions.Speaker, ref, reason string) sessions.Event {
	return sessions.Event{
		Kind: sessions.Handed, From: from, Ref: ref, Text: d.Sentence(SayTransferred, lang), Lang: lang, Move: &sessions.Move{Reason: reason},
	}
}
