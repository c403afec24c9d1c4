package match

import (
	"context"
	"math/rand/v2"
	"slices"

	"wenda/internal/gentle"
	"wenda/knowledge"
	"wenda/knowledge/corpus"
	"wenda/knowledge/index"
	"wenda/knowledge/segment"
	"wenda/knowledge/semantic"
)

// How a base calibrates itself. It is folded: of every fold some entries are taken out
// whole, and of the others some phrasings. What is left is a base of its own, with an
// encoder of its own; the texts that were taken out are asked as customers would: some
// in scope, some near it. What was confirmed is held back and asked like phrasings.
// Texts of our corpus about other things are asked beside them, and what customers said
// that no entry answers. Nobody has to label anything.
const (
	folds    = 4
	heldBack = 3 // of an entry's phrasings every third is asked, if it has so many
	// askedMost bounds the texts of each kind that a fold asks.
	askedMost = 400
	// first is the number of ranked entries that each text teaches from.
	first = 3
	// marked is how many texts of ours one is worth that a customer said of this base:
	// some forty of those weigh as much as all of ours.
	marked = 10
)

// mix is how much of what customers ask is in scope, near it, and far from it. The
// public sets have about as much.
var mix = [kinds]float64{in: 0.65, near: 0.2, far: 0.15}

// asking is a text that a fold asked: what ranked first for it, and whether that is right.
type asking struct {
	fold   int
	kind   kind
	ours   bool      // of our corpus, which cannot know this base: see doubt
	worth  float64   // among texts of its kind, 1 as usual
	ranked []example // at most first, in the order of fit
	weight float64   // see weigh
}

type kind int

const (
	in kind = iota
	near
	far
	kinds
)

// folding is one fold of one round.
type folding struct{ fold, round, rounds int }

// foldings are how a base is folded. A small one is folded several times, each time
// along other lines: with forty entries it is chance which of them are taken out
// together, and what a threshold came to moved by 0.2 with that.
func foldings(r *knowledge.Release) (all []folding) {
	rounds := min(roundsMost, max(1, foldedMost/max(1, len(index.Phrasings(r)))))
	for round := range rounds {
		for fold := range folds {
			all = append(all, folding{fold, round, rounds})
		}
	}
	return all
}

// Rounds cost time as the first: roundsMost for a base of 750 phrasings, one for 3,000.
var roundsMost = 4 // tests have fewer

const foldedMost = 3000

// of asks one fold of a base.
func (f folding) of(ctx context.Context, seg *segment.Segmenter, r *knowledge.Release, s Study) ([]asking, error) {
	rest, known, texts, err := f.split(r, s)
	if err != nil {
		return nil, err
	}
	s.Confirmed = known
	learnt, err := tuned(ctx, seg, rest, s)
	if err != nil {
		return nil, err
	}
	texts[far] = f.farTexts(r, s.Outside)
	return f.ask(ctx, build(ctx, rest, seg, learnt, DefaultTarget), texts)
}

// ask asks a model all texts.
func (f folding) ask(ctx context.Context, m *model, texts [kinds][]labelled) ([]asking, error) {
	all := make([]int, len(m.groups))
	for n := range all {
		all[n] = n
	}
	var out []asking
	for k, list := range texts {
		answers := make([]asking, len(list))
		semantic.Share(ctx, len(list), func(i int) {
			if ctx.Err() == nil {
				answers[i] = m.asked(list[i], all)
				answers[i].fold, answers[i].kind = f.fold, kind(k)
			}
		})
		out = append(out, answers...)
	}
	return out, ctx.Err()
}

// labelled is a text and the entry it belongs to.
type labelled struct {
	text, entry string
	worth       float64
	ours        bool
}

// split takes a fold out of a release: what is left, what is left of what was confirmed,
// and the texts that were taken.
func (f folding) split(r *knowledge.Release, s Study) (rest *knowledge.Release, known []Confirmed, texts [kinds][]labelled, err error) {
	confirmed := map[string][]Confirmed{}
	for _, c := range s.Confirmed {
		confirmed[c.Entry] = append(confirmed[c.Entry], c)
	}
	var kept []knowledge.Entry
	for i, e := range f.deal(r) {
		out := (i+1)%folds == f.fold
		left, taken := holdBack(e, f.fold+f.round)
		k := in
		if out {
			k, taken = near, phrasingsOf(e)
		} else {
			kept = append(kept, left)
		}
		for _, t := range taken {
			texts[k] = append(texts[k], labelled{text: t, entry: e.ID, worth: 1})
		}
		for i, c := range confirmed[e.ID] {
			if out || i%heldBack == (f.fold+f.round)%heldBack {
				texts[k] = append(texts[k], labelled{text: c.Utterance, entry: e.ID, worth: c.Weight})
			} else {
				known = append(known, c)
			}
		}
	}
	for k := range texts {
		texts[k] = spread(texts[k], askedMost)
	}
	rest, err = knowledge.NewRelease(r.ID, kept, knowledge.WithSynonyms(r.Synonyms()))
	return rest, known, texts, err
}

// deal returns the entries in the order of the round: the first is by id.
func (f folding) deal(r *knowledge.Release) []knowledge.Entry {
	all := matchable(r)
	if f.round > 0 {
		rand.New(rand.NewPCG(uint64(f.round), 0)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	}
	return all
}

// matchable returns the entries that questions are matched with, in the order of the release.
func matchable(r *knowledge.Release) []knowledge.Entry {
	return slices.DeleteFunc(slices.Clone(r.Entries()), func(e knowledge.Entry) bool { return !e.Matchable() })
}

func phrasingsOf(e knowledge.Entry) (out []string) {
	for _, lang := range []knowledge.Lang{knowledge.English, knowledge.Chinese} {
		if t, ok := e.Texts[lang]; ok {
			out = append(append(out, t.Question), t.Similar...)
		}
	}
	return out
}

// holdBack takes the turn's phrasings of an entry in each language, if there are enough.
func holdBack(e knowledge.Entry, turn int) (left knowledge.Entry, taken []string) {
	left = e
	left.Texts = map[knowledge.Lang]knowledge.Text{}
	for _, lang := range []knowledge.Lang{knowledge.English, knowledge.Chinese} {
		t, ok := e.Texts[lang]
		if !ok {
			continue
		}
		all := append([]string{t.Question}, t.Similar...)
		if len(all) >= heldBack {
			var stay []string
			for i, phrasing := range all {
				if i%heldBack == turn%heldBack {
					taken = append(taken, phrasing)
				} else {
					stay = append(stay, phrasing)
				}
			}
			t.Question, t.Similar = stay[0], stay[1:]
		}
		left.Texts[lang] = t
	}
	return left, taken
}

// farTexts are texts of the corpus about other things, in the languages of the release,
// and what customers said that is outside; others in each fold and round.
func (f folding) farTexts(r *knowledge.Release, outside []string) (out []labelled) {
	said := map[string]bool{}
	for _, p := range index.Phrasings(r) {
		said[segment.Key(p.Text)] = true
		gentle.Aside()
	}
	for _, lang := range []knowledge.Lang{knowledge.Chinese, knowledge.English} {
		if !slices.ContainsFunc(r.Entries(), func(e knowledge.Entry) bool { _, ok := e.Texts[lang]; return ok && e.Matchable() }) {
			continue
		}
		for i, text := range corpus.Own().Far(lang) {
			gentle.Aside()
			if i%(folds*f.rounds) == f.fold+folds*f.round && !said[segment.Key(text)] {
				out = append(out, labelled{text: text, worth: 1, ours: true})
			}
		}
	}
	out = spread(out, askedMost/f.rounds)
	for i, text := range outside {
		if i%folds == (f.fold+f.round)%folds {
			out = append(out, labelled{text: text, worth: marked})
		}
	}
	return out
}

// asked asks a text of a fold, and looks for what is meant among all that is there.
func (m *model) asked(text labelled, all []int) asking {
	q := m.ask(m.seg.Cut(text.text))
	defer m.done(q)
	ranked, _ := m.rank(q, all, nil)
	ranked = ranked[:min(considered, len(ranked))]
	a := asking{ours: text.ours, worth: text.worth}
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
func weigh(all []asking, of [kinds]float64) {
	var worth [kinds]float64
	for _, a := range all {
		worth[a.kind] += a.worth
	}
	for i := range all {
		a := &all[i]
		a.weight = 0
		if a.worth > 0 {
			a.weight = of[a.kind] * float64(len(all)) * a.worth / worth[a.kind]
		}
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
