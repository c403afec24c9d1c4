package match

import (
	"cmp"
	"slices"
)

// scored is an entry compared with a question, in the language that fits best.
type scored struct {
	group int
	best  int     // the phrasing that is most alike
	top   float64 // its cosine
	score float64 // see compare
}

// leftOut names what a comparison passes over when the base is folded on itself:
// one phrasing, and a fold of every group that can spare one.
type leftOut struct {
	form
	fold int
}

var nothing = leftOut{form{-1, -1}, -1}

func (o leftOut) skips(n, i, size int) bool {
	return o.form == form{n, i} || size >= folds && i%folds == o.fold
}

// few is the number of phrasings whose likeness is averaged.
const few = 3

// compare scores a group by the mean of two numbers: the mean cosine with the few
// phrasings most alike, and the cosine with the sum of all its phrasings. The first
// sees what is said nearly alike, the second what the entry is about. It returns
// false if nothing is alike.
//
// Measured alone (top-1 on bank, wallet and general questions): the first 90.5 /
// 86.6 / 98.5, the second 89.9 / 91.8 / 98.2, the mean 91.1 / 88.7 / 98.7.
func (m *model) compare(q *question, n int, out leftOut) (scored, bool) {
	g := &m.groups[n]
	s := scored{group: n, best: -1}
	var alike [few]float64
	total, kept := 0.0, 0
	for i, p := range g.phrasings {
		if out.skips(n, i, len(g.phrasings)) {
			continue
		}
		kept++
		c := q.like(p)
		total += c
		insert(&alike, c)
		if c > s.top {
			s.best, s.top = i, c
		}
	}
	if s.best < 0 {
		return s, false
	}
	mean := 0.0
	for _, c := range alike[:min(few, kept)] {
		mean += c / float64(min(few, kept))
	}
	s.score = (mean + total/g.sumOf(n, out)) / 2
	return s, true
}

// sumOf returns the length of the sum of the vectors that are not left out.
func (g *group) sumOf(n int, out leftOut) float64 {
	switch {
	case len(g.phrasings) >= folds && out.fold >= 0:
		return g.sumBut[out.fold]
	case out.group == n: // one of two is left
		return 1
	}
	return g.sum
}

// insert keeps the largest numbers, largest first.
func insert(best *[few]float64, c float64) {
	for i, b := range best {
		if c > b {
			copy(best[i+1:], best[i:])
			best[i] = c
			return
		}
	}
}

// rank compares groups, which must be sorted, and returns one scored an entry, best
// first, equals by entry id; and beside them the entries that a counter-phrasing
// removed.
func (m *model) rank(q *question, groups []int, out leftOut) (ranked []scored, vetoed []string) {
	for _, n := range groups {
		s, ok := m.compare(q, n, out)
		if !ok {
			continue
		}
		if m.veto(q, s) {
			vetoed = append(vetoed, m.id(s))
			continue
		}
		if k := len(ranked) - 1; k < 0 || m.id(ranked[k]) != m.id(s) {
			ranked = append(ranked, s)
		} else if s.score > ranked[k].score {
			ranked[k] = s
		}
	}
	slices.SortStableFunc(ranked, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	return ranked, slices.Compact(vetoed)
}

// vetoFrom is the least cosine with which a counter-phrasing speaks: below it the
// question resembles neither side.
const vetoFrom = 0.3

// veto reports whether the question is nearer to a counter-phrasing of the entry
// than to any of its phrasings. The same words on both sides are no veto.
func (m *model) veto(q *question, s scored) bool {
	return slices.ContainsFunc(m.groups[s.group].not, func(p phrasing) bool {
		return q.like(p) > max(vetoFrom, s.top+1e-6)
	})
}

// id returns the entry's id.
func (m *model) id(s scored) string { return m.groups[s.group].entry.ID }
