package sample_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wenda/knowledge/eval"
	"wenda/knowledge/match"
	"wenda/knowledge/sample"
	"wenda/knowledge/segment"
)

var (
	update = flag.Bool("update", false, "rewrite testdata/recognition.txt with today's figures")
	whole  = flag.Bool("whole", false, "measure every held-out utterance and only show the figures")
)

// share of the held-out utterances that an ordinary run measures: one in so many,
// because the race detector makes each cost twenty times as much.
const share = 5

// The figures of the shipped matcher on the sample base and on utterances that are
// in no entry: plain ones, as most customers type, and hard ones, which share hardly
// a word with any phrasing. A change of quality shows here as a few lines of difference.
func TestRecognition(t *testing.T) {
	matcher, learnt := openMatcher(t)
	var got []byte
	for _, set := range []string{"plain", "hard"} {
		report, err := eval.Measure(t.Context(), matcher, learnt.Thresholds(match.DefaultTarget), heldOut(t, set))
		if err != nil {
			t.Fatal(err)
		}
		if set == "plain" && report.Precision < 95 {
			t.Errorf("%.1f %% of automatic answers are right, not 95", report.Precision)
		}
		if *whole {
			t.Logf("%s, whole: %v", set, report)
		}
		got = fmt.Appendf(got, "%s:\n  %s\n", set, lines.Replace(report.String()))
	}
	if *whole {
		return
	}
	const golden = "testdata/recognition.txt"
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

// lines puts each figure on its own line.
var lines = strings.NewReplacer(", ", "\n  ", "; ", "\n  ")

func openMatcher(t testing.TB) (*match.Matcher, *match.Learnt) {
	t.Helper()
	release, err := sample.Release(1)
	if err != nil {
		t.Fatal(err)
	}
	words, err := segment.New()
	if err != nil {
		t.Fatal(err)
	}
	learnt, err := match.ReadLearnt(sample.Learnt)
	if err != nil {
		t.Fatal(err)
	}
	m, err := match.Open(t.Context(), t.TempDir(), words, release, match.Options{Budget: time.Minute, Learnt: learnt})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m, learnt
}

func heldOut(t testing.TB, set string) []eval.Case {
	t.Helper()
	files, err := filepath.Glob("testdata/" + set + "/*.tsv")
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
	if *whole {
		return all
	}
	var some []eval.Case
	for i := 0; i < len(all); i += share {
		some = append(some, all[i])
	}
	return some
}
