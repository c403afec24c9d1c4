package index

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/simple"

	"wenda/knowledge/segment"
)

// What building costs: phrasings/s, and bytes on disk a phrasing with all streams.
func BenchmarkBuild(b *testing.B) {
	r := sampleBase(b)
	n := len(Phrasings(r))
	bytes := int64(0)
	for b.Loop() {
		s := shelf(b, b.TempDir())
		g := generation(b, s, r)
		bytes = size(b, filepath.Join(s.dir, g.folder))
		g.Drop()
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "phrasings/s")
	b.ReportMetric(float64(bytes)/float64(n), "B/phrasing")
}

// What opening a kept generation costs: sums checked, register read, canaries asked.
func BenchmarkOpen(b *testing.B) {
	r, s := sampleBase(b), shelf(b, b.TempDir())
	generation(b, s, r).Drop()
	for b.Loop() {
		generation(b, s, r).Drop()
	}
}

// Candidates beside bleve on the same texts in the same run: plain is a MatchQuery for
// 50 hits on an index of the words alone. Medians.
func BenchmarkCandidates(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 98_000} {
		b.Run(fmt.Sprint(n, " phrasings"), func(b *testing.B) {
			r, questions := load(b, n)
			g := generation(b, shelf(b, b.TempDir()), r)
			defer g.Drop()
			plain := plainIndex(b, Phrasings(r))
			defer plain.Close()
			var ours, words []time.Duration
			for i := 0; b.Loop(); i++ {
				t := seg().Cut(questions[i%1000])
				ours = append(ours, took(func() {
					if _, err := g.Candidates(context.Background(), t, 50); err != nil {
						b.Fatal(err)
					}
				}))
				words = append(words, matchQuery(b, plain, t.Words))
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(median(ours).Seconds()*1e6, "µs")
			b.ReportMetric(median(words).Seconds()*1e6, "plain-µs")
			b.ReportMetric(float64(median(ours))/float64(median(words)), "×plain")
		})
	}
}

// What a search of the shipped base costs and allocates.
func BenchmarkCandidatesShipped(b *testing.B) {
	g := generation(b, shelf(b, b.TempDir()), sampleBase(b))
	defer g.Drop()
	var texts []segment.Text
	for _, c := range heldOut(b, "plain", 5) {
		texts = append(texts, seg().Cut(c.Text))
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := g.Candidates(context.Background(), texts[i%len(texts)], 50); err != nil {
			b.Fatal(err)
		}
	}
}

func took(do func()) time.Duration {
	start := time.Now()
	do()
	return time.Since(start)
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

func matchQuery(b *testing.B, idx bleve.Index, tokens []string) time.Duration {
	q := bleve.NewMatchQuery(strings.Join(tokens, " "))
	q.SetField(field)
	return took(func() {
		if _, err := idx.Search(bleve.NewSearchRequestOptions(q, 50, 0, false)); err != nil {
			b.Fatal(err)
		}
	})
}

// plainIndex is what one would build without further thought: bleve over the words.
func plainIndex(b *testing.B, phrasings []Phrasing) bleve.Index {
	b.Helper()
	m := bleve.NewIndexMapping() // of bleve's own kind, which keeps what its scores need
	m.DefaultAnalyzer, m.StoreDynamic, m.DocValuesDynamic = simple.Name, false, false
	dir := filepath.Join(b.TempDir(), "plain")
	builder, err := bleve.NewBuilder(dir, m, map[string]any{"buildPathPrefix": b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	for i, p := range phrasings {
		if err := builder.Index(strconv.Itoa(i), map[string]any{field: strings.Join(seg().Cut(p.Text).Words, " ")}); err != nil {
			b.Fatal(err)
		}
	}
	if err := builder.Close(); err != nil {
		b.Fatal(err)
	}
	idx, err := bleve.Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	return idx
}
