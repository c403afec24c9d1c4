package match

import (
	"math"

	"wenda/internal/gentle"
)

// trust is the weight of the prior, in examples: small bases rest on it.
const trust = 2.0

// prior is what a base of average kind fits.
var prior = map[string]stack{
	Lexical:  {bias: -6, score: 6, margin: 8, likeness: 2, covered: 2, coveredBest: 1, coveredBack: 1},
	Semantic: {bias: -6, meaning: 7, meaningMargin: 8, meaningBest: 1, meaningSum: 1, sumMargin: 1},
	Full:     {bias: -7, score: 2, margin: 4, likeness: 1, covered: 2, coveredBest: 1, coveredBack: 1, meaning: 5, meaningMargin: 6, meaningBest: 1, meaningSum: 1, sumMargin: 1, class: 1, classMargin: 2, classShare: 1},
}

// example is an entry that was ranked for a text, and whether it was right.
type example struct {
	signs  signs
	right  float64 // 1 or 0
	weight float64
}

// fit returns the most likely weights, drawn towards the prior, by Newton's method.
// The problem is convex, so that few steps find the one optimum; a step that overshoots
// is halved.
func fit(examples []example, prior stack) stack {
	l := prior
	loss := lossOf(examples, l, prior)
	for range 50 {
		step := solve(gradientAndBend(examples, l, prior))
		better := false
		for size := 1.0; size > 1e-6 && !better; size /= 2 {
			next := l
			for i := range next {
				next[i] -= size * step[i]
			}
			if found := lossOf(examples, next, prior); found < loss {
				l, better = next, loss-found > 1e-9
				loss = found
			}
		}
		if !better {
			break
		}
	}
	return l
}

// lossOf is the cross entropy, and the distance from the prior.
func lossOf(examples []example, l, prior stack) float64 {
	sum := 0.0
	for i := range l {
		sum += trust / 2 * (l[i] - prior[i]) * (l[i] - prior[i])
	}
	for n, e := range examples {
		gentle.AsideAt(n)
		z := l.odds(e.signs)
		if e.right == 1 {
			z = -z
		}
		sum += e.weight * softplus(z) // −log of the probability of what was right
	}
	return sum
}

// softplus is log(1 + e^z).
func softplus(z float64) float64 { return max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))) }

// gradientAndBend returns the first and second derivatives of the penalised loss.
func gradientAndBend(examples []example, l, prior stack) (bend [size][size]float64, slope [size]float64) {
	for i := range size {
		slope[i], bend[i][i] = trust*(l[i]-prior[i]), trust
	}
	for n, e := range examples {
		gentle.AsideAt(n)
		p := l.confidence(e.signs)
		for i := range size {
			slope[i] += e.weight * (p - e.right) * e.signs[i]
			for j := range size {
				bend[i][j] += e.weight * p * (1 - p) * e.signs[i] * e.signs[j]
			}
		}
	}
	return bend, slope
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
