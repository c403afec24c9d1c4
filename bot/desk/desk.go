// Package desk is the human side of a session: what an agent may do in a chat.
//
// An agent takes a chat (Claim), talks (Say, Note), and lets go of it (Return to the
// bot, Close). Each is one guarded commit: whoever lost the chat meanwhile gets
// sessions.ErrNotOwner and nothing was written. The fence an agent's page knows goes
// with every act, so a page that slept through a change of owner cannot speak.
//
//	queued ──Claim──▶ assigned ──Say, Note, Reveal──▶ assigned
//	   ▲                 ├──Return──▶ bot      (the bot answers what was said last)
//	   └────Sweep────────┤                     (the agent's desk is gone)
//	                     └──Close───▶ closed
//
// What the customer reads at these moves are approved sentences handed in
// (Sentence); what an agent writes is masked like everything else. Which agents are
// there is roster's business. Desk and bot never call each other; they meet at the
// session.
package desk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"wenda/sessions"
)

// Ids of the sentences a customer reads when the owner changes. Placeholders stand
// in braces.
const (
	SayAssigned = "system.assigned" // {agent}
	SayReturned = "system.returned"
	SayClosed   = "system.closed"
	SayRequeued = "system.requeued"
)

// Reasons a desk gives for a move.
const (
	reasonReturned = "returned"
	reasonFinished = "finished"
	reasonLost     = "lost"
)

// Parts are what a Desk is made of. All but Now and Log must be set.
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

	Now func() time.Time
	Log *slog.Logger
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
	return &Desk{p}
}

// MayRead reports whether an agent may read a session: their own, and what waits
// in their skills.
func (*Desk) MayRead(agent sessions.Agent, s sessions.Session) bool {
	switch s.State {
	case sessions.Assigned:
		return s.Agent == agent.ID
	case sessions.Queued:
		return slices.Contains(agent.Skills, s.Skill)
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
	done, err := d.append(ctx, agent, s.ID, s.Fence, sessions.Event{
		Kind: sessions.Message, From: sessions.Speaker{Role: sessions.RoleSystem},
		Text: d.Sentence(SayAssigned, s.Lang, "agent", agent.Name), Lang: s.Lang,
		Ref: "claim-" + strconv.FormatInt(s.Fence, 36) + "-" + s.ID,
	})
	return done.Session, err
}

// Say says text to the customer. ref is the agent's own id for it.
func (d *Desk) Say(ctx context.Context, agent sessions.Agent, id string, fence int64, ref, text string) (sessions.Committed, error) {
	return d.write(ctx, agent, id, fence, sessions.Event{Kind: sessions.Message, Ref: ref, Text: text})
}

// Note keeps text for staff; the customer never sees it.
func (d *Desk) Note(ctx context.Context, agent sessions.Agent, id string, fence int64, ref, text string) (sessions.Committed, error) {
	return d.write(ctx, agent, id, fence, sessions.Event{Kind: sessions.Note, Audience: sessions.Staff, Ref: ref, Text: text})
}

func (d *Desk) write(ctx context.Context, agent sessions.Agent, id string, fence int64, e sessions.Event) (sessions.Committed, error) {
	if strings.TrimSpace(e.Text) == "" {
		return sessions.Committed{}, fmt.Errorf("%w: nothing to say", sessions.ErrInvalid)
	}
	e.From = sessions.Speaker{Role: sessions.RoleAgent, ID: agent.ID, Name: agent.Name}
	e.Text, e.Masked = d.Mask(e.Text)
	return d.append(ctx, agent, id, fence, e)
}

// append commits events that change no owner.
func (d *Desk) append(ctx context.Context, agent sessions.Agent, id string, fence int64, events ...sessions.Event) (sessions.Committed, error) {
	return sessions.Update(ctx, d.Store, d.Live, id, actor(agent), func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		s.Fence = fence // what the page had seen; the commit compares it
		return s, events, nil
	})
}

// actor is the agent as sessions know them. The device is the desk, not the browser:
// a ref resent from another tab is still the same ref.
func actor(agent sessions.Agent) sessions.Actor {
	return sessions.Actor{Role: sessions.RoleAgent, ID: agent.ID, Device: "desk"}
}
