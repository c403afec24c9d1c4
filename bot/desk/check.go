package desk

import (
	"context"
	"slices"

	"wenda/sessions"
)

// Check says what is wrong with a text that an agent is about to send in a chat, in the
// order of the text; nil if nothing. It is a function value: what may be said is written
// down in the knowledge hub, which a desk does not know. An error says nothing about the
// text; who gets one sends it: a customer who waits is worth more than a second look.
type Check func(ctx context.Context, s sessions.Session, text string) ([]Finding, error)

// Finding is one thing that is wrong with a text.
type Finding struct {
	Rule  string // a code: forbidden, secret, link, personal, rate
	Text  string // the words it is about, personal data masked
	Block bool   // it must not be sent; else it may, with a reason

	// Say is the finding in a sentence or two for the agent, by language ("zh-CN", "en").
	Say map[string]string
}

// Blocked reports whether one of the findings blocks.
func Blocked(found []Finding) bool {
	return slices.ContainsFunc(found, func(f Finding) bool { return f.Block })
}
