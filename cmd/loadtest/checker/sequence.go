package checker

import "wenda/sessions"

// sequences looks at the numbers, and at the head of each log.
func (c *inquiry) sequences() {
	for _, s := range c.truth {
		for i, e := range s.Events {
			if want := int64(i + 1); e.Seq != want {
				c.broken(Gap, s.Head.ID, e.Seq, e.Ref, "stands where seq %d should", want)
				break
			}
		}
		c.headOf(c.session[s.Head.ID])
	}
}

func (c *inquiry) headOf(s *life) {
	h := s.Head
	if n := int64(len(s.Events)); h.Seq != n {
		c.broken(Head, h.ID, h.Seq, "", "there are %d events", n)
	}
	last := s.last()
	if h.State != last.state || h.Agent != last.agent || h.Fence != last.fence {
		c.broken(Head, h.ID, h.Seq, "", "owner %s %q fence %d, by its log %s %q %d", h.State, h.Agent, h.Fence, last.state, last.agent, last.fence)
	}
	if (h.State == sessions.Closed) == h.ClosedAt.IsZero() {
		c.broken(Head, h.ID, h.Seq, "", "%s, and closed at %v", h.State, h.ClosedAt)
	}
	if h.State != sessions.Bot && h.Pending != 0 {
		c.broken(Head, h.ID, h.Seq, "", "%s, and %d is pending", h.State, h.Pending)
	}
}

// oneSession: a customer has one open session in a channel at a time.
func (c *inquiry) oneSession() {
	open := map[string]string{}
	for _, s := range c.truth {
		if !s.Head.Open() {
			continue
		}
		who := s.Head.Customer.ID + " " + s.Head.Channel
		if other := open[who]; other != "" {
			c.broken(TwoSessions, s.Head.ID, 0, "", "%s is open as well", other)
		}
		open[who] = s.Head.ID
	}
}
