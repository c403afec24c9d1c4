package sessions

import (
	"slices"
	"time"
)

// Desk is what the human side keeps about a session. What is not said to last longer ends
// with the owner it belongs to.
type Desk struct {
	Offer Offer `json:"offer,omitzero"` // while the session is queued

	// While the session is assigned:
	RemindedAt time.Time `json:"reminded_at,omitzero"` // when the agent was last told that the customer waits
	Snooze     Snooze    `json:"snooze,omitzero"`
	Joined     string    `json:"joined,omitempty"` // user id of a supervisor who speaks beside the agent

	Promised time.Time `json:"promised,omitzero"`  // by when somebody will answer a message that was left; ends with the chat's return to the bot
	Surveyed []string  `json:"surveyed,omitempty"` // the Parts that the customer was asked to rate: nobody is asked twice; lasts

	Facts *Facts `json:"facts,omitempty"` // what the host app signed about the customer, as of their newest message; lasts

	// Last until the chat is queued anew:
	Answered time.Time `json:"answered,omitzero"` // when a person first spoke to the customer since the chat was queued

	// Last until the bot has the chat again, or it is closed:
	Mentions []Mention `json:"mentions,omitempty"` // who was asked by a note to look at the chat, each once, the newest last
	Dangers  []Danger  `json:"dangers,omitempty"`  // what the customer said to people that leaders must hear of, of each kind the newest, in that order
}

// Offer is a queued chat held out to one agent, who alone may take it.
type Offer struct {
	To     string    `json:"to,omitempty"`     // user id; "" while everybody of the skill may take it
	From   string    `json:"from,omitempty"`   // user id of the agent who passed it on: refused, it goes back to them
	At     time.Time `json:"at,omitzero"`      // since when
	Passed []string  `json:"passed,omitempty"` // who let it pass since it was queued, in that order
}

// Mention is a colleague's being named in a note. They may read the chat.
type Mention struct {
	To  string `json:"to"`  // user id
	Seq int64  `json:"seq"` // of the newest note that names them
}

// Mention notes down that a note, the event seq, names these colleagues.
func (d Desk) Mention(seq int64, who ...string) Desk {
	d.Mentions = slices.DeleteFunc(slices.Clone(d.Mentions), func(m Mention) bool { return slices.Contains(who, m.To) })
	for _, id := range who {
		d.Mentions = append(d.Mentions, Mention{id, seq})
	}
	return d
}

// Mentioned reports whether a note names the user.
func (d Desk) Mentioned(id string) bool {
	return slices.ContainsFunc(d.Mentions, func(m Mention) bool { return m.To == id })
}

// Snooze is an agent's putting a chat aside. It ends when the customer speaks.
type Snooze struct {
	At    time.Time `json:"at,omitzero"`
	Until time.Time `json:"until,omitzero"`
}

// Snoozing reports whether the agent has put the chat aside.
func (s Session) Snoozing(now time.Time) bool {
	return now.Before(s.Desk.Snooze.Until) && !s.HeardAt.After(s.Desk.Snooze.At)
}

// Reminded reports whether the agent was told that the customer waits, this time.
func (s Session) Reminded() bool {
	return !s.AwaitAt.IsZero() && !s.Desk.RemindedAt.Before(s.AwaitAt)
}

// Equal reports whether d and e are the same.
func (d Desk) Equal(e Desk) bool {
	return d.Offer.Equal(e.Offer) && d.RemindedAt.Equal(e.RemindedAt) &&
		d.Snooze.At.Equal(e.Snooze.At) && d.Snooze.Until.Equal(e.Snooze.Until) &&
		d.Joined == e.Joined && d.Promised.Equal(e.Promised) && slices.Equal(d.Surveyed, e.Surveyed) &&
		d.Answered.Equal(e.Answered) && slices.Equal(d.Mentions, e.Mentions) && slices.Equal(d.Dangers, e.Dangers) && d.Facts.Equal(e.Facts)
}

// Zero reports whether there is nothing in d.
func (d Desk) Zero() bool { return d.Equal(Desk{}) }

// Equal reports whether o and p are the same.
func (o Offer) Equal(p Offer) bool {
	return o.To == p.To && o.From == p.From && o.At.Equal(p.At) && slices.Equal(o.Passed, p.Passed)
}
