package sample_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"wenda/knowledge"
	"wenda/knowledge/eval"
	"wenda/knowledge/match"
	"wenda/knowledge/sample"
	"wenda/knowledge/segment"
)

var update = flag.Bool("update", false, "rewrite testdata/recognition.txt with today's figures")

// The figures of the shipped matcher on the sample base and on utterances that are
// in no entry. A change of quality shows here as a few lines of difference.
func TestRecognition(t *testing.T) {
	report, err := eval.Measure(t.Context(), openMatcher(t), knowledge.DefaultThresholds, heldOut(t))
	if err != nil {
		t.Fatal(err)
	}
	if report.Precision < 0.95 {
		t.Errorf("%.1f %% of automatic answers are right, not 95", 100*report.Precision)
	}
	const golden = "testdata/recognition.txt"
	got := []byte(report.String())
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("recognition changed (go test ./knowledge/sample -run Recognition -update accepts it)\n--- was\n%s--- is\n%s", want, got)
	}
}

func openMatcher(t *testing.T) *match.Matcher {
	t.Helper()
	release, err := sample.Release(1)
	if err != nil {
		t.Fatal(err)
	}
	words, err := segment.New()
	if err != nil {
		t.Fatal(err)
	}
	m, err := match.Open(t.Context(), t.TempDir(), words, release, match.Options{Budget: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

func heldOut(t *testing.T) []eval.Case {
	t.Helper()
	files, err := filepath.Glob("testdata/*.tsv")
	if err != nil || len(files) == 0 {
		t.Fatalf("no held-out utterances: %v", err)
	}
	var all []eval.Case
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		cases, err := eval.Read(f)
		_ = f.Close()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all = append(all, cases...)
	}
	return all
}
