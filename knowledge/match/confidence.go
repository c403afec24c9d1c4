package match

import (
	"math"
	"slices"

	"wenda/knowledge/segment"
)

// signs are what a confidence is computed from.
type signs [size]float64

// The places of the signs. Margins are how far an entry is ahead of the best other
// one; below 0 if it is behind.
const (
	bias = iota // always 1

	// Of any variant.
	shortness // 1 / the number of characters or words
	numbers   // 1 if both name an amount, a day or a term, and not the same
	negated   // 1 if one is negated and the other is not

	// Of shared words.
	score       // how well the entry fits, see compare
	margin      // of that
	likeness    // cosine with the phrasing most alike
	covered     // share of the utterance's content that the entry's phrasings hold
	coveredBest // the same of the phrasing most alike
	coveredBack // share of that phrasing that the utterance holds
	strayed     // how much the utterance says that the entry never does, see usual
	lacking     // how much it does not say that the entry usually does

	// Of meaning.
	meaning       // mean cosine with the few phrasings that mean most nearly the same
	meaningMargin // of that
	meaningBest   // the best of those
	meaningSum    // cosine with the sum of all phrasings
	sumMargin     // of that

	// Of the classifier.
	class       // its margin
	classMargin // of that
	classShare  // its share of all entries

	size
)

// signNames are for the explanation, by place; the bias explains nothing.
var signNames = [size]string{
	shortness: "shortness", numbers: "numbers differ", negated: "negation differs",
	score: "score", margin: "margin", likeness: "likeness",
	covered: "covered", coveredBest: "covered by phrasing", coveredBack: "phrasing covered", strayed: "strayed", lacking: "lacking",
	meaning: "meaning", meaningMargin: "meaning margin", meaningBest: "meaning of phrasing", meaningSum: "meaning of entry", sumMargin: "meaning of entry, margin",
	class: "class", classMargin: "class margin", classShare: "class share",
}

// use returns which signs a variant looks at.
func use(variant string) (used [size]bool) {
	for i := range size {
		switch {
		case i < score:
			used[i] = true
		case i < meaning:
			used[i] = variant != Semantic
		case i < class:
			used[i] = variant != Lexical
		default:
			used[i] = variant == Full
		}
	}
	return used
}

// signsOf returns the signs of the i-th of ranked entries.
func (m *model) signsOf(q *question, ranked []scored, i int) signs {
	s, g := ranked[i], &m.groups[ranked[i].group]
	best := g.phrasings[s.best]
	a := m.against(q, g.usual)
	all := signs{
		bias: 1, shortness: 1 / float64(max(1, len(q.text.Chars)+len(q.text.Words)/2)),
		numbers: one(differ(q.numbers, best.numbers)), negated: one(q.negated != best.negated),
		score: s.score, margin: s.score - rival(ranked, i, func(s scored) float64 { return s.score }), likeness: s.top,
		covered: share(a.shared, q.content), coveredBest: m.covered(q, best.vector), coveredBack: m.covers(q, best), strayed: a.strayed, lacking: a.lacking,
		meaning: s.meaning, meaningMargin: s.meaning - rival(ranked, i, func(s scored) float64 { return s.meaning }), meaningBest: s.meaningTop,
		meaningSum: s.meaningSum, sumMargin: s.meaningSum - rival(ranked, i, func(s scored) float64 { return s.meaningSum }),
		class: s.class, classMargin: s.class - rivalOf(ranked, i, -1, func(s scored) float64 { return s.class }), classShare: s.classShare,
	}
	for i, used := range m.used {
		if !used {
			all[i] = 0
		}
	}
	return all
}

// differ reports whether both name numbers, and none of one is among the other's.
func differ(a, b []segment.Number) bool {
	for _, x := range a {
		if slices.ContainsFunc(b, x.Same) {
			return false
		}
	}
	return len(a) > 0 && len(b) > 0
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// rival is the best of all but the i-th, at least 0.
func rival(ranked []scored, i int, of func(scored) float64) float64 { return rivalOf(ranked, i, 0, of) }

func rivalOf(ranked []scored, i int, least float64, of func(scored) float64) float64 {
	best := least
	for k, other := range ranked {
		if k != i {
			best = max(best, of(other))
		}
	}
	return best
}

// stack holds a weight for each sign: a linear model of the log odds that an entry is
// what was meant.
type stack signs

// odds is the weighted sum of the signs: the logarithm of P / (1 − P).
func (l stack) odds(s signs) float64 {
	z := 0.0
	for i := range s {
		z += l[i] * s[i]
	}
	return z
}

// confidence is P: 1 / (1 + e^−odds).
func (l stack) confidence(s signs) float64 { return 1 / (1 + math.Exp(-l.odds(s))) }
