package knowledge

import "testing"

func TestDecide(t *testing.T) {
	th := Thresholds{Answer: 0.75, Clarify: 0.25, Margin: 0.2}
	for _, c := range []struct {
		name        string
		confidences []float64
		want        Zone
	}{
		{"nothing found", nil, ZoneHandoff},
		{"hardly alike", []float64{0.24}, ZoneHandoff},
		{"just worth asking", []float64{0.25}, ZoneClarify},
		{"not sure enough", []float64{0.74}, ZoneClarify},
		{"just sure enough", []float64{0.75}, ZoneAnswer},
		{"sure and alone", []float64{1}, ZoneAnswer},
		{"sure and far ahead", []float64{0.8, 0.1, 0.1}, ZoneAnswer},
		{"just far enough ahead", []float64{0.75, 0.5}, ZoneAnswer},
		{"two close", []float64{0.8, 0.61}, ZoneClarify},
		{"two equal", []float64{0.5, 0.5}, ZoneClarify},
		{"only the first two count", []float64{0.9, 0.1, 0.9}, ZoneAnswer},
	} {
		var r Result
		for _, x := range c.confidences {
			r.Matches = append(r.Matches, Match{Confidence: x})
		}
		if got := th.Decide(r); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestDefaultThresholdsAreInOrder(t *testing.T) {
	d := DefaultThresholds
	if !(0 < d.Margin && 0 < d.Clarify && d.Clarify < d.Answer && d.Answer < 1) {
		t.Errorf("%+v", d)
	}
}
