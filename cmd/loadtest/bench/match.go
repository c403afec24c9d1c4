package bench

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/simple"

	"wenda/knowledge"
	"wenda/knowledge/index"
	"wenda/knowledge/match"
	"wenda/knowledge/segment"
)

// matching is a match, from text to decision, beside bleve's MatchQuery for the words of
// the same text, question by question in turn. Each question is asked once, so that
// nothing is remembered; one core does it, and its time counts, not the clock's.
func (b *bench) matching(ctx context.Context) error {
	m, err := newMaterial()
	if err != nil {
		return err
	}
	goals, before := map[int]float64{10_000: 0.25, 98_000: 0.15}, time.Duration(0)
	for _, n := range []int{10_000, 98_000} {
		if n > 10_000 && b.small() {
			continue
		}
		r, err := m.release(1, 0, n)
		if err != nil {
			return err
		}
		b.say("%d phrasings of %s …", n, m.from)
		got, err := b.matchBeside(ctx, m.words, r, m.questions[:b.asked(n)])
		if err != nil {
			return err
		}
		at := fmt.Sprintf("match at %d phrasings of %s", n, m.from)
		b.report.goal(at+", median beside bleve's MatchQuery", float64(got.ours)/float64(got.bleves), goals[n], "×", atMost)
		b.report.fact(at+", median", float64(got.ours.Microseconds()), "µs")
		b.report.fact(at+", p99", float64(got.slow.Microseconds()), "µs")
		b.report.goal(at+", best hits of the exhaustive ranking kept", 100*got.kept, 99, "%", atLeast)
		if before > 0 {
			b.report.goal("ten times the phrasings, match", float64(got.ours)/float64(before), 4, "×", atMost)
		}
		before = got.ours
	}
	return nil
}

// small reports whether the run is a quick one.
func (b *bench) small() bool { return b.idle < 5000 }

// asked is how many questions are asked of a base: bleve's own search takes long in large ones.
func (b *bench) asked(n int) int {
	if n > 10_000 {
		return 300
	}
	return 1000
}

// beside is what matchBeside measured.
type beside struct {
	ours, slow, bleves time.Duration // median and p99 of ours, median of bleve's
	kept               float64       // share of questions
}

func (b *bench) matchBeside(ctx context.Context, words *segment.Segmenter, r *knowledge.Release, questions []string) (got beside, err error) {
	dir := filepath.Join(b.dir, fmt.Sprintf("match-%d", len(index.Phrasings(r))))
	plain, err := plainIndex(filepath.Join(dir, "plain"), words, r)
	if err != nil {
		return got, err
	}
	defer plain.Close()
	learnt, err := quickly(ctx, words, r)
	if err != nil {
		return got, err
	}
	m, err := match.Open(ctx, filepath.Join(dir, "index"), words, r, match.Options{Budget: time.Minute, Workers: 1, Learnt: learnt})
	if err != nil {
		return got, err
	}
	defer m.Close()
	if got.kept, err = kept(ctx, filepath.Join(dir, "kept"), words, r, questions); err != nil {
		return got, err
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	runtime.GC()
	var ours, theirs []time.Duration
	for _, q := range questions {
		before := spent()
		if _, err := m.Match(ctx, q, 5); err != nil {
			return got, err
		}
		between := spent()
		if err := matchQuery(plain, words, q); err != nil {
			return got, err
		}
		ours, theirs = append(ours, between-before), append(theirs, spent()-between)
	}
	slices.Sort(ours)
	slices.Sort(theirs)
	got.ours, got.slow, got.bleves = ours[len(ours)/2], ours[len(ours)*99/100], theirs[len(theirs)/2]
	return got, nil
}

const plainField = "text"

// plainIndex is what one would build without further thought: bleve over the words.
func plainIndex(dir string, words *segment.Segmenter, r *knowledge.Release) (bleve.Index, error) {
	m := bleve.NewIndexMapping()
	m.DefaultAnalyzer, m.StoreDynamic, m.DocValuesDynamic = simple.Name, false, false
	b, err := bleve.NewBuilder(dir, m, map[string]any{"buildPathPrefix": filepath.Dir(filepath.Dir(dir))})
	if err != nil {
		return nil, err
	}
	for i, p := range index.Phrasings(r) {
		if err := b.Index(strconv.Itoa(i), map[string]any{plainField: strings.Join(words.Cut(p.Text).Words, " ")}); err != nil {
			return nil, err
		}
	}
	if err := b.Close(); err != nil {
		return nil, err
	}
	return bleve.Open(dir)
}

func matchQuery(idx bleve.Index, words *segment.Segmenter, text string) error {
	q := bleve.NewMatchQuery(strings.Join(words.Cut(text).Words, " "))
	q.SetField(plainField)
	_, err := idx.Search(bleve.NewSearchRequestOptions(q, 50, 0, false))
	return err
}

// kept returns for which share of the questions the best hit of all is a candidate.
func kept(ctx context.Context, dir string, words *segment.Segmenter, r *knowledge.Release, questions []string) (float64, error) {
	shelf, err := index.OpenShelf(dir, words)
	if err != nil {
		return 0, err
	}
	g, err := shelf.Generation(ctx, r)
	if err != nil {
		return 0, err
	}
	defer g.Drop()
	found, all := 0, 0
	for _, q := range questions {
		t := words.Cut(q)
		best, err := g.Exhaustive(ctx, t, 1<<30)
		if err != nil {
			return 0, err
		}
		if len(best) == 0 {
			continue
		}
		some, err := g.Candidates(ctx, t, 32)
		if err != nil {
			return 0, err
		}
		all++
		if slices.ContainsFunc(some, func(c index.Candidate) bool { return c.Phrasing == best[0].Phrasing }) {
			found++
		}
	}
	return float64(found) / float64(max(1, all)), nil
}
