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
// as that, in a base of so many entries.
func curve(all []asking, variant string, entries int) []Point {
	if !charted(all) {
		return uncharted()
	}
	verdicts, total := verdictsOn(all, variant)
	believe(verdicts, entries)
	var points []Point
	for target := lowestTarget; target <= highestTarget; target += targetStep {
		p := point(verdicts, float64(target)/1000, total)
		p.Clarify = clarify(verdicts, p.Answer)
		points = append(points, p)
	}
	return points
}

// verdictsOn returns what would be answered to all texts, the surest first, and their
// weight. Each fold is judged by a stack that was fitted without it.
func verdictsOn(all []asking, variant string) (verdicts []verdict, total float64) {
	for fold := range folds {
		l := fit(examplesOf(all, fold), prior[variant])
		for _, a := range all {
			if a.fold == fold {
				verdicts = append(verdicts, a.verdict(l))
				total += a.weight
			}
		}
	}
	return surestFirst(verdicts), total
}

func surestFirst(all []verdict) []verdict {
	slices.SortStableFunc(all, func(a, b verdict) int { return cmp.Compare(b.confidence, a.confidence) })
	return all
}

// believe draws what came of each text towards its confidence, the less the more entries
// there are. Both say how often answers are right, see Point.Precision. What came of the
// texts is true of them alone, and their mistakes are few and come in clusters: one entry
// that was taken out, with a twin that stayed, makes a dozen of the surest. Whether what
// customers miss has a twin is chance. A confidence is fitted to all texts of all entries
// and hardly moves with one of them, but is no better than the signs it is made of: of
// fewer than believedFrom entries it is as much chance as the rest, and stays out of it.
func believe(verdicts []verdict, entries int) {
	if entries < believedFrom {
		return
	}
	own := float64(entries) / (float64(entries) + believed)
	for i := range verdicts {
		v := &verdicts[i]
		v.right = own*v.right + (1-own)*v.confidence
	}
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
	// believed is how many entries make what came of their texts count as much as their
	// confidences. Of 40 bases of 20 to 90 entries, cut out of our own corpus and asked what
	// had been left out of them (as TestBelieved does, which takes fewer), those whose topics
	// the encoder had seen came to be right 94.8 % of the time for 95 %, off by 2.2, without
	// it and 95.1 %, off by 2.1, with it; those whose topics it had not seen 96.3 %, off by
	// 3.5, and 95.5 %, off by 2.9, and answered 12.6 % instead of 9.6 %. 25 and 100 did no
	// better.
	believed = 50.0
	// believedFrom is the least number of entries whose confidences are worth that: 20 such
	// bases of 4 to 14 entries came to be right 91.1 % of the time without it, 90.3 % with it.
	believedFrom = 20
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
