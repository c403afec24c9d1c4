package match

import (
	"context"
	"slices"

	"wenda/knowledge"
	"wenda/knowledge/corpus"
	"wenda/knowledge/segment"
)

// How a base calibrates itself. It is folded: of every fold some entries are taken out
// whole, and of the others some phrasings. What is left is a base of its own, with an
// encoder of its own; the phrasings that were taken out are asked as customers would:
// some in scope, some near it. Texts of our corpus about other things are asked beside
// them. Nobody has to label anything.
const (
	folds    = 4
	heldBack = 3 // of an entry's phrasings every third is asked, if it has so many
	// askedMost bounds the texts of each kind that a fold asks.
	askedMost = 400
	// first is the number of ranked entries that each text teaches from.
	first = 3
	// Of what customers ask so much is in scope, near it, and far from it. The public
	// sets have about as much.
	inScope, nearScope, farScope = 0.65, 0.2, 0.15
)

// asking is a text that a fold asked: what ranked first for it, and whether that is right.
type asking struct {
	fold   int
	kind   kind
	ranked []example // at most first, in the order of fit
	weight float64
}

type kind int

const (
	in kind = iota
	near
	far
	kinds
)

// foldOf asks one fold of a base.
func foldOf(ctx context.Context, seg *segment.Segmenter, r *knowledge.Release, fold int, s Study) ([]asking, error) {
	rest, texts, err := split(r, fold)
	if err != nil {
		return nil, err
	}
	learnt, err := tuned(ctx, seg, rest, s)
	if err != nil {
		return nil, err
	}
	m := build(rest, seg, learnt, DefaultTarget)
	all := make([]int, len(m.groups))
	for n := range all {
		all[n] = n
	}
	texts[far] = farTexts(r, fold)
	var out []asking
	for k, list := range texts {
		for _, text := range spread(list, askedMost) {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			out = append(out, m.asked(seg, text, all, fold, kind(k)))
		}
	}
	return out, nil
}

// labelled is a text and the entry it belongs to.
type labelled struct{ text, entry string }

// split takes a fold out of a release: what is left, and the texts that were taken.
func split(r *knowledge.Release, fold int) (rest *knowledge.Release, texts [kinds][]labelled, err error) {
	var kept []knowledge.Entry
	n := 0
	for _, e := range r.Entries() {
		if e.System() {
			continue
		}
		if n++; n%folds == fold {
			for _, t := range phrasingsOf(e) {
				texts[near] = append(texts[near], labelled{t, e.ID})
			}
			continue
		}
		left, taken := holdBack(e, fold)
		kept = append(kept, left)
		for _, t := range taken {
			texts[in] = append(texts[in], labelled{t, e.ID})
		}
	}
	rest, err = knowledge.NewRelease(r.ID, kept)
	return rest, texts, err
}

func phrasingsOf(e knowledge.Entry) (out []string) {
	for _, lang := range []knowledge.Lang{knowledge.English, knowledge.Chinese} {
		if t, ok := e.Texts[lang]; ok {
			out = append(append(out, t.Question), t.Similar...)
		}
	}
	return out
}

// holdBack takes every third phrasing of an entry in each language, if there are three.
func holdBack(e knowledge.Entry, fold int) (left knowledge.Entry, taken []string) {
	left = e
	left.Texts = map[knowledge.Lang]knowledge.Text{}
	for lang, t := range e.Texts {
		all := append([]string{t.Question}, t.Similar...)
		if len(all) < heldBack {
			left.Texts[lang] = t
			continue
		}
		var stay []string
		for i, phrasing := range all {
			if i%heldBack != fold%heldBack {
				stay = append(stay, phrasing)
			}
		}
		t.Question, t.Similar = stay[0], stay[1:]
		left.Texts[lang] = t
	}
	for _, lang := range []knowledge.Lang{knowledge.English, knowledge.Chinese} {
		t, ok := e.Texts[lang]
		if all := append([]string{t.Question}, t.Similar...); ok && len(all) >= heldBack {
			for i, phrasing := range all {
				if i%heldBack == fold%heldBack {
					taken = append(taken, phrasing)
				}
			}
		}
	}
	return left, taken
}

// farTexts are texts of the corpus about other things, in the languages of the release,
// others in each fold.
func farTexts(r *knowledge.Release, fold int) (out []labelled) {
	for _, lang := range []knowledge.Lang{knowledge.Chinese, knowledge.English} {
		if !slices.ContainsFunc(r.Entries(), func(e knowledge.Entry) bool { _, ok := e.Texts[lang]; return ok && !e.System() }) {
			continue
		}
		for i, text := range corpus.Own().Far(lang) {
			if i%folds == fold {
				out = append(out, labelled{text: text})
			}
		}
	}
	return out
}

// asked asks a text of a fold, and compares it with all that is there.
func (m *model) asked(seg *segment.Segmenter, text labelled, all []int, fold int, k kind) asking {
	q := m.ask(seg.Cut(text.text))
	defer m.done(q)
	ranked, _ := m.rank(q, all)
	ranked = ranked[:min(considered, len(ranked))]
	a := asking{fold: fold, kind: k}
	for i := range min(first, len(ranked)) {
		e := example{signs: m.signsOf(q, ranked, i)}
		if m.id(ranked[i]) == text.entry {
			e.right = 1
		}
		a.ranked = append(a.ranked, e)
	}
	return a
}

// weigh gives each kind of text its share.
func weigh(all []asking) {
	var count [kinds]float64
	for _, a := range all {
		count[a.kind]++
	}
	share := [kinds]float64{inScope, nearScope, farScope}
	for i := range all {
		a := &all[i]
		a.weight = share[a.kind] * float64(len(all)) / count[a.kind]
		for k := range a.ranked {
			a.ranked[k].weight = a.weight
		}
	}
}

// examplesOf returns what all folds but one teach; nothing, if no text was in scope:
// the rest alone would only teach to refuse.
func examplesOf(all []asking, but int) (out []example) {
	if !slices.ContainsFunc(all, func(a asking) bool { return a.kind == in && a.fold != but }) {
		return nil
	}
	for _, a := range all {
		if a.fold != but {
			out = append(out, a.ranked...)
		}
	}
	return out
}

// spread picks at most n of a list, evenly.
func spread[T any](list []T, n int) []T {
	if len(list) <= n {
		return list
	}
	out := make([]T, n)
	for i := range out {
		out[i] = list[i*len(list)/n]
	}
	return out
}
