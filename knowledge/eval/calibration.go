package eval

import "math"

// parts is the number of parts that the outcomes are cut into for the calibration
// error.
const parts = 10

// Bin is a part of the outcomes that are next to each other in confidence.
type Bin struct {
	Count      int
	From, To   float64 // least and greatest confidence in it
	Confidence float64 // on average
	Right      float64 // percent of it whose first match is right
}

// Gap is by how many points of a hundred the confidence is too high; below 0 it is
// too low.
func (b Bin) Gap() float64 { return 100*b.Confidence - b.Right }

// bins cuts sorted outcomes into at most ten parts of equal size, least confident
// first. Equal confidences stay together, so that the parts do not depend on the order
// of the cases; a part may be larger for it. An outcome without any match is one of
// confidence 0: every pipeline is measured on the same utterances.
func bins(sorted []Outcome) []Bin {
	var out []Bin
	var b Bin
	sum, right, done := 0.0, 0, 0
	for k := range sorted {
		i := len(sorted) - 1 - k
		o := sorted[i]
		if b.Count == 0 {
			b.From = o.Confidence
		}
		b.Count, b.To, sum, right = b.Count+1, o.Confidence, sum+o.Confidence, right+one(o.Right())
		reached := (k + 1) * parts / len(sorted)
		if reached > done && (i == 0 || sorted[i-1].Confidence != o.Confidence) {
			b.Confidence, b.Right = sum/float64(b.Count), percent(right, b.Count)
			out = append(out, b)
			b, sum, right, done = Bin{}, 0, 0, reached
		}
	}
	return out
}

// calibrationError is the expected calibration error of Naeini, Cooper and Hauskrecht
// (AAAI 2015) over parts of equal size: the mean distance of confidence and share
// right, each part weighing what it holds; in percent.
func calibrationError(bins []Bin) float64 {
	sum, n := 0.0, 0
	for _, b := range bins {
		sum += float64(b.Count) * math.Abs(b.Gap())
		n += b.Count
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}
