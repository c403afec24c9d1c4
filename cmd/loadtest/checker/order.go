package checker

import (
	"cmp"
	"slices"

	"wenda/cmd/loadtest/history"
)

// order: whatever was acked before something else was sent for the first time stands
// before it, whoever sent them; and what one tab sent stands in the order sent, also
// across sessions.
func (c *inquiry) order() {
	in := map[*life][]*sent{}
	last := map[string]place{} // by reader
	for _, s := range c.sends {
		places := c.kept[s.Ref]
		if len(places) != 1 {
			continue // said elsewhere
		}
		p := places[0]
		in[p.in] = append(in[p.in], s)
		if s.Op != history.Send {
			continue
		}
		if before, ok := last[s.Reader]; ok && before.in.Head.Customer.ID == p.in.Head.Customer.ID && behind(before, p) {
			c.broken(Reordered, p.in.Head.ID, p.event().Seq, s.Ref, "%s sent it after %s, which is at seq %d of %s", s.Reader, before.event().Ref, before.event().Seq, before.in.Head.ID)
		}
		last[s.Reader] = p
	}
	for _, s := range c.truth {
		c.inTime(in[c.session[s.Head.ID]])
	}
}

func behind(a, b place) bool {
	return cmp.Or(cmp.Compare(a.in.ordinal, b.in.ordinal), cmp.Compare(a.index, b.index)) > 0
}

// inTime looks at one session: sends are in order of their first try.
func (c *inquiry) inTime(sends []*sent) {
	acks := slices.DeleteFunc(slices.Clone(sends), func(s *sent) bool { return !s.acked })
	slices.SortFunc(acks, func(a, b *sent) int { return cmp.Compare(a.ackedAt, b.ackedAt) })
	var newest *sent // with the highest seq of those acked so far
	for _, s := range sends {
		for len(acks) > 0 && acks[0].ackedAt < s.Begin {
			if newest == nil || c.seqOf(acks[0]) > c.seqOf(newest) {
				newest = acks[0]
			}
			acks = acks[1:]
		}
		if newest != nil && c.seqOf(newest) > c.seqOf(s) {
			p := c.kept[s.Ref][0]
			c.broken(Reordered, p.in.Head.ID, p.event().Seq, s.Ref, "%s of %s was sent after %s was acked with seq %d", s.Op, s.Who, newest.Ref, c.seqOf(newest))
		}
	}
}

func (c *inquiry) seqOf(s *sent) int64 { return c.kept[s.Ref][0].event().Seq }
