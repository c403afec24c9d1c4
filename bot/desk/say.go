package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"wenda/sessions"
)

// Actions of an agent's words, besides the bot's.
const (
	ActionSaid     = "said"     // the text came from an entry, perhaps edited since
	ActionOverride = "override" // the note says why a text was sent that should not have been
)

// Words are what an agent says to a customer.
type Words struct {
	Text     string
	Entry    string // of the hub, if it began as its answer
	Revision int
	Override string // why it is sent though a rule warns of it; "" if nobody asked
}

// Unfit is why a text was not sent: it breaks rules. If none of them blocks it may be
// said again with an Override.
type Unfit struct{ Findings []Finding }

func (u *Unfit) Error() string {
	return fmt.Sprintf("desk: %d things are wrong with the text, first %s", len(u.Findings), u.Findings[0].Rule)
}

// Say says something to the customer. *Unfit if it breaks a rule.
func (d *Desk) Say(ctx context.Context, agent sessions.Agent, act Act, words Words) (sessions.Committed, error) {
	e := sessions.Event{Kind: sessions.Message, Ref: act.Ref}
	if words.Entry != "" {
		e.Decision = &sessions.Decision{Action: ActionSaid, Reason: "desk", Entry: words.Entry, Revision: words.Revision}
	}
	e, err := d.written(agent, e, words.Text)
	if err != nil {
		return sessions.Committed{}, err
	}
	events, found := []sessions.Event{e}, d.wrong(ctx, agent, act, words.Text)
	if len(found) > 0 {
		if Blocked(found) || strings.TrimSpace(words.Override) == "" {
			return sessions.Committed{}, &Unfit{found}
		}
		events = append(events, d.overridden(agent, words.Override, found))
	}
	return d.append(ctx, agent, act, events...)
}

// written is an event with what an agent wrote in it.
func (d *Desk) written(agent sessions.Agent, e sessions.Event, text string) (sessions.Event, error) {
	if strings.TrimSpace(text) == "" {
		return e, fmt.Errorf("%w: nothing to say", sessions.ErrInvalid)
	}
	e.From = speaker(agent)
	e.Text, e.Masked = d.Mask(text)
	return e, nil
}

// wrong is what is wrong with a text that would be sent: nothing, if the chat is not
// theirs, which the commit will say. A text that cannot be looked at needs a reason.
func (d *Desk) wrong(ctx context.Context, agent sessions.Agent, act Act, text string) []Finding {
	if d.Check == nil {
		return nil
	}
	s, err := d.Store.Load(ctx, act.Session)
	if errors.Is(err, sessions.ErrNotFound) || err == nil && (s.Fence != act.Fence || !speaks(agent, s)) {
		return nil
	}
	var found []Finding
	if err == nil {
		found, err = d.Check(ctx, s, text)
	}
	if err != nil {
		d.Log.Warn("what an agent sends could not be checked, a reason is asked for", "session", act.Session, "err", err)
		found = append(found, unchecked)
	}
	return found
}

// speaks reports whether an agent may speak to the customer.
func speaks(agent sessions.Agent, s sessions.Session) bool {
	return s.State == sessions.Assigned && (s.Agent == agent.ID || s.Desk.Joined == agent.ID)
}

// overridden is the note that says why a text was sent all the same.
func (d *Desk) overridden(agent sessions.Agent, why string, found []Finding) sessions.Event {
	rules := make([]string, len(found))
	for i, f := range found {
		rules[i] = f.Rule
	}
	e := d.note(agent, why)
	e.Decision = &sessions.Decision{Action: ActionOverride, Reason: strings.Join(rules, " ")}
	return e
}
