package match

import (
	"context"
	"iter"
	"math"
	"slices"
	"sync"

	"wenda/internal/gentle"
	"wenda/knowledge"
	"wenda/knowledge/index"
	"wenda/knowledge/segment"
	"wenda/knowledge/segment/token"
	"wenda/knowledge/semantic"
)

// model holds a release in memory as the scorer wants it: every phrasing a vector
// of weighted terms. It is immutable once built, and safe for concurrent use.
type model struct {
	release    *knowledge.Release
	seg        *segment.Segmenter // of the release
	terms      token.Table        // of features: their numbers
	weight     []float32          // of each term, see weigh
	content    []bool             // whether a term carries meaning by itself, see carries
	groups     []group            // sorted by entry
	outlines   []semantic.Outline // of what each group means; none if the variant does not look at it
	classes    []int              // of each group, its number in the classifier
	of         []int32            // of each phrasing, in the order of index.Phrasings: its group
	exact      map[string][]form  // Key to the phrasings that are equal to it
	learnt     *Learnt
	used       [size]bool // signs that its variant looks at
	thresholds knowledge.Thresholds
	spare      sync.Pool // of *room, see question
}

// group is an entry in one language.
type group struct {
	entry     knowledge.Entry
	lang      knowledge.Lang
	phrasings []phrasing
	not       []phrasing        // counter-phrasings
	whole     []weighted        // the sum of the phrasings' vectors, as one of those
	meanings  []semantic.Vector // of the phrasings; none if the variant does not look at them
	meant     semantic.Vector   // of all together
	usual     usual
}

type phrasing struct {
	text    string
	vector  []weighted // sorted by term, of length 1
	numbers []segment.Number
	negated bool
}

type weighted struct {
	term   int32
	weight float32
}

// form is a phrasing by its place in the model.
type form struct{ group, phrasing int }

// build reads a release, at about 0.1 ms a phrasing, for a pipeline that has learnt. It
// does so side by side as far as the context lets it, and does not end with it.
func build(ctx context.Context, r *knowledge.Release, seg *segment.Segmenter, learnt *Learnt, target float64) *model {
	seg = seg.For(r)
	m := &model{release: r, seg: seg, learnt: learnt, used: use(learnt.Variant), thresholds: learnt.Thresholds(target), exact: map[string][]form{}}
	var cut [][][]int32 // terms of each phrasing of each group
	for some := range slices.Chunk(index.Phrasings(r), readAtOnce) {
		for i, read := range m.readAll(ctx, some) {
			n := m.groupOf(some[i])
			if n == len(cut) {
				cut = append(cut, nil)
			}
			cut[n] = append(cut[n], m.add(n, read))
			m.of = append(m.of, int32(n))
			gentle.Aside()
		}
	}
	m.weigh(cut)
	for n := range m.groups {
		m.fill(&m.groups[n], cut[n], seg)
		gentle.Aside()
	}
	m.addSums()
	m.addUsual(cut)
	m.classes = classesOf(m.groups, learnt)
	m.spare.New = func() any { return m.newRoom() }
	return m
}

// readAtOnce bounds the texts that are in memory cut.
const readAtOnce = 1024

// reading is a phrasing on its way into the model.
type reading struct {
	phrasing
	text    segment.Text
	key     string
	meaning *semantic.Vector // nil if the variant does not look at it
}

func (m *model) readAll(ctx context.Context, phrasings []index.Phrasing) []reading {
	out := make([]reading, len(phrasings))
	semantic.Share(ctx, len(out), func(i int) {
		text := phrasings[i].Text
		t := m.seg.Cut(text)
		out[i] = reading{phrasing{text: text, numbers: t.Numbers(), negated: t.Negated()}, t, segment.Key(text), nil}
		if m.learnt.Encoder != nil {
			out[i].meaning = m.learnt.Encoder.Encode(t)
		}
	})
	return out
}

// add adds a phrasing to a group and returns its terms.
func (m *model) add(group int, read reading) []int32 {
	g := &m.groups[group]
	m.exact[read.key] = append(m.exact[read.key], form{group, len(g.phrasings)})
	g.phrasings = append(g.phrasings, read.phrasing)
	if read.meaning != nil {
		g.meanings = append(g.meanings, *read.meaning)
	}
	return m.learn(read.text)
}

// groupOf returns the number of the phrasing's group, which is the last one or new.
func (m *model) groupOf(p index.Phrasing) int {
	n := len(m.groups)
	if n > 0 && m.groups[n-1].entry.ID == p.Entry && m.groups[n-1].lang == p.Lang {
		return n - 1
	}
	entry, _ := m.release.Entry(p.Entry)
	m.groups = append(m.groups, group{entry: entry, lang: p.Lang})
	return n
}

// learn returns the distinct terms of a text, sorted, and numbers the new ones.
func (m *model) learn(t segment.Text) []int32 {
	out := make([]int32, 0, len(t.Words)+len(t.Chars)+len(t.Pairs)+len(t.Pieces))
	for stream, text := range features(t) {
		feature := token.Of(stream, text)
		id := m.terms.Find(feature)
		if id < 0 {
			id = int32(m.terms.Len())
			m.terms.Add(feature, id)
			m.content = append(m.content, carries(stream))
		}
		out = append(out, id)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// features yields the tokens of all streams, each with the letter of its stream.
func features(t segment.Text) iter.Seq2[byte, string] {
	return func(yield func(byte, string) bool) {
		for _, s := range [...]struct {
			stream byte
			tokens []string
		}{{'w', t.Words}, {'c', t.Chars}, {'p', t.Pairs}, {'x', t.Pieces}} {
			for _, text := range s.tokens {
				if !yield(s.stream, text) {
					return
				}
			}
		}
	}
}

// carries reports whether the features of a stream carry meaning by themselves: words do,
// and characters of Chinese.
func carries(stream byte) bool { return stream == 'w' || stream == 'c' }

// weigh gives every term its weight: the mean of how rare it is among phrasings and
// how rare among entries, each scaled so that a term seen once weighs 1. Only the
// first would call a word informative that every entry uses once; only the second,
// one that a single entry uses in each phrasing of thousands.
func (m *model) weigh(cut [][][]int32) {
	inPhrasings, inGroups := make([]float64, m.terms.Len()), make([]float64, m.terms.Len())
	phrasings := 0.0
	for _, group := range cut {
		var all []int32
		for _, terms := range group {
			phrasings++
			all = append(all, terms...)
			for _, t := range terms {
				inPhrasings[t]++
			}
		}
		gentle.Aside()
		slices.Sort(all)
		for _, t := range slices.Compact(all) {
			inGroups[t]++
		}
	}
	rare := func(n, of float64) float64 { return math.Log(1+of/n) / math.Log(1+of) }
	m.weight = make([]float32, m.terms.Len())
	for t := range m.weight {
		gentle.AsideAt(t)
		m.weight[t] = float32((rare(inPhrasings[t], phrasings) + rare(inGroups[t], float64(len(cut)))) / 2)
	}
}

// unknown is the weight of a term that no phrasing holds.
const unknown = 1.0

// fill computes the vectors of a group. Terms that only counter-phrasings hold
// weigh as much as unknown ones.
func (m *model) fill(g *group, cut [][]int32, seg *segment.Segmenter) {
	all := make([]weighted, 0, lengthOf(cut)) // in a row: a comparison reads one after the other
	for i, terms := range cut {
		from := len(all)
		all = m.addVector(all, terms)
		g.phrasings[i].vector = all[from:len(all):len(all)]
	}
	for _, text := range g.entry.Texts[g.lang].Not {
		terms := m.learn(seg.Cut(text))
		for len(m.weight) < m.terms.Len() {
			m.weight = append(m.weight, unknown)
		}
		g.not = append(g.not, phrasing{text: text, vector: m.addVector(nil, terms)})
	}
}

func lengthOf[T any](lists [][]T) (n int) {
	for _, l := range lists {
		n += len(l)
	}
	return n
}

// addVector appends the terms with their weights, scaled to length 1.
func (m *model) addVector(out []weighted, terms []int32) []weighted {
	squares := 0.0
	for _, t := range terms {
		squares += float64(m.weight[t]) * float64(m.weight[t])
	}
	for _, t := range terms {
		out = append(out, weighted{t, m.weight[t] / float32(math.Sqrt(squares))})
	}
	return out
}

// addSums computes the sums of each group's vectors.
func (m *model) addSums() {
	acc := make([]float64, len(m.weight))
	for n := range m.groups {
		g := &m.groups[n]
		g.whole = g.together(acc)
		for i := range g.meanings {
			g.meant.Add(&g.meanings[i])
		}
		g.meant.Normalise()
		if m.learnt.Encoder != nil {
			m.outlines = append(m.outlines, g.meant.Outline())
		}
		gentle.Aside()
	}
}

// together adds up the phrasings' vectors, in acc, which it leaves zero.
func (g *group) together(acc []float64) []weighted {
	var terms []int32
	for _, p := range g.phrasings {
		for _, w := range p.vector {
			if acc[w.term] == 0 {
				terms = append(terms, w.term)
			}
			acc[w.term] += float64(w.weight)
		}
	}
	slices.Sort(terms)
	squares := 0.0
	for _, t := range terms {
		squares += acc[t] * acc[t]
	}
	out := make([]weighted, len(terms))
	for i, t := range terms {
		out[i] = weighted{t, float32(acc[t] / math.Sqrt(squares))}
		acc[t] = 0
	}
	return out
}
