package semantic_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"

	"wenda/knowledge"
	"wenda/knowledge/corpus"
	"wenda/knowledge/eval"
	"wenda/knowledge/eval/evaltest"
	"wenda/knowledge/index"
	"wenda/knowledge/segment"
	"wenda/knowledge/semantic"
)

// TestPublicSets measures what the encoder is worth by itself on public questions, which
// are for research only and not part of the product: an entry's confidence is the mean
// of its three best cosines. Top-1, coverage at 95 % precision, and AUROC are in the
// log (-v): untaught, taught with the base only, with the corpus only, and with both;
// and the same with only the first question of each entry.
func TestPublicSets(t *testing.T) {
	seg, err := segment.New()
	if err != nil {
		t.Fatal(err)
	}
	pretrained, err := corpus.Encoder()
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range []struct {
		name  string
		least float64 // top-1 with corpus and base, a little below what was measured
		large bool
	}{{"zh-bank", 91.5, false}, {"zh-ant", 90, false}, {"zh-open", 96.5, true}, {"banking77-10shot", 81, true}} {
		t.Run(set.name, func(t *testing.T) {
			if set.large {
				evaltest.Large(t)
			}
			groups, ids, cases := readSet(t, set.name)
			for _, first := range []bool{false, true} {
				line := ""
				var report eval.Report
				for _, way := range []struct {
					name string
					base *semantic.Encoder
					tune bool
				}{{"untaught", semantic.Untaught(), false}, {"base", nil, true}, {"corpus", pretrained, false}, {"both", pretrained, true}} {
					lesson := semantic.Lesson{Groups: only(groups, first)}
					encoder := way.base
					if way.tune {
						if encoder, err = semantic.Train(t.Context(), seg, way.base, lesson, semantic.Tuning, nil); err != nil {
							t.Fatal(err)
						}
					}
					if report, err = eval.Measure(t.Context(), nearest(encoder, seg, ids, lesson.Groups), knowledge.DefaultThresholds, cases); err != nil {
						t.Fatal(err)
					}
					line += fmt.Sprintf("  %s %.1f / %.1f / %.3f", way.name, report.Top1, report.Cov95, report.AUROC)
				}
				t.Logf("first question only %v:%s", first, line)
				if !first && report.Top1 < set.least {
					t.Errorf("top-1 %.1f, want at least %.1f", report.Top1, set.least)
				}
			}
		})
	}
}

func readSet(t *testing.T, name string) (groups []semantic.Group, ids []string, cases []eval.Case) {
	t.Helper()
	release, cases := evaltest.Set(t, name)
	for _, p := range index.Phrasings(release) {
		if len(ids) == 0 || ids[len(ids)-1] != p.Entry {
			ids, groups = append(ids, p.Entry), append(groups, semantic.Group{})
		}
		groups[len(groups)-1].Texts = append(groups[len(groups)-1].Texts, p.Text)
	}
	return groups, ids, cases
}

func only(groups []semantic.Group, first bool) []semantic.Group {
	if !first {
		return groups
	}
	var out []semantic.Group
	for _, g := range groups {
		out = append(out, semantic.Group{Texts: g.Texts[:1]})
	}
	return out
}

// neighbours is a Matcher that only compares vectors.
type neighbours struct {
	encoder *semantic.Encoder
	seg     *segment.Segmenter
	ids     []string
	vectors [][]*semantic.Vector
}

func nearest(e *semantic.Encoder, seg *segment.Segmenter, ids []string, groups []semantic.Group) *neighbours {
	n := &neighbours{encoder: e, seg: seg, ids: ids}
	for _, g := range groups {
		var vectors []*semantic.Vector
		for _, text := range g.Texts {
			vectors = append(vectors, e.Encode(seg.Cut(text)))
		}
		n.vectors = append(n.vectors, vectors)
	}
	return n
}

func (n *neighbours) Match(_ context.Context, utterance string, limit int) (knowledge.Result, error) {
	q := n.encoder.Encode(n.seg.Cut(utterance))
	var all []knowledge.Match
	for i, id := range n.ids {
		var best []float64
		for _, v := range n.vectors[i] {
			best = append(best, -float64(q.Cosine(v)))
		}
		slices.Sort(best)
		best = best[:min(3, len(best))]
		sum := 0.0
		for _, c := range best {
			sum -= c
		}
		all = append(all, knowledge.Match{Entry: id, Confidence: sum / float64(len(best))})
	}
	slices.SortStableFunc(all, func(a, b knowledge.Match) int { return cmp.Compare(b.Confidence, a.Confidence) })
	return knowledge.Result{Matches: all[:min(limit, len(all))]}, nil
}
