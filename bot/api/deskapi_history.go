package api

import (
	"context"
	"net/http"

	"wenda/bot/auth"
	"wenda/bot/gateway"
	"wenda/sessions"
)

const (
	historyMost = 2000 // newest events that are shown
	chatsMost   = 50   // of a customer that are looked through for one that the reader has now
)

// transcript is a chat to be read, and nothing else.
type transcript struct {
	Session string          `json:"session"`
	State   sessions.State  `json:"state"`
	Lang    string          `json:"lang"`
	Opened  string          `json:"opened"`
	Closed  string          `json:"closed,omitempty"`
	Events  []gateway.Event `json:"events"` // as the socket sends them
}

// deskHistory answers with a chat of a customer whom the reader has now, to be read. That
// it was read is written down first.
func (a *API) deskHistory(r *http.Request, u auth.User) (any, error) {
	ctx := r.Context()
	s, err := a.Desk.Store.Load(ctx, r.PathValue("session"))
	if err != nil {
		return nil, err
	}
	because, err := a.reason(ctx, u, s)
	if err != nil {
		return nil, err
	}
	if err := a.read(ctx, u, s.ID, because); err != nil {
		return nil, err
	}
	events, err := a.newest(ctx, s, historyMost)
	return transcript{s.ID, s.State, s.Lang, gateway.Stamp(s.OpenedAt), gateway.Stamp(s.ClosedAt), gateway.Transcript(s.ID, events, u.ID)}, err
}

// reason is why somebody may read a chat, for the audit: it is theirs to read, the
// customer is theirs now, or they lead those whose it is. errNotThere if there is none.
func (a *API) reason(ctx context.Context, u auth.User, s sessions.Session) (string, error) {
	if a.Desk.MayRead(u.Agent(), s) {
		return "as it stands", nil
	}
	others, err := a.Desk.Store.Of(ctx, s.Customer.ID, chatsMost)
	if err != nil {
		return "", err
	}
	for _, other := range others {
		if other.Open() && a.Desk.MayRead(u.Agent(), other) {
			return "for " + other.ID, nil
		}
	}
	if u.May(auth.ReadTeamChats) || u.May(auth.ReadAllChats) {
		return "as supervisor", nil
	}
	return "", errNotThere
}
