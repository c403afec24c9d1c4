package bench

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"wenda/knowledge"
	"wenda/knowledge/index"
)

// The rows about matching and publishing, short: each is there, and what does not hang on
// the machine is as it should be.
func TestMatchAndPublishRows(t *testing.T) {
	t.Setenv("WENDA_TEST_DATA", "")
	m, err := newMaterial()
	if err != nil {
		t.Fatal(err)
	}
	r, err := m.release(1, 0, 500)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{dir: t.TempDir(), plan: options{quick: true, rounds: 1}.plan(), say: t.Logf, report: newReport()}
	got, err := b.matchBeside(t.Context(), m.words, r, m.questions[:50])
	if err != nil || got.ours <= 0 || got.bleves <= 0 || got.slow < got.ours || got.kept < 0.99 {
		t.Errorf("%+v, %v", got, err)
	}
	p, err := b.newPublish(t.Context(), 500)
	if err != nil {
		t.Fatal(err)
	}
	defer p.matcher.Close()
	if err := b.buildAlone(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	asks := p.askingWhile(t.Context(), func() error { return p.matcher.Use(t.Context(), p.next, p.learnt) })
	if asks.err != nil || p.matcher.Release().ID != 2 {
		t.Errorf("%v, release %d", asks.err, p.matcher.Release().ID)
	}
	for i, row := range b.report.Ratios {
		if i > 2 || row.Is <= 0 || row.Goal <= 0 {
			t.Errorf("%+v", row)
		}
	}
}

func TestMaterial(t *testing.T) {
	t.Setenv("WENDA_TEST_DATA", t.TempDir()) // a folder without them
	m, err := newMaterial()
	if err != nil || m.from != "our corpus" || len(m.questions) != heldOut || len(m.phrasings) < 100_000 {
		t.Fatalf("%s: %d phrasings, %d questions, %v", m.from, len(m.phrasings), len(m.questions), err)
	}
	if again, _ := newMaterial(); again.phrasings[7] != m.phrasings[7] {
		t.Error("another material each time")
	}
	if _, err := m.release(1, 0, len(m.phrasings)+1); !errors.Is(err, errMaterial) {
		t.Error(err)
	}
	if r, err := m.release(1, 0, 20); err != nil || !slices.Equal(texts(r), m.alike(0, 20)) || slices.Equal(texts(r), m.phrasings[:20]) {
		t.Errorf("%v, %v: not in order", texts(r), err)
	}
	if !slices.Equal(m.alike(among, 100), m.alike(0, among+100)[among:]) {
		t.Error("a base of more phrasings has others in the same place")
	}
	if q := m.question(heldOut); q == m.question(0) || !strings.HasSuffix(q, m.question(0)) {
		t.Errorf("%s comes again as %s", m.question(0), q)
	}
}

func texts(r *knowledge.Release) (out []string) {
	for _, p := range index.Phrasings(r) {
		out = append(out, p.Text)
	}
	return out
}
