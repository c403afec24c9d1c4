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

// Learn learns from a release: it tunes the encoder of the corpus, fits the stack and
// finds out what it costs to be right how often. It takes about a second for hundreds
// of phrasings, a minute for ten thousands and ten for a hundred thousand (of one
// processor), and gives the same for the same release. The error is ctx's, or the corpus's.
func Learn(ctx context.Context, seg *segment.Segmenter, r *knowledge.Release, s Study) (*Learnt, error) {
	if v := cmp.Or(s.Variant, Full); !slices.Contains(Variants, v) {
		return nil, fmt.Errorf("match: no variant %q", v)
	}
	s = s.of(r)
	parts := foldings(r)
	step := 0
	tick := func(n int) {
		step += n
		if s.Progress != nil {
			s.Progress(step, len(parts)+wholeSteps+1)
		}
	}
	var questions []asking
	for _, part := range parts {
		questioned, err := part.of(ctx, seg, r, s)
		if err != nil {
			return nil, err
		}
		questions = append(questions, questioned...)
		tick(1)
	}
	learnt, err := tuned(ctx, seg, r, s)
	if err != nil {
		return nil, err
	}
	if learnt.Key, err = s.Key(r, seg); err != nil {
		return nil, err
	}
	tick(wholeSteps)
	doubt(questions, s.Variant)
	weigh(questions, mix)
	learnt.Stack, learnt.Curve, learnt.Asked = fit(examplesOf(questions, -1), prior[s.Variant]), curve(questions, s.Variant, len(matchable(r))), len(questions)
	if !charted(questions) {
		learnt.Stack = doubting(prior[s.Variant])
	}
	tick(1)
	return learnt, nil
}

// wholeSteps is how many steps the whole base is: a fold leaves half of it.
const wholeSteps = 2

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
	seg = seg.For(r)
	lesson, n := lessonOf(r, s.Confirmed)
	settings := semantic.Tuning
	settings.Epochs = max(2, min(settings.Epochs, studied/max(1, n)))
	if learnt.Encoder, err = semantic.Train(ctx, seg, pretrained, lesson, settings, nil); err != nil || s.Variant != Full {
		return learnt, err
	}
	learnt.Classes = classNames(r)
	learnt.Classifier, err = semantic.TrainClassifier(ctx, seg, lesson.Groups, semantic.Classifying)
	return learnt, err
}

// largeFrom is how many phrasings make a release large: nobody shall wait at a start
// for more than a second or two until the words were learnt.
var largeFrom = 5000 // tests have fewer

// Large reports whether a matcher that was given nothing learnt from a release starts
// Untaught with it.
func Large(r *knowledge.Release) bool { return len(index.Phrasings(r)) >= largeFrom }

// Untaught is what is known of a base that nobody has learnt from: the words, weighed as
// bases of average kind do, and half as sure. What is a phrasing word for word, or all but,
// is answered; of the rest nobody knows how often it is right, so it is asked back.
func Untaught() *Learnt {
	return &Learnt{Variant: Lexical, Stack: doubting(prior[Lexical]), Curve: []Point{{Target: DefaultTarget, Answer: sureExact, Clarify: knowledge.DefaultThresholds.Clarify}}}
}

// doubting is a stack that is half as sure. Of six public sets cut down to one phrasing an
// entry, which leaves nothing to calibrate by, the priors as they are were right in 70 to 95
// of 100 answers; half as sure, in 86 to 99.
func doubting(l stack) stack {
	for i := range l {
		l[i] /= 2
	}
	return l
}

// start returns what a matcher starts with that was given nothing.
func start(ctx context.Context, seg *segment.Segmenter, r *knowledge.Release) (*Learnt, error) {
	if Large(r) {
		return Untaught(), nil
	}
	return Learn(ctx, seg, r, Study{Variant: Lexical})
}
