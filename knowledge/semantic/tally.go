package semantic

import (
	"cmp"
	"slices"

	"wenda/internal/gentle"
)

// tally counts in how many texts a feature is. The zero tally is ready.
type tally struct{ texts map[feature]int }

// counted is a feature and how many texts hold it.
type counted struct {
	feature
	texts int
}

// add counts the distinct features of a text.
func (t *tally) add(text []feature) {
	if t.texts == nil {
		t.texts = map[feature]int{}
	}
	for _, f := range text {
		t.texts[f]++
	}
	gentle.Aside()
}

// mostFirst returns all features, those that most texts hold first, of equals the smaller number.
func (t *tally) mostFirst() []counted {
	all := make([]counted, 0, len(t.texts))
	for f, texts := range t.texts {
		gentle.AsideAt(len(all))
		all = append(all, counted{f, texts})
	}
	slices.SortFunc(all, gentle.Order(func(a, b counted) int {
		return cmp.Or(cmp.Compare(b.texts, a.texts), cmp.Compare(a.feature, b.feature))
	}))
	return all
}
