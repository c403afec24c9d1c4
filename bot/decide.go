package bot

import (
	"time"

	"wenda/knowledge"
	"wenda/sessions"
)

// Action is what the bot does with an utterance. It is a field of its own in every
// decision that is stored, never something to be read out of the text.
type Action string

const (
	Keep        Action = "keep"         // only remember it: somebody else owns the chat
	Greeting    Action = "greet"        // the welcome card
	Answer      Action = "answer"       // an entry's approved text
	Clarify     Action = "clarify"      // which of these?
	Rephrase    Action = "rephrase"     // say it otherwise
	Offer       Action = "offer"        // shall I get a person?
	Continue    Action = "continue"     // go on
	Handoff     Action = "handoff"      // into the queue
	AfterHours  Action = "after_hours"  // nobody on duty: offer to take a message
	AskMessage  Action = "ask_message"  // please write it
	AskContact  Action = "ask_contact"  // how do we reach you?
	TakeMessage Action = "take_message" // into the queue, in front
	Waiting     Action = "waiting"      // you are in the queue already
	LeaveQueue  Action = "leave_queue"  // back to the bot
	Notice      Action = "notice"       // personal data was hidden; sessions.Aside
	Hint        Action = "hint"         // are you still there?
	Closing     Action = "close"        // idle for too long
)

// Reasons for an action, stored beside it.
const (
	reasonMatched   = "matched"    // sure enough
	reasonChosen    = "chosen"     // the customer picked it
	reasonAmbiguous = "ambiguous"  // several may be meant
	reasonUnknown   = "unknown"    // nothing resembles enough
	reasonNone      = "none"       // the customer said: none of these
	reasonWithdrawn = "withdrawn"  // what was picked is no longer in force
	reasonAsked     = "asked"      // the customer asked for a person
	reasonAgreed    = "agreed"     // the customer accepted the offer of a person
	reasonDeclined  = "declined"   // the customer declined it
	reasonFailed    = "failed"     // the matcher could not answer
	reasonNobody    = "nobody"     // nobody on duty
	reasonLeft      = "left"       // a message was left
	reasonQueued    = "queued"     // in the queue already
	reasonVotedDown = "voted_down" // the customer voted 没用
	reasonIdle      = "idle"
	reasonMasked    = "masked"
	reasonOpened    = "opened"
	reasonEnded     = "ended" // the customer ended the chat
)

// What the bot waits for (sessions.Memory.Asked).
const (
	askedHandoff = "handoff" // a yes or no to the offer of a person
	askedMessage = "message" // the text of a message
	askedContact = "contact" // a way to reach the customer
)

// scene is all that a decision may look at.
type scene struct {
	session sessions.Session   // as it is now
	said    sessions.Event     // what the customer said, masked
	contact string             // phone or e-mail in it, "" if none; never stored as it is
	release *knowledge.Release // in force
	found   knowledge.Result   // what the matcher made of it; empty for choices
	failed  bool               // the matcher could not answer
	lang    knowledge.Lang     // to speak in
	now     time.Time
}

// plan is what to do: action and text are fields of their own.
type plan struct {
	action  Action
	reason  string
	say     string   // id of the sentence or entry to say; "" says nothing
	args    []string // placeholder values for say
	offer   []string // choices, in order
	match   *knowledge.Match
	found   knowledge.Result // what the decision looked at; empty if it needed no match
	seal    bool             // keep the contact with the customer's message, sealed
	handing bool             // a person is wanted: hand decides how
	next    sessions.Session
}

// decide says what to do about an utterance. It is a function of the scene: no
// I/O, no clock, so that any past decision can be replayed. If the plan is handing,
// hand completes it with who is on duty.
func (p Policy) decide(sc scene) plan {
	switch sc.session.State {
	case sessions.Assigned:
		return plan{action: Keep, next: sc.session}
	case sessions.Queued:
		return p.whileQueued(sc)
	}
	sc.session.Memory.Hints, sc.session.Memory.Tried = 0, 0 // the customer is here, and answered
	chosen := picked(sc.release, sc.session, sc.said)
	asked := sc.session.Memory.Asked
	switch {
	case chosen == sessions.ChooseHuman, chosen == "" && AsksForPerson(sc.said.Text):
		return wantPerson(sc, reasonAsked)
	case chosen == sessions.ChooseMessage:
		return p.askMessage(sc)
	case chosen == sessions.ChooseBot:
		return proceed(sc, reasonDeclined)
	case chosen == sessions.ChooseNone:
		return p.missed(sc, reasonNone)
	case chosen != "":
		return p.chosen(sc, chosen)
	case asked == askedMessage, asked == askedContact:
		return p.message(sc, asked)
	case asked == askedHandoff && agrees(sc.said.Text):
		return wantPerson(sc, reasonAgreed)
	case asked == askedHandoff && declines(sc.said.Text), declinesPerson(sc.said.Text):
		return proceed(sc, reasonDeclined)
	case sc.failed:
		return wantPerson(sc, reasonFailed)
	}
	pl := p.answer(sc)
	pl.found = sc.found
	return pl
}

// answer acts on what the matcher found.
func (p Policy) answer(sc scene) plan {
	switch sc.found.Zone() {
	case knowledge.ZoneAnswer:
		return reply(sc, sc.found.Matches[0], reasonMatched)
	case knowledge.ZoneClarify:
		return p.clarify(sc)
	}
	if namesPerson(sc.said.Text) {
		return wantPerson(sc, reasonAsked)
	}
	return p.missed(sc, reasonUnknown)
}

func reply(sc scene, m knowledge.Match, reason string) plan {
	pl := plan{action: Answer, reason: reason, say: m.Entry, match: &m, next: sc.session}
	pl.next.Memory = sessions.Memory{}
	return pl
}

// clarify offers the likeliest entries and "none of these".
func (p Policy) clarify(sc scene) plan {
	pl := plan{action: Clarify, reason: reasonAmbiguous, say: sayClarify, next: sc.session}
	for _, m := range sc.found.Choices(p.MaxChoices) {
		pl.offer = append(pl.offer, m.Entry)
	}
	if len(pl.offer) == 1 {
		pl.say = sayConfirm
	}
	pl.offer = append(pl.offer, sessions.ChooseNone)
	pl.next.Memory.Offered, pl.next.Memory.Asked = pl.offer, ""
	return pl
}

// missed asks once to rephrase, then offers a person.
func (p Policy) missed(sc scene, reason string) plan {
	pl := plan{action: Rephrase, reason: reason, say: sayRephrase, offer: []string{sessions.ChooseHuman}, next: sc.session}
	pl.next.Memory = sessions.Memory{Misses: sc.session.Memory.Misses + 1}
	if pl.next.Memory.Misses > 1 {
		pl = offerPerson(sc, reason)
		pl.next.Memory.Misses = sc.session.Memory.Misses + 1
	}
	return pl
}

func offerPerson(sc scene, reason string) plan {
	pl := plan{action: Offer, reason: reason, say: sayOffer, offer: []string{sessions.ChooseHuman, sessions.ChooseBot}, next: sc.session}
	pl.next.Memory = sessions.Memory{Asked: askedHandoff}
	return pl
}

func proceed(sc scene, reason string) plan {
	pl := plan{action: Continue, reason: reason, say: sayContinue, next: sc.session}
	pl.next.Memory = sessions.Memory{}
	return pl
}

// chosen answers with an entry the customer picked, as it is in force now.
func (p Policy) chosen(sc scene, id string) plan {
	e, ok := sc.release.Entry(id)
	if !ok || e.System() {
		pl := plan{action: Rephrase, reason: reasonWithdrawn, say: sayWithdrawn, next: sc.session}
		pl.next.Memory = sessions.Memory{Misses: sc.session.Memory.Misses}
		return pl
	}
	return reply(sc, knowledge.Match{Entry: e.ID, Revision: e.Revision, Answer: e.Answer(sc.lang), Confidence: 1}, reasonChosen)
}
