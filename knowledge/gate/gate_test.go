package gate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wenda/knowledge"
)

// script is a matcher that gives each utterance its matches: "repay 0.9, fee 0.05".
type script map[string]string

func (s script) Match(ctx context.Context, utterance string, limit int) (knowledge.Result, error) {
	var r knowledge.Result
	for _, part := range strings.Split(s[utterance], ", ") {
		var m knowledge.Match
		if _, err := fmt.Sscanf(part, "%s %g", &m.Entry, &m.Confidence); err == nil && len(r.Matches) < limit {
			r.Matches = append(r.Matches, m)
		}
	}
	return r, ctx.Err()
}

// of is a release with these entries.
func of(t testing.TB, ids ...string) *knowledge.Release {
	t.Helper()
	var entries []knowledge.Entry
	for _, id := range ids {
		entries = append(entries, knowledge.Entry{ID: id, Texts: map[knowledge.Lang]knowledge.Text{knowledge.Chinese: {Question: id}}})
	}
	r, err := knowledge.NewRelease(1, entries)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const (
	answers  = "repay 0.9, fee 0.05"
	offers   = "fee 0.5, repay 0.4"
	mistakes = "fee 0.9, repay 0.05"
	misses   = "fee 0.5, card 0.3"
	refuses  = "fee 0.1"
)

func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		expect, live, next string
		want               Verdict
	}{
		{"repay", answers, answers, Same},
		{"repay", answers, offers, Worse},
		{"repay", answers, refuses, Worse},
		{"repay", answers, mistakes, Worse},
		{"repay", offers, answers, Better},
		{"repay", offers, misses, Worse},
		{"repay", misses, refuses, Same},
		{"repay", misses, mistakes, Worse},
		{"repay", refuses, offers, Better},
		{"repay", mistakes, refuses, Better},
		{"repay", mistakes, mistakes, Same},
		{"repay", "", answers, Better},
		{"", refuses, refuses, Same},
		{"", "", refuses, Same},
		{"", refuses, offers, Worse},
		{"", offers, mistakes, Worse},
		{"", mistakes, offers, Better},
		{"", mistakes, refuses, Better},
		{"", answers, mistakes, Same},
		{"gone", answers, refuses, Orphaned},
	} {
		side := Side{Release: of(t, "repay", "fee", "card")}
		live, next := side, side
		live.Matcher, next.Matcher = script{"q": c.live}, script{"q": c.next}
		r, err := Compare(t.Context(), live, next, []Case{{ID: "1", Utterance: "q", Expect: c.expect}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := map[Verdict][]Line{Better: r.Better, Worse: r.Worse, Same: r.Same, Orphaned: r.Orphaned}
		if len(got[c.want]) != 1 || len(r.Better)+len(r.Worse)+len(r.Same)+len(r.Orphaned) != 1 {
			t.Errorf("%q: %q then %q: %+v, want %s", c.expect, c.live, c.next, r, c.want)
		}
	}
}

func TestCompare(t *testing.T) {
	cases := []Case{
		{ID: "1", Utterance: "还", Expect: "repay"}, {ID: "2", Utterance: "钱", Expect: "repay"}, {ID: "3", Utterance: "费", Expect: "fee"},
		{ID: "4", Utterance: "天气", Expect: ""}, {ID: "5", Utterance: "旧", Expect: "old"}, {ID: "6", Utterance: "无", Expect: "nowhere"},
	}
	live := Side{of(t, "repay", "fee", "old"), script{"还": answers, "钱": refuses, "费": "fee 0.9", "天气": mistakes, "旧": "old 0.95", "无": answers}}
	next := Side{of(t, "repay", "fee", "new"), script{"还": mistakes, "钱": offers, "费": "fee 0.8", "天气": "", "旧": refuses, "无": answers}}
	steps := 0
	got, err := Compare(t.Context(), live, next, cases, func(done, of int) {
		if steps++; done != steps || of != len(cases) {
			t.Errorf("progress %d of %d after %d", done, of, steps)
		}
	})
	if err != nil || steps != len(cases) {
		t.Fatal(err, steps)
	}
	wantLive := Figures{Cases: 5, InScope: 4, Answered: 4, Right: 3, Offered: 0, Recall: 0.75, Precision: 0.75}
	wantNext := Figures{Cases: 5, InScope: 4, Answered: 2, Right: 1, Offered: 1, Recall: 0.5, Precision: 0.5}
	if got.Live != wantLive || got.Next != wantNext {
		t.Errorf("figures %+v\n%+v", got.Live, got.Next)
	}
	ids := func(lines []Line) (out string) {
		for _, l := range lines {
			out += l.Case
		}
		return out
	}
	if ids(got.Better) != "24" || ids(got.Worse) != "15" || ids(got.Same) != "3" || got.Unchanged != 1 || ids(got.Orphaned) != "6" {
		t.Errorf("better %s, worse %s, same %s, orphaned %s", ids(got.Better), ids(got.Worse), ids(got.Same), ids(got.Orphaned))
	}
	wantTouched := []Touched{{"repay", 1, 1}, {"old", 0, 1}, {"", 1, 0}}
	if !reflect.DeepEqual(got.Touched, wantTouched) {
		t.Errorf("touched %+v, want %+v", got.Touched, wantTouched)
	}
	if l := got.Better[0]; l.Next != (Did{knowledge.ZoneClarify, "fee", 0.5, true}) || l.Live != (Did{knowledge.ZoneHandoff, "fee", 0.1, false}) {
		t.Errorf("line %+v", l)
	}
}

func TestLimits(t *testing.T) {
	r := Report{Next: Figures{Recall: 0.8, Precision: 0.9}, Worse: make([]Line, 2)}
	for _, c := range []struct {
		limits Limits
		want   string
	}{
		{Limits{0.8, 0.9, 2}, ""}, {Limits{0.81, 0.9, 2}, "recall"}, {Limits{0.8, 0.91, 2}, "precision"},
		{Limits{0.8, 0.9, 1}, "worse"}, {Limits{0, 0, -1}, ""}, {Limits{1, 1, 0}, "recall precision worse"},
	} {
		if got := strings.Join(r.Fails(c.limits), " "); got != c.want || r.Passed(c.limits) != (c.want == "") {
			t.Errorf("%+v fails %q, want %q", c.limits, got, c.want)
		}
	}
	empty, err := Compare(t.Context(), Side{}, Side{}, nil, nil)
	if err != nil || !empty.Passed(Limits{1, 1, 0}) {
		t.Errorf("an empty set: %+v, %v", empty, err)
	}
}

// The first release of all is compared with nothing.
func TestFirstRelease(t *testing.T) {
	next := Side{of(t, "repay"), script{"还": answers}}
	r, err := Compare(t.Context(), Side{}, next, []Case{{ID: "1", Utterance: "还", Expect: "repay"}}, nil)
	if err != nil || len(r.Better) != 1 || r.Next.Recall != 1 || r.Live.Recall != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestReportAsJSON(t *testing.T) {
	data, err := json.Marshal(report(nil, nil))
	const figures = `{"cases":0,"in_scope":0,"answered":0,"right":0,"offered":0,"recall":1,"precision":1}`
	if want := `{"live":` + figures + `,"next":` + figures + `,"better":[],"worse":[],"unchanged":0,"orphaned":[],"touched":[]}`; err != nil || string(data) != want {
		t.Errorf("got  %s, %v\nwant %s", data, err, want)
	}
}

// busy is unavailable a few times before each answer.
type busy struct {
	script
	times, left *int
}

func (b busy) Match(ctx context.Context, utterance string, limit int) (knowledge.Result, error) {
	if *b.left--; *b.left >= 0 {
		return knowledge.Result{}, fmt.Errorf("%w: queue full", knowledge.ErrUnavailable)
	}
	*b.left = *b.times
	return b.script.Match(ctx, utterance, limit)
}

func TestBusyMatcherIsAskedAgain(t *testing.T) {
	times, left := 2, 2
	next := Side{of(t, "repay"), busy{script{"还": answers}, &times, &left}}
	r, err := Compare(t.Context(), Side{}, next, []Case{{ID: "1", Utterance: "还", Expect: "repay"}}, nil)
	if err != nil || r.Next.Right != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

type broken struct{ err error }

func (b broken) Match(context.Context, string, int) (knowledge.Result, error) {
	return knowledge.Result{}, b.err
}

func TestBrokenMatcher(t *testing.T) {
	fire := errors.New("on fire")
	cases := []Case{{ID: "7", Utterance: "还", Expect: "repay"}}
	if _, err := Compare(t.Context(), Side{}, Side{of(t, "repay"), broken{fire}}, cases, nil); !errors.Is(err, fire) || !strings.Contains(err.Error(), "case 7") {
		t.Errorf("error %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Compare(ended, Side{}, Side{of(t, "repay"), broken{knowledge.ErrUnavailable}}, cases, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// Whatever two matchers say: every case is in one list, a release is as good as itself,
// and looking the other way round turns better into worse.
func TestReports(t *testing.T) {
	entries := []string{"repay", "fee", "card"}
	said := rapid.SampledFrom([]string{answers, offers, mistakes, misses, refuses, ""})
	rapid.Check(t, func(rt *rapid.T) {
		live, next := Side{of(t, entries...), script{}}, Side{of(t, entries[:2]...), script{}}
		var cases []Case
		for i := range rapid.IntRange(0, 20).Draw(rt, "cases") {
			q := fmt.Sprint(i)
			cases = append(cases, Case{ID: q, Utterance: q, Expect: rapid.SampledFrom([]string{"repay", "fee", "card", "gone", ""}).Draw(rt, "expect")})
			live.Matcher.(script)[q], next.Matcher.(script)[q] = said.Draw(rt, "live"), said.Draw(rt, "next")
		}
		there, err := Compare(t.Context(), live, next, cases, nil)
		back, err2 := Compare(t.Context(), next, live, cases, nil)
		self, err3 := Compare(t.Context(), live, live, cases, nil)
		if errors.Join(err, err2, err3) != nil {
			rt.Fatal(err, err2, err3)
		}
		counted := len(there.Better) + len(there.Worse) + there.Unchanged
		if counted+len(there.Orphaned) != len(cases) || there.Live.Cases != counted || there.Next.Cases != counted {
			rt.Fatalf("%d cases: %+v", len(cases), there)
		}
		if len(there.Better) != len(back.Worse) || len(there.Worse) != len(back.Better) || there.Live != back.Next {
			rt.Fatalf("there %+v\nback %+v", there, back)
		}
		if len(self.Better)+len(self.Worse) > 0 || self.Live != self.Next {
			rt.Fatalf("itself: %+v", self)
		}
		if !slices.IsSortedFunc(there.Touched, func(a, b Touched) int { return b.Worse - a.Worse }) {
			rt.Fatalf("touched %+v", there.Touched)
		}
	})
}
