package eval

import (
	"cmp"
	"slices"
)

// byConfidence returns the outcomes sorted, the most confident first. Outcomes of
// equal confidence stand or fall together: no threshold parts them.
func byConfidence(outcomes []Outcome) []Outcome {
	sorted := slices.Clone(outcomes)
	slices.SortStableFunc(sorted, func(a, b Outcome) int { return cmp.Compare(b.Confidence, a.Confidence) })
	return sorted
}

// coverage returns the largest share of all outcomes, in percent, that can be
// answered with at least the given share right.
func coverage(sorted []Outcome, precision float64) float64 {
	best, right := 0, 0
	for i, o := range sorted {
		right += one(o.Right())
		if last(sorted, i) && float64(right) >= precision*float64(i+1) {
			best = i + 1
		}
	}
	return percent(best, len(sorted))
}

// last reports whether the next outcome has another confidence.
func last(sorted []Outcome, i int) bool {
	return i+1 == len(sorted) || sorted[i+1].Confidence != sorted[i].Confidence
}

// auroc returns the area under the curve of right against all other outcomes, by
// counting pairs; ties count half.
func auroc(sorted []Outcome) float64 {
	var rights, others, won, tiedRights, tiedOthers float64
	for i, o := range sorted {
		if o.Right() {
			tiedRights++
		} else {
			tiedOthers++
		}
		if last(sorted, i) {
			won += tiedOthers * (rights + tiedRights/2)
			rights, others = rights+tiedRights, others+tiedOthers
			tiedRights, tiedOthers = 0, 0
		}
	}
	if rights == 0 || others == 0 {
		return 0.5
	}
	return won / (rights * others)
}

// keeping returns the highest threshold that leaves the given share of in-scope
// outcomes right; 0, which refuses nothing, if none does.
func keeping(sorted []Outcome, accuracy float64) float64 {
	in, right := 0, 0
	for _, o := range sorted {
		in += one(o.InScope())
	}
	for i, o := range sorted {
		right += one(o.Right())
		if in > 0 && last(sorted, i) && float64(right) >= accuracy*float64(in) {
			return o.Confidence
		}
	}
	return 0
}

// refusedBelow returns the share of out-of-scope outcomes, in percent, that are less
// confident than the threshold.
func refusedBelow(outcomes []Outcome, threshold float64) float64 {
	out, refused := 0, 0
	for _, o := range outcomes {
		out += one(!o.InScope())
		refused += one(!o.InScope() && o.Confidence < threshold)
	}
	return percent(refused, out)
}
