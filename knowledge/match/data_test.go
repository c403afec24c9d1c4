package match

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"wenda/knowledge"
	"wenda/knowledge/eval"
	"wenda/knowledge/exchange"
)

// sets are the public sets of questions and the least top-1 that must be reached,
// a little below what was measured. They are for research only and not part of the
// product: without them the test is skipped.
var sets = []struct {
	name  string
	floor float64
	large bool // measured only if WENDA_DATA_ALL is set
}{
	{"zh-bank", 92, false}, {"zh-ant", 92, false}, {"zh-open", 97, true},
	{"banking77-10shot", 81, true}, {"banking77-oos", 86, true}, {"clinc150", 92, true}, {"banking77", 92, true},
}

// TestPublicSets measures the matcher as it runs. Its figures are in the log (-v).
func TestPublicSets(t *testing.T) {
	dir := os.Getenv("WENDA_TEST_DATA")
	if dir == "" {
		dir = "../../../shared/data"
	}
	for _, set := range sets {
		t.Run(set.name, func(t *testing.T) {
			if set.large && os.Getenv("WENDA_DATA_ALL") == "" {
				t.Skip("a large set: WENDA_DATA_ALL=1 go test ./knowledge/match")
			}
			r, cases := readSet(t, filepath.Join(dir, set.name))
			variants := Variants
			if os.Getenv("WENDA_DATA_ALL") == "" {
				variants = Variants[:1]
			}
			for _, variant := range variants {
				start := time.Now()
				learnt, err := Learn(t.Context(), seg(), r, Study{Variant: variant})
				if err != nil {
					t.Fatal(err)
				}
				took := time.Since(start)
				opts := patient
				opts.Learnt = learnt
				m := open(t, r, opts)
				start = time.Now()
				report, err := eval.Measure(context.Background(), m, learnt.Thresholds(DefaultTarget), cases)
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("%s: %v; ECE %.1f; %v a match; learnt in %v, expects %+v", variant, report, report.ECE, time.Since(start)/time.Duration(len(cases)), took.Round(time.Second/10), learnt.At(DefaultTarget))
				if variant == Full && report.Top1 < set.floor {
					t.Errorf("top-1 %.1f, want at least %.1f", report.Top1, set.floor)
				}
			}
		})
	}
}

func readSet(t *testing.T, dir string) (*knowledge.Release, []eval.Case) {
	t.Helper()
	kb, err := os.Open(filepath.Join(dir, "kb.jsonl"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no research data here: WENDA_TEST_DATA=FOLDER go test ./knowledge/match")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer kb.Close()
	entries, err := exchange.ReadBase(kb, exchange.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	r, err := knowledge.NewRelease(1, entries)
	if err != nil {
		t.Fatal(err)
	}
	queries, err := os.Open(filepath.Join(dir, "queries.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer queries.Close()
	cases, err := eval.ReadJSONL(queries)
	if err != nil {
		t.Fatal(err)
	}
	return r, cases
}
