package inbox

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"wenda/internal/sqldb"
	"wenda/knowledge"
	"wenda/knowledge/corpus"
	"wenda/knowledge/sample"
	"wenda/knowledge/segment"
)

// encoder says what texts mean as the shipped one does.
func encoder(t testing.TB) Vector {
	t.Helper()
	words, err := segment.New()
	if err != nil {
		t.Fatal(err)
	}
	e, err := corpus.Encoder()
	if err != nil {
		t.Fatal(err)
	}
	return func(text string) []float32 { return e.Encode(words.Cut(text))[:] }
}

// phrased is a phrasing and the entry it is of.
type phrased struct{ text, entry string }

func phrasings(t testing.TB, lang knowledge.Lang) (all []phrased) {
	t.Helper()
	r, err := sample.Release(1)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range r.Entries() {
		if text, ok := e.Texts[lang]; ok && e.Matchable() {
			for _, p := range append([]string{text.Question}, text.Similar...) {
				all = append(all, phrased{p, e.ID})
			}
		}
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// Of the phrasings of the sample base, half of those that come to lie in one cluster are of
// one entry, and a third of those that are do. It is as dense as an inbox can be.
func TestAlike(t *testing.T) {
	vector, all := encoder(t), phrasings(t, knowledge.Chinese)
	all = all[:min(len(all), 500)]
	l := &leaders{texts: map[string]int64{}}
	in := make([]int64, len(all))
	for i, p := range all {
		in[i], _ = l.place(segment.Key(p.text), unit(vector(p.text)), Alike, int64(i+1))
	}
	var right, wrong, missing int
	for i := range all {
		for j := range i {
			switch together, belong := in[i] == in[j], all[i].entry == all[j].entry; {
			case together && belong:
				right++
			case together:
				wrong++
			case belong:
				missing++
			}
		}
	}
	precision, recall := float64(right)/float64(right+wrong), float64(right)/float64(right+missing)
	t.Logf("%d texts in %d clusters: of pairs together %.2f belong, of those that belong %.2f are together", len(all), len(l.first), precision, recall)
	if precision < 0.45 || recall < 0.3 {
		t.Errorf("precision %.2f and recall %.2f; when Alike was chosen they were 0.50 and 0.40", precision, recall)
	}
	slices.Sort(in)
	if n := len(slices.Compact(in)); n != len(l.first) {
		t.Errorf("%d clusters have texts, %d have leaders", n, len(l.first))
	}
}

// full is an inbox with MostOpen items in a quarter as many clusters.
func full(b *testing.B) *Store {
	b.Helper()
	box, err := New(opened(b, sqldb.Options{Dir: b.TempDir()}), Options{Vector: encoder(b)})
	if err != nil {
		b.Fatal(err)
	}
	all := append(phrasings(b, knowledge.Chinese), phrasings(b, knowledge.English)...)
	mark := ""
	for n := 0; n < MostOpen; {
		var items []Item
		for range 1000 {
			n++
			text := fmt.Sprint(all[n%len(all)].text, n%3)
			items = append(items, Item{Session: fmt.Sprint("s", n), Seq: 1, At: time.Now().Add(-time.Duration(n) * time.Minute), Text: text, Kinds: []Kind{Missed}})
		}
		next := fmt.Sprint(n)
		if err := box.Take(b.Context(), mark, next, Gleaned{Items: items}); err != nil {
			b.Fatal(err)
		}
		mark = next
	}
	return box
}

// BenchmarkFull is what a full inbox costs: a page of the list, one new item, and
// reading all leaders after a restart.
func BenchmarkFull(b *testing.B) {
	box := full(b)
	b.Run("list", func(b *testing.B) {
		for b.Loop() {
			if _, all, err := box.List(b.Context(), Query{}); err != nil || all == 0 {
				b.Fatal(all, err)
			}
		}
		b.ReportMetric(float64(len(box.known.first)), "clusters")
	})
	b.Run("place", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			box.known.nearest(unit(box.Vector(fmt.Sprint("花呗能不能还", i, "的房贷"))), 2)
		}
	})
	b.Run("leaders", func(b *testing.B) {
		for b.Loop() {
			if _, err := box.readLeaders(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
}
