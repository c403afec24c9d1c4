package desk

import (
	"context"
	"fmt"

	"wenda/sessions"
)

// Watch returns a session that somebody wants to read. sessions.ErrNotFound if they may
// not. That a supervisor reads what is not their business is audited first (chat.watch).
func (d *Desk) Watch(ctx context.Context, agent sessions.Agent, id string) (sessions.Session, error) {
	s, err := d.Store.Load(ctx, id)
	switch {
	case err != nil:
		return s, err
	case !d.MayRead(agent, s):
		return s, sessions.ErrNotFound
	case concerns(agent, s):
		return s, nil
	case d.Audit == nil:
		return s, sessions.ErrNotFound
	}
	return s, d.Audit(ctx, agent.ID, "chat.watch", id)
}

// Whisper says something to the agent of a chat that the customer never sees.
// sessions.ErrUnowned if there is none.
func (d *Desk) Whisper(ctx context.Context, lead sessions.Agent, act Act, text string) (sessions.Committed, error) {
	e, err := d.written(lead, sessions.Event{Kind: sessions.Note, Audience: sessions.Staff, Ref: act.Ref}, text)
	if err != nil {
		return sessions.Committed{}, err
	}
	e.From = leading(lead)
	return d.lead(ctx, lead, act, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		return s, []sessions.Event{e}, nil
	})
}

// Join begins to speak to the customer beside the agent, who keeps the chat.
// sessions.ErrTaken if somebody else has joined, sessions.ErrUnowned if nobody has the chat.
func (d *Desk) Join(ctx context.Context, lead sessions.Agent, act Act) (sessions.Committed, error) {
	done, err := d.lead(ctx, lead, act, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		switch {
		case s.Desk.Joined == lead.ID:
			return s, nil, nil
		case s.State != sessions.Assigned:
			return s, nil, sessions.ErrUnowned
		case s.Agent == lead.ID || s.Desk.Joined != "" || s.Fence != act.Fence:
			return s, nil, sessions.ErrTaken
		}
		s.Desk.Joined = lead.ID
		return s, []sessions.Event{{
			Kind: sessions.Joined, Value: 1, From: leading(lead), Ref: act.Ref,
			Text: d.Sentence(SayJoined, s.Lang, "agent", lead.Name), Lang: s.Lang,
		}}, nil
	})
	if err == nil {
		d.touched(ctx, act.Session)
	}
	return done, err
}

// Part ceases to.
func (d *Desk) Part(ctx context.Context, lead sessions.Agent, act Act) (sessions.Committed, error) {
	done, err := d.lead(ctx, lead, act, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		if s.Desk.Joined != lead.ID {
			return s, nil, nil
		}
		s.Desk.Joined = ""
		return s, []sessions.Event{{Kind: sessions.Joined, Value: -1, From: leading(lead), Ref: act.Ref}}, nil
	})
	if err == nil {
		d.touched(ctx, act.Session)
	}
	return done, err
}

// Takeover makes an open chat one's own, whoever has it. sessions.ErrTaken if it has
// another owner than the page knows: of two who take over at once one does.
func (d *Desk) Takeover(ctx context.Context, lead sessions.Agent, act Act) (sessions.Committed, error) {
	return d.lead(ctx, lead, act, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		switch {
		case s.State == sessions.Assigned && s.Agent == lead.ID:
			return s, nil, nil
		case s.Fence != act.Fence:
			return s, nil, sessions.ErrTaken
		}
		next := s.Assign(lead.ID)
		if next.QueuedAt.IsZero() {
			next.QueuedAt = d.Now()
		}
		return next, []sessions.Event{{
			Kind: sessions.Handed, From: leading(lead), Ref: act.Ref, Move: &sessions.Move{Reason: reasonTakenOver},
			Text: d.Sentence(SayAssigned, s.Lang, "agent", lead.Name), Lang: s.Lang,
		}}, nil
	})
}

// Reassign gives an open chat to a colleague, who may refuse, or to a queue. Errors are
// those of Transfer, and sessions.ErrTaken if it has another owner than the page knows.
func (d *Desk) Reassign(ctx context.Context, lead sessions.Agent, act Act, to To, note string) (sessions.Committed, error) {
	if err := d.reachable(ctx, sessions.Agent{}, to); err != nil {
		return sessions.Committed{}, err
	}
	done, err := d.lead(ctx, lead, act, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		switch {
		case s.State == sessions.Queued && s.Desk.Offer.To == to.Agent && (to.Agent != "" || s.Skill == to.Skill):
			return s, nil, nil // it is there, perhaps by this very act
		case s.Fence != act.Fence:
			return s, nil, sessions.ErrTaken
		case s.State == sessions.Assigned && s.Agent == to.Agent:
			return s, nil, fmt.Errorf("%w: it is theirs", sessions.ErrInvalid)
		}
		next := d.placed(s, to)
		if to.Agent == "" && s.Agent != "" {
			next.Desk.Offer.Passed = []string{s.Agent}
		}
		moved := d.handed(s.Lang, leading(lead), act.Ref, reasonReassigned)
		if s.State == sessions.Queued {
			moved.Text = "" // nobody was serving them: there is nothing to tell
		}
		events := []sessions.Event{moved}
		for _, e := range d.notes(lead, note) {
			e.From = leading(lead)
			events = append(events, e)
		}
		return next, events, nil
	})
	if err == nil {
		d.passedOn(done, to)
	}
	return done, err
}

// lead commits what a supervisor does in an open chat, whoever owns it.
func (d *Desk) lead(ctx context.Context, lead sessions.Agent, act Act, turn sessions.Turn) (sessions.Committed, error) {
	if !lead.MovesAll {
		return sessions.Committed{}, fmt.Errorf("%w: not a supervisor", sessions.ErrNotOwner)
	}
	by := sessions.Actor{Role: sessions.RoleSupervisor, ID: lead.ID, Device: "desk"}
	return sessions.Update(ctx, d.Store, d.Live, act.Session, by, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		if !s.Open() {
			return s, nil, sessions.ErrClosed
		}
		return turn(s)
	})
}

// leading is a supervisor as staff see them.
func leading(lead sessions.Agent) sessions.Speaker {
	return sessions.Speaker{Role: sessions.RoleSupervisor, ID: lead.ID, Name: lead.Name}
}
