package sessions

import (
	"fmt"
	"slices"
	"time"

	"wenda/internal/sabotage"
)

// Actor is who commits.
type Actor struct {
	Role   Role
	ID     string // customer or user id; empty for bot and system
	Device string // scope of Refs: one browser, one terminal; empty for bot and system
	Facts  *Facts // of a customer: what the host app signed about them; nil if it said nothing
}

// Apply decides whether by may commit next and events onto the row that is stored
// now, and returns what to write: the row with Seq, Fence, Segment and times set, and
// the events numbered from row.Seq+1. It does no I/O; stores call it inside their
// transaction with the row locked. next is a changed copy of what the caller
// loaded: its Seq and Fence say what the caller had seen.
//
// Guards:
//   - a customer writes only to a session of their own: ErrNotFound;
//   - a closed session takes nothing but a rating, a vote or one more end, or the customer's
//     message that reopens it: ErrClosed; and one more end only that: ErrConflict;
//   - an agent writes only what it owns or has joined, with the fence it knows: ErrNotOwner;
//   - a supervisor writes to staff only, and moves: ErrInvalid; what is said to the owner
//     alone needs one: ErrUnowned;
//   - nobody but an agent, or the system in its name, says what an agent says: ErrInvalid;
//   - the bot commits only while the bot owns, with the fence it knows; inside a
//     customer's commit it may also say a word about the queue or hidden data: ErrConflict;
//   - whatever carries a bot reply or a move, or changes more than the log, is guarded by
//     Seq and ChangedAt, which goes up with every commit: ErrConflict.
//     A person's plain message is not: customer and agent may type at the same time;
//   - AwaitAt is set when an agent gets the chat, and when the customer speaks to
//     one; an agent's message ends it, and the first one since the chat was queued sets
//     Desk.Answered;
//   - Pending is set when the customer speaks to the bot and nobody answers in the same
//     commit. It stays at the first of several such lines until a reply covers them all
//     (the guard by Seq sees to that: a reply that missed a line is a conflict) or the
//     owner changes. An Aside is no reply.
//
// Claiming is no business of Apply: a store picks the session and then applies
// the move in the name of RoleSystem.
func Apply(row Session, by Actor, next Session, events []Event, now time.Time) (Session, []Event, error) {
	now = whole(now)
	if err := guard(row, by, next, events); err != nil {
		return Session{}, nil, err
	}
	done := row.Clone()
	if changes(row, next) {
		seq := row.Seq
		done = next.Clone()
		done.Seq, done.Fence, done.Segment = seq, row.Fence, row.Segment
		done.ID, done.Customer, done.Channel, done.OpenedAt, done.HeardAt = row.ID, row.Customer, row.Channel, row.OpenedAt, row.HeardAt
		done.QueuedAt, done.PendingAt, done.ClosedAt = whole(next.QueuedAt), row.PendingAt, whole(next.ClosedAt)
		done.AwaitAt, done.Desk = row.AwaitAt, wholeDesk(done.Desk)
		if next.State == row.State {
			done.Pending = row.Pending // only an answer ends it
		}
	}
	switch {
	case done.State != Closed:
		done.ClosedAt = time.Time{}
	case done.ClosedAt.IsZero():
		done.ClosedAt = now
	}
	if done.State != row.State || done.Agent != row.Agent {
		done.Fence++
		done.Segment++
	}
	out := make([]Event, len(events))
	for i, e := range events {
		done.Seq++
		e.Seq, e.At = done.Seq, now
		if e.Audience == "" {
			e.Audience = All
		}
		if e.Kind == Handed {
			e.Move = moved(e.Move, row, done)
		}
		if e.Decision != nil && e.Decision.Answers == 0 && e.Decision.Action != Aside && i > 0 {
			d := *e.Decision
			d.Answers = out[0].Seq
			e.Decision = &d
		}
		out[i] = e
	}
	done = awaited(row, pended(row, done, out, now), out, now)
	// Changes without an event leave Seq as it is; this tells them apart, also when
	// the clock stands still or goes back.
	done.ChangedAt = now
	if next := row.ChangedAt.Add(time.Millisecond); now.Before(next) {
		done.ChangedAt = next
	}
	return done, out, nil
}

func guard(row Session, by Actor, next Session, events []Event) error {
	if sabotage.On(sabotage.RedisBelieved) && by.Role != RoleAgent {
		return nil
	}
	if err := admits(row, by, next, events); err != nil {
		return err
	}
	bot, move, err := inspect(by, events)
	if err != nil {
		return err
	}
	if row.State != Closed && slices.ContainsFunc(events, func(e Event) bool { return e.Kind == Ended }) {
		return ErrConflict
	}
	if !sabotage.On(sabotage.FenceIgnored) && (bot && row.Fence != next.Fence || by.Role == RoleBot && row.State != Bot) {
		return ErrConflict
	}
	// A move counts as a change even if it ends where the row is: a rival made it first.
	if (bot || move || changes(row, next)) && (row.Seq != next.Seq || !row.ChangedAt.Equal(next.ChangedAt)) {
		return ErrConflict
	}
	if row.State == Closed && changes(row, next) && !reopens(by, next, events) {
		return ErrClosed
	}
	if !next.State.valid() || (next.State == Assigned) != (next.Agent != "") {
		return fmt.Errorf("%w: state %s with agent %q", ErrInvalid, next.State, next.Agent)
	}
	return nil
}

// admits says whether by may write to the session at all.
func admits(row Session, by Actor, next Session, events []Event) error {
	if by.Role == RoleCustomer && by.ID != row.Customer.ID {
		return ErrNotFound // before all else: nobody may learn that somebody else's session is there
	}
	if row.State == Closed && !afterwords(events) && !reopens(by, next, events) {
		return ErrClosed
	}
	if !sabotage.On(sabotage.FenceIgnored) && by.Role == RoleAgent && !speaks(row, by.ID, next.Fence) {
		return ErrNotOwner
	}
	if by.Role != RoleSupervisor {
		return nil
	}
	if !supervises(events) {
		return fmt.Errorf("%w: a supervisor who neither owns nor joined the chat speaks to its customer", ErrInvalid)
	}
	if row.State != Assigned && whispered(events) {
		return ErrUnowned
	}
	return nil
}

// whispered reports whether all that is said is for the owner.
func whispered(events []Event) bool {
	return len(events) > 0 && !slices.ContainsFunc(events, func(e Event) bool { return e.Kind != Note })
}

// speaks reports whether a user may speak to the customer.
func speaks(row Session, id string, fence int64) bool {
	return row.State == Assigned && (row.Agent == id || row.Desk.Joined == id) && row.Fence == fence
}

// supervises reports whether all events are words to staff, or moves.
func supervises(events []Event) bool {
	for _, e := range events {
		if e.Audience != Staff && e.Kind != Handed && e.Kind != Joined {
			return false
		}
	}
	return true
}

// reopens reports whether the customer takes a closed chat up again.
func reopens(by Actor, next Session, events []Event) bool {
	return by.Role == RoleCustomer && (next.State == Bot || next.State == Queued) && slices.ContainsFunc(events, func(e Event) bool { return e.Kind == Message && e.From.Role == RoleCustomer })
}

// inspect says whether the bot speaks in the events, and whether they make a move;
// a change without any event counts as one.
func inspect(by Actor, events []Event) (bot, move bool, err error) {
	bot, move = by.Role == RoleBot, len(events) == 0
	for _, e := range events {
		if e.From.Role == RoleAgent && by.Role != RoleAgent && by.Role != RoleSystem {
			return bot, move, fmt.Errorf("%w: an agent's event committed by the %s", ErrInvalid, by.Role)
		}
		if e.Kind == "" || e.Ref != "" && !ValidRef(e.Ref) {
			return bot, move, fmt.Errorf("%w: event without a kind or with a malformed ref", ErrInvalid)
		}
		bot, move = bot || e.From.Role == RoleBot, move || e.Kind == Handed
	}
	return bot, move, nil
}

func (s State) valid() bool { return s == Bot || s == Queued || s == Assigned || s == Closed }

// whole is t as stores keep it: UTC, whole milliseconds.
func whole(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// changes reports whether next differs from the row in more than an append does.
func changes(row, next Session) bool {
	next.Desk.Answered = row.Desk.Answered // Apply's own, like AwaitAt
	return next.State != row.State || next.Agent != row.Agent || next.Skill != row.Skill ||
		next.Priority != row.Priority || !next.QueuedAt.Equal(row.QueuedAt) || next.Lang != row.Lang ||
		next.Pending != row.Pending || !next.Memory.Equal(row.Memory) || !next.Desk.Equal(row.Desk)
}

// afterwords are what a customer may still say of a closed chat.
func afterwords(events []Event) bool {
	for _, e := range events {
		if e.Kind != Rating && e.Kind != Vote && e.Kind != Ended {
			return false
		}
	}
	return len(events) > 0
}

func moved(m *Move, row, done Session) *Move {
	var move Move
	if m != nil {
		move = *m
	}
	move.From, move.To, move.Agent, move.Skill = row.State, done.State, done.Agent, done.Skill
	return &move
}

// pended keeps HeardAt and Pending true: a customer's messages to the bot are pending,
// from the first on, until a reply or a change of owner is committed.
func pended(row, done Session, events []Event, now time.Time) Session {
	for _, e := range events {
		switch {
		case e.Kind == Message && e.From.Role == RoleCustomer:
			done.HeardAt = now
			if done.State == Bot && done.Pending == 0 {
				done.Pending = e.Seq
			}
		case e.From.Role == RoleBot && e.Decision != nil && e.Decision.Action != Aside:
			done.Pending = 0
		}
	}
	switch {
	case done.Pending == 0 || done.State != Bot:
		done.Pending, done.PendingAt = 0, time.Time{}
	case done.Pending != row.Pending:
		done.PendingAt = now
	}
	return done
}

// awaited keeps AwaitAt true.
func awaited(row, done Session, events []Event, now time.Time) Session {
	switch {
	case done.State != Assigned:
		done.AwaitAt = time.Time{}
		return done
	case done.Agent != row.Agent:
		done.AwaitAt = now
	}
	for _, e := range events {
		switch {
		case e.Kind != Message:
		case e.From.Role == RoleAgent:
			done.AwaitAt = time.Time{}
			if done.Desk.Answered.IsZero() {
				done.Desk.Answered = now
			}
		case e.From.Role == RoleCustomer && done.AwaitAt.IsZero():
			done.AwaitAt = now
		}
	}
	return done
}

func wholeDesk(d Desk) Desk {
	for _, t := range []*time.Time{&d.Offer.At, &d.RemindedAt, &d.Snooze.At, &d.Snooze.Until, &d.Promised, &d.Answered} {
		*t = whole(*t)
	}
	return d
}
