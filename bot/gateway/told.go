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
	state := State{Type: "state", Session: s.ID, State: s.State, MayLeave: s.State == sessions.Queued}
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
	before.Position, before.WaitMS = 0, 0
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

// waverings is how often in a row another wait must be foretold before it is told without
// another place: one agent who takes a chat and gives one back shall not make it flicker.
const waverings = 3

// place says the place in the queue and how long it takes, if that is another than before.
// A place is told at once, with what is foretold now; a wait alone only if it stays so.
func (c *customer) place(session string, position int, waitMS int64) {
	c.tell.Lock()
	defer c.tell.Unlock()
	if c.told.Session != session || c.told.State != sessions.Queued {
		return
	}
	if c.told.Position == position {
		if c.told.WaitMS == waitMS {
			c.wavered = 0
			return
		}
		if c.wavered++; c.wavered < waverings {
			return
		}
	}
	c.told.Position, c.told.WaitMS, c.wavered = position, waitMS, 0
	c.s.send(c.told)
}

// typed tells the customer that an agent types. At most one frame is on its way:
// typing that comes too late is worth nothing.
func (c *customer) typed(who sessions.Speaker, _ string) {
	if who.Role != sessions.RoleAgent || !c.typing.CompareAndSwap(false, true) {
		return
	}
	c.s.g.spawn(func() {
		defer c.typing.Store(false)
		c.s.send(Typing{Type: "typing", From: &sessions.Speaker{Role: who.Role, Name: who.Name}})
	})
}
