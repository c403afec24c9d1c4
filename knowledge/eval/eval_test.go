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
	cases := []Case{
		{Text: "right", Expect: "a"}, {Text: "second", Expect: "a"}, {Text: "fourth", Expect: "a"}, {Text: "nothing", Expect: "a"},
		{Text: "wrong", Expect: "a"}, {Text: "outside"}, {Text: "out, sure"},
	}
	thresholds := knowledge.Thresholds{Answer: 0.75, Clarify: 0.25, Margin: 0.2}
	got, err := Measure(context.Background(), m, thresholds, cases)
	if err != nil {
		t.Fatal(err)
	}
	seventh := 100.0 / 7
	want := Report{
		Cases: 7, InScope: 5, Top1: 20, Recall3: 40, Recall5: 60, // at 0.95 wrong, at 0.9 one of two right
		Cov90: 0, Cov95: 0, AUROC: 5.0 / 6, OOSRecall: 0,
		Answered: 3 * seventh, Precision: 100.0 / 3, Clarified: 2 * seventh, HandedOff: 2 * seventh, Refused: 50,
		Offered: 100, Rightly: 50, // "second" and "fourth"; "nothing" and "outside"
		ECE:        (0 + 20 + 30 + 60 + 80 + 10 + 95) / 7.0, // each its own part
		Wrong:      []Miss{{cases[4], "b", 0.95}, {cases[6], "b", 0.8}},
		Thresholds: thresholds,
	}
	if len(got.Outcomes) != 7 || got.Outcomes[1].Place != 1 || got.Outcomes[1].Gap != 0.6-0.3 || got.Outcomes[3].Gap != 1 || len(got.Bins) != 7 || got.Kinds != nil {
		t.Errorf("%+v", got)
	}
	if got.Slowest < got.Median || got.Median < 0 {
		t.Errorf("median %v, slowest %v", got.Median, got.Slowest)
	}
	got.Outcomes, got.Bins, got.Median, got.Slowest = nil, nil, 0, 0
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
	if _, err := Measure(context.Background(), scripted{}, knowledge.DefaultThresholds, []Case{{Text: "x", Expect: "a"}}); !errors.Is(err, knowledge.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}

func TestMeasureNothing(t *testing.T) {
	got, err := Measure(context.Background(), scripted{}, knowledge.DefaultThresholds, nil)
	if err != nil || !near(got, Report{AUROC: 0.5, Thresholds: knowledge.DefaultThresholds}) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestMeasureRefusesWhatIsNoConfidence(t *testing.T) {
	for _, c := range []float64{math.NaN(), -0.1, 1.1} {
		_, err := Measure(context.Background(), scripted{"x": {match("a", c)}}, knowledge.DefaultThresholds, []Case{{Text: "x", Expect: "a"}})
		if err == nil || !strings.Contains(err.Error(), "case 1") {
			t.Errorf("%v: %v", c, err)
		}
	}
}

// outcomes reads "r9 w8 o7 n0": right, wrong, out of scope and nothing found, with
// a hundredth of the number as confidence.
func outcomes(s string) []Outcome {
	var out []Outcome
	for _, f := range strings.Fields(s) {
		o := Outcome{Case: Case{Expect: "a"}, Got: "b", Place: -1, Gap: 1}
		switch f[0] {
		case 'r':
			o.Place, o.Got = 0, "a"
		case 'o':
			o.Expect = ""
		case 'n':
			o.Got = ""
		}
		n := 0
		for _, d := range f[1:] {
			n = n*10 + int(d-'0')
		}
		o.Confidence = float64(n) / 100
		out = append(out, o)
	}
	return out
}

// some draws outcomes, with many equal confidences among them.
func some(t *rapid.T) []Outcome {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Outcome {
		o := Outcome{Place: -1, Got: "b", Confidence: float64(rapid.IntRange(0, 20).Draw(t, "confidence")) / 20}
		o.Gap = float64(rapid.IntRange(0, 10).Draw(t, "gap")) / 10
		switch rapid.IntRange(0, 3).Draw(t, "what") {
		case 0, 1:
			o.Expect, o.Got, o.Place = "a", "a", 0
		case 2:
			o.Expect = "a"
		}
		return o
	}), 0, 60).Draw(t, "outcomes")
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
		if got := refusedBelow(o, keeping(o, 0.6)); math.Abs(got-c.oos) > 1e-9 {
			t.Errorf("%s: OOS recall %v, want %v", c.in, got, c.oos)
		}
	}
}

// auroc must be the share of pairs that stand right, counted one by one.
func TestAUROCCountsPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		confidence := 20.0
		var all []Outcome
		for range rapid.IntRange(0, 12).Draw(t, "n") {
			confidence -= float64(rapid.IntRange(0, 1).Draw(t, "step"))
			place := rapid.IntRange(-1, 0).Draw(t, "place")
			all = append(all, Outcome{Case: Case{Expect: "a"}, Confidence: confidence, Place: place})
		}
		won, pairs := 0.0, 0.0
		for _, r := range all {
			for _, o := range all {
				if r.Place == 0 && o.Place != 0 {
					pairs++
					switch {
					case r.Confidence > o.Confidence:
						won++
					case r.Confidence == o.Confidence:
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
