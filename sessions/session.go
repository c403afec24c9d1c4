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
//   - one owner speaks: the bot, or one agent, or nobody (queue);
//   - every change of owner raises the Fence, and who computed something for an
//     older fence cannot commit it;
//   - the sequence of a session has no gaps;
//   - the same Ref of the same speaker's device is one event, for ever.
package sessions

import (
	"cmp"
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
	Agent    string    `json:"agent,omitempty"` // user id; set if and only if State is Assigned
	Skill    string    `json:"skill"`           // which queue; "" is the general one
	Priority int       `json:"priority"`        // a head start in the queue: see Rank
	QueuedAt time.Time `json:"queued_at"`       // zero unless queued or assigned; kept when a chat returns to the front of the queue

	Pending   int64     `json:"pending,omitempty"` // seq of the customer's first message that nobody has answered yet; 0 if none
	PendingAt time.Time `json:"pending_at"`        // when it was committed; the newest one's time is HeardAt

	AwaitAt time.Time `json:"await_at"` // since when the customer of an assigned chat waits for a word of the agent; zero if they do not

	Memory Memory `json:"memory"` // of the bot, for this segment only
	Desk   Desk   `json:"desk"`   // of the human side

	OpenedAt  time.Time `json:"opened_at"`
	ChangedAt time.Time `json:"changed_at"` // of the newest commit
	HeardAt   time.Time `json:"heard_at"`   // of the customer's newest message; OpenedAt if there is none
	ClosedAt  time.Time `json:"closed_at"`
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

	// Last until the chat is queued anew:
	Answered time.Time `json:"answered,omitzero"` // when a person first spoke to the customer since the chat was queued

	// Last until the bot has the chat again, or it is closed:
	Mentions []Mention `json:"mentions,omitempty"` // who was asked by a note to look at the chat, each once, the newest last
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
		d.Answered.Equal(e.Answered) && slices.Equal(d.Mentions, e.Mentions)
}

// Zero reports whether there is nothing in d.
func (d Desk) Zero() bool { return d.Equal(Desk{}) }

// Equal reports whether o and p are the same.
func (o Offer) Equal(p Offer) bool {
	return o.To == p.To && o.From == p.From && o.At.Equal(p.At) && slices.Equal(o.Passed, p.Passed)
}

// PriorityMost is the greatest head start a Priority gives, in minutes: three days.
const PriorityMost = 3 * 24 * 60

// PriorityOverdue is that of a message which was not answered by when it was promised.
const PriorityOverdue = 2 * 24 * 60

// Rank is the moment by which a queue is served, the earliest first: QueuedAt, less a
// minute for each point of Priority between 0 and PriorityMost. Both the urgent and the
// patient are served in their turn: a chat is overtaken only by those that came later by
// fewer minutes than they have points more, never by one that came three days later,
// however many of them there are. The order of two chats does not change while they wait.
func (s Session) Rank() time.Time {
	return s.QueuedAt.Add(-time.Duration(min(max(s.Priority, 0), PriorityMost)) * time.Minute)
}

// ByRank is the order in which chats that wait are served, whatever their queues.
func ByRank(a, b Session) int { return cmp.Or(a.Rank().Compare(b.Rank()), cmp.Compare(a.ID, b.ID)) }

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
	return s
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
	s.AwaitAt, s.Desk = time.Time{}, Desk{Promised: s.Desk.Promised, Surveyed: s.Desk.Surveyed, Answered: s.Desk.Answered, Mentions: s.Desk.Mentions}
	if to == Bot || to == Closed {
		s.Desk.Mentions = nil
	}
	return s
}
