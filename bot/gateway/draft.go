package gateway

import (
	"context"
	"regexp"
	"time"

	"wenda/internal/privacy"
	"wenda/sessions"
)

// typingEvery is how often somebody's typing is passed on at most.
const typingEvery = time.Second

// types passes on that the customer types, if somebody may be reading.
func (c *customer) types(ctx context.Context, text string) {
	c.tell.Lock()
	state := c.told.State
	c.tell.Unlock()
	now := time.Now()
	if state == sessions.Bot || state == sessions.Closed || c.typedAt != 0 && c.typedAt.before(now) < typingEvery {
		return
	}
	c.typedAt = instantOf(now)
	sig := sessions.Signal{Session: c.session, Typing: sessions.Speaker{Role: sessions.RoleCustomer, ID: c.who.ID, Name: c.who.Name}}
	if c.s.g.Preview && state == sessions.Assigned {
		sig.Draft = draft(text)
	}
	_ = c.s.g.Live.Signal(ctx, sessions.SessionTopic(c.session), sig)
}

// longNumber may become a card or a phone while it is being typed, and is none yet.
var longNumber = regexp.MustCompile(`[0-9](?:[ -]?[0-9]){6,}[0-9Xx]*`)

// draft is what an agent may see of a text that is not sent: its end, without personal
// data, and without what may be going to be some.
func draft(text string) string {
	runes := []rune(tidy(text))
	runes = runes[max(0, len(runes)-sessions.DraftMost):]
	masked, _ := privacy.Mask(string(runes))
	masked = longNumber.ReplaceAllString(masked, "****")
	runes = []rune(masked)
	return string(runes[max(0, len(runes)-sessions.DraftMost):])
}
