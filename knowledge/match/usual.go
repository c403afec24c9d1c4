package match

import (
	"math"

	"wenda/internal/gentle"
)

// usual is what the phrasings of a group usually say, held against all phrasings of the
// base. Coverage weighs words by how rare they are, and so hardly sees the ones that tell
// apart entries of the same kind: in a base where half of the entries speak of instalments
// and half of cash, 现金额度怎么提高 covers nearly all of 分期额度怎么提高.
type usual struct {
	terms []weighted // of content: what it costs not to say it, see surprise
	all   float64    // the sum of these costs
	never float64    // what it costs to say what no phrasing says
}

// imagined is how many phrasings, spread as in the base, an entry is thought to have beside
// its own: of a few phrasings none proves that a word never comes.
const imagined = 1.0

// surprise is how much likelier a text of the base lacks a term than one of the entry does,
// as a logarithm; 0 for terms that the entry uses no more often than the base. of and base
// are the shares of phrasings that hold the term.
func surprise(of, base float64) float64 {
	if of <= base {
		return 0
	}
	return math.Log((1 - base) / (1 - of))
}

// addUsual finds out what each group usually says, of the terms of all its phrasings.
func (m *model) addUsual(cut [][][]int32) {
	inBase, phrasings := make([]float64, len(m.weight)), 0.0
	for _, group := range cut {
		phrasings += float64(len(group))
		count(group, inBase)
		gentle.Aside()
	}
	inGroup := make([]float64, len(m.weight))
	for n, group := range cut {
		g := &m.groups[n]
		count(group, inGroup)
		size := float64(len(group))
		g.usual.never = math.Log(1 + size/imagined)
		for _, w := range g.whole {
			if m.content[w.term] {
				base := inBase[w.term] / (phrasings + 1) // never 1
				cost := float32(surprise((inGroup[w.term]+imagined*base)/(size+imagined), base))
				g.usual.terms = append(g.usual.terms, weighted{w.term, cost})
				g.usual.all += float64(cost)
			}
			inGroup[w.term] = 0
		}
		gentle.Aside()
	}
}

// count adds to each term the number of phrasings that hold it.
func count(phrasings [][]int32, in []float64) {
	for _, terms := range phrasings {
		for _, t := range terms {
			in[t]++
		}
	}
}

// lackingMost bounds what all that is not said may cost: long phrasings say much.
const lackingMost = 8.0

// agreement is how a question and what a group usually says agree, over content alone.
type agreement struct {
	shared  float64 // the weight of the terms in both
	strayed float64 // how much the question says that the group never does, on average over what the base knows
	lacking float64 // how much it does not say that the group usually does
}

// against holds a question against what a group usually says. The last two are logarithms,
// at least 0.
func (m *model) against(q *question, u usual) (a agreement) {
	both := 0
	lacking := u.all
	for _, w := range u.terms {
		if q.weights[w.term] > 0 {
			lacking -= float64(w.weight)
			a.shared += float64(m.weight[w.term])
			both++
		}
	}
	a.strayed = u.never * float64(q.familiar-both) / float64(q.familiar+1)
	a.lacking = min(max(lacking, 0), lackingMost) / 2
	return a
}
