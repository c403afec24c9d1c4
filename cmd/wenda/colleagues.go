package main

import (
	"context"
	"errors"
	"slices"

	"wenda/bot/auth"
	"wenda/bot/desk"
	"wenda/bot/desk/roster"
	"wenda/internal/audit"
	"wenda/internal/sqldb"
	"wenda/sessions"
)

// colleagues are those to whom an agent may pass a chat on.
type colleagues struct {
	staff   *auth.Auth
	present *roster.Roster
	queues  queues
}

// connect tells the desk of them, and where chats escalate to.
func (c colleagues) connect(d *desk.Desk, db *sqldb.DB) {
	d.Colleague, d.Known, d.Next, d.Wraps = c.one, c.served, c.queues.book.Next, desk.Wraps
	keep := auditing(db)
	d.Audit = func(ctx context.Context, who, did, about string) error {
		return keep(ctx, audit.Act{Who: who, Did: did, About: about, OK: true})
	}
}

// one is an account as the desk sees it now.
func (c colleagues) one(ctx context.Context, id string) (desk.Colleague, error) {
	u, err := c.staff.ByID(ctx, id)
	switch {
	case errors.Is(err, auth.ErrUnknown) || err == nil && !u.May(auth.AnswerChats):
		return desk.Colleague{}, sessions.ErrNotFound
	case err != nil:
		return desk.Colleague{}, err
	}
	floor, err := c.present.Floor(ctx)
	who := desk.Colleague{Agent: c.queues.book.Limited(u.Agent())}
	if i := slices.IndexFunc(floor, func(a roster.Agent) bool { return a.ID == id }); i >= 0 {
		a := floor[i]
		who.There = a.There
		who.Takes = a.There && a.Takes && a.Load() < u.Capacity
	}
	return who, err
}

// served reports whether a skill is a queue of the company's, or somebody's own.
func (c colleagues) served(ctx context.Context, skill string) bool {
	for _, q := range c.queues.book.All() {
		if q.ID == skill {
			return true
		}
	}
	users, err := c.staff.List(ctx)
	if err != nil {
		return true // better a chat that waits than one that cannot be passed on
	}
	return slices.ContainsFunc(users, func(u auth.User) bool { return !u.Disabled && slices.Contains(u.Skills, skill) })
}
