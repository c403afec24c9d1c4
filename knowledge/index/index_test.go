package index

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"wenda/internal/leak"
	"wenda/knowledge"
	"wenda/knowledge/segment"
)

func TestMain(m *testing.M) {
	// bleve starts its analysis workers when it is linked in, and never stops them.
	leak.Main(m, goleak.IgnoreTopFunction("github.com/blevesearch/bleve_index_api.AnalysisWorker"))
}

var seg = sync.OnceValue(func() *segment.Segmenter {
	s, err := segment.New()
	if err != nil {
		panic(err)
	}
	return s
})

// zh makes an entry of its Chinese phrasings.
func zh(id string, phrasings ...string) knowledge.Entry {
	return knowledge.Entry{ID: id, Revision: 1, Texts: map[knowledge.Lang]knowledge.Text{
		knowledge.Chinese: {Question: phrasings[0], Similar: phrasings[1:], Answer: "好"},
	}}
}

func release(t testing.TB, id int64, entries ...knowledge.Entry) *knowledge.Release {
	t.Helper()
	r, err := knowledge.NewRelease(id, entries)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// small is a base of a few entries.
func small(t testing.TB, id int64) *knowledge.Release {
	return release(t, id,
		zh("repay-failed", "卡里有钱为什么还款失败", "扣款不成功怎么回事", "余额够却扣不了款"),
		zh("repay-early", "怎么提前还款", "可以提前还一期吗"),
		zh("limit-raise", "怎么提高额度", "额度太低了想提额"),
		zh("card-change", "怎么换绑银行卡", "换一张卡还款"),
		zh("system.welcome", "您好，我是机器人"),
		zh("canned.hello", "问候"),
		knowledge.Entry{ID: "repay-how", Revision: 1, Texts: map[knowledge.Lang]knowledge.Text{
			knowledge.Chinese: {Question: "怎么还款"}, knowledge.English: {Question: "How do I repay my loan?"},
		}},
	)
}

func shelf(t testing.TB, dir string) *Shelf {
	t.Helper()
	s, err := OpenShelf(dir, seg())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func generation(t testing.TB, s *Shelf, r *knowledge.Release) *Generation {
	t.Helper()
	g, err := s.Generation(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func ask(t testing.TB, g *Generation, text string, limit int) []Candidate {
	t.Helper()
	found, err := g.Candidates(context.Background(), seg().Cut(text), limit)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func entries(found []Candidate) []string {
	var out []string
	for _, c := range found {
		out = append(out, c.Entry)
	}
	return slices.Compact(out)
}

func TestCandidates(t *testing.T) {
	g := generation(t, shelf(t, t.TempDir()), small(t, 1))
	defer g.Drop()
	for _, c := range []struct{ text, first string }{
		{"还款失败了", "repay-failed"},
		{"扣款总是不成功", "repay-failed"},
		{"提前還款", "repay-early"},
		{"额渡太低", "limit-raise"},
		{"換綁", "card-change"},
		{"repaying loans", "repay-how"},
		{"今天天气真好", ""},
		{"", ""},
		{"👍", ""},
		{"您好我是机器人", ""},
	} {
		found := ask(t, g, c.text, 10)
		first := ""
		if len(found) > 0 {
			first = found[0].Entry
		}
		if first != c.first {
			t.Errorf("%q: first is %q, want %q", c.text, first, c.first)
		}
	}
}

func TestCandidatesNameTheirPhrasing(t *testing.T) {
	g := generation(t, shelf(t, t.TempDir()), small(t, 1))
	defer g.Drop()
	for _, p := range Phrasings(small(t, 1)) {
		if found := ask(t, g, p.Text, 10); found[0].Phrasing != p {
			t.Errorf("%q found %+v", p.Text, found[0])
		}
	}
}

func TestCandidatesBestFirst(t *testing.T) {
	g := generation(t, shelf(t, t.TempDir()), small(t, 1))
	defer g.Drop()
	found := ask(t, g, "我想提前还款可是还款失败怎么办", 10)
	if len(found) < 4 || !slices.IsSortedFunc(found, func(a, b Candidate) int { return cmp.Compare(b.Score, a.Score) }) {
		t.Errorf("not sorted: %+v", found)
	}
}

func TestPhrasings(t *testing.T) {
	r := release(t, 1,
		zh("b", "怎么还款", "怎么 还款？", "如何还款", "？？？", "怎麼還款"),
		zh("a", "怎么还款"),
		zh("system.bye", "再见"),
		knowledge.Entry{ID: "c", Texts: map[knowledge.Lang]knowledge.Text{
			knowledge.Chinese: {Question: "额度"}, knowledge.English: {Question: "Limit", Not: []string{"speed limit"}},
		}},
	)
	want := []Phrasing{
		{"a", knowledge.Chinese, "怎么还款"}, {"b", knowledge.Chinese, "怎么还款"}, {"b", knowledge.Chinese, "如何还款"},
		{"c", knowledge.English, "Limit"}, {"c", knowledge.Chinese, "额度"},
	}
	if got := Phrasings(r); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestNothingToIndex(t *testing.T) {
	for name, r := range map[string]*knowledge.Release{
		"no entry":           release(t, 1),
		"only system's":      release(t, 2, zh("system.welcome", "您好")),
		"nothing but signs":  release(t, 3, zh("a", "？？")),
		"a single character": release(t, 4, zh("a", "利")),
	} {
		s := shelf(t, t.TempDir())
		for range 2 { // built, then opened from disk
			g := generation(t, s, r)
			ask(t, g, "怎么还款", 10)
			g.Drop()
			if name == "a single character" && len(Phrasings(r)) != 1 {
				t.Error("one character is a phrasing")
			}
		}
	}
}

// Many phrasings that score alike must not be chosen among by chance.
func TestTiesAreNotCutByChance(t *testing.T) {
	var all []knowledge.Entry
	for i := range 300 {
		all = append(all, zh(fmt.Sprintf("e%03d", i), fmt.Sprintf("额度%c", rune('甲'+i))))
	}
	all = append(all, zh("best", "额度怎么提"))
	r := release(t, 1, all...)
	for _, text := range []string{"额度", "额度怎么提高"} {
		var want []Candidate
		for i := range 3 {
			g := generation(t, shelf(t, t.TempDir()), r)
			found := ask(t, g, text, 50)
			g.Drop()
			if i == 0 {
				want = found
			} else if !slices.Equal(found, want) {
				t.Fatalf("%q: another build finds others", text)
			}
		}
		if text == "额度" && len(want) < 300 {
			t.Errorf("all alike: want all, got %d", len(want))
		}
		if text != "额度" && (len(want) != 1 || want[0].Entry != "best") {
			t.Errorf("want the one that is better, got %v", entries(want))
		}
	}
}

func TestCutTies(t *testing.T) {
	hits := func(scores ...float64) (h []hit) {
		for _, s := range scores {
			h = append(h, hit{score: s})
		}
		return h
	}
	for _, c := range []struct {
		name  string
		hits  []hit
		limit int
		left  int
	}{
		{"none", nil, 3, 0},
		{"fewer than asked for", hits(3, 2, 2), 4, 3},
		{"as many as asked for", hits(3, 2, 2), 3, 3},
		{"last alone", hits(3, 2, 1), 2, 2},
		{"tie at the limit", hits(3, 2, 2), 2, 1},
		{"tie across the limit", hits(4, 3, 2, 2, 2, 1), 4, 2},
		{"all alike", hits(2, 2, 2), 2, 3},
		{"the first alike", hits(2, 2, 2, 1), 2, 3},
	} {
		if got := cutTies(c.hits, c.limit); len(got) != c.left {
			t.Errorf("%s: %d left, want %d", c.name, len(got), c.left)
		}
	}
}

func TestWithinBudget(t *testing.T) {
	of := func(counts ...uint32) (terms []*held) {
		for _, n := range counts {
			terms = append(terms, &held{by: n})
		}
		return terms
	}
	for _, c := range []struct {
		name   string
		terms  []*held
		budget int
		want   int
	}{
		{"none", nil, 10, 0},
		{"the first always stays", of(100), 10, 1},
		{"up to the budget", of(4, 6, 1), 10, 2},
		{"all", of(1, 2), 10, 2},
	} {
		if got := withinBudget(c.terms, c.budget); got != c.want {
			t.Errorf("%s: %d terms, want %d", c.name, got, c.want)
		}
	}
}

func TestChooseTakesRareTokensFirst(t *testing.T) {
	g := generation(t, shelf(t, t.TempDir()), small(t, 1))
	defer g.Drop()
	rare, common := choose(g.asked(seg().Cut("怎么提高额度 怎么提高额度 无人知晓")), postingsFloor)
	if len(rare) == 0 || len(common) > 0 { // of a base so small every list is read
		t.Fatalf("%d and %d tokens", len(rare), len(common))
	}
	for i, x := range rare {
		if x.by == 0 || i > 0 && (rare[i-1].by > x.by || rare[i-1].number == x.number) {
			t.Fatalf("doubled, unknown or out of order: %v", rare)
		}
	}
}

func TestContextEnds(t *testing.T) {
	s := shelf(t, t.TempDir())
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Generation(ended, small(t, 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("build: %v", err)
	}
	if left, _ := os.ReadDir(s.dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	g := generation(t, s, small(t, 1))
	defer g.Drop()
	if _, err := g.Candidates(ended, seg().Cut("还款"), 5); !errors.Is(err, context.Canceled) || errors.Is(err, ErrDamaged) {
		t.Errorf("search: %v", err)
	}
}

func TestShelfNeedsAFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenShelf(file, seg()); err == nil {
		t.Error("a file is no folder")
	}
}

func FuzzCandidates(f *testing.F) {
	for _, s := range []string{"还款失败", "+text:* _id:1 a~2 b^1e999", `text:/.{1,1000}/`, "\x00\xff", strings.Repeat("还款 ", 300), "((((", "' OR 1=1 --"} {
		f.Add(s)
	}
	g := generation(f, shelf(f, f.TempDir()), small(f, 1))
	defer g.Drop()
	f.Fuzz(func(t *testing.T, s string) {
		for _, c := range ask(t, g, s, 5) {
			if c.Entry == "" || c.Score <= 0 {
				t.Errorf("%q: odd candidate %+v", s, c)
			}
		}
	})
}
