package eval

import "math"

// Never is a threshold that no confidence reaches.
const Never = 2.0

// Cut is what answering from a confidence upwards comes to.
type Cut struct {
	From       float64 // the confidence; Never if nothing is answered
	All        int     // outcomes
	OutOfScope int     // of all
	Answered   int     // at From or above, in a margin that suffices
	Right      int     // of the answered
	Intruders  int     // of the answered, out of scope
}

// Share returns the percentage of all that is answered.
func (c Cut) Share() float64 { return percent(c.Answered, c.All) }

// Precision returns the percentage of the answered that is right, 0 if nothing is
// answered.
func (c Cut) Precision() float64 { return percent(c.Right, c.Answered) }

// LetIn returns the percentage of the out-of-scope ones that is answered.
func (c Cut) LetIn() float64 { return percent(c.Intruders, c.OutOfScope) }

// Interval returns between which percentages the precision is in 19 of 20 samples
// as large as this one.
func (c Cut) Interval() (low, high float64) {
	low, high = wilson(c.Right, c.Answered)
	return 100 * low, 100 * high
}

// Threshold is where to begin to answer so that a target is met.
type Threshold struct {
	Target float64 // least share of answers that must be right, 0 to 1
	Likely Cut     // the largest coverage at which the outcomes meet the target
	Sure   Cut     // the same, but so that even the lower end of Interval meets it
}

// ThresholdFor returns the lowest confidences from which at least the target share
// of answers is right: the largest coverage, even if a higher confidence, with fewer
// answers, falls short by a few. An outcome whose Gap is below margin is not answered
// at any confidence, but counts among all.
//
// Likely takes the outcomes as they are: on new ones it falls short about as often
// as not, and with few outcomes by much. Sure asks for enough of them: ten right
// answers of ten leave 72 % as the lower end, and 95 % need 73 of 73. Both are
// chosen on the outcomes they are counted on, which flatters a little.
func ThresholdFor(outcomes []Outcome, target, margin float64) Threshold {
	t := Threshold{Target: target}
	for c := range cuts(outcomes, margin) {
		if c.From == Never {
			t.Likely, t.Sure = c, c
			continue
		}
		if float64(c.Right) >= target*float64(c.Answered) {
			t.Likely = c
		}
		if low, _ := wilson(c.Right, c.Answered); low >= target {
			t.Sure = c
		}
	}
	return t
}

// cuts yields every cut that differs from the one before, from Never downwards.
func cuts(outcomes []Outcome, margin float64) func(func(Cut) bool) {
	return func(yield func(Cut) bool) {
		c := Cut{From: Never, All: len(outcomes)}
		for _, o := range outcomes {
			c.OutOfScope += one(!o.InScope())
		}
		if !yield(c) {
			return
		}
		sorted := byConfidence(outcomes)
		answered := 0
		for i, o := range sorted {
			if o.Gap >= margin && o.Got != "" {
				c.Answered++
				c.Right += one(o.Right())
				c.Intruders += one(!o.InScope())
			}
			if !last(sorted, i) || c.Answered == answered {
				continue
			}
			c.From, answered = o.Confidence, c.Answered
			if !yield(c) {
				return
			}
		}
	}
}

// CutAt returns what answering from a given confidence upwards comes to.
func CutAt(outcomes []Outcome, from, margin float64) Cut {
	at := Cut{}
	for c := range cuts(outcomes, margin) {
		if c.From < from {
			break
		}
		at = c
	}
	at.From = from
	return at
}

// z is the normal quantile of 97.5 %: 1 of 20 intervals misses, half of them upwards.
const z = 1.959963984540054

// wilson returns the score interval of Wilson (JASA 22, 1927) for the share of which
// right of n is a sample, 0 to 1.
func wilson(right, n int) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	p, m := float64(right)/float64(n), float64(n)
	middle := p + z*z/(2*m)
	spread := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	whole := 1 + z*z/m
	return max(0, (middle-spread)/whole), min(1, (middle+spread)/whole)
}
