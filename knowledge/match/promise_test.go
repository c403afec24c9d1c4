package match

import (
	"fmt"
	"slices"
	"testing"

	"wenda/internal/gentle"
	"wenda/knowledge"
	"wenda/knowledge/corpus"
)

// ownBase is a base of our corpus, four utterances an entry, and what else was said of
// the same: so many intents, and a question of each.
func ownBase(t *testing.T, intents int) (*knowledge.Release, []string) {
	t.Helper()
	var entries []knowledge.Entry
	var questions []string
	for _, intent := range corpus.Own().Intents {
		if u := intent.Utterances; intent.Lang == knowledge.Chinese && len(u) > 8 && len(entries) < intents {
			entries = append(entries, zh(intent.ID, u[0], u[2], u[4], u[6]))
			questions = append(questions, u[7])
		}
	}
	if len(entries) < intents {
		t.Fatalf("%d intents", len(entries))
	}
	r, err := knowledge.NewRelease(1, entries)
	if err != nil {
		t.Fatal(err)
	}
	return r, questions
}

// ownModel compares by words and by meaning, as the corpus taught it.
func ownModel(t *testing.T, r *knowledge.Release) *model {
	t.Helper()
	encoder, err := corpus.Encoder()
	if err != nil {
		t.Fatal(err)
	}
	return build(t.Context(), r, seg(), &Learnt{Variant: Semantic, Encoder: encoder, Stack: prior[Semantic], Curve: uncharted()}, DefaultTarget)
}

// What comes first when all groups are compared phrasing by phrasing comes first when
// only those are that promise most, for 99 of 100 questions.
func TestPromiseKeepsTheBest(t *testing.T) {
	r, questions := ownBase(t, 300)
	m, all, kept := ownModel(t, r), []int{}, 0
	for n := range m.groups {
		all = append(all, n)
	}
	for _, text := range questions {
		q := m.ask(m.seg.Cut(text))
		best := scored{group: -1}
		for n := range m.groups {
			if s, ok := m.compare(q, m.glance(q, n)); ok && (best.group < 0 || s.fit() > best.fit()) {
				best = s
			}
		}
		if ranked, _ := m.rank(q, all, nil); len(ranked) > 0 && ranked[0] == best {
			kept++
		}
		m.done(q)
	}
	if kept*100 < len(questions)*99 {
		t.Errorf("%d of %d kept", kept, len(questions))
	}
}

// What is nearest in meaning is found by outlines: nearly all of the twelve nearest, and
// almost always the first.
func TestOutlinesFindTheNearest(t *testing.T) {
	r, questions := ownBase(t, 300)
	m, found, first, all := ownModel(t, r), 0, 0, 0
	for _, text := range questions {
		q := m.ask(m.seg.Cut(text))
		exact, got := newNearest(meantMost), m.meantBy(q)
		for n := range m.groups {
			exact.add(n, q.meaning.Cosine(&m.groups[n].meant))
		}
		m.done(q)
		for i, n := range exact.groups {
			all++
			if slices.Contains(got, n) {
				found++
				first += int(one(i == 0))
			}
		}
	}
	if found*100 < all*98 || first*1000 < len(questions)*995 {
		t.Errorf("%d of %d, the nearest %d of %d times", found, all, first, len(questions))
	}
}

func TestNearest(t *testing.T) {
	b := newNearest(3)
	for n, value := range []float32{0.2, 0.5, 0.2, -1, 0.5, 0.4, 0.1} {
		b.add(n, value)
	}
	if got := fmt.Sprint(b.groups, b.values); got != "[1 4 5] [0.5 0.5 0.4]" {
		t.Error(got)
	}
}

// A large base of which nothing is known answers what is said word for word, at once, and
// asks back about the rest.
func TestLargeBaseBegins(t *testing.T) {
	defer func(before int) { largeFrom = before }(largeFrom)
	largeFrom = 100
	r, _ := ownBase(t, 40)
	if !Large(r) || Large(base(t, 1)) {
		t.Fatal("not large")
	}
	m := open(t, r, patient)
	e := r.Entries()[3]
	exact := ask(t, m, e.Texts[knowledge.Chinese].Similar[0], 3)
	if top(exact) != e.ID || exact.Zone() != knowledge.ZoneAnswer {
		t.Errorf("word for word: %+v", exact)
	}
	other := ask(t, m, "那个"+e.Texts[knowledge.Chinese].Similar[0]+"的事情", 3)
	if top(other) != e.ID || other.Zone() != knowledge.ZoneClarify {
		t.Errorf("in other words: %+v", other)
	}
	learnt := learn(t, r, Lexical)
	if err := m.Use(gentle.Context(t.Context()), r, learnt); err != nil {
		t.Fatal(err)
	}
	if known := ask(t, m, e.Texts[knowledge.Chinese].Similar[0], 3); known.Thresholds == exact.Thresholds {
		t.Error("what was learnt changed nothing")
	}
}
