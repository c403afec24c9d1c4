package match

import (
	"math"
	"testing"

	"wenda/knowledge"
	"wenda/knowledge/segment/token"
)

func TestSolve(t *testing.T) {
	var a [size][size]float64
	var x, b [size]float64
	for i := range size {
		x[i] = float64(i) - 2.5
		for j := range size {
			a[i][j] = 1 / float64(i+j+1) // Hilbert: positive definite, and not kind
		}
		a[i][i]++
	}
	for i := range size {
		for j := range size {
			b[i] += a[i][j] * x[j]
		}
	}
	for i, got := range solve(a, b) {
		if math.Abs(got-x[i]) > 1e-9 {
			t.Errorf("x[%d] = %v, want %v", i, got, x[i])
		}
	}
}

func TestFitFollowsTheExamples(t *testing.T) {
	var examples []example
	for i := range 400 {
		s := signs{bias: 1, score: float64(i%20) / 20, margin: float64(i%7) / 7, covered: 0.5}
		e := example{signs: s, weight: 1}
		if s[score] > 0.6 {
			e.right = 1
		}
		examples = append(examples, e)
	}
	l := fit(examples, prior[Lexical])
	low := l.confidence(signs{bias: 1, score: 0.3, margin: 0.5, covered: 0.5})
	high := l.confidence(signs{bias: 1, score: 0.9, margin: 0.5, covered: 0.5})
	if low > 0.2 || high < 0.8 {
		t.Errorf("low %v, high %v", low, high)
	}
	if _, slope := gradientAndBend(examples, l, prior[Lexical]); math.Abs(slope[score]) > 1e-6 {
		t.Errorf("not at the optimum: slope %v", slope)
	}
}

func TestFitWithoutExamplesIsThePrior(t *testing.T) {
	if got := fit(nil, prior[Full]); got != prior[Full] {
		t.Errorf("got %v", got)
	}
}

// More of each sign must never mean less confidence on the prior; of strayed and lacking it
// has no opinion.
func TestPriorIsMonotone(t *testing.T) {
	for variant, l := range prior {
		for i, used := range use(variant) {
			s := signs{bias: 1, score: 0.5, likeness: 0.5, covered: 0.5, coveredBest: 0.5, coveredBack: 0.5, meaning: 0.5, meaningBest: 0.5, meaningSum: 0.5}
			before := l.confidence(s)
			s[i] += 0.2
			if used && i >= score && i != strayed && i != lacking && l.confidence(s) <= before {
				t.Errorf("%s: sign %s", variant, signNames[i])
			}
		}
	}
}

func TestWeightsFallWithFrequency(t *testing.T) {
	r, err := knowledge.NewRelease(1, []knowledge.Entry{
		zh("a", "怎么还款", "怎么还钱", "怎么提前还"), zh("b", "怎么提额", "怎么涨额度"), zh("c", "怎么开票"),
	})
	if err != nil {
		t.Fatal(err)
	}
	m := build(t.Context(), r, seg(), &Learnt{Variant: Lexical}, DefaultTarget)
	weight := func(feature string) float32 { return m.weight[m.terms.Find(token.Of(feature[0], feature[1:]))] }
	if rare, some, all := weight("w开票"), weight("c还"), weight("w怎么"); !(rare > some && some > all && all > 0 && rare <= unknown) {
		t.Errorf("rare %v, some %v, all %v", rare, some, all)
	}
}
