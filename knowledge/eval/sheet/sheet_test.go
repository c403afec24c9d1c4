package sheet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"wenda/knowledge"
	"wenda/knowledge/eval"
)

var update = flag.Bool("update", false, "rewrite the golden files with what is so now")

// scripted is a pipeline that is as sure as told.
type scripted map[string][]knowledge.Match

func (s scripted) Match(_ context.Context, utterance string, _ int) (knowledge.Result, error) {
	return knowledge.Result{Variant: "scripted-1", Matches: s[utterance]}, nil
}

func found(confidences ...any) []knowledge.Match {
	var out []knowledge.Match
	for i := 0; i < len(confidences); i += 2 {
		out = append(out, knowledge.Match{Entry: confidences[i].(string), Confidence: confidences[i+1].(float64)})
	}
	return out
}

var cases = []eval.Case{
	{Text: "怎么还钱", Expect: "repay-how", Kind: "in"},
	{Text: "在哪里还", Expect: "repay-how", Kind: "in"},
	{Text: "我要一次性把剩下的所有欠款全部都还清应该怎么操作呢麻烦告诉我", Expect: "repay-early", Kind: "in"},
	{Text: "提前还 可以吗", Expect: "repay-early", Kind: "in"},
	{Text: "额\u202e度\x1b[31m低", Expect: "limit", Kind: "in"},
	{Text: "还款日能改吗", Kind: "oos_near"},
	{Text: "今天天气怎么样", Kind: "oos_far"},
	{Text: "你好", Kind: "oos_chat"},
}

// report measures a pipeline; its times would differ from run to run.
func report(t *testing.T, m knowledge.Matcher, cases []eval.Case) eval.Report {
	t.Helper()
	r, err := eval.Measure(t.Context(), m, knowledge.DefaultThresholds, cases)
	if err != nil {
		t.Fatal(err)
	}
	r.Median, r.Slowest = 312*time.Microsecond, 4705*time.Microsecond
	return r
}

func base(t *testing.T) *knowledge.Release {
	t.Helper()
	var entries []knowledge.Entry
	for _, id := range []string{"repay-how", "repay-early", "limit", "system.welcome"} {
		entries = append(entries, knowledge.Entry{ID: id, Texts: map[knowledge.Lang]knowledge.Text{knowledge.Chinese: {Question: id, Similar: []string{"如何"}}}})
	}
	r, err := knowledge.NewRelease(1, entries)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var (
	plainOne = scripted{
		"怎么还钱":        found("repay-how", 0.97, "repay-early", 0.02),
		"在哪里还":        found("repay-early", 0.55, "repay-how", 0.40),
		cases[2].Text: found("repay-how", 0.81, "repay-early", 0.10),
		"提前还 可以吗":     found("repay-early", 0.90, "repay-how", 0.05),
		"还款日能改吗":      found("repay-how", 0.78, "limit", 0.1),
		"今天天气怎么样":     found("limit", 0.03),
	}
	better = scripted{
		"怎么还钱":        found("repay-how", 0.96),
		"在哪里还":        found("repay-how", 0.85, "repay-early", 0.10),
		cases[2].Text: found("repay-early", 0.93, "repay-how", 0.02),
		"提前还 可以吗":     found("repay-how", 0.50, "repay-early", 0.45),
		cases[4].Text: found("limit", 0.88),
		"还款日能改吗":      found("repay-how", 0.44, "limit", 0.1),
		"你好":          found("limit", 0.03),
	}
)

func TestSheets(t *testing.T) {
	one := []Measured{{"lexical", report(t, plainOne, cases)}}
	two := append(one, Measured{"full", report(t, better, cases)})
	var plain []eval.Case // without kinds, all in scope, as few as can be
	for _, c := range cases[:1] {
		plain = append(plain, eval.Case{Text: c.Text, Expect: c.Expect})
	}
	for name, write := range map[string]func(io.Writer) error{
		"one.txt":     Of(base(t), 0.75, one).Print,
		"two.txt":     Of(base(t), 0.75, two).Print,
		"two.json":    Of(base(t), 0.75, two).Encode,
		"least.txt":   Of(base(t), 0.95, []Measured{{"lexical", report(t, plainOne, plain)}}).Print,
		"outside.txt": Of(base(t), 0.995, []Measured{{"lexical", report(t, plainOne, cases[6:])}}).Print,
	} {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			if err := write(&got); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("the sheet changed (go test ./knowledge/eval/sheet -update accepts it)\n--- was\n%s--- is\n%s", want, got.Bytes())
			}
			if strings.HasSuffix(name, ".json") && !json.Valid(got.Bytes()) {
				t.Error("not JSON")
			}
			for _, r := range got.String() {
				if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) && strings.HasSuffix(name, ".txt") {
					t.Errorf("%U reaches the terminal", r)
				}
			}
		})
	}
}

// The row of the threshold in force is there wherever it lies, once, in order.
func TestThresholdInForceHasItsRow(t *testing.T) {
	for _, answer := range []float64{0.1, 0.5, 0.75, 0.777, 0.99, 0.999} {
		r := report(t, plainOne, cases)
		r.Thresholds.Answer = answer
		in, before := 0, 0.0
		for _, c := range byThreshold(r) {
			if *c.Answer <= before {
				t.Errorf("%v: %v after %v", answer, *c.Answer, before)
			}
			before = *c.Answer
			if c.InForce {
				in++
				if *c.Answer != answer {
					t.Errorf("%v is marked as %v", *c.Answer, answer)
				}
			}
		}
		if in != 1 {
			t.Errorf("%v: %d rows in force", answer, in)
		}
	}
}

func TestPrintTellsOfAnError(t *testing.T) {
	s := Of(base(t), 0.95, []Measured{{"lexical", report(t, plainOne, cases)}})
	if err := s.Print(full{}); !errors.Is(err, errFull) {
		t.Errorf("%v", err)
	}
}

var errFull = errors.New("disk full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestColumns(t *testing.T) {
	for s, want := range map[string]int{"": 0, "abc": 3, "还款": 4, "３％": 4, "a还b": 4, "e\u0301": 1, "\u200b": 0, "，。": 4, "😀": 2, "ｱ": 1} {
		if got := columns(s); got != want {
			t.Errorf("%q: %d columns, want %d", s, got, want)
		}
	}
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"还款": "还款", " a\tb\n\nc ": "a b c", "a\x1b[2Jb": "a [2Jb", "a\u202eb": "a b", "\x00": "",
		"一二三四五": "一二三四五", "一二三四五六": "一二三四…", "abcdefghijk": "abcdefghi…", "a一二三四五": "a一二三四…",
	} {
		if got := plain(in, 10); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// Whatever the texts, no line steers the terminal, cells keep within their width, and
// every row's second column ends where the others' do.
func TestTablesStand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tab := table{left: 1}
		for range rapid.IntRange(1, 6).Draw(t, "rows") {
			cell := plain(rapid.String().Draw(t, "text"), 20)
			if columns(cell) > 20 {
				t.Errorf("%q is %d columns", cell, columns(cell))
			}
			tab.row(cell, fmt.Sprint(rapid.IntRange(0, 1e6).Draw(t, "number")))
		}
		var out strings.Builder
		tab.print(&out)
		all := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		if len(all) != len(tab.rows) {
			t.Fatalf("%d lines of %d rows: %q", len(all), len(tab.rows), out.String())
		}
		for _, line := range all {
			if columns(line) != columns(all[0]) {
				t.Errorf("%q is %d columns, %q is %d", line, columns(line), all[0], columns(all[0]))
			}
		}
	})
}
