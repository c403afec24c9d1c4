package bot

import "wenda/sessions"

// whileQueued keeps what is said for the agent. The bot speaks about the queue itself
// and of safety, and answers what it is sure of.
func (p Policy) whileQueued(sc scene) plan {
	chosen := picked(sc.release, sc.session, sc.said)
	switch {
	case chosen == "" && sc.session.Priority < priorities[ReasonRisk] && Danger(sc.said.Text) != "":
		return alarmed(sc, Danger(sc.said.Text))
	case chosen == sessions.ChooseBot:
		return plan{action: LeaveQueue, reason: reasonDeclined, say: sayQueueLeft, next: sc.session.Return()}
	case !sc.session.Memory.Left && (chosen == sessions.ChooseHuman || chosen == "" && (AsksForPerson(sc.said.Text) || asksHowLong(sc.said.Text))):
		return plan{action: Waiting, reason: reasonQueued, offer: []string{sessions.ChooseBot}, handing: true, next: sc.session}
	}
	return p.meanwhile(sc, chosen)
}
