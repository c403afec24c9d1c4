package segment

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/go-ego/gse"
)

// cutBy is how gse itself cuts a run and what it finds inside the words.
func cutBy(g *gse.Segmenter, run string) (out []string) {
	for _, word := range g.Cut(run) {
		out = append(out, word)
		r := []rune(word)
		for n := 2; n < len(r); n++ {
			for i := 0; i+n <= len(r); i++ {
				if freq, _, ok := g.Find(string(r[i : i+n])); ok && freq > 0 {
					out = append(out, string(r[i:i+n]))
				}
			}
		}
	}
	return out
}

// Our walk over gse's dictionary must be gse's shortest path, on sentences made of
// words, on words run together at random, and on characters at random.
func TestPathIsGseShortestPath(t *testing.T) {
	g, err := load([]string{"安心借"})
	if err != nil {
		t.Fatal(err)
	}
	g.CalcToken()
	known := slices.Collect(businessWordsAnd(nil))
	for line := range strings.Lines(commonWords) {
		if word, _, ok := strings.Cut(line, " "); ok && word[0] != '#' {
			known = append(known, word)
		}
	}
	random := rand.New(rand.NewPCG(5, 2026))
	for range 4000 {
		var b strings.Builder
		for range 1 + random.IntN(8) {
			word := []rune(known[random.IntN(len(known))])
			switch random.IntN(4) {
			case 0:
				word = word[:1+random.IntN(len(word))]
			case 1:
				word = append(word, []rune("我的了还要吗カ")[random.IntN(7)])
			}
			b.WriteString(string(word))
		}
		run := b.String()
		if n := 0; !allCJK(run, &n) {
			continue
		}
		if got, want := shared().path(run, nil).words(nil), cutBy(g, run); !slices.Equal(got, want) {
			t.Fatalf("%q: %q, gse %q", run, got, want)
		}
	}
}

func BenchmarkGseCut(b *testing.B) {
	g, err := load(nil)
	if err != nil {
		b.Fatal(err)
	}
	g.CalcToken()
	b.ReportAllocs()
	for b.Loop() {
		g.Cut(twelve)
	}
}
