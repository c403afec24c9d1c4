package gateway

import (
	"context"

	"wenda/sessions"
)

// What a customer's socket is told without asking: events, who owns the chat, the
// place in the queue, and that somebody types.

func (c *customer) deliver(_ context.Context, e sessions.Event, prev int64) bool {
	session, _ := c.follow.at()
	return c.s.send(forCustomer(session, e, prev))
}

// level says who owns the chat now.
func (c *customer) level(ctx context.Context) error {
	id, _ := c.follow.at()
	s, err := c.s.g.Store.Load(ctx, id)
	if err != nil {
		return err
	}
	state := State{Type: "state", Session: s.ID, State: s.State}
	if s.State == sessions.Assigned {
		state.Agent = c.s.g.Staff.Name(ctx, s.Agent)
	}
	c.state(state, s.Skill)
	return nil
}

func (c *customer) state(state State, skill string) {
	c.tell.Lock()
	defer c.tell.Unlock()
	if c.told.Session != state.Session {
		return // another session was opened meanwhile
	}
	before := c.told
	before.Position = 0
	if state != before {
		c.told = state
		c.s.send(state)
	}
	if state.State == sessions.Queued {
		c.s.g.waiting.enter(c, skill)
	} else {
		c.s.g.waiting.leave(c)
	}
}

// place says the place in the queue, if it is another than before.
func (c *customer) place(session string, position int) {
	c.tell.Lock()
	defer c.tell.Unlock()
	if c.told.Session == session && c.told.State == sessions.Queued && c.told.Position != position {
		c.told.Position = position
		c.s.send(c.told)
	}
}

// typed tells the customer that an agent types. At most one frame is on its way:
// typing that comes too late is worth nothing.
func (c *customer) typed(who sessions.Speaker) {
	if who.Role != sessions.RoleAgent || !c.typing.CompareAndSwap(false, true) {
		return
	}
	c.s.g.spawn(func() {
		defer c.typing.Store(false)
		c.s.send(Typing{Type: "typing", From: &sessions.Speaker{Role: who.Role, Name: who.Name}})
	})
}
