package eval

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wenda/knowledge"
)

func TestThresholdFor(t *testing.T) {
	for _, c := range []struct {
		in             string
		target         float64
		from           float64
		answered, good int
	}{
		{"", 0.9, Never, 0, 0},
		{"w9", 0.9, Never, 0, 0},
		{"n0 n0", 0.5, Never, 0, 0},
		{"r9 r8 w7", 0.9, 0.08, 2, 2},
		{"o9 r8 r7 r6 r5", 0.8, 0.05, 5, 4}, // wrong at first, right in the end
		{"r9 w8 r8", 0.6, 0.08, 3, 2},       // equal ones stand together
		{"r9 w8 r8", 0.7, 0.09, 1, 1},
	} {
		got := ThresholdFor(outcomes(c.in), c.target, 0)
		if got.Likely.From != c.from || got.Likely.Answered != c.answered || got.Likely.Right != c.good {
			t.Errorf("%s at %v: %+v", c.in, c.target, got.Likely)
		}
	}
}

// Ten right answers of ten do not show that 95 % are.
func TestSureNeedsEnough(t *testing.T) {
	for n, sure := range map[int]bool{1: false, 10: false, 72: false, 73: true, 200: true} {
		got := ThresholdFor(outcomes(strings.Repeat("r9 ", n)), 0.95, 0)
		if got.Likely.Answered != n || (got.Sure.Answered == n) != sure || (got.Sure.From == Never) == sure {
			t.Errorf("%d: %+v", n, got)
		}
	}
	if low, high := (Cut{Answered: 10, Right: 10}).Interval(); math.Abs(low-72.2467) > 1e-3 || high != 100 {
		t.Errorf("%v to %v", low, high)
	}
	if low, high := (Cut{Answered: 100, Right: 95}).Interval(); math.Abs(low-88.8250) > 1e-3 || math.Abs(high-97.8455) > 1e-3 {
		t.Errorf("%v to %v", low, high)
	}
}

// What Threshold says is what one gets who answers from there, and no lower
// confidence would do; a higher target never answers more.
func TestThresholdForIsTheLowest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := some(t)
		margin := float64(rapid.IntRange(0, 5).Draw(t, "margin")) / 10
		target := rapid.Float64Range(0.01, 1).Draw(t, "target")
		got := ThresholdFor(all, target, margin)
		for _, o := range all {
			c := CutAt(all, o.Confidence, margin)
			if low, _ := wilson(c.Right, c.Answered); c.Answered > 0 && (o.Confidence < got.Likely.From && float64(c.Right) >= target*float64(c.Answered) && c.Answered > got.Likely.Answered ||
				o.Confidence < got.Sure.From && low >= target && c.Answered > got.Sure.Answered) {
				t.Errorf("%+v does as well as %+v", c, got)
			}
		}
		if again := CutAt(all, got.Likely.From, margin); again != got.Likely {
			t.Errorf("%+v, but %+v", got.Likely, again)
		}
		if got.Likely.Answered > 0 && float64(got.Likely.Right) < target*float64(got.Likely.Answered) {
			t.Errorf("misses %v: %+v", target, got.Likely)
		}
		if got.Sure.From < got.Likely.From || got.Sure.Answered > got.Likely.Answered {
			t.Errorf("sure of more than is likely: %+v", got)
		}
		higher := ThresholdFor(all, min(1, target+rapid.Float64Range(0, 0.5).Draw(t, "more")), margin)
		if higher.Likely.From < got.Likely.From || higher.Sure.From < got.Sure.From {
			t.Errorf("%+v, then %+v", got, higher)
		}
	})
}

// Without a margin, what a threshold allows is what coverage says.
func TestThresholdForAgreesWithCoverage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := some(t)
		target := rapid.SampledFrom([]float64{0.5, 0.8, 0.9, 0.95}).Draw(t, "target")
		if got, want := ThresholdFor(all, target, 0).Likely.Share(), coverage(byConfidence(all), target); got != want {
			t.Errorf("%v, but coverage is %v", got, want)
		}
	})
}

// A cut is what Thresholds.Decide would do, were that its threshold.
func TestCutAtIsWhatDecideDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := some(t)
		th := knowledge.Thresholds{Answer: rapid.Float64Range(0.01, 1).Draw(t, "answer"), Margin: 0.2}
		answered := 0
		for _, o := range all {
			m := []knowledge.Match{match(o.Got, o.Confidence)}
			if o.Gap < 1 {
				m = append(m, match("c", o.Confidence-o.Gap))
			}
			o = outcomeOf(o.Case, knowledge.Result{Matches: m}, th, 0)
			answered += one(o.Zone == knowledge.ZoneAnswer && o.Gap >= th.Margin)
			if o.Zone == knowledge.ZoneAnswer && (o.Gap < th.Margin || o.Confidence < th.Answer) {
				t.Errorf("answered: %+v", o)
			}
		}
		var again []Outcome
		for _, o := range all {
			if o.Gap < 1 { // as it comes out of a subtraction
				o.Gap = o.Confidence - (o.Confidence - o.Gap)
			}
			again = append(again, o)
		}
		if got := CutAt(again, th.Answer, th.Margin).Answered; got != answered {
			t.Errorf("%d, want %d", got, answered)
		}
	})
}

// Coverage falls as the wanted precision rises, is a share, and does not depend on
// the order of the cases.
func TestCoverage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := some(t)
		before := 100.0
		for _, precision := range []float64{0.1, 0.5, 0.9, 0.95, 1} {
			c := coverage(byConfidence(all), precision)
			if c < 0 || c > before || c != coverage(byConfidence(shuffled(t, all)), precision) {
				t.Errorf("at %v: %v, before %v", precision, c, before)
			}
			before = c
		}
	})
}

func shuffled(t *rapid.T, all []Outcome) []Outcome {
	all = slices.Clone(all)
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

func TestCalibrationError(t *testing.T) {
	for _, c := range []struct {
		in   string
		bins int
		want float64
	}{
		{"", 0, 0},
		{"r100 r100 w0 n0", 2, 0},
		{"w100", 1, 100},
		{"r50 w50", 1, 0},
		{"r50 w50 r80 o80", 2, 15},
		{strings.Repeat("w10 ", 9) + "r10 " + strings.Repeat("r90 ", 10), 2, 5},
	} {
		b := bins(byConfidence(outcomes(c.in)))
		if got := calibrationError(b); len(b) != c.bins || math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: %v in %+v, want %v in %d", c.in, got, b, c.want, c.bins)
		}
	}
}

// The parts hold every outcome once, in order, without parting equal confidences;
// where these allow it they are of equal size. The error is a share and does not
// depend on the order of the cases.
func TestBins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := some(t)
		got := bins(byConfidence(all))
		n, before := 0, -1.0
		for _, b := range got {
			if b.Count < 1 || b.From <= before || b.To < b.From || b.Confidence < b.From-1e-12 || b.Confidence > b.To+1e-12 || b.Right < 0 || b.Right > 100 {
				t.Errorf("after %v: %+v", before, b)
			}
			n, before = n+b.Count, b.To
		}
		if n != len(all) || len(got) > parts {
			t.Errorf("%d outcomes in %d parts, of %d", n, len(got), len(all))
		}
		e := calibrationError(got)
		if e < 0 || e > 100 || math.Abs(e-calibrationError(bins(byConfidence(shuffled(t, all))))) > 1e-9 {
			t.Errorf("error %v", e)
		}
		for i := range all { // all different: equal parts
			all[i].Confidence = float64(i) / 100
		}
		for _, b := range bins(byConfidence(all)) {
			if b.Count < len(all)/parts || b.Count > len(all)/parts+1 {
				t.Errorf("%d of %d in a part", b.Count, len(all))
			}
		}
	})
}

// Any matcher whose confidence is the share that is right has no error.
func TestPerfectConfidenceHasNoError(t *testing.T) {
	var all []Outcome
	for p := range 5 {
		for i := range 4 {
			o := Outcome{Case: Case{Expect: "a"}, Got: "b", Place: -1, Confidence: float64(p) / 4}
			if i < p {
				o.Got, o.Place = "a", 0
			}
			all = append(all, o)
		}
	}
	if e := calibrationError(bins(byConfidence(all))); e != 0 {
		t.Errorf("error %v", e)
	}
}

func TestKindsAndConfusions(t *testing.T) {
	all := outcomes("r90 w80 w85 n0 o70 o10 o60")
	kinds := []string{"in", "in", "in", "in", "oos_near", "oos_far", "oos_near"}
	for i, k := range kinds {
		all[i].Kind, all[i].Text = k, k+string(rune('0'+i))
		all[i].Zone = knowledge.ZoneAnswer
		if all[i].Confidence < 0.65 {
			all[i].Zone = knowledge.ZoneHandoff
		}
	}
	third := 100.0 / 3
	want := []Kind{
		{Name: "in", InScope: true, Cases: 4, Top1: 25, Answered: 75, HandedOff: 25, Right: third},
		{Name: "oos_far", Cases: 1, Refused: 100, HandedOff: 100},
		{Name: "oos_near", Cases: 2, Refused: 50, Answered: 50, HandedOff: 50},
	}
	if got := kindsOf(all, 0.7); !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	confusions := []Confusion{
		{"a", "b", 2, 2, "in2"}, // the surer of two
		{"", "b", 1, 1, "oos_near4"},
		{"a", "", 1, 0, "in3"},
	}
	r := Report{Outcomes: all}
	if got := r.Confusions(); !slices.Equal(got, confusions) {
		t.Errorf("got  %+v\nwant %+v", got, confusions)
	}
	other := Report{Outcomes: outcomes("w90 r80 r85 n0 o70 o10 o60")}
	if got := r.To(other); got != (Change{Mended: 2, Broken: 1}) {
		t.Errorf("%+v", got)
	}
}
