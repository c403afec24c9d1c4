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
	AfterHours  Action = "after_hours"  // outside the hours of the queue: offer to take a message
	Nobody      Action = "nobody"       // no agent is there: likewise
	Full        Action = "full"         // too many wait already: likewise
	AskMessage  Action = "ask_message"  // please write it
	AskContact  Action = "ask_contact"  // how do we reach you?
	TakeMessage Action = "take_message" // into the queue, in front
	Waiting     Action = "waiting"      // you are in the queue already
	LeaveQueue  Action = "leave_queue"  // back to the bot
	Notice      Action = "notice"       // personal data was hidden; sessions.Aside
	Hint        Action = "hint"         // are you still there?
	Closing     Action = "close"        // idle for too long
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
	first   word     // said before, an aside
	say     string   // id of the sentence or entry to say; "" says nothing
	args    []string // placeholder values for say
	offer   []string // choices, in order
	match   *knowledge.Match
	found   knowledge.Result // what the decision looked at; empty if it needed no match
	seal    bool             // keep the contact with the customer's message, sealed
	handing bool             // a person is wanted: hand decides how
	alarm   string           // danger of which staff are told; "" for none
	next    sessions.Session
}

// word is a sentence of the bot's and the reason for it; the zero word is not said.
type word struct{ say, reason string }

// decide says what to do about an utterance. It is a function of the scene: no
// I/O, no clock, so that any past decision can be replayed. If the plan is handing,
// hand completes it with what the queue can do.
func (p Policy) decide(sc scene) plan {
	switch sc.session.State {
	case sessions.Assigned:
		return overheard(sc)
	case sessions.Queued:
		return p.whileQueued(sc)
	}
	sc.session.Memory.Hints, sc.session.Memory.Tried = 0, 0 // the customer is here, and answered
	said, asked := wordsOf(sc.said.Text), sc.session.Memory.Asked
	chosen, danger := picked(sc, said), said.danger()
	switch {
	case chosen == "" && danger != "":
		return endangered(sc, danger)
	case chosen == sessions.ChooseHuman:
		return wantPerson(sc, sought(sc))
	case chosen == "" && said.askForPerson():
		return wantPerson(sc, wish(sc))
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
	case said.complain():
		return wantPerson(sc, ReasonComplaint)
	case asked == askedHandoff && said.agree():
		return wantPerson(sc, sought(sc))
	case asked == askedHandoff && said.decline(), said.declinePerson():
		return proceed(sc, reasonDeclined)
	case sc.session.Priority < priorities[ReasonVulnerable] && said.vulnerable():
		return p.care(sc)
	case sc.failed:
		return wantPerson(sc, ReasonFault)
	}
	pl := p.answer(sc, said)
	pl.found = sc.found
	return pl
}

// answer acts on what the matcher found.
func (p Policy) answer(sc scene, said words) plan {
	switch sc.found.Zone() {
	case knowledge.ZoneAnswer:
		return p.reply(sc, sc.found.Matches[0], reasonMatched)
	case knowledge.ZoneClarify:
		return p.clarify(sc)
	}
	if said.namePerson() {
		return wantPerson(sc, wish(sc))
	}
	return p.missed(sc, reasonUnknown)
}

func (p Policy) reply(sc scene, m knowledge.Match, reason string) plan {
	pl := plan{action: Answer, reason: reason, say: m.Entry, match: &m, next: sc.session}
	pl.next.Memory = sessions.Memory{Skill: sc.session.Memory.Skill}
	if pl.chats() {
		return pl
	}
	pl.next = afresh(pl.next)
	return p.beside(sc, pl)
}

// clarify offers the likeliest entries and "none of these".
func (p Policy) clarify(sc scene) plan {
	pl := plan{action: Clarify, reason: ReasonAmbiguous, say: sayClarify, next: sc.session}
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
	misses := sc.session.Memory.Misses + 1
	pl.next.Memory = sessions.Memory{Misses: misses, Why: offered(reason, misses), Skill: sc.session.Memory.Skill}
	if misses > 1 {
		pl = offerPerson(sc, reason)
		pl.next.Memory.Misses, pl.next.Memory.Why = misses, offered(reason, misses)
	}
	return pl
}

func offerPerson(sc scene, reason string) plan {
	pl := plan{action: Offer, reason: reason, say: sayOffer, offer: []string{sessions.ChooseHuman, sessions.ChooseBot}, next: sc.session}
	pl.next.Memory = sessions.Memory{Asked: askedHandoff, Why: offered(reason, 0), Skill: sc.session.Memory.Skill}
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
	if !ok || !e.Matchable() {
		pl := plan{action: Rephrase, reason: reasonWithdrawn, say: sayWithdrawn, next: sc.session}
		pl.next.Memory = sessions.Memory{Misses: sc.session.Memory.Misses}
		return pl
	}
	return p.reply(sc, knowledge.Match{Entry: e.ID, Revision: e.Revision, Answer: e.Answer(sc.lang), Confidence: 1}, reasonChosen)
}
