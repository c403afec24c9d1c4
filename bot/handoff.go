package bot

import (
	"strconv"

	"wenda/sessions"
)

// wantPerson plans a handoff; hand completes it.
func wantPerson(sc scene, reason string) plan {
	return plan{action: Handoff, reason: reason, handing: true, next: sc.session}
}

// hand completes a plan that is handing: into the queue if somebody is on duty, else the
// customer is told so and may leave a message. onDuty counts agents of the
// skill who take chats, ahead the customers who wait already.
func (p Policy) hand(sc scene, pl plan, onDuty, ahead int) plan {
	pl.args = []string{"ahead", strconv.Itoa(ahead)}
	if pl.action == Waiting {
		pl.say = map[bool]string{true: sayNext, false: sayWaiting}[ahead == 0]
		return pl
	}
	if onDuty == 0 {
		pl = plan{action: AfterHours, reason: pl.reason, say: sayAfterHours, args: []string{"hours", strconv.Itoa(p.ReplyHours)},
			offer: []string{sessions.ChooseMessage, sessions.ChooseBot}, found: pl.found, next: sc.session}
		pl.next.Memory = sessions.Memory{Misses: sc.session.Memory.Misses, Offered: pl.offer}
		return pl
	}
	switch {
	case pl.reason == reasonFailed:
		pl.say = sayFailed
	case ahead == 0:
		pl.say = sayQueuedNext
	default:
		pl.say = sayQueued
	}
	pl.next = sc.session.Queue(p.Skill, sc.now)
	return pl
}

// askMessage invites the customer to write what an agent shall read later.
func (p Policy) askMessage(sc scene) plan {
	pl := plan{action: AskMessage, reason: reasonAsked, say: sayAskMessage, offer: []string{sessions.ChooseBot}, next: sc.session}
	pl.next.Memory = sessions.Memory{Asked: askedMessage, Offered: pl.offer}
	return pl
}

// message takes what the customer leaves. Without a way to reach them it asks
// for one, once.
func (p Policy) message(sc scene, asked string) plan {
	if asked == askedMessage && sc.contact == "" {
		pl := plan{action: AskContact, reason: reasonLeft, say: sayAskContact, next: sc.session}
		pl.next.Memory = sessions.Memory{Asked: askedContact}
		return pl
	}
	pl := plan{action: TakeMessage, reason: reasonLeft, say: sayLeft, args: []string{"hours", strconv.Itoa(p.ReplyHours)}, seal: sc.contact != ""}
	pl.next = sc.session.Queue(p.Skill, sc.now)
	pl.next.Priority, pl.next.Memory.Left = leftPriority, true
	return pl
}

// whileQueued keeps what is said for the agent. The bot speaks only about the
// queue itself.
func (p Policy) whileQueued(sc scene) plan {
	chosen := picked(sc.release, sc.session, sc.said)
	left := sc.session.Memory.Left
	switch {
	case chosen == sessions.ChooseBot:
		return plan{action: LeaveQueue, reason: reasonDeclined, say: sayQueueLeft, next: sc.session.Return()}
	case left:
		return plan{action: Waiting, reason: reasonLeft, say: sayLeftMore, offer: []string{sessions.ChooseBot}, seal: sc.contact != "", next: sc.session}
	case chosen == sessions.ChooseHuman || chosen == "" && AsksForPerson(sc.said.Text):
		return plan{action: Waiting, reason: reasonQueued, offer: []string{sessions.ChooseBot}, handing: true, next: sc.session}
	}
	return plan{action: Keep, next: sc.session}
}
