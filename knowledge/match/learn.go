package match

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"wenda/knowledge"
	"wenda/knowledge/corpus"
	"wenda/knowledge/index"
	"wenda/knowledge/segment"
	"wenda/knowledge/semantic"
)

// How a base calibrates itself. It is folded: of every fold some entries are taken out
// whole, and of the others some phrasings. What is left is a base of its own, with an
// encoder of its own; the phrasings that were taken out are asked as customers would:
// some in scope, some near it. Texts of our corpus about other things are asked beside
// them. Nobody has to label anything.
const (
	folds    = 4
	heldBack = 3 // of an entry's phrasings every third is asked, if it has so many
	// asked bounds the texts of each kind that a fold asks.
	asked = 400
	// first is the number of ranked entries that each text teaches from.
	first = 3
	// Of what customers ask so much is in scope, near it, and far from it. The public
	// sets have about as much.
	inScope, nearScope, farScope = 0.65, 0.2, 0.15
	// studied bounds the texts that an encoder is shown, times epochs: larger bases
	// learn in fewer epochs.
	studied = 60_000
)

// Study says how to learn.
type Study struct {
	Variant  string             // default Full
	Progress func(done, of int) // told after each step; nil tells nobody
}

// Learn learns from a release: it tunes the encoder of the corpus, fits the stack and
// finds out what it costs to be right how often. It takes about a second for hundreds of phrasings
// and a minute for ten thousands, and gives the same for the same release. The error is
// ctx's, or the corpus's.
func Learn(ctx context.Context, seg *segment.Segmenter, r *knowledge.Release, s Study) (*Learnt, error) {
	s.Variant = cmp.Or(s.Variant, Full)
	if !slices.Contains(Variants, s.Variant) {
		return nil, fmt.Errorf("match: no variant %q", s.Variant)
	}
	step := 0
	tick := func() {
		step++
		if s.Progress != nil {
			s.Progress(step, folds+2)
		}
	}
	var questions []asking
	for fold := range folds {
		asked, err := foldOf(ctx, seg, r, fold, s)
		if err != nil {
			return nil, err
		}
		questions = append(questions, asked...)
		tick()
	}
	learnt, err := tuned(ctx, seg, r, s)
	if err != nil {
		return nil, err
	}
	if learnt.Key, err = Key(r, seg, s.Variant); err != nil {
		return nil, err
	}
	tick()
	weigh(questions)
	learnt.Stack, learnt.Curve, learnt.Asked = fit(examplesOf(questions, -1), prior[s.Variant]), curve(questions, s.Variant), len(questions)
	tick()
	return learnt, nil
}

// tuned returns what a variant needs before it has a stack.
func tuned(ctx context.Context, seg *segment.Segmenter, r *knowledge.Release, s Study) (*Learnt, error) {
	learnt := &Learnt{Variant: s.Variant}
	if s.Variant == Lexical {
		return learnt, nil
	}
	pretrained, err := corpus.Encoder()
	if err != nil {
		return nil, err
	}
	lesson, n := lessonOf(r)
	settings := semantic.Tuning
	settings.Epochs = max(2, min(settings.Epochs, studied/max(1, n)))
	if learnt.Encoder, err = semantic.Train(ctx, seg, pretrained, lesson, settings, nil); err != nil || s.Variant != Full {
		return learnt, err
	}
	learnt.Classifier, err = semantic.TrainClassifier(ctx, seg, lesson.Groups, semantic.Classifying)
	return learnt, err
}

// lessonOf is a release as the encoder learns from it, and the number of its phrasings.
func lessonOf(r *knowledge.Release) (l semantic.Lesson, n int) {
	last := ""
	for _, p := range index.Phrasings(r) {
		if name := p.Entry + " " + string(p.Lang); name != last {
			l.Groups = append(l.Groups, semantic.Group{Topic: string(p.Lang)})
			last = name
		}
		g := &l.Groups[len(l.Groups)-1]
		g.Texts = append(g.Texts, p.Text)
		n++
	}
	return l, n
}

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
		for _, text := range spread(list, asked) {
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

// examplesOf returns what all folds but one teach.
func examplesOf(all []asking, but int) (out []example) {
	for _, a := range all {
		if a.fold != but {
			out = append(out, a.ranked...)
		}
	}
	return out
}

// verdict is what would be answered to a text, and how sure.
type verdict struct {
	confidence, right, weight float64
	offered                   float64 // 1 if what was meant is among the first
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
	slices.SortStableFunc(verdicts, func(a, b verdict) int { return cmp.Compare(b.confidence, a.confidence) })
	var points []Point
	for target := lowestTarget; target <= highestTarget; target++ {
		p := point(verdicts, float64(target)/1000, total)
		p.Clarify = clarify(verdicts, p.Answer)
		points = append(points, p)
	}
	return points
}

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
	lowestTarget, highestTarget = 800, 995
)

// verdict ranks by confidence, as weighUp does.
func (a asking) verdict(l stack) verdict {
	out, sum := verdict{weight: a.weight}, 0.0
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
