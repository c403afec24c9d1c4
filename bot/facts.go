package bot

import "wenda/sessions"

// signedReason is the reason of a handoff in the light of what the host app signed: who
// needs more help than others need not say so. What is graver stays the reason, and what
// the company must hear of: that the bot is out of order.
func signedReason(f *sessions.Facts, reason string) string {
	graver := reason == ReasonRisk || reason == ReasonComplaint || reason == ReasonFault
	if f == nil || !f.Vulnerable || graver {
		return reason
	}
	return ReasonVulnerable
}

// signedPriority is the head start that the host app gives its customer, never more than
// sessions.SignedMost: who says a word of danger comes before anybody whom an app favours.
func signedPriority(f *sessions.Facts) int {
	if f == nil {
		return 0
	}
	given := f.Priority
	if f.VIP {
		given = max(given, vipPriority)
	}
	if f.Vulnerable {
		given = max(given, priorities[ReasonVulnerable])
	}
	return min(max(given, 0), sessions.SignedMost)
}
