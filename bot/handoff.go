package bot

import (
	"strconv"
	"time"

	"wenda/knowledge"
	"wenda/sessions"
)

// wantPerson plans a handoff; hand completes it.
func wantPerson(sc scene, reason string) plan {
	reason = signedReason(sc.session.Desk.Facts, reason)
	pl := plan{action: Handoff, reason: reason, handing: true, next: sc.session}
	pl.next.Priority = max(pl.next.Priority, priorities[reason], signedPriority(sc.session.Desk.Facts))
	return pl
}

// endangered plans a handoff with a word of safety before all else.
func endangered(sc scene, danger string) plan {
	pl := wantPerson(sc, ReasonRisk)
	pl.first = word{sayRisk + danger, ReasonRisk}
	pl.seal = sc.contact != ""
	return pl
}

// hand completes a plan that is handing: into the queue if that can take the chat, else
// the customer is told why not and until when, and may leave a message. ahead are the
// customers who are served before them.
func (p Policy) hand(sc scene, pl plan, to Duty, ahead int) plan {
	pl.args = append(p.times(sc, to), "ahead", strconv.Itoa(ahead))
	switch {
	case pl.action == Waiting:
		pl.say = map[bool]string{true: sayNext, false: sayWaiting}[ahead == 0]
		return pl
	case pl.action == TakeMessage:
		pl.say = sayLeft
		return p.keep(sc, pl, to)
	case to.takes(pl.reason):
		return enter(sc, pl, to, ahead)
	case pl.reason == ReasonRisk:
		pl.action, pl.say, pl.offer = TakeMessage, sayUrgentLeft, []string{sessions.ChooseBot}
		return p.keep(sc, pl, to)
	}
	return turnAway(sc, pl, to)
}

// enter puts the chat into the queue.
func enter(sc scene, pl plan, to Duty, ahead int) plan {
	switch {
	case pl.reason == ReasonFault:
		pl.say = sayFailed
	case ahead == 0:
		pl.say = sayQueuedNext
	default:
		pl.say = sayQueued
	}
	pl.next = queued(sc, pl, to)
	return pl
}

func queued(sc scene, pl plan, to Duty) sessions.Session {
	next := pl.next.Queue(to.Skill, sc.now)
	next.Priority = max(next.Priority, to.Priority)
	return next
}

// keep puts what the customer left into the queue, before those who come later, with the
// time by which they will hear of us.
func (p Policy) keep(sc scene, pl plan, to Duty) plan {
	pl.next = queued(sc, pl, to)
	pl.next.Priority = max(pl.next.Priority, leftPriority)
	pl.next.Memory.Left, pl.next.Desk.Promised = true, p.promised(sc, to).UTC()
	return pl
}

// turnAway tells the customer why no person comes now: closed, nobody there or full.
func turnAway(sc scene, pl plan, to Duty) plan {
	action, say := Nobody, sayNobody
	switch {
	case !to.Open && !to.Next.IsZero():
		action, say = AfterHours, sayAfterHours
	case to.Open && to.There > 0:
		action, say = Full, sayFull
	}
	pl.action, pl.say, pl.offer = action, say, []string{sessions.ChooseMessage, sessions.ChooseBot}
	pl.next.Memory = sessions.Memory{Misses: sc.session.Memory.Misses, Offered: pl.offer, Why: pl.reason, Skill: sc.session.Memory.Skill}
	return pl
}

// promised is by when a message left now is answered, in the time zone of the queue.
func (p Policy) promised(sc scene, to Duty) time.Time {
	if !to.Promised.IsZero() {
		return to.Promised
	}
	return sc.now.Add(time.Duration(p.ReplyHours) * time.Hour).In(defaultZone)
}

// times are the values for sentences that say when somebody will be there.
func (p Policy) times(sc scene, to Duty) []string {
	by := p.promised(sc, to)
	hours := (by.Sub(sc.now) + time.Hour - 1) / time.Hour
	args := []string{"by", moment(by, sc.now, sc.lang), "hours", strconv.Itoa(int(max(hours, 1)))}
	if !to.Next.IsZero() {
		args = append(args, "when", moment(to.Next, sc.now, sc.lang))
	}
	return args
}

// askMessage invites the customer to write what an agent shall read later.
func (p Policy) askMessage(sc scene) plan {
	pl := plan{action: AskMessage, reason: sought(sc), say: sayAskMessage, offer: []string{sessions.ChooseBot}, next: sc.session}
	pl.next.Memory = sessions.Memory{Asked: askedMessage, Offered: pl.offer, Why: sc.session.Memory.Why, Skill: sc.session.Memory.Skill}
	return pl
}

// message takes what the customer leaves. Without a way to reach them it asks
// for one, once. Why it was left is why a person was wanted.
func (p Policy) message(sc scene, asked string) plan {
	if asked == askedMessage && sc.contact == "" {
		pl := plan{action: AskContact, reason: reasonLeft, say: sayAskContact, next: sc.session}
		pl.next.Memory = sessions.Memory{Asked: askedContact, Why: sc.session.Memory.Why, Skill: sc.session.Memory.Skill}
		return pl
	}
	pl := wantPerson(sc, sought(sc))
	pl.action, pl.seal = TakeMessage, sc.contact != ""
	return pl
}

// care offers a person, before any answer, to a customer who needs more help than
// others. Whatever they choose, they are served before others from now on.
func (p Policy) care(sc scene) plan {
	pl := offerPerson(sc, ReasonVulnerable)
	pl.say = sayOfferCare
	if !sc.failed && sc.found.Zone() == knowledge.ZoneAnswer {
		if answer := p.reply(sc, sc.found.Matches[0], reasonMatched); !answer.chats() {
			answer.next.Memory.Asked, answer.next.Memory.Why = pl.next.Memory.Asked, ReasonVulnerable
			answer.first, answer.offer, answer.found = word{sayOfferCare, ReasonVulnerable}, []string{sessions.ChooseHuman}, sc.found
			pl = answer
		}
	}
	pl.next.Priority = max(pl.next.Priority, priorities[ReasonVulnerable])
	return pl
}

// beside offers a person beneath an answer whose category demands one, and remembers
// which queue the question belongs to.
func (p Policy) beside(sc scene, pl plan) plan {
	e, _ := sc.release.Entry(pl.say)
	pl.next.Memory.Skill = p.Skills.Categories[e.Category]
	if why := p.Persons[e.Category]; why != "" {
		pl.offer, pl.next.Memory.Why = []string{sessions.ChooseHuman}, why
	}
	return pl
}

// alarmed raises a chat that waits already when its customer comes into danger.
func alarmed(sc scene, danger string) plan {
	pl := plan{action: Waiting, reason: ReasonRisk, say: sayRisk + danger, seal: sc.session.Memory.Left && sc.contact != "", next: sc.session}
	pl.next.Priority = max(pl.next.Priority, priorities[ReasonRisk])
	return heeded(sc, pl)
}
