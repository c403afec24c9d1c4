package eval

import (
	"cmp"
	"slices"
	"strings"
)

// Kind is what became of the cases of one kind.
type Kind struct {
	Name                           string // "" for cases without one
	InScope                        bool
	Cases                          int
	Top1                           float64 // in scope: percent whose entry is first
	Refused                        float64 // out of scope: percent refused, as OOSRecall
	Answered, Clarified, HandedOff float64 // percent, by the thresholds
	Right                          float64 // percent of the answered
}

// kindsOf groups the outcomes, in scope before out of scope; kept is the threshold of
// OOSRecall.
func kindsOf(outcomes []Outcome, kept float64) []Kind {
	type key struct {
		out  bool
		name string
	}
	groups := map[key][]Outcome{}
	named := false
	for _, o := range outcomes {
		k := key{!o.InScope(), o.Kind}
		groups[k] = append(groups[k], o)
		named = named || o.Kind != ""
	}
	if !named {
		return nil
	}
	var out []Kind
	for k, group := range groups {
		var r Report
		r.count(group)
		out = append(out, Kind{
			Name: k.name, InScope: !k.out, Cases: len(group), Top1: r.Top1, Refused: refusedBelow(group, kept),
			Answered: r.Answered, Clarified: r.Clarified, HandedOff: r.HandedOff, Right: r.Precision,
		})
	}
	slices.SortFunc(out, func(a, b Kind) int {
		return cmp.Or(one(b.InScope)-one(a.InScope), strings.Compare(a.Name, b.Name))
	})
	return out
}
