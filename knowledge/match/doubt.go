package match

import "slices"

// doubt finds out which texts of our corpus, taken for far from every base, this one
// answers all the same: many a base has entries for hello and thank you, and one that
// does would otherwise learn to distrust itself where it is right. What is doubted
// counts the less.
//
// A stack that never saw those texts says how much more they look like questions in
// scope than like the others that were asked. How many of them are in scope, and from
// that how likely each is, comes out of expectation and maximisation (Saerens, Latinne,
// Decaestecker 2002). Six of seven public bases came out at none, and one of general
// small talk at 4 %.
func doubt(all []asking, variant string) {
	if !slices.ContainsFunc(all, func(a asking) bool { return a.kind == in }) {
		return
	}
	weigh(all, [kinds]float64{in: mix[in], near: mix[near]})
	var odds []float64
	var doubted []*asking
	for fold := range folds {
		l := fit(examplesOf(all, fold), prior[variant])
		for i := range all {
			if a := &all[i]; a.fold == fold && a.ours {
				p := min(a.verdict(l).confidence, 0.999)
				odds = append(odds, p/(1-p)*mix[near]/mix[in])
				doubted = append(doubted, a)
			}
		}
	}
	for i, known := range inScopeOf(odds) {
		doubted[i].worth *= 1 - known
	}
}

// inScopeOf returns how likely each of some texts is in scope, given how much more each
// looks so: the share that makes all of them most likely is found first.
func inScopeOf(odds []float64) []float64 {
	out := make([]float64, len(odds))
	share := 0.05 // any but 0 and 1
	for range 100 {
		sum := 0.0
		for i, o := range odds {
			out[i] = share * o / (1 - share + share*o)
			sum += out[i]
		}
		share = min(0.9, sum/float64(len(odds)))
	}
	return out
}
