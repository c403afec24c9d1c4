package bot

import (
	"testing"

	"wenda/knowledge"
	"wenda/sessions"
)

// With a decision is kept what somebody may ask about later: the likeliest in any case,
// and what else may have been meant.
func TestDecisionKeepsCandidates(t *testing.T) {
	for _, of := range []struct {
		confidences []float64
		kept        int
	}{{nil, 0}, {[]float64{0.002}, 1}, {[]float64{0.9, 0.4, 0.01, 0.009, 0.001}, 3}, {[]float64{0.98, 0.003}, 1}} {
		var pl plan
		for _, c := range of.confidences {
			pl.found.Matches = append(pl.found.Matches, knowledge.Match{Entry: "a", Confidence: c})
		}
		d := decision(scene{session: sessions.Session{}, release: &knowledge.Release{}}, pl, 1)
		if len(d.Candidates) != of.kept || of.kept > 0 && d.Confidence != of.confidences[0] {
			t.Errorf("of %v %d were kept, confidence %v", of.confidences, len(d.Candidates), d.Confidence)
		}
	}
}
