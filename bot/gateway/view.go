package gateway

import (
	"time"

	"wenda/sessions"
)

// timeText is RFC 3339 in UTC with milliseconds, always.
func timeText(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// forCustomer is an event as the customer may see it: no user ids, no decisions, no
// reasons; who spoke is a role and a name.
func forCustomer(session string, e sessions.Event, prev int64) Event {
	v := forAnybody(session, e, prev)
	v.From = sessions.Speaker{Role: e.From.Role, Name: e.From.Name}
	if e.From.Role == sessions.RoleSupervisor {
		v.From.Role = sessions.RoleAgent // ranks are no business of a customer's
	}
	if e.From.Role == sessions.RoleCustomer {
		v.CID = e.Ref
	}
	return v
}

// forAgent is an event as staff may see it. Sealed contact details are only hinted at.
func forAgent(session string, e sessions.Event, prev int64, agent string) Event {
	v := forAnybody(session, e, prev)
	v.From, v.Audience, v.Move, v.Decision, v.Sealed, v.Mentions = e.From, e.Audience, e.Move, e.Decision, len(e.Sealed) > 0, e.Mentions
	if e.From.ID == agent && (e.From.Role == sessions.RoleAgent || e.From.Role == sessions.RoleSupervisor) {
		v.CID = e.Ref
	}
	return v
}

func forAnybody(session string, e sessions.Event, prev int64) Event {
	return Event{
		Type: "event", Session: session, Seq: e.Seq, Prev: prev, At: timeText(e.At), Kind: e.Kind, Text: e.Text, Lang: e.Lang,
		Choice: e.Choice, Choices: e.Choices, Votable: e.Votable, About: e.About, Value: e.Value, Masked: e.Masked,
		Part: e.Part, Reasons: e.Reasons,
	}
}
