package semantic_test

import (
	"context"
	"testing"

	"wenda/knowledge"
	"wenda/knowledge/eval"
	"wenda/knowledge/eval/evaltest"
	"wenda/knowledge/segment"
	"wenda/knowledge/semantic"
)

// TestClassifierOnPublicSets measures what the classifier is worth by itself on public
// questions, as TestPublicSets does for the encoder. Its figures are in the log (-v),
// with the share, the margin, and the margin and half the gap to the next as confidence.
func TestClassifierOnPublicSets(t *testing.T) {
	seg, err := segment.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range []struct {
		name  string
		first bool    // only the first question of each entry
		least float64 // top-1, a little below what was measured
		large bool
	}{
		{"zh-bank", false, 89, false}, {"zh-bank", true, 76, false}, {"zh-ant", false, 86, false}, {"zh-open", false, 97, true},
		{"banking77-10shot", false, 76, true}, {"banking77-oos", false, 85, true}, {"banking77", false, 91, true}, {"clinc150", false, 92, true},
	} {
		t.Run(set.name, func(t *testing.T) {
			if set.large {
				evaltest.Large(t)
			}
			groups, ids, cases := readSet(t, set.name)
			c, err := semantic.TrainClassifier(t.Context(), seg, only(groups, set.first), semantic.Classifying)
			if err != nil {
				t.Fatal(err)
			}
			for _, way := range confidences {
				r, err := eval.Measure(t.Context(), &linear{c, seg, ids, way.confidence}, knowledge.DefaultThresholds, cases)
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("first question only %v: %-8s %.1f / %.1f / %.3f, recall@5 %.1f", set.first, way.name, r.Top1, r.Cov95, r.AUROC, r.Recall5)
				if r.Top1 < set.least {
					t.Errorf("top-1 %.1f, want at least %.1f", r.Top1, set.least)
				}
			}
		})
	}
}

// confidences are ways to make a confidence of a score and the one after it.
var confidences = []struct {
	name       string
	confidence func(score, next semantic.Score) float64
}{
	{"share", func(s, _ semantic.Score) float64 { return float64(s.Share) }},
	{"margin", func(s, _ semantic.Score) float64 { return unit(s.Margin) }},
	{"gap", func(s, next semantic.Score) float64 { return unit(1.5*s.Margin - 0.5*next.Margin) }},
}

// unit brings a margin between 0 and 1.
func unit(margin float32) float64 { return min(max(0, float64(margin+3)/6), 1) }

// linear is a Matcher that only asks the classifier.
type linear struct {
	classifier *semantic.Classifier
	seg        *segment.Segmenter
	ids        []string
	confidence func(score, next semantic.Score) float64
}

func (l *linear) Match(_ context.Context, utterance string, limit int) (knowledge.Result, error) {
	scores := l.classifier.Scores(l.seg.Cut(utterance), limit+1)
	var r knowledge.Result
	for i, s := range scores[:min(limit, len(scores))] {
		next := s
		if i+1 < len(scores) {
			next = scores[i+1]
		}
		r.Matches = append(r.Matches, knowledge.Match{Entry: l.ids[s.Group], Confidence: l.confidence(s, next)})
	}
	return r, nil
}
