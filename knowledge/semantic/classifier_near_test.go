package semantic

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wenda/internal/gentle"
)

// matrixOf are the groups as the solver sees them.
func matrixOf(groups []Group) *examples {
	return ReadExamples(segmenter(), groups).choose(func(int, int) float32 { return 1 })
}

// exhaustively trains by the book: every group looks at all texts, from a state of its own,
// and all its weights are gone through.
func exhaustively(groups []Group, s ClassifierSettings) *Classifier {
	m := matrixOf(groups)
	models, rest := make([]model, len(m.own)), make([]int64, len(m.features))
	for group, own := range m.own {
		if len(own) == 0 {
			continue
		}
		t := newSolver(m, s, newStart(m, s), nil)
		t.solve(group)
		models[group].bias = t.now.bias
		for column, w := range t.now.w {
			if w > s.Least || w < -s.Least {
				models[group].columns = append(models[group].columns, int32(column))
				models[group].weights = append(models[group].weights, w)
			} else {
				rest[column] += int64(float64(w) * fixed)
			}
		}
	}
	return pack(m, models, rest)
}

// A base with no more texts than are looked at is learnt exhaustively, bit by bit.
func TestSmallBasesAreLearntExhaustively(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		groups := drawGroups(r)
		want := classifierFile(t, exhaustively(groups, Classifying))
		for _, others := range []int{0, len(matrixOf(groups).costs), Classifying.Others} {
			s := Classifying
			s.Others, s.Pairs = others, 0
			c, err := TrainClassifier(t.Context(), segmenter(), groups, s)
			if err != nil {
				r.Fatal(err)
			}
			if !bytes.Equal(classifierFile(t, c), want) {
				r.Fatalf("looking at %d others it is another file", others)
			}
		}
	})
	groups := madeUp(40)
	if !bytes.Equal(classifierFile(t, classify(t, groups)), classifierFile(t, exhaustively(groups, Classifying))) {
		t.Error("400 texts: not the same file")
	}
}

// Those looked at are a group's own and the nearest others, of equals the first.
func TestNeighbours(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		groups := drawGroups(r)
		if rapid.Bool().Draw(r, "large") {
			groups = madeUp(rapid.IntRange(1, 20).Draw(r, "groups of ten"))
		}
		m := matrixOf(groups)
		p, most := newPostings(m), rapid.IntRange(0, len(m.costs)+1).Draw(r, "most")
		n := newNeighbours(m, p, most)
		for group := range m.own {
			if got, want := n.of(group), nearestOf(m, p, group, most); !slices.Equal(got, want) {
				r.Fatalf("group %d: %v, want %v", group, got, want)
			}
		}
	})
}

// nearestOf compares a group with every row.
func nearestOf(m *examples, p *postings, group, most int) (rows []int32) {
	sum := make([]float32, len(m.features))
	own := func(row int32) bool {
		return slices.ContainsFunc(m.own[group], func(o ownText) bool { return o.row == row })
	}
	for _, o := range m.own[group] {
		columns, values := m.at(o.row)
		for i, column := range columns {
			if p.first[column] < p.first[column+1] {
				sum[column] += values[i]
			}
		}
	}
	shared := make([]float32, len(m.costs))
	var others []int32
	for row := range m.costs {
		columns, values := m.at(int32(row))
		for i, column := range columns {
			shared[row] += float32(sum[column] * values[i])
		}
		if own(int32(row)) {
			rows = append(rows, int32(row))
		} else {
			others = append(others, int32(row))
		}
	}
	slices.SortStableFunc(others, func(a, b int32) int { return cmp.Compare(shared[b], shared[a]) })
	rows = append(rows, others[:min(most, len(others))]...)
	slices.Sort(rows)
	return append(rows, int32(len(m.costs)))
}

// A base of few groups looks at all its texts, if they are many.
func TestPairsAllowMoreOthers(t *testing.T) {
	s := ClassifierSettings{Others: 50, Pairs: 8000}
	for groups, want := range map[int]int{10: 800, 40: 200, 400: 50} {
		if got := matrixOf(make([]Group, groups)).others(s); got != want {
			t.Errorf("%d groups: %d others, want %d", groups, got, want)
		}
	}
}

// Who looks at a tenth of the texts learns nearly the same, however many hands there are.
func TestNearOthersAreEnough(t *testing.T) {
	groups, s := madeUp(100), Classifying
	s.Others = 0
	all, err := TrainClassifier(t.Context(), segmenter(), groups, s)
	if err != nil {
		t.Fatal(err)
	}
	s.Others, s.Pairs = 100, 0
	near, err := TrainClassifier(t.Context(), segmenter(), groups, s)
	if err != nil {
		t.Fatal(err)
	}
	gently, err := TrainClassifier(gentle.Context(t.Context()), segmenter(), groups, s)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(classifierFile(t, near), classifierFile(t, gently)) {
		t.Error("fewer hands, another file")
	}
	if bytes.Equal(classifierFile(t, near), classifierFile(t, all)) {
		t.Error("looking at fewer changed nothing: the test is for nothing")
	}
	far, most := 0.0, 0.0
	for _, text := range []string{groups[7].Texts[3], groups[50].Texts[0] + groups[51].Texts[1], "怎么还款"} {
		x, y := margins(all, text), margins(near, text)
		for group := range x {
			d := math.Abs(float64(x[group] - y[group]))
			far, most = far+d/float64(len(x)), max(most, d)
		}
	}
	t.Logf("margins differ by %.4f, at most %.3f", far/3, most)
	if far/3 > float64(s.Close) || most > 0.15 { // so far a margin may stay from its best anyway
		t.Errorf("margins differ by %.4f, at most %.3f", far/3, most)
	}
}
