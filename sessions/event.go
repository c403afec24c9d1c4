package sessions

import "time"

// Kind says what an event is.
type Kind string

const (
	Message  Kind = "message"  // something said to everybody, by customer, bot or agent
	Note     Kind = "note"     // an agent's note, for staff
	Vote     Kind = "vote"     // the customer's 有用 / 没用 about a reply (About, Value)
	Survey   Kind = "survey"   // the customer is asked to rate a part of the chat (Part)
	Rating   Kind = "rating"   // the customer's 1 to 5 for a part of the chat (Value, Part, Reasons)
	Handed   Kind = "handed"   // the owner changed (Move); Text is what the customer reads, if anything
	Revealed Kind = "revealed" // an agent looked at sealed contact details (About), for staff
	Joined   Kind = "joined"   // a supervisor began (Value 1) or ceased (-1) to speak beside the agent; Text is what the customer reads
	Reminded Kind = "reminded" // the agent was told that the customer waits, for staff
	Ended    Kind = "ended"    // the customer ended the chat, which was closed already, for staff
	Alarmed  Kind = "alarmed"  // the customer spoke (About) of a danger (Reasons) to a person, or while they waited for one; for staff
)

// Parts of a chat, which are rated each for itself.
const (
	PartBot   = "bot"
	PartAgent = "agent"
)

// Role says who spoke.
type Role string

const (
	RoleCustomer Role = "customer"
	RoleBot      Role = "bot"
	RoleAgent    Role = "agent"

	// RoleSupervisor speaks to staff in chats of others, and moves them. Who has joined
	// a chat or taken it over speaks to its customer as RoleAgent.
	RoleSupervisor Role = "supervisor"

	RoleSystem Role = "system" // timers: idle close, requeue, sweeper
)

// Audience says who may read an event.
type Audience string

const (
	All   Audience = "all"
	Staff Audience = "staff"
)

// Speaker is who an event comes from.
type Speaker struct {
	Role Role   `json:"role"`
	ID   string `json:"id,omitempty"`   // customer or user id; empty for bot and system
	Name string `json:"name,omitempty"` // as the other side sees it
}

// Event is one line of the log. Events never change once committed.
type Event struct {
	Seq      int64     `json:"seq"` // 1 and up, without gaps, set by Apply
	At       time.Time `json:"at"`  // set by Apply, whole milliseconds
	Kind     Kind      `json:"kind"`
	From     Speaker   `json:"from"`
	Audience Audience  `json:"audience"`
	Text     string    `json:"text,omitempty"` // masked before it gets here
	Lang     string    `json:"lang,omitempty"`

	// Ref is the speaker's own id for this event, unique per device: 8 to 64 of
	// A-Z a-z 0-9 '_' '-'. Committing it again returns what it became. A reply
	// derives its own from what it answers. Empty for events nobody resends.
	Ref string `json:"ref,omitempty"`

	Page     *Page     `json:"page,omitempty"`     // a customer's message: where they wrote it, if they were elsewhere before
	Choice   string    `json:"choice,omitempty"`   // entry the customer picked, with its question as Text
	Choices  []Choice  `json:"choices,omitempty"`  // what a reply offers
	Votable  bool      `json:"votable,omitempty"`  // a reply that may be voted on
	About    int64     `json:"about,omitempty"`    // seq of the event a vote or a reveal is about
	Value    int       `json:"value,omitempty"`    // vote: 1 or -1; rating: 1 to 5
	Part     string    `json:"part,omitempty"`     // survey, rating: one of the Parts
	Reasons  []string  `json:"reasons,omitempty"`  // rating: codes of what was good or bad; alarmed: the kind of danger
	Mentions []string  `json:"mentions,omitempty"` // note: user ids of colleagues who are to see it
	Masked   []string  `json:"masked,omitempty"`   // kinds of personal data that were masked in Text
	Sealed   []byte    `json:"sealed,omitempty"`   // contact details left on purpose, encrypted; never leaves the server as it is
	Move     *Move     `json:"move,omitempty"`     // Handed only
	Decision *Decision `json:"decision,omitempty"` // why the bot said this; for staff only
}

// Page is where on the host's site, or in its app, a customer wrote. One of the two may
// be missing.
type Page struct {
	Title string `json:"title,omitempty"` // of the document, or what the host calls the place
	URL   string `json:"url,omitempty"`   // http or https; without query, fragment and whatever may say who somebody is
}

// Choice is a button under a reply.
type Choice struct {
	ID    string `json:"id"` // an entry id, or one of the Choose… ids
	Label string `json:"label"`
}

// Choices that are not entries.
const (
	ChooseNone    = "none"    // 都不是
	ChooseHuman   = "human"   // 转人工
	ChooseMessage = "message" // 留言
	ChooseBot     = "bot"     // go on with the bot, leave the queue
)

// Move says how the owner changed. From and To are set by Apply.
type Move struct {
	From   State  `json:"from"`
	To     State  `json:"to"`
	Agent  string `json:"agent,omitempty"` // new owner's user id
	Skill  string `json:"skill,omitempty"`
	Reason string `json:"reason,omitempty"` // a code: see the Reasons of a handoff, and those a desk gives
	Wrap   string `json:"wrap,omitempty"`   // how it ended, a code of the company's list; of a close only
}

// Aside is the Action of a word beside the point, such as that personal data was
// hidden. It answers nothing.
const Aside = "notice"

// Decision is why the bot did what it did: enough to replay and explain it.
type Decision struct {
	Action     string      `json:"action"` // answer, clarify, rephrase, offer, handoff, message, …
	Reason     string      `json:"reason"` // a code
	Release    int64       `json:"release,omitempty"`
	Variant    string      `json:"variant,omitempty"`
	Entry      string      `json:"entry,omitempty"` // whose text was said
	Revision   int         `json:"revision,omitempty"`
	Confidence float64     `json:"confidence,omitempty"`
	Candidates []Candidate `json:"candidates,omitempty"` // the likeliest first; the improbable are left out
	Answers    int64       `json:"answers,omitempty"`    // seq of the message this replies to; of the first, if it replies to several lines at once
}

// Candidate is an entry the bot considered.
type Candidate struct {
	Entry      string  `json:"entry"`
	Question   string  `json:"question"`
	Phrasing   string  `json:"phrasing,omitempty"`
	Confidence float64 `json:"confidence"`
}

// Visible reports whether a reader of that audience may see the event.
func (e Event) Visible(to Audience) bool { return to == Staff || e.Audience == All }

// ValidRef reports whether ref can be a speaker's id for an event.
func ValidRef(ref string) bool {
	if len(ref) < 8 || len(ref) > 64 {
		return false
	}
	for _, c := range []byte(ref) {
		if !(c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-') {
			return false
		}
	}
	return true
}
