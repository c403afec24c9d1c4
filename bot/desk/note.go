package desk

import (
	"context"

	"wenda/sessions"
)

// MentionTopic of Live is signalled when a note names somebody: the session says whom.
const MentionTopic = "mention"

// Note keeps text for staff; the customer never sees it. Those mentioned, by user id, may
// read the chat from then on, and are told. A colleague who was mentioned may answer in a
// note of their own.
func (d *Desk) Note(ctx context.Context, agent sessions.Agent, act Act, text string, mentions ...string) (sessions.Committed, error) {
	e, err := d.written(agent, sessions.Event{Kind: sessions.Note, Audience: sessions.Staff, Ref: act.Ref, Mentions: mentions}, text)
	if err != nil {
		return sessions.Committed{}, err
	}
	by := actor(agent)
	if d.asked(ctx, agent, act.Session) {
		by = sessions.Actor{Role: sessions.RoleSystem} // in their name: they own nothing here
	}
	done, err := d.update(ctx, act, by, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		if by.Role == sessions.RoleSystem && !s.Desk.Mentioned(agent.ID) {
			return s, nil, sessions.ErrNotOwner
		}
		if len(mentions) > 0 {
			s.Desk = s.Desk.Mention(s.Seq+1, mentions...)
		}
		return s, []sessions.Event{e}, nil
	})
	if err == nil && len(mentions) > 0 && !done.Repeated {
		_ = d.Live.Signal(ctx, MentionTopic, sessions.Signal{Session: done.Session.ID}) // else the feed tells
	}
	return done, err
}

// asked reports whether somebody only has to do with a chat because a note names them.
func (d *Desk) asked(ctx context.Context, agent sessions.Agent, id string) bool {
	s, err := d.Store.Load(ctx, id)
	return err == nil && s.Desk.Mentioned(agent.ID) && !speaks(agent, s)
}

// note is a word to staff.
func (d *Desk) note(agent sessions.Agent, text string) sessions.Event {
	text, kinds := d.Mask(text)
	return sessions.Event{Kind: sessions.Note, Audience: sessions.Staff, From: speaker(agent), Text: text, Masked: kinds}
}

// notes is a note, if there is anything in it.
func (d *Desk) notes(agent sessions.Agent, text string) []sessions.Event {
	if text == "" {
		return nil
	}
	return []sessions.Event{d.note(agent, text)}
}
