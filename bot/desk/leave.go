package desk

import (
	"context"
	"fmt"
	"slices"

	"wenda/sessions"
)

// Leaving is what an agent says about a chat they let go of.
type Leaving struct {
	Note string // for staff; "" if there is nothing to say
	Wrap string // how it ended: a code of the company's list
}

// Wrap is a way in which a chat ends.
type Wrap struct {
	Code  string            // at most 32 of a-z 0-9 _
	Names map[string]string // by language, "zh-CN" and "en"
}

// Wraps are those a company begins with.
func Wraps() []Wrap {
	named := func(code, zh, en string) Wrap { return Wrap{code, map[string]string{"zh-CN": zh, "en": en}} }
	return []Wrap{
		named("resolved", "已解决", "Resolved"),
		named("follow_up", "需跟进", "To be followed up"),
		named("no_reply", "客户未回复", "Customer did not reply"),
		named("spam", "骚扰", "Abuse or spam"),
		named("wrong_queue", "转错", "Wrong queue"),
		named("other", "其他", "Other"),
	}
}

// Return gives the chat back to the bot, which answers if the customer spoke last.
func (d *Desk) Return(ctx context.Context, agent sessions.Agent, act Act, leaving Leaving) (sessions.Committed, error) {
	if err := d.wraps(leaving.Wrap); err != nil {
		return sessions.Committed{}, err
	}
	return d.update(ctx, act, actor(agent), func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		pending, err := d.unanswered(ctx, s)
		if err != nil {
			return s, nil, err
		}
		next := s.Return()
		next.Pending = pending
		next, events := d.parting(agent, s, next, act.Ref, SayReturned, reasonReturned, leaving)
		return next, events, nil
	})
}

// Close ends the chat. ErrNeedsWrap if the company wants to know how it ended.
func (d *Desk) Close(ctx context.Context, agent sessions.Agent, act Act, leaving Leaving) (sessions.Committed, error) {
	if leaving.Wrap == "" && d.Wraps != nil && len(d.Wraps()) > 0 {
		return sessions.Committed{}, ErrNeedsWrap
	}
	if err := d.wraps(leaving.Wrap); err != nil {
		return sessions.Committed{}, err
	}
	return d.update(ctx, act, actor(agent), func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		next, events := d.parting(agent, s, s.Close(d.Now()), act.Ref, SayClosed, reasonFinished, leaving)
		return next, events, nil
	})
}

// wraps refuses a code that is not on the company's list.
func (d *Desk) wraps(code string) error {
	if code == "" || d.Wraps != nil && slices.ContainsFunc(d.Wraps(), func(w Wrap) bool { return w.Code == code }) {
		return nil
	}
	return fmt.Errorf("%w: no chat ends that way", sessions.ErrInvalid)
}

// parting is what an agent's leaving writes down: the move, the note behind it, and for
// a customer to whom somebody has spoken the question how that was.
func (d *Desk) parting(agent sessions.Agent, s, next sessions.Session, ref, say, reason string, leaving Leaving) (sessions.Session, []sessions.Event) {
	events := append([]sessions.Event{{
		Kind: sessions.Handed, From: speaker(agent), Ref: ref, Text: d.Sentence(say, s.Lang), Lang: s.Lang,
		Move: &sessions.Move{Reason: reason, Wrap: leaving.Wrap},
	}}, d.notes(agent, leaving.Note)...)
	if s.Desk.Answered.IsZero() {
		return next, events
	}
	next, first := next.Survey(sessions.PartAgent)
	if first {
		events = append(events, sessions.Event{
			Kind: sessions.Survey, Part: sessions.PartAgent, From: ours, Text: d.Sentence(SaySurvey, s.Lang), Lang: s.Lang,
		})
	}
	return next, events
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
