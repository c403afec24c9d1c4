package eval

import (
	"context"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wenda/knowledge"
)

// scripted answers each utterance as told.
type scripted map[string][]knowledge.Match

func (s scripted) Match(_ context.Context, utterance string, limit int) (knowledge.Result, error) {
	m, ok := s[utterance]
	if !ok {
		return knowledge.Result{}, knowledge.ErrUnavailable
	}
	return knowledge.Result{Matches: m[:min(limit, len(m))]}, nil
}

func match(id string, confidence float64) knowledge.Match {
	return knowledge.Match{Entry: id, Confidence: confidence}
}

func TestMeasure(t *testing.T) {
	m := scripted{
		"right":     {match("a", 0.9), match("b", 0.05)},
		"second":    {match("b", 0.6), match("a", 0.3)},
		"fourth":    {match("b", 0.3), match("c", 0.2), match("d", 0.1), match("a", 0.05)},
		"nothing":   nil,
		"wrong":     {match("b", 0.95)},
		"outside":   {match("b", 0.2)},
		"out, sure": {match("b", 0.8)},
	}
	cases := []Case{{"right", "a"}, {"second", "a"}, {"fourth", "a"}, {"nothing", "a"}, {"wrong", "a"}, {"outside", ""}, {"out, sure", ""}}
	got, err := Measure(context.Background(), m, knowledge.Thresholds{Answer: 0.75, Clarify: 0.25, Margin: 0.2}, cases)
	if err != nil {
		t.Fatal(err)
	}
	seventh := 100.0 / 7
	want := Report{
		Cases: 7, InScope: 5, Top1: 20, Recall3: 40, Recall5: 60, // at 0.95 wrong, at 0.9 one of two right
		Cov90: 0, Cov95: 0, AUROC: 5.0 / 6, OOSRecall: 0,
		Answered: 3 * seventh, Precision: 100.0 / 3, Clarified: 2 * seventh, HandedOff: 2 * seventh, Refused: 50,
		Wrong: []Miss{{Case{"wrong", "a"}, "b", 0.95}, {Case{"out, sure", ""}, "b", 0.8}},
	}
	if !near(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if !strings.Contains(got.String(), "top-1 20.0") {
		t.Errorf("string: %s", got)
	}
}

// near compares reports, floats by a tolerance.
func near(a, b Report) bool {
	va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
	for i := range va.NumField() {
		if va.Field(i).Kind() == reflect.Float64 {
			if math.Abs(va.Field(i).Float()-vb.Field(i).Float()) > 1e-9 {
				return false
			}
		} else if !reflect.DeepEqual(va.Field(i).Interface(), vb.Field(i).Interface()) {
			return false
		}
	}
	return true
}

func TestMeasureStopsAtAnError(t *testing.T) {
	if _, err := Measure(context.Background(), scripted{}, knowledge.DefaultThresholds, []Case{{"x", "a"}}); !errors.Is(err, knowledge.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}

func TestMeasureNothing(t *testing.T) {
	got, err := Measure(context.Background(), scripted{}, knowledge.DefaultThresholds, nil)
	if err != nil || !near(got, Report{AUROC: 0.5}) {
		t.Errorf("%+v, %v", got, err)
	}
}

// outcomes reads "r0.9 w0.8 o0.7": right, wrong and out of scope.
func outcomes(s string) []outcome {
	var out []outcome
	for _, f := range strings.Fields(s) {
		o := outcome{place: -1, inScope: f[0] != 'o'}
		if f[0] == 'r' {
			o.place = 0
		}
		for _, d := range f[1:] {
			o.confidence = o.confidence*10 + float64(d-'0')
		}
		out = append(out, o)
	}
	return out
}

func TestFigures(t *testing.T) {
	for _, c := range []struct {
		in                  string
		coverage, area, oos float64 // at 80 % precision; at 60 % accuracy
	}{
		{"r9 r8 r7 r6", 100, 0.5, 0},
		{"w9 o8", 0, 0.5, 0},
		{"r9 r8 w7 o6", 50, 1, 100},
		{"r9 r8 r7 r6 w5 o4 o3", 500.0 / 7, 1, 100},
		{"w9 r8 r7 r6 r5", 100, 0, 0},
		{"r9 o9 r9", 0, 0.5, 0},
		{"o9 r8 r7 o6", 0, 0.5, 50},
		{"r9 o8 r8 o7", 25, 0.875, 50},
	} {
		o := outcomes(c.in)
		if got := coverage(o, 0.8); math.Abs(got-c.coverage) > 1e-9 {
			t.Errorf("%s: coverage %v, want %v", c.in, got, c.coverage)
		}
		if got := auroc(o); math.Abs(got-c.area) > 1e-9 {
			t.Errorf("%s: AUROC %v, want %v", c.in, got, c.area)
		}
		if got := oosRecall(o, 0.6); math.Abs(got-c.oos) > 1e-9 {
			t.Errorf("%s: OOS recall %v, want %v", c.in, got, c.oos)
		}
	}
}

// auroc must be the share of pairs that stand right, counted one by one.
func TestAUROCCountsPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		confidence := 20.0
		var all []outcome
		for range rapid.IntRange(0, 12).Draw(t, "n") {
			confidence -= float64(rapid.IntRange(0, 1).Draw(t, "step"))
			place := rapid.IntRange(-1, 0).Draw(t, "place")
			all = append(all, outcome{confidence: confidence, place: place, inScope: true})
		}
		won, pairs := 0.0, 0.0
		for _, r := range all {
			for _, o := range all {
				if r.place == 0 && o.place != 0 {
					pairs++
					switch {
					case r.confidence > o.confidence:
						won++
					case r.confidence == o.confidence:
						won += 0.5
					}
				}
			}
		}
		want := 0.5
		if pairs > 0 {
			want = won / pairs
		}
		if got := auroc(all); math.Abs(got-want) > 1e-12 {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestRead(t *testing.T) {
	got, err := Read(strings.NewReader("# utterances\nrepay-how\t怎么还\r\n\n-\t今天天气\n"))
	if err != nil || !reflect.DeepEqual(got, []Case{{"怎么还", "repay-how"}, {"今天天气", ""}}) {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"怎么还", "a\t", "\tb", "a\tb\tc", "a\t\xff", "a\t" + strings.Repeat("x", maxLine)} {
		if _, err := Read(strings.NewReader("a\tb\n" + bad)); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
}

func TestReadJSONL(t *testing.T) {
	got, err := ReadJSONL(strings.NewReader(`{"text":"怎么还","expect":"repay-how","kind":"in"}
{"text":"","expect":null}
`))
	if err != nil || !reflect.DeepEqual(got, []Case{{"怎么还", "repay-how"}, {"", ""}}) {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"x", `{"expect":"a"}`, `{"text":1}`} {
		if _, err := ReadJSONL(strings.NewReader(bad)); err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
