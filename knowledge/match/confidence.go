package match

import "math"

// signs are what a confidence is computed from. All but the margin run from 0 to 1.
type signs [7]float64

// The places of the signs.
const (
	bias        = iota // always 1
	score              // how well the entry fits, see compare
	margin             // how far it is ahead of the best other entry; below 0 if behind
	likeness           // cosine with the phrasing most alike
	covered            // share of the utterance's content that the entry's phrasings hold
	coveredBest        // the same of the phrasing most alike
	coveredBack        // share of that phrasing that the utterance holds
)

// signNames are for the explanation, by place; the bias explains nothing.
var signNames = [...]string{score: "score", margin: "margin", likeness: "likeness",
	covered: "covered", coveredBest: "covered by phrasing", coveredBack: "phrasing covered"}

// signsOf returns the signs of the i-th of ranked entries.
func (m *model) signsOf(q *question, ranked []scored, i int, out leftOut) signs {
	s, g := ranked[i], &m.groups[ranked[i].group]
	rival := 0.0
	if i > 0 {
		rival = ranked[0].score
	} else if len(ranked) > 1 {
		rival = ranked[1].score
	}
	rest := make([]phrasing, 0, len(g.phrasings))
	for k, p := range g.phrasings {
		if !out.skips(s.group, k, len(g.phrasings)) {
			rest = append(rest, p)
		}
	}
	return signs{
		bias: 1, score: s.score, margin: s.score - rival, likeness: s.top,
		covered:     m.covered(q, rest...),
		coveredBest: m.covered(q, g.phrasings[s.best]),
		coveredBack: m.covers(q, g.phrasings[s.best]),
	}
}

// logistic holds a weight for each sign: a linear model of the log odds that an
// entry is what was meant.
type logistic signs

// confidence returns 1 / (1 + e^-z), z being the weighted sum of the signs.
func (l logistic) confidence(s signs) float64 {
	z := 0.0
	for i := range s {
		z += l[i] * s[i]
	}
	return 1 / (1 + math.Exp(-z))
}
