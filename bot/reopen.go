package bot

import (
	"slices"

	"wenda/sessions"
)

// Reopens reports whether the customer's next message goes on with a closed chat. Later
// than Policy.Reopen it begins a new one.
func (b *Bot) Reopens(s sessions.Session) bool {
	return !s.Open() && b.Now().Sub(s.ClosedAt) < b.Policy.Reopen
}

// reopened adds the move that takes a chat up again behind what the customer said, unless
// the bot made another in the same breath: 转人工 goes from closed to queued.
func reopened(row sessions.Session, events []sessions.Event) []sessions.Event {
	moves := slices.ContainsFunc(events, func(e sessions.Event) bool { return e.Kind == sessions.Handed })
	if row.Open() || moves || len(events) == 0 {
		return events
	}
	return slices.Insert(events, 1, sessions.Event{Kind: sessions.Handed, From: sessions.Speaker{Role: sessions.RoleSystem}, Move: &sessions.Move{Reason: reasonReopened}})
}
