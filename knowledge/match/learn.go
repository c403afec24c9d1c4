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

// Study says how to learn.
type Study struct {
	Variant  string             // default Full
	Progress func(done, of int) // told after each step; nil tells nobody
}

// Learn learns from a release: it tunes the encoder of the corpus, fits the stack and
// finds out what it costs to be right how often. It takes about a second for hundreds
// of phrasings and a minute for ten thousands, and gives the same for the same release.
// The error is ctx's, or the corpus's.
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
		questioned, err := foldOf(ctx, seg, r, fold, s)
		if err != nil {
			return nil, err
		}
		questions = append(questions, questioned...)
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

// studied bounds the texts that an encoder is shown, times epochs: larger bases learn
// in fewer epochs.
const studied = 60_000

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
