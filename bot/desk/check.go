package desk

import (
	"context"
	"slices"

	"wenda/sessions"
)

// Check says what is wrong with a text that an agent is about to send in a chat, in the
// order of the text; nil if nothing. It is a function value: what may be said is written
// down in the knowledge hub, which a desk does not know. With an error there may be more
// than was found. Such a text is not sent unseen, and not held back either: the agent, who
// can read it, says why it is sent all the same, and that is kept.
type Check func(ctx context.Context, s sessions.Session, text string) ([]Finding, error)

// Finding is one thing that is wrong with a text.
type Finding struct {
	Rule  string // a code: forbidden, secret, link, personal, rate, unchecked
	Text  string // the words it is about, personal data masked
	Block bool   // it must not be sent; else it may, with a reason

	// Say is the finding in a sentence or two for the agent, by language ("zh-CN", "en").
	Say map[string]string
}

// RuleUnchecked is the rule of a text that could not be looked at.
const RuleUnchecked = "unchecked"

var unchecked = Finding{Rule: RuleUnchecked, Say: map[string]string{
	"zh-CN": "现在无法检查这句话是否合规。请自己再核对一遍，说明原因后发送，或稍后再试。",
	"en":    "This cannot be checked against the rules just now. Please read it again yourself and send it with a reason, or try again later.",
}}

// Blocked reports whether one of the findings blocks.
func Blocked(found []Finding) bool {
	return slices.ContainsFunc(found, func(f Finding) bool { return f.Block })
}
