package match

import (
	"testing"

	"wenda/knowledge"
)

// Two entries of which every word is common but the one that tells them apart.
func twins(t *testing.T) *knowledge.Release {
	t.Helper()
	entry := func(id, what string) knowledge.Entry {
		return knowledge.Entry{ID: id, Revision: 1, Texts: map[knowledge.Lang]knowledge.Text{knowledge.Chinese: {
			Question: what + "额度怎么提高",
			Similar:  []string{"提高" + what + "额度", "想提高" + what + "的额度", what + "额度太低怎么提高"},
			Answer:   "按页面提示办理。",
		}}}
	}
	r, err := knowledge.NewRelease(1, []knowledge.Entry{entry("cash", "现金"), entry("goods", "分期")})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestUsualTellsTwinsApart(t *testing.T) {
	r := twins(t)
	m := build(t.Context(), r, seg(), Untaught(), DefaultTarget)
	for text, of := range map[string]string{"怎么才能提高现金的额度": "cash", "怎么才能提高分期的额度": "goods"} {
		q := m.ask(m.seg.Cut(text))
		for _, g := range m.groups {
			h := m.against(q, g.usual)
			if own := g.entry.ID == of; own && (h.strayed > 0.01 || h.lacking > 0.7) || !own && (h.strayed < 0.1 || h.lacking < 1.0) {
				t.Errorf("%s of %s: strayed %.2f, lacking %.2f", text, g.entry.ID, h.strayed, h.lacking)
			}
			if all := m.covered(q, g.whole); share(h.shared, q.content) != all {
				t.Errorf("%s of %s: shares %v, covered %v", text, g.entry.ID, share(h.shared, q.content), all)
			}
		}
		m.done(q)
	}
}

func TestSurprise(t *testing.T) {
	for _, c := range []struct{ of, base, least, most float64 }{
		{0.2, 0.5, 0, 0},     // rarer than elsewhere: no surprise
		{0.5, 0.5, 0, 0},     // as elsewhere
		{0.9, 0.5, 1.5, 1.7}, // log 5
		{0.9, 0.01, 2.2, 2.4},
	} {
		if got := surprise(c.of, c.base); got < c.least || got > c.most {
			t.Errorf("surprise(%v, %v) = %.3f, want %v to %v", c.of, c.base, got, c.least, c.most)
		}
	}
}
