package match

import (
	"cmp"
	"slices"

	"wenda/knowledge"
)

// verdict is what would be answered to a text, and how sure.
type verdict struct {
	confidence, right, weight float64
	offered                   float64 // 1 if what was meant is among the first
	kind                      kind
}

// curve tells for every target with which least confidence answers are right as often
// as that. Each fold is judged by a stack that was fitted without it.
func curve(all []asking, variant string) []Point {
	var verdicts []verdict
	total := 0.0
	for fold := range folds {
		l := fit(examplesOf(all, fold), prior[variant])
		for _, a := range all {
			if a.fold == fold {
				verdicts = append(verdicts, a.verdict(l))
				total += a.weight
			}
		}
	}
	if !charted(all) {
		return uncharted()
	}
	slices.SortStableFunc(verdicts, func(a, b verdict) int { return cmp.Compare(b.confidence, a.confidence) })
	var points []Point
	for target := lowestTarget; target <= highestTarget; target += targetStep {
		p := point(verdicts, float64(target)/1000, total)
		p.Clarify = clarify(verdicts, p.Answer)
		points = append(points, p)
	}
	return points
}

// charted reports whether a base could calibrate itself: something in scope was asked, and
// something near it that looked like an entry. A base of one entry has nothing near it.
func charted(all []asking) bool {
	has := func(k kind) bool {
		return slices.ContainsFunc(all, func(a asking) bool { return a.kind == k && len(a.ranked) > 0 })
	}
	return has(in) && has(near)
}

// uncharted is the curve of a base that could not be asked anything, because no entry
// has phrasings to spare or there is but one. Nobody knows what its confidences are worth, so it had better
// ask back.
func uncharted() []Point {
	return []Point{{Target: DefaultTarget, Answer: unchartedAnswer, Clarify: knowledge.DefaultThresholds.Clarify}}
}

const unchartedAnswer = 0.97

// point is the largest share that can be answered with the target kept.
func point(sorted []verdict, target, total float64) Point {
	p := Point{Target: target, Answer: never}
	sum, right := 0.0, 0.0
	for i, v := range sorted {
		sum, right = sum+v.weight, right+v.weight*v.right
		if v.confidence < least {
			break
		}
		next := least
		if i+1 < len(sorted) {
			next = max(least, sorted[i+1].confidence)
		}
		if right >= target*sum && next < v.confidence {
			p = Point{Target: target, Answer: (v.confidence + next) / 2, Answered: sum / total, Precision: right / sum}
		}
	}
	return p
}

// clarify is the least confidence with which what was meant is among the choices often
// enough, over all texts that would be asked back about.
func clarify(sorted []verdict, answer float64) float64 {
	found, sum, best := 0.0, 0.0, min(answer, clarifyMost)
	for _, v := range sorted {
		if v.confidence >= answer {
			continue
		}
		if v.confidence < clarifyLeast {
			break
		}
		found, sum = found+v.weight*v.offered, sum+v.weight
		if found >= worthAsking*sum {
			best = min(best, v.confidence)
		}
	}
	return best
}

const (
	// A choice that nobody picks costs one tap, a missed one a person: asking back is
	// worth it if so many of those who are asked find what they meant.
	worthAsking = 0.6
	// Bounds of the confidence to ask back with, whatever the folds say.
	clarifyLeast, clarifyMost = 0.12, 0.25

	// least is a confidence below which nothing is answered by itself, whatever the
	// folds say.
	least = 0.5
	// never is more than any confidence.
	never = 1.01
	// Targets of the curve, in thousandths.
	lowestTarget, highestTarget, targetStep = 800, 995, 5
)

// verdict ranks by confidence, as weighUp does.
func (a asking) verdict(l stack) verdict {
	out, sum := verdict{weight: a.weight, kind: a.kind}, 0.0
	for _, e := range a.ranked {
		c := l.confidence(e.signs)
		sum += c
		out.offered = max(out.offered, e.right)
		if c > out.confidence {
			out.confidence, out.right = c, e.right
		}
	}
	out.confidence /= max(1, sum)
	return out
}
