package eval

// All functions here want the outcomes sorted by confidence, highest first.
// Outcomes of equal confidence stand or fall together: no threshold parts them.

// coverage returns the largest share of all outcomes, in percent, that can be
// answered with at least the given share right.
func coverage(sorted []outcome, precision float64) float64 {
	best, right := 0, 0
	for i, o := range sorted {
		right += one(o.right())
		if last(sorted, i) && float64(right) >= precision*float64(i+1) {
			best = i + 1
		}
	}
	return percent(best, len(sorted))
}

// last reports whether the next outcome has a lower confidence.
func last(sorted []outcome, i int) bool {
	return i+1 == len(sorted) || sorted[i+1].confidence < sorted[i].confidence
}

// auroc returns the area under the curve of right against all other outcomes, by
// counting pairs; ties count half.
func auroc(sorted []outcome) float64 {
	var rights, others, won, tiedRights, tiedOthers float64
	for i, o := range sorted {
		if o.right() {
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

// oosRecall returns the share of out-of-scope outcomes, in percent, below the
// highest threshold that leaves the given share of in-scope outcomes right.
func oosRecall(sorted []outcome, accuracy float64) float64 {
	in, out := 0, 0
	for _, o := range sorted {
		in += one(o.inScope)
		out += one(!o.inScope)
	}
	right, let := 0, 0
	for i, o := range sorted {
		right += one(o.right())
		let += one(!o.inScope)
		if in > 0 && last(sorted, i) && float64(right) >= accuracy*float64(in) {
			return percent(out-let, out)
		}
	}
	return 0
}
