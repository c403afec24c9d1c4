package checker

import "wenda/cmd/loadtest/history"

// claims holds what agents were given against what is kept: a claim is one move of one
// chat, however often it was sent.
func (c *inquiry) claims() {
	kept := map[string]place{}
	for _, s := range c.truth {
		l := c.session[s.Head.ID]
		for i, e := range l.Events {
			if !claimed(e) || e.Ref == "" {
				continue
			}
			if other, twice := kept[e.Ref]; twice {
				c.broken(Doubled, l.Head.ID, e.Seq, e.Ref, "the claim also took %s at seq %d", other.in.Head.ID, other.event().Seq)
			}
			kept[e.Ref] = place{l, i}
		}
	}
	refused, given := map[string]bool{}, map[string]history.Record{}
	for _, r := range c.records {
		if r.Op != history.Claim {
			continue
		}
		before, tried := refused[r.Ref]
		refused[r.Ref] = (before || !tried) && r.Outcome == history.Fail
		if r.Outcome == history.OK {
			c.given(r, given)
		}
	}
	for ref, p := range kept {
		switch all, tried := refused[ref]; {
		case !tried:
			c.broken(Foreign, p.in.Head.ID, p.event().Seq, ref, "a claim that nobody sent")
		case all:
			c.broken(RefusedKept, p.in.Head.ID, p.event().Seq, ref, "the claim was refused and took the chat")
		}
	}
}

// given judges one acked claim. One without a seq names a chat that was theirs already.
func (c *inquiry) given(r history.Record, given map[string]history.Record) {
	if before, again := given[r.Ref]; again && before.Session != r.Session {
		c.broken(Doubled, r.Session, r.Seq, r.Ref, "the claim of %s was acked with session %s before", r.Who, before.Session)
	}
	given[r.Ref] = r
	l := c.session[r.Session]
	if l == nil {
		c.broken(Lost, r.Session, r.Seq, r.Ref, "%s was given a chat that is not there", r.Who)
		return
	}
	if e := l.at(r.Seq); r.Seq != 0 && (!claimed(e) || e.Move.Agent != r.Who) {
		c.broken(Changed, r.Session, r.Seq, r.Ref, "%s was told that this line is the claim", r.Who)
	}
	if o, ok := l.holder(r.Fence); !ok || o.agent != r.Who {
		c.broken(TwoOwners, r.Session, r.Seq, r.Ref, "%s was given the chat with fence %d, which was %s %q", r.Who, r.Fence, o.state, o.agent)
	}
}
