// Package desk is the human side of a session: what an agent may do in a chat, and what a
// supervisor may do in everybody's.
//
// An agent takes a chat (Claim), talks (Say, Note), puts it aside (Snooze), passes it on
// (Transfer, Escalate), and lets go of it (Return to the bot, Close). Each is one guarded
// commit: whoever lost the chat meanwhile gets sessions.ErrNotOwner and nothing was
// written. The fence an agent's page knows goes with every act, so a page that slept
// through a change of owner cannot speak.
//
//	queued ──Claim──▶ assigned ──Say, Note, Snooze, Reveal──▶ assigned
//	   ▲                 ├──Return──▶ bot      (the bot answers what was said last)
//	   ├────Sweep────────┤                     (the agent's desk is gone)
//	   ├────Transfer─────┤                     (held out to a colleague, or in another queue)
//	   │                 └──Close───▶ closed
//	   └─ a colleague refuses: back to who passed it on, else first in the queue
//
// A supervisor reads every open chat (Watch), tells its agent something that the customer
// never sees (Whisper), speaks beside them (Join, Part), or moves it (Takeover,
// Reassign). All of that is on the record: in the transcript, in the audit, or in both.
//
//	desk.go       who may read what, and how a chat is taken
//	say.go        what agents say to customers, and what may not be said (check.go)
//	note.go       what they tell each other
//	leave.go      giving a chat back to the bot, closing it
//	transfer.go   passing it on; refuse.go: not taking what is held out
//	supervise.go  what supervisors do
//	snooze.go reveal.go
//	sweep.go      chats whose agents are gone
//	route.go      brings chats to agents: offer.go holds them out, silence.go takes them
//	              back from who lets a customer wait (stopwatch.go says how long that is)
//	count.go      what of that is counted
//
// What the customer reads at these moves are approved sentences handed in (Sentence), one
// calm line for each change of owner; what staff write is masked like everything else.
// Which agents are there is roster's business. Desk and bot never call each other; they
// meet at the session.
package desk

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"wenda/sessions"
)

// Ids of the sentences a customer reads when the owner changes. Placeholders stand
// in braces.
const (
	SayAssigned    = "system.assigned" // {agent}
	SayReturned    = "system.returned"
	SayClosed      = "system.closed"
	SayRequeued    = "system.requeued"
	SayTransferred = "system.transferred"
	SayBack        = "system.back"   // {agent}: whom the chat was passed on to did not take it
	SayJoined      = "system.joined" // {agent}
	SaySurvey      = "system.survey-agent"
)

// Reasons a desk gives for a move.
const (
	reasonReturned    = "returned"
	reasonFinished    = "finished"
	reasonLost        = "lost"
	reasonTransferred = "transferred"
	reasonEscalated   = "escalated"
	reasonRefused     = "refused"
	reasonTakenOver   = "taken_over"
	reasonReassigned  = "reassigned"
)

// What a caller acts on, besides the errors of sessions.
var (
	ErrAway      = errors.New("desk: that colleague takes no chats")
	ErrNeedsWrap = errors.New("desk: how the chat ended must be said")
)

// Parts are what a Desk is made of. Store, Live, Mask, Unseal and Sentence must be set.
type Parts struct {
	Store sessions.Store
	Live  sessions.Live

	// Mask hides personal data and names the kinds it hid.
	Mask func(text string) (masked string, kinds []string)
	// Unseal decrypts contact details that were sealed for a session.
	Unseal func(session string, sealed []byte) (string, error)
	// Sentence returns an approved sentence in a language ("zh-CN" or "en") with each
	// {name} replaced by the value that follows name in pairs.
	Sentence func(id, lang string, pairs ...string) string

	// Check looks at what an agent is about to send. nil: everything may be sent.
	Check Check
	// Colleague returns another agent as they are now. sessions.ErrNotFound if there is
	// none. nil: there is nobody to pass a chat on to.
	Colleague func(ctx context.Context, id string) (Colleague, error)
	// Known reports whether chats of a skill find somebody at all. nil: of every skill.
	Known func(ctx context.Context, skill string) bool
	// Next returns the queue to which a chat of a skill escalates. nil: none does.
	Next func(skill string) (next string, ok bool)
	// Wraps is the company's list of how chats end. nil: there is none.
	Wraps func() []Wrap
	// Audit keeps what leaves no trace in a session: that somebody read it. nil: nobody
	// may read what is not their own business.
	Audit func(ctx context.Context, who, did, about string) error

	// Count is told what happens to offers and silent chats: see CountOffered and the
	// others. nil: nobody counts.
	Count func(what, skill string)

	Now func() time.Time
	Log *slog.Logger
}

// Colleague is somebody a chat may be passed on to.
type Colleague struct {
	sessions.Agent
	There bool // a desk of theirs answers
	Takes bool // they are there, take chats and have room for one
}

// Desk carries out what agents do. It keeps no state and is safe for concurrent use.
type Desk struct{ Parts }

// New makes a Desk.
func New(p Parts) *Desk {
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	if p.Count == nil {
		p.Count = func(string, string) {}
	}
	return &Desk{p}
}

// Act is when and where something is done: in which chat, as it was when the page last
// heard of it, under the page's own id.
type Act struct {
	Session string
	Fence   int64  // the newest the page knows
	Ref     string // see sessions.Event.Ref
}

// MayRead reports whether an agent may read a session: what is their own or held out to
// them, what waits in their skills, where a colleague asked them to look; who leads the
// team every open chat.
func (*Desk) MayRead(agent sessions.Agent, s sessions.Session) bool {
	return s.Open() && (agent.ReadsAll || concerns(agent, s))
}

// concerns reports whether a chat is an agent's business, whatever their rank.
func concerns(agent sessions.Agent, s sessions.Session) bool {
	switch s.State {
	case sessions.Assigned:
		return s.Agent == agent.ID || s.Desk.Joined == agent.ID || s.Desk.Mentioned(agent.ID)
	case sessions.Queued:
		return s.Desk.Offer.To == agent.ID || slices.Contains(agent.Skills, s.Skill) || s.Desk.Mentioned(agent.ID)
	}
	return false
}

// Claim gives the agent session id, or for "" the next in their queues, and tells
// the customer who serves them. Claiming a chat one owns already changes nothing, and
// a claim sent again with its ref gives what it gave, while that is still the agent's;
// sessions.ErrTaken if it is not. Other errors are those of sessions.Store.Claim.
func (d *Desk) Claim(ctx context.Context, agent sessions.Agent, id, ref string) (sessions.Committed, error) {
	done, err := d.Store.Claim(ctx, agent, id, ref)
	if err == nil && !theirs(done.Session, agent) {
		// It was theirs, and is not any more: the claim was repeated, by the agent's page or
		// by the store that had lost the answer to its commit.
		err = sessions.ErrTaken
	}
	if errors.Is(err, sessions.ErrTaken) {
		if s, owned := d.owns(ctx, agent, id); owned {
			done, err = sessions.Committed{Session: s, Repeated: true}, nil
		}
	}
	if err != nil {
		return sessions.Committed{}, err
	}
	if accepted(done) {
		d.Count(CountAccepted, done.Session.Skill)
	}
	before := done.Session
	before.Fence-- // whatever it was, the owner changed
	sessions.Announce(d.Live, before, done)
	said, err := d.introduce(ctx, agent, done.Session)
	if err != nil {
		// The chat is the agent's all the same; they will introduce themselves.
		d.Log.Warn("the customer was not told who serves them", "session", done.Session.ID, "err", err)
		return done, nil
	}
	if theirs(said, agent) { // else it was taken away meanwhile; what they got is what they claimed
		done.Session = said
	}
	return done, nil
}

func theirs(s sessions.Session, agent sessions.Agent) bool {
	return s.State == sessions.Assigned && s.Agent == agent.ID
}

func (d *Desk) owns(ctx context.Context, agent sessions.Agent, id string) (sessions.Session, bool) {
	s, err := d.Store.Load(ctx, id)
	return s, err == nil && theirs(s, agent)
}

// introduce says who serves the customer, once for each time the chat is taken:
// the ref tells a repeated claim.
func (d *Desk) introduce(ctx context.Context, agent sessions.Agent, s sessions.Session) (sessions.Session, error) {
	done, err := d.append(ctx, agent, Act{Session: s.ID, Fence: s.Fence}, sessions.Event{
		Kind: sessions.Message, From: sessions.Speaker{Role: sessions.RoleSystem},
		Text: d.Sentence(SayAssigned, s.Lang, "agent", agent.Name), Lang: s.Lang,
		Ref: "claim-" + strconv.FormatInt(s.Fence, 36) + "-" + s.ID,
	})
	return done.Session, err
}

// append commits events that change no owner.
func (d *Desk) append(ctx context.Context, agent sessions.Agent, act Act, events ...sessions.Event) (sessions.Committed, error) {
	return d.update(ctx, act, actor(agent), func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		return s, events, nil
	})
}

// update has turn decide and commits it for who knew the fence of the act.
func (d *Desk) update(ctx context.Context, act Act, by sessions.Actor, turn sessions.Turn) (sessions.Committed, error) {
	return sessions.Update(ctx, d.Store, d.Live, act.Session, by, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		next, events, err := turn(s)
		next.Fence = act.Fence // what the page had seen; the commit compares it
		return next, events, err
	})
}

// actor is the agent as sessions know them. The device is the desk, not the browser:
// a ref resent from another tab is still the same ref.
func actor(agent sessions.Agent) sessions.Actor {
	return sessions.Actor{Role: sessions.RoleAgent, ID: agent.ID, Device: "desk"}
}

// speaker is the agent as both sides see them.
func speaker(agent sessions.Agent) sessions.Speaker {
	return sessions.Speaker{Role: sessions.RoleAgent, ID: agent.ID, Name: agent.Name}
}

// ours is who speaks where nobody in particular does.
var ours = sessions.Speaker{Role: sessions.RoleSystem}

// touched has the desks look again at a chat that changed without a change of owner.
func (d *Desk) touched(ctx context.Context, id string) {
	_ = d.Live.Signal(ctx, sessions.DeskTopic, sessions.Signal{Session: id})
}
