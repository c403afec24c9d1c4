package api

import (
	"context"
	"slices"
	"strings"

	"wenda/bot/gateway"
	"wenda/knowledge/segment"
	"wenda/sessions"
)

const (
	earlierMost = 10 // chats of a packet, the newest
	endingMost  = 30 // newest events of one that say how it ended
	previewMost = 60 // runes
)

// earlier is a chat that the same customer had before.
type earlier struct {
	Session string `json:"session"`
	Opened  string `json:"opened"`
	Closed  string `json:"closed,omitempty"`
	Reason  string `json:"reason,omitempty"`  // of its newest handoff to people
	Wrap    string `json:"wrap,omitempty"`    // how it ended
	Preview string `json:"preview,omitempty"` // beginning of the customer's newest message, masked
}

// before are the customer's other chats, each with a line of it.
func (a *API) before(ctx context.Context, s sessions.Session) ([]earlier, error) {
	others, err := a.Desk.Store.Of(ctx, s.Customer.ID, earlierMost+1)
	all := []earlier{}
	for _, o := range others {
		if o.ID == s.ID || err != nil || len(all) == earlierMost {
			continue
		}
		var one earlier
		one, err = a.ended(ctx, o)
		all = append(all, one)
	}
	return all, err
}

// ended says how an earlier chat ended.
func (a *API) ended(ctx context.Context, s sessions.Session) (earlier, error) {
	one := earlier{Session: s.ID, Opened: gateway.Stamp(s.OpenedAt), Closed: gateway.Stamp(s.ClosedAt)}
	events, err := a.newest(ctx, s, endingMost)
	one.Reason = handoffReason(events)
	for _, e := range slices.Backward(events) {
		switch {
		case one.Wrap == "" && e.Kind == sessions.Handed && e.Move != nil:
			one.Wrap = e.Move.Wrap
		case one.Preview == "" && e.Kind == sessions.Message && e.From.Role == sessions.RoleCustomer:
			one.Preview = segment.Clip(strings.Join(strings.Fields(e.Text), " "), previewMost)
		}
	}
	return one, err
}
