package semantic

import (
	"cmp"
	"math"
	"slices"

	"wenda/internal/gentle"
	"wenda/knowledge/segment"
	"wenda/knowledge/segment/token"
)

// Examples are the texts of groups, cut once: several classifiers can be trained on
// parts of them. They are immutable.
type Examples struct {
	places [][]int32   // of each group's texts: their numbers in texts, −1 for none
	texts  [][]feature // features of each different text that has any
}

// ReadExamples cuts the texts of the groups. Texts that are the same to a reader (as
// segment.Text.Normal) are one example, which may belong to several groups.
func ReadExamples(seg *segment.Segmenter, groups []Group) *Examples {
	e := &Examples{places: make([][]int32, len(groups))}
	all := cutAll(seg, groups, e.places)
	for i, c := range all {
		if i == 0 || c.normal != all[i-1].normal {
			e.texts = append(e.texts, c.features)
		}
		e.places[c.group][c.place] = int32(len(e.texts) - 1)
	}
	return e
}

// cutting is a text on its way to an example.
type cutting struct {
	normal       string
	order        token.ID // of normal
	features     []feature
	group, place int
}

// cutAll returns the texts that have features, in an order that looks random, so that
// the solver does not meet those that resemble each other in a row, and that does not
// depend on the order of the groups. The others get no place.
func cutAll(seg *segment.Segmenter, groups []Group, places [][]int32) []cutting {
	var all []cutting
	for group, g := range groups {
		places[group] = make([]int32, len(g.Texts))
		for place, text := range g.Texts {
			places[group][place] = -1
			t := seg.Cut(text)
			if features := featuresOf(t); len(features) > 0 {
				all = append(all, cutting{t.Normal, token.Of(0, t.Normal), features, group, place})
			}
			gentle.Aside()
		}
	}
	slices.SortFunc(all, gentle.Order(func(a, b cutting) int {
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.normal, b.normal))
	}))
	return all
}

// examples are texts as the solver sees them: rows of a sparse matrix.
type examples struct {
	features []feature   // of each column, the most frequent first: they are met most
	rarity   []float32   // of each column
	strange  float32     // rarity of all other features
	first    []int32     // where a row begins; one more, at the end
	columns  []int32     // ascending within a row
	values   []float32   // each row of length 1
	costs    []float32   // of each row, as far as it belongs to other groups
	own      [][]ownText // of each group, ascending
}

// ownText is an example that belongs to a group.
type ownText struct {
	row    int32
	weight float32
}

// choose makes the matrix of the examples that have a weight.
func (e *Examples) choose(weight func(group, text int) float32) *examples {
	m := &examples{own: make([][]ownText, len(e.places))}
	weights := make([]float32, len(e.texts))
	for group, texts := range e.places {
		for place, text := range texts {
			if w := weight(group, place); text >= 0 && w > 0 {
				m.own[group] = append(m.own[group], ownText{text, w})
				weights[text] = max(weights[text], w)
			}
		}
		m.own[group] = heaviest(m.own[group])
		gentle.Aside()
	}
	rowOf := m.fill(e.texts, weights)
	for _, own := range m.own {
		for i := range own {
			own[i].row = rowOf[own[i].row]
		}
	}
	return m
}

// heaviest sorts the texts of a group and leaves each once, with its largest weight:
// a base that says a thing twice does not mean it more.
func heaviest(own []ownText) []ownText {
	slices.SortFunc(own, func(a, b ownText) int {
		return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(b.weight, a.weight))
	})
	return slices.CompactFunc(own, func(a, b ownText) bool { return a.row == b.row })
}

// fill adds the rows of the texts with a weight; it returns the row of each text.
func (m *examples) fill(texts [][]feature, weights []float32) (rowOf []int32) {
	columns, cells := m.count(texts, weights)
	rowOf, m.columns, m.values = make([]int32, len(texts)), make([]int32, 0, cells), make([]float32, 0, cells)
	for i, text := range texts {
		if weights[i] == 0 {
			continue
		}
		gentle.Aside()
		rowOf[i] = int32(len(m.costs))
		m.costs = append(m.costs, weights[i])
		m.first = append(m.first, int32(len(m.columns)))
		for _, v := range m.row(text, columns) {
			m.columns = append(m.columns, v.row)
			m.values = append(m.values, v.value)
		}
	}
	m.first = append(m.first, int32(len(m.columns)))
	return rowOf
}

// count gives every feature of the texts a column and a rarity: 1 for one that is in
// all texts, one more for each time e that it is rarer. It returns how many cells of the
// matrix are filled, too.
func (m *examples) count(texts [][]feature, weights []float32) (columns map[feature]int32, cells int) {
	var tally tally
	n := 0
	for i, text := range texts {
		if weights[i] > 0 {
			n++
			cells += len(text)
			tally.add(text)
		}
	}
	rarity := func(times int) float32 { return 1 + float32(math.Log(float64(n+1)/float64(times+1))) }
	frequent := tally.mostFirst()
	columns = make(map[feature]int32, len(frequent))
	m.features, m.rarity = make([]feature, len(frequent)), make([]float32, len(frequent))
	for i, f := range frequent {
		gentle.AsideAt(i)
		columns[f.feature] = int32(i)
		m.features[i], m.rarity[i] = f.feature, rarity(f.texts)
	}
	m.strange = rarity(0)
	return columns, cells
}

// row returns a text as a vector of length 1.
func (m *examples) row(text []feature, columns map[feature]int32) []value {
	out, sum := make([]value, 0, len(text)), float32(0)
	for _, f := range text {
		x := m.rarity[columns[f]]
		out = append(out, value{columns[f], x})
		sum += float32(x * x)
	}
	slices.SortFunc(out, func(a, b value) int { return cmp.Compare(a.row, b.row) })
	return shorten(out, sum)
}
