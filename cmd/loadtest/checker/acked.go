package checker

import (
	"wenda/cmd/loadtest/history"
	"wenda/sessions"
)

// acked holds what was sent against what is kept.
func (c *inquiry) acked() {
	for _, s := range c.sends {
		c.keptOnce(s)
	}
	for ref, places := range c.kept {
		if c.byRef[ref] == nil {
			p := places[0]
			c.broken(Foreign, p.in.Head.ID, p.event().Seq, ref, "a %s of %s that nobody sent", p.event().Kind, p.event().Role)
		}
	}
	for _, s := range c.truth {
		for i, e := range s.Events {
			if e.Ref == "" && said(e) && !behindParting(s.Events, i) {
				c.broken(Foreign, s.Head.ID, e.Seq, "", "a %s of %s without a ref", e.Kind, e.Role)
			}
		}
	}
}

// said reports whether a customer or an agent sent it with a ref of their own. That
// a chat was claimed is no such thing.
func said(e Event) bool {
	return e.Role == sessions.RoleCustomer || e.Role == sessions.RoleAgent && !claimed(e)
}

func claimed(e Event) bool {
	return e.Kind == sessions.Handed && e.Move != nil && e.Move.To == sessions.Assigned
}

// behindParting reports whether events[i] is the note that an agent leaves behind
// with a chat: it is part of what was sent with the event before it.
func behindParting(events []Event, i int) bool {
	return i > 0 && events[i].Kind == sessions.Note && events[i-1].Kind == sessions.Handed && events[i-1].ID == events[i].ID && events[i-1].At == events[i].At
}

func (c *inquiry) keptOnce(s *sent) {
	places := c.kept[s.Ref]
	switch {
	case len(places) > 1:
		c.broken(Doubled, places[1].in.Head.ID, places[1].event().Seq, s.Ref, "%s of %s is also in %s at seq %d", s.Op, s.Who, places[0].in.Head.ID, places[0].event().Seq)
	case len(places) == 0 && s.acked:
		c.broken(Lost, s.Session, s.Seq, s.Ref, "%s of %s was acked and is in no transcript", s.Op, s.Who)
	case len(places) == 1 && s.refused:
		c.broken(RefusedKept, places[0].in.Head.ID, places[0].event().Seq, s.Ref, "%s of %s was refused with %s", s.Op, s.Who, s.tries[len(s.tries)-1].Code)
	case len(places) == 1:
		c.same(s, places[0])
	}
}

// same holds what is kept against every ack.
func (c *inquiry) same(s *sent, p place) {
	e := p.event()
	for _, t := range s.tries {
		switch {
		case t.Outcome != history.OK:
		case t.Seq != e.Seq:
			c.broken(Changed, p.in.Head.ID, e.Seq, s.Ref, "%s of %s was acked with seq %d", s.Op, s.Who, t.Seq)
		case t.Session != p.in.Head.ID && len(s.tries) == 1:
			c.broken(Changed, p.in.Head.ID, e.Seq, s.Ref, "%s of %s was acked in session %s", s.Op, s.Who, t.Session)
		}
	}
	if s.Hash != 0 && !e.Masked && s.Hash != e.Hash && e.Kind != sessions.Handed {
		c.broken(Changed, p.in.Head.ID, e.Seq, s.Ref, "%s of %s holds another text", s.Op, s.Who)
	}
}
