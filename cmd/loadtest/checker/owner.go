package checker

import "wenda/sessions"

// lived replays who owned a chat. It begins with the bot, with fence 1; every change
// of owner raises the fence (sessions.Apply).
func lived(s Session) *life {
	l := &life{Session: s, before: make([]owner, len(s.Events)), after: make([]owner, len(s.Events))}
	now := owner{state: sessions.Bot, fence: 1}
	for i, e := range s.Events {
		l.before[i] = now
		if m := e.Move; e.Kind == sessions.Handed && m != nil && (m.To != now.state || m.Agent != now.agent) {
			now = owner{state: m.To, agent: m.Agent, fence: now.fence + 1}
		}
		l.after[i] = now
	}
	return l
}

// last is the owner at the end.
func (s *life) last() owner {
	if len(s.after) == 0 {
		return owner{state: sessions.Bot, fence: 1}
	}
	return s.after[len(s.after)-1]
}

// at is the event with a seq, by its place; the zero Event if there is none.
func (s *life) at(seq int64) Event {
	if seq < 1 || seq > int64(len(s.Events)) {
		return Event{}
	}
	return s.Events[seq-1]
}

// holder is who owned the chat while the fence was so.
func (s *life) holder(fence int64) (owner, bool) {
	for _, o := range s.after {
		if o.fence == fence {
			return o, true
		}
	}
	return owner{}, false
}

// owners looks at who did what, in the logs and in what agents were told.
func (c *inquiry) owners() {
	for _, s := range c.truth {
		l := c.session[s.Head.ID]
		for i := range l.Events {
			c.mayHave(l, i)
		}
	}
	c.agentsTold()
}

// mayHave judges one line by who owned the chat when it was written.
func (c *inquiry) mayHave(l *life, i int) {
	e, o := l.Events[i], l.before[i]
	if e.Kind == sessions.Handed {
		c.mayMove(l, i)
		return
	}
	ok := true
	switch {
	case o.state == sessions.Closed:
		ok = e.Kind == sessions.Vote || e.Kind == sessions.Rating || e.Kind == sessions.Ended || behindParting(l.Events, i) || asksBehind(l.Events, i) || reopens(l.Events, i)
	case e.Role == sessions.RoleAgent:
		ok = o.state == sessions.Assigned && o.agent == e.ID || behindParting(l.Events, i)
	case e.Role == sessions.RoleBot && o.state == sessions.Assigned:
		ok = e.Action == sessions.Aside
	case e.Role == sessions.RoleBot && o.state == sessions.Queued:
		ok = i > 0 && l.Events[i-1].At == e.At && l.Events[i-1].Role != sessions.RoleAgent // a word about the queue, with the customer's
	}
	if !ok {
		c.broken(NotOwner, l.Head.ID, e.Seq, e.Ref, "%s %q wrote a %s while the chat was %s %q", e.Role, e.ID, e.Kind, o.state, o.agent)
	}
}

func (c *inquiry) mayMove(l *life, i int) {
	e, o := l.Events[i], l.before[i]
	if e.Move == nil || e.Move.From != o.state || o.state == sessions.Closed && !reopened(l.Events, i) {
		c.broken(TwoOwners, l.Head.ID, e.Seq, e.Ref, "the chat was %s %q and was moved as %+v", o.state, o.agent, e.Move)
		return
	}
	ok := true
	switch {
	case claimed(e):
		ok = o.state == sessions.Queued && e.Move.Agent != ""
	case e.Role == sessions.RoleAgent:
		ok = o.state == sessions.Assigned && o.agent == e.ID
	case e.Role == sessions.RoleBot:
		ok = o.state == sessions.Bot || o.state == sessions.Queued || o.state == sessions.Closed
	}
	if !ok {
		c.broken(NotOwner, l.Head.ID, e.Seq, e.Ref, "%s %q moved the chat to %s while it was %s %q", e.Role, e.ID, e.Move.To, o.state, o.agent)
	}
}

// reopens reports whether a message took a closed chat up again: a move follows in its commit.
func reopens(events []Event, i int) bool {
	e := events[i]
	for _, next := range events[i+1:] {
		if next.At != e.At {
			return false
		}
		if next.Kind == sessions.Handed {
			return e.Kind == sessions.Message && (e.Role == sessions.RoleCustomer || e.Action == sessions.Aside)
		}
	}
	return false
}

// reopened reports whether a move took a closed chat up again: the customer said something
// in its commit.
func reopened(events []Event, i int) bool {
	for j := i - 1; j >= 0 && events[j].At == events[i].At; j-- {
		if events[j].Kind == sessions.Message && events[j].Role == sessions.RoleCustomer {
			return true
		}
	}
	return false
}

// asksBehind reports whether a survey stands behind the close that it asks about.
func asksBehind(events []Event, i int) bool {
	return i > 0 && events[i].Kind == sessions.Survey && events[i-1].At == events[i].At
}

// agentsTold holds the fences that agents acted with against the fences of the log.
func (c *inquiry) agentsTold() {
	for _, s := range c.sends {
		places := c.kept[s.Ref]
		if s.Fence == 0 || len(places) != 1 {
			continue
		}
		p := places[0]
		if at := p.in.before[p.index]; at.fence != s.Fence {
			c.broken(StaleFence, p.in.Head.ID, p.event().Seq, s.Ref, "%s of %s carried fence %d and was taken at fence %d", s.Op, s.Who, s.Fence, at.fence)
		}
	}
}
