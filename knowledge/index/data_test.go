package index

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"wenda/knowledge"
	"wenda/knowledge/eval"
	"wenda/knowledge/eval/evaltest"
	"wenda/knowledge/sample"
)

// load returns a base of n real questions, ten an entry, and questions that are not in it.
func load(t testing.TB, n int) (*knowledge.Release, []string) {
	t.Helper()
	var lines []string
	for s := bufio.NewScanner(bytes.NewReader(evaltest.File(t, "zh-load/questions.txt"))); s.Scan(); {
		lines = append(lines, s.Text())
	}
	all := make([]knowledge.Entry, 0, n/10)
	for i := 0; i < n; i += 10 {
		all = append(all, zh(fmt.Sprintf("e%05d", i/10), lines[i:i+10]...))
	}
	return release(t, 1, all...), lines[98_000:]
}

// sampleBase is the shipped base.
func sampleBase(t testing.TB) *knowledge.Release {
	t.Helper()
	r, err := sample.Release(1)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// heldOut returns one in step of the utterances that are in no entry of the shipped base.
func heldOut(t testing.TB, set string, step int) []eval.Case {
	t.Helper()
	names, err := filepath.Glob("../sample/testdata/" + set + "/*.tsv")
	if err != nil || len(names) == 0 {
		t.Fatalf("no held-out utterances: %v", err)
	}
	var some []eval.Case
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		cases, err := eval.Read(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(name, err)
		}
		for i := 0; i < len(cases); i += step {
			some = append(some, cases[i])
		}
	}
	return some
}

// keptShare returns for how many of a hundred texts the best hit of the exhaustive
// ranking, every list read whole, is among 50 candidates.
func keptShare(t *testing.T, g *Generation, texts []string) float64 {
	t.Helper()
	kept, asked := 0, 0
	for _, text := range texts {
		whole := exhaustive(t, g, text)
		if len(whole) == 0 {
			continue
		}
		asked++
		if slices.Contains(ask(t, g, text, 50), whole[0]) {
			kept++
		}
	}
	return 100 * float64(kept) / float64(asked)
}

func exhaustive(t *testing.T, g *Generation, text string) []Candidate {
	t.Helper()
	all, err := g.Exhaustive(context.Background(), seg().Cut(text), len(g.phrasings))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestPruningKeepsTheBest(t *testing.T) {
	t.Run("shipped base", func(t *testing.T) {
		g := generation(t, shelf(t, t.TempDir()), sampleBase(t))
		defer g.Drop()
		var texts []string
		for _, c := range append(heldOut(t, "plain", 10), heldOut(t, "hard", 10)...) {
			texts = append(texts, c.Text)
		}
		if kept := keptShare(t, g, texts); kept < 99 {
			t.Errorf("kept %.2f %%", kept)
		}
	})
	for _, n := range []int{10_000, 98_000} {
		t.Run(fmt.Sprint(n, " phrasings"), func(t *testing.T) {
			evaltest.Large(t)
			r, questions := load(t, n)
			g := generation(t, shelf(t, t.TempDir()), r)
			defer g.Drop()
			if kept := keptShare(t, g, questions[:300]); kept < 99 {
				t.Errorf("kept %.2f %%", kept)
			} else {
				t.Logf("kept %.2f %%", kept)
			}
		})
	}
}

// recall returns for how many of a hundred utterances the right entry is among 50
// candidates.
func recall(t *testing.T, g *Generation, cases []eval.Case) float64 {
	t.Helper()
	right, asked := 0, 0
	for _, c := range cases {
		if c.Expect == "" {
			continue
		}
		asked++
		if slices.Contains(entries(ask(t, g, c.Text, 50)), c.Expect) {
			right++
		}
	}
	return 100 * float64(right) / float64(asked)
}

// The floors are 0.2 below what bleve's own disjunction and tf-idf reached.
func TestRightEntryIsACandidate(t *testing.T) {
	t.Run("shipped base", func(t *testing.T) {
		g := generation(t, shelf(t, t.TempDir()), sampleBase(t))
		defer g.Drop()
		for set, floor := range map[string]float64{"plain": 99.5, "hard": 78} {
			if got := recall(t, g, heldOut(t, set, 5)); got < floor {
				t.Errorf("%s: %.2f %%, want %.1f", set, got, floor)
			} else {
				t.Logf("%s: %.2f %%", set, got)
			}
		}
	})
	for _, set := range []struct {
		name  string
		floor float64
		large bool
	}{
		{"zh-bank", 99.2, false}, {"zh-ant", 99.8, false}, {"zh-open", 99.8, false},
		{"banking77-10shot", 98.9, true}, {"clinc150", 98.7, true},
	} {
		t.Run(set.name, func(t *testing.T) {
			if set.large {
				evaltest.Large(t)
			}
			base, cases := evaltest.Set(t, set.name)
			g := generation(t, shelf(t, t.TempDir()), base)
			defer g.Drop()
			if got := recall(t, g, cases); got < set.floor {
				t.Errorf("%.2f %%, want %.1f", got, set.floor)
			} else {
				t.Logf("%.2f %%", got)
			}
		})
	}
}
