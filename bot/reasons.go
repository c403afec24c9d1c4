package bot

// Reasons of a handoff: why a person is wanted. A handoff says one of them in its Move
// and in its Decision; so does a message that was left.
const (
	ReasonRequest    = "customer_request"    // the customer asked for a person
	ReasonDoubt      = "low_confidence"      // the bot was not sure enough
	ReasonMisses     = "repeated_miss"       // what the bot said did not help, twice
	ReasonAmbiguous  = "ambiguous"           // several entries may be meant, and none was it
	ReasonComplaint  = "complaint"           // the customer complains
	ReasonRisk       = "risk"                // somebody may come to harm, or is being defrauded
	ReasonVulnerable = "vulnerable_customer" // the customer needs more help than others
	ReasonPolicy     = "policy"              // the company wants a person to speak about this
	ReasonFault      = "system_fault"        // the bot could not look for an answer
)

// Reasons are all reasons of a handoff.
var Reasons = []string{
	ReasonRequest, ReasonDoubt, ReasonMisses, ReasonAmbiguous, ReasonComplaint, ReasonRisk, ReasonVulnerable, ReasonPolicy, ReasonFault,
}

// Reasons of what else the bot does.
const (
	reasonMatched   = "matched"    // sure enough
	reasonChosen    = "chosen"     // the customer picked it
	reasonUnknown   = "unknown"    // nothing resembles enough
	reasonNone      = "none"       // the customer said: none of these
	reasonWithdrawn = "withdrawn"  // what was picked is no longer in force
	reasonDeclined  = "declined"   // the customer does not want a person
	reasonQueued    = "queued"     // in the queue already
	reasonLeft      = "left"       // a message was left
	reasonVotedDown = "voted_down" // the customer voted 没用
	reasonIdle      = "idle"
	reasonMasked    = "masked"
	reasonOpened    = "opened"
	reasonEnded     = "ended"    // the customer ended the chat
	reasonReopened  = "reopened" // the customer came back to a closed chat
)

// offered is the reason of a handoff that follows when the customer takes the person
// whom the bot offers: reason is that of the offer, misses how often it did not help so far.
func offered(reason string, misses int) string {
	switch {
	case misses > 1, reason == reasonVotedDown:
		return ReasonMisses
	case reason == reasonNone, reason == ReasonAmbiguous:
		return ReasonAmbiguous
	case reason == reasonUnknown:
		return ReasonDoubt
	}
	return reason
}

// sought is the reason of a handoff to a person who was offered and is taken now.
func sought(sc scene) string {
	if why := sc.session.Memory.Why; why != "" {
		return why
	}
	return ReasonRequest
}
