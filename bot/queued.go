package bot

import "wenda/sessions"

// whileQueued keeps what is said for the agent. The bot speaks about the queue itself
// and of safety, and answers what it is sure of.
func (p Policy) whileQueued(sc scene) plan {
	said := wordsOf(sc.said.Text)
	chosen, danger := picked(sc, said), said.danger()
	switch {
	case chosen == "" && sc.session.Priority < priorities[ReasonRisk] && danger != "":
		return alarmed(sc, danger)
	case chosen == sessions.ChooseBot:
		return plan{action: LeaveQueue, reason: reasonDeclined, say: sayQueueLeft, next: sc.session.Return()}
	case !sc.session.Memory.Left && (chosen == sessions.ChooseHuman || chosen == "" && (said.askForPerson() || said.askHowLong())):
		return plan{action: Waiting, reason: reasonQueued, offer: []string{sessions.ChooseBot}, handing: true, next: sc.session}
	}
	return p.meanwhile(sc, chosen)
}
