package match

import "math"

// folds is the number of parts that a base is folded into when it calibrates itself.
const folds = 3

// The interim calibration. A base is folded on itself: phrasings are asked as if
// customers had said them, each with its own fold of every entry left out, once as
// it is and once with its whole entry left out, which makes an utterance of the same
// trade that the base cannot answer. That needs no labelled utterance. It is interim
// because far-away chatter is missing among the examples and the model is linear.
const (
	// samples bounds the phrasings that are asked, evenly spread over the base.
	samples = 500
	// effort bounds samples × terms compared, about a nanosecond each.
	effort = 3e8
	// first is the number of ranked entries that each sample teaches from.
	first = 3
	// outside weighs the examples out of scope against those in scope: a third of
	// what is asked, as in the public sets.
	outside = 0.5
	// trust is the weight of the prior, in examples: small bases rest on it.
	trust = 2.0
)

// prior is what a base of average kind fits.
var prior = logistic{bias: -6, score: 6, margin: 8, likeness: 2, covered: 2, coveredBest: 1, coveredBack: 1}

// example is an entry that was ranked for a phrasing, and whether it was right.
type example struct {
	signs  signs
	right  float64 // 1 or 0
	weight float64
}

// calibrate fits the confidence to the base.
func (m *model) calibrate() logistic {
	all := make([]int, len(m.groups))
	var forms []form
	for n := range all {
		all[n] = n
		for i := range m.groups[n].phrasings {
			forms = append(forms, form{n, i})
		}
	}
	n := min(samples, len(forms), int(effort/float64(m.size+1)))
	var examples []example
	for k := range n {
		examples = append(examples, m.fold(forms[k*len(forms)/n], all)...)
	}
	return fit(examples, prior)
}

// fold asks one phrasing and returns what it teaches.
func (m *model) fold(f form, all []int) []example {
	out := leftOut{f, f.phrasing % folds}
	own := m.groups[f.group].entry.ID
	q := m.askAgain(m.groups[f.group].phrasings[f.phrasing])
	defer m.done(q)
	ranked, _ := m.rank(q, all, out)
	var examples []example
	var others []scored
	for i, s := range ranked {
		e := example{weight: 1}
		if m.id(s) == own {
			e.right = 1
		} else {
			others = append(others, s)
		}
		if i < first {
			e.signs = m.signsOf(q, ranked, i, out)
			examples = append(examples, e)
		}
	}
	for i := range min(first, len(others)) {
		examples = append(examples, example{m.signsOf(q, others, i, out), 0, outside})
	}
	return examples
}

const size = len(signs{})

// fit returns the most likely weights, drawn towards the prior, by Newton's method.
// The problem is convex, so that few steps find the one optimum.
func fit(examples []example, prior logistic) logistic {
	l := prior
	for range 50 {
		slope, bend := gradient(examples, l, prior)
		step, longest := solve(bend, slope), 0.0
		for i := range l {
			l[i] -= step[i]
			longest = max(longest, math.Abs(step[i]))
		}
		if longest < 1e-9 {
			break
		}
	}
	return l
}

// gradient returns the first and second derivatives of the penalised loss.
func gradient(examples []example, l, prior logistic) (slope [size]float64, bend [size][size]float64) {
	for i := range size {
		slope[i], bend[i][i] = trust*(l[i]-prior[i]), trust
	}
	for _, e := range examples {
		p := l.confidence(e.signs)
		for i := range size {
			slope[i] += e.weight * (p - e.right) * e.signs[i]
			for j := range size {
				bend[i][j] += e.weight * p * (1 - p) * e.signs[i] * e.signs[j]
			}
		}
	}
	return slope, bend
}

// solve returns x with a·x = b. The matrix is positive definite, so that Gauss's
// elimination needs no pivoting.
func solve(a [size][size]float64, b [size]float64) [size]float64 {
	for i := range size {
		for r := i + 1; r < size; r++ {
			f := a[r][i] / a[i][i]
			for c := i; c < size; c++ {
				a[r][c] -= f * a[i][c]
			}
			b[r] -= f * b[i]
		}
	}
	for i := size - 1; i >= 0; i-- {
		for c := i + 1; c < size; c++ {
			b[i] -= a[i][c] * b[c]
		}
		b[i] /= a[i][i]
	}
	return b
}
