// Package sessions remembers what was said.
//
// A Session is a log of Events with a head: who owns it now, where it stands in
// the queue, what the bot offered last. Everyone who speaks commits events to the
// log (Store.Commit, mostly through Update); everyone who listens reads on from
// where they are (Tail), woken by a Signal that carries no data. So a reconnect, a
// second tab, another node, the agent's page and the saved transcript are one code.
//
// Two stores, two roles:
//
//	Store  the truth: SQL. What it acknowledged is kept.      sqlstore
//	Live   fast and forgettable: hot copies, wake-ups,        redislive, memlive
//	       presence, typing, rate limits. It may lie or
//	       vanish at any instant; nothing is authorised
//	       or shown from it alone.
//
// Who may write what is decided by Apply, a pure function that every Store calls
// inside its transaction, so that the rules stand in one place:
//
//   - one owner speaks: the bot, or one agent, or nobody (queue); beside an agent only a
//     supervisor who joined, which the customer is told;
//   - every change of owner raises the Fence, and who computed something for an
//     older fence cannot commit it;
//   - the sequence of a session has no gaps;
//   - the same Ref of the same speaker's device is one event, for ever.
package sessions

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// What a caller acts on. Stores wrap them.
var (
	ErrNotFound = errors.New("sessions: not found")
	ErrConflict = errors.New("sessions: changed meanwhile")           // load again and decide again
	ErrNotOwner = errors.New("sessions: somebody else owns the chat") // this speaker may not speak here any more
	ErrClosed   = errors.New("sessions: closed")
	ErrTaken    = errors.New("sessions: taken by somebody else")
	ErrUnowned  = errors.New("sessions: no person has the chat") // nobody would hear a whisper
	ErrOffered  = fmt.Errorf("%w: it is held out to them", ErrTaken)
	ErrEmpty    = errors.New("sessions: nobody is waiting")
	ErrFull     = errors.New("sessions: the agent has no room for another chat")
	ErrRefReuse = errors.New("sessions: ref used before for another text")
	ErrBusy     = errors.New("sessions: store is busy") // try again shortly
	ErrInvalid  = errors.New("sessions: not a lawful change")
)

// State says who owns a session.
type State string

const (
	Bot      State = "bot"      // the bot answers
	Queued   State = "queued"   // waits for an agent; nobody answers
	Assigned State = "assigned" // one agent answers
	Closed   State = "closed"   // over; the customer's next message reopens it, or opens a new session when that is long ago
)

// Customer is who a session belongs to.
type Customer struct {
	ID        string `json:"id"`                  // made by us for an anonymous customer, else as the host app signed it
	Name      string `json:"name,omitempty"`      // as signed by the host app; never typed by the customer
	Anonymous bool   `json:"anonymous,omitempty"` // known only by the token we gave
	Facts     *Facts `json:"-"`                   // what their token says of them besides; a session keeps that in Desk.Facts
}

// Equal reports whether c and d are the same.
func (c Customer) Equal(d Customer) bool {
	return c.ID == d.ID && c.Name == d.Name && c.Anonymous == d.Anonymous && c.Facts.Equal(d.Facts)
}

// Session is the head of a log. It is a value: copy it, change the copy, commit it.
type Session struct {
	ID       string   `json:"id"`
	Customer Customer `json:"customer"`
	Channel  string   `json:"channel"` // "widget", "talk", …
	Lang     string   `json:"lang"`    // "zh-CN" or "en"

	Seq     int64 `json:"seq"`     // of the newest event; 0 if there is none
	Fence   int64 `json:"fence"`   // goes up at every change of owner
	Segment int64 `json:"segment"` // goes up at every change of owner; bot and matcher remember only the current one

	State    State     `json:"state"`
	Agent    string    `json:"agent,omitempty"`    // user id; set if and only if State is Assigned
	Skill    string    `json:"skill"`              // which queue; "" is the general one
	Priority int       `json:"priority"`           // a head start in the queue: see Rank
	QueuedAt time.Time `json:"queued_at,omitzero"` // zero unless queued or assigned; kept when a chat returns to the front of the queue

	Pending   int64     `json:"pending,omitempty"`   // seq of the customer's first message that nobody has answered yet; 0 if none
	PendingAt time.Time `json:"pending_at,omitzero"` // when it was committed; the newest one's time is HeardAt

	AwaitAt time.Time `json:"await_at,omitzero"` // since when the customer of an assigned chat waits for a word of the agent; zero if they do not

	Memory Memory `json:"memory"` // of the bot, for this segment only
	Desk   Desk   `json:"desk"`   // of the human side

	OpenedAt  time.Time `json:"opened_at"`
	ChangedAt time.Time `json:"changed_at"` // of the newest commit
	HeardAt   time.Time `json:"heard_at"`   // of the customer's newest message; OpenedAt if there is none
	ClosedAt  time.Time `json:"closed_at,omitzero"`
}

// Memory is what the bot keeps from one turn to the next.
type Memory struct {
	Offered []string `json:"offered,omitempty"` // entries offered as choices in the last reply
	Misses  int      `json:"misses,omitempty"`  // replies in a row that did not answer
	Asked   string   `json:"asked,omitempty"`   // what the bot asked for and waits for: "", "handoff", "message", "contact"
	Hints   int      `json:"hints,omitempty"`   // idle hints given since the customer's last message
	Left    bool     `json:"left,omitempty"`    // a message was left for when an agent is back
	Noted   bool     `json:"noted,omitempty"`   // in the queue: the customer was told that what they add is kept
	Tried   int      `json:"tried,omitempty"`   // sweeps that began to answer what is pending; who did not live to tell is counted too
	Why     string   `json:"why,omitempty"`     // with which reason a person was offered
	Skill   string   `json:"skill,omitempty"`   // queue that fits what was answered last; "" if none does specially
}

// Equal reports whether m and n are the same.
func (m Memory) Equal(n Memory) bool {
	return slices.Equal(m.Offered, n.Offered) && m.Misses == n.Misses && m.Asked == n.Asked && m.Hints == n.Hints && m.Left == n.Left && m.Noted == n.Noted && m.Tried == n.Tried &&
		m.Why == n.Why && m.Skill == n.Skill
}

// Survey marks a part of the chat as one that the customer is asked to rate, and reports
// whether they were not asked about it before.
func (s Session) Survey(part string) (Session, bool) {
	if slices.Contains(s.Desk.Surveyed, part) {
		return s, false
	}
	s.Desk.Surveyed = append(slices.Clone(s.Desk.Surveyed), part)
	return s, true
}

// Clone returns a copy that shares nothing with s.
func (s Session) Clone() Session {
	s.Memory.Offered = slices.Clone(s.Memory.Offered)
	s.Desk.Offer.Passed = slices.Clone(s.Desk.Offer.Passed)
	s.Desk.Surveyed = slices.Clone(s.Desk.Surveyed)
	s.Desk.Mentions = slices.Clone(s.Desk.Mentions)
	s.Desk.Dangers = slices.Clone(s.Desk.Dangers)
	return s
}

// Equal reports whether s and o are the same.
func (s Session) Equal(o Session) bool {
	return s.ID == o.ID && s.Customer.Equal(o.Customer) && s.Channel == o.Channel && s.Lang == o.Lang &&
		s.Seq == o.Seq && s.Fence == o.Fence && s.Segment == o.Segment &&
		s.State == o.State && s.Agent == o.Agent && s.Skill == o.Skill && s.Priority == o.Priority && s.QueuedAt.Equal(o.QueuedAt) &&
		s.Pending == o.Pending && s.PendingAt.Equal(o.PendingAt) && s.AwaitAt.Equal(o.AwaitAt) &&
		s.Memory.Equal(o.Memory) && s.Desk.Equal(o.Desk) &&
		s.OpenedAt.Equal(o.OpenedAt) && s.ChangedAt.Equal(o.ChangedAt) && s.HeardAt.Equal(o.HeardAt) && s.ClosedAt.Equal(o.ClosedAt)
}

// Open reports whether the session can still be written to.
func (s Session) Open() bool { return s.State != Closed }

// The moves. Each returns a changed copy; Apply raises Fence and Segment when the
// copy is committed, because the owner differs.

// Queue hands the session to the queue of a skill. The place in the queue is kept
// if the session already had one.
func (s Session) Queue(skill string, now time.Time) Session {
	s = s.handed(Queued, "")
	s.Skill = skill
	if s.QueuedAt.IsZero() {
		s.QueuedAt, s.Desk.Answered = now, time.Time{}
	}
	return s
}

// Assign hands the session to an agent.
func (s Session) Assign(agent string) Session { return s.handed(Assigned, agent) }

// Return hands the session to the bot. If the customer spoke last, the caller
// sets Pending so that the bot answers.
func (s Session) Return() Session {
	s = s.handed(Bot, "")
	s.QueuedAt, s.Priority, s.Desk.Promised = time.Time{}, 0, time.Time{}
	return s
}

// Reopen takes a closed session up again, with the bot. Its history stays; bot and
// matcher remember none of it.
func (s Session) Reopen() Session {
	s = s.Return()
	s.ClosedAt = time.Time{}
	return s
}

// Close ends the session.
func (s Session) Close(now time.Time) Session {
	s = s.handed(Closed, "")
	s.ClosedAt = now
	return s
}

func (s Session) handed(to State, agent string) Session {
	s.State, s.Agent, s.Memory, s.Pending, s.PendingAt = to, agent, Memory{}, 0, time.Time{}
	s.AwaitAt, s.Desk = time.Time{}, Desk{Promised: s.Desk.Promised, Surveyed: s.Desk.Surveyed, Answered: s.Desk.Answered, Mentions: s.Desk.Mentions, Dangers: s.Desk.Dangers, Facts: s.Desk.Facts}
	if to == Bot || to == Closed {
		s.Desk.Mentions, s.Desk.Dangers = nil, nil
	}
	return s
}
