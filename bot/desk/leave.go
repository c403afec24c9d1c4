package desk

import (
	"context"
	"fmt"

	"wenda/sessions"
)

// Return gives the chat back to the bot, which answers if the customer spoke last.
// note, if any, is kept for staff.
func (d *Desk) Return(ctx context.Context, agent sessions.Agent, id string, fence int64, ref, note string) (sessions.Committed, error) {
	return sessions.Update(ctx, d.Store, d.Live, id, actor(agent), func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		pending, err := d.unanswered(ctx, s)
		if err != nil {
			return s, nil, err
		}
		next := s.Return()
		next.Fence, next.Pending = fence, pending
		return next, d.parting(agent, s, ref, SayReturned, reasonReturned, note), nil
	})
}

// Close ends the chat.
func (d *Desk) Close(ctx context.Context, agent sessions.Agent, id string, fence int64, ref string) (sessions.Committed, error) {
	return sessions.Update(ctx, d.Store, d.Live, id, actor(agent), func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		next := s.Close(d.Now())
		next.Fence = fence
		return next, d.parting(agent, s, ref, SayClosed, reasonFinished, ""), nil
	})
}

// parting is what an agent's leaving writes down: the move, and the note behind it.
func (d *Desk) parting(agent sessions.Agent, s sessions.Session, ref, say, reason, note string) []sessions.Event {
	from := sessions.Speaker{Role: sessions.RoleAgent, ID: agent.ID, Name: agent.Name}
	events := []sessions.Event{{
		Kind: sessions.Handed, From: from, Ref: ref, Text: d.Sentence(say, s.Lang), Lang: s.Lang, Move: &sessions.Move{Reason: reason},
	}}
	if note != "" {
		text, kinds := d.Mask(note)
		events = append(events, sessions.Event{Kind: sessions.Note, Audience: sessions.Staff, From: from, Text: text, Masked: kinds})
	}
	return events
}

// lookBack is how many events unanswered reads at a time.
const lookBack = 50

// unanswered returns the seq of the customer's first message since somebody answered
// them, 0 if there is none.
func (d *Desk) unanswered(ctx context.Context, s sessions.Session) (first int64, err error) {
	for to := s.Seq; to > 0; to -= lookBack {
		from := max(to-lookBack, 0)
		page, err := d.Store.Transcript(ctx, s.ID, from, int(to-from))
		if err != nil {
			return 0, err
		}
		for i := len(page) - 1; i >= 0; i-- {
			switch e := page[i]; {
			case e.Kind == sessions.Message && e.From.Role == sessions.RoleCustomer:
				first = e.Seq
			case answers(e):
				return first, nil
			}
		}
	}
	return first, nil
}

// answers reports whether somebody replied to the customer in e: an agent, or the bot
// unless it was an aside.
func answers(e sessions.Event) bool {
	switch e.From.Role {
	case sessions.RoleAgent:
		return e.Kind == sessions.Message
	case sessions.RoleBot:
		return e.Decision == nil || e.Decision.Action != sessions.Aside
	}
	return false
}

// Reveal shows the contact details a customer left in event about. That it was
// looked at, by whom and why is committed first. ErrNotFound if the event has none.
func (d *Desk) Reveal(ctx context.Context, agent sessions.Agent, id string, fence, about int64, ref, reason string) (string, error) {
	page, err := d.Store.Transcript(ctx, id, about-1, 1)
	if err != nil {
		return "", err
	}
	if len(page) == 0 || page[0].Seq != about || len(page[0].Sealed) == 0 {
		return "", fmt.Errorf("%w: no contact details", sessions.ErrNotFound)
	}
	text, kinds := d.Mask(reason)
	done, err := d.append(ctx, agent, id, fence, sessions.Event{
		Kind: sessions.Revealed, Audience: sessions.Staff, About: about, Ref: ref, Text: text, Masked: kinds,
		From: sessions.Speaker{Role: sessions.RoleAgent, ID: agent.ID, Name: agent.Name},
	})
	if err != nil {
		return "", err
	}
	// A repeated ref is answered without asking who owns the chat now.
	if s := done.Session; done.Repeated && (s.ID != id || s.State != sessions.Assigned || s.Agent != agent.ID) {
		return "", sessions.ErrNotOwner
	}
	return d.Unseal(id, page[0].Sealed)
}
