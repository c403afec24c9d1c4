package eval

import (
	"cmp"
	"slices"
	"strings"

	"wenda/knowledge"
)

// Confusion is one entry that is taken for another.
type Confusion struct {
	Expect, Got string // Entry.ID; "" is none
	Count       int
	Answered    int    // of them, answered: a customer reads what was not asked
	Example     string // the text that the matcher was most confident about
}

// Confusions returns what was taken for what, most frequent first: in-scope
// utterances whose first match is wrong or missing, in whatever zone, and
// out-of-scope ones that were answered.
func (r Report) Confusions() []Confusion {
	type key struct{ expect, got string }
	all := map[key]*Confusion{}
	for _, o := range byConfidence(r.Outcomes) {
		answered := o.Zone == knowledge.ZoneAnswer
		if o.Right() || !o.InScope() && !answered {
			continue
		}
		k := key{o.Expect, o.Got}
		if all[k] == nil {
			all[k] = &Confusion{Expect: o.Expect, Got: o.Got, Example: o.Text}
		}
		all[k].Count++
		all[k].Answered += one(answered)
	}
	var out []Confusion
	for _, c := range all {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b Confusion) int {
		return cmp.Or(b.Count-a.Count, b.Answered-a.Answered, strings.Compare(a.Expect, b.Expect), strings.Compare(a.Got, b.Got))
	})
	return out
}

// Change is how two measurements of the same cases differ.
type Change struct {
	Mended, Broken int // cases whose first match is right only in the other, only in this
}

// To counts the cases by which other is better and worse than r. Both must be of the
// same cases in the same order.
func (r Report) To(other Report) Change {
	var c Change
	for i, o := range r.Outcomes {
		c.Mended += one(!o.Right() && other.Outcomes[i].Right())
		c.Broken += one(o.Right() && !other.Outcomes[i].Right())
	}
	return c
}
