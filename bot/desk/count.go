package desk

import "wenda/sessions"

// What a Desk counts (Parts.Count), each with the queue it happened in. An offer that was
// made is accepted, refused or unaccepted, unless the customer or a supervisor ends it
// otherwise.
const (
	CountOffered    = "offered"        // a chat was held out to an agent
	CountAccepted   = "accepted"       // they took it
	CountRefused    = reasonRefused    // they said no
	CountUnaccepted = reasonUnaccepted // they let it pass
	CountReminded   = "reminded"       // an agent was told that a customer waits for a word
	CountSilent     = reasonSilent     // … and lost the chat
	CountLost       = reasonLost       // a chat was taken from an agent who is gone
)

// passedOn counts an offer that a colleague or a supervisor has made.
func (d *Desk) passedOn(done sessions.Committed, to To) {
	if to.Agent != "" && !done.Repeated && len(done.Events) > 0 {
		d.Count(CountOffered, done.Session.Skill)
	}
}

// accepted reports whether a claim took what was held out.
func accepted(done sessions.Committed) bool {
	return !done.Repeated && len(done.Events) > 0 && done.Events[0].Move != nil && done.Events[0].Move.Reason == CountAccepted
}
