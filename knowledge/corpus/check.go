package corpus

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"wenda/internal/privacy"
	"wenda/knowledge"
	"wenda/knowledge/segment"
	"wenda/knowledge/semantic"
)

// What a corpus must hold at least, in a language, and how it must be.
var least = map[knowledge.Lang]struct {
	intents, lines, outside, pairs int // in all
	each                           int // utterances of an intent
	alike                          float64
}{
	// Letters of English words repeat more than characters of Chinese ones do.
	knowledge.Chinese: {600, 12_000, 3_000, 2_000, 20, 0.35},
	knowledge.English: {120, 1_920, 300, 100, 16, 0.40},
}

// near is the cosine of two intents' sums above which a person should look at them.
const near = 0.62

// Report is how a corpus is.
type Report struct {
	Languages []Language
	Problems  []string // what must be mended
	Close     []Close  // nearest first: for a person to judge
}

// Language counts what there is in one.
type Language struct {
	Lang                           knowledge.Lang
	Intents, Lines, Outside, Pairs int
	Topics                         int
	Lengths                        Lengths // of utterances of intents, in runes of segment.Key
	Alike                          float64 // mean over intents of the mean Jaccard index of character bigrams, all pairs of utterances
}

// Lengths is how long texts are, in runes.
type Lengths struct {
	Mean                       float64
	Short, Usual, Longer, Long int // up to 3, 4–14, 15–25, over 25
}

// Close is two intents that share many words.
type Close struct {
	A, B   string
	Cosine float64
}

// Check looks at everything a program can judge: counts, repetitions, likeness inside
// an intent, lengths, intents that are close, personal data and names of companies.
func Check(c *Corpus, seg *segment.Segmenter) Report {
	r := Report{}
	for _, lang := range []knowledge.Lang{knowledge.Chinese, knowledge.English} {
		r.Languages = append(r.Languages, r.language(c, lang))
	}
	r.repetitions(c)
	r.forbidden(c)
	r.pairs(c)
	r.close(c, seg)
	return r
}

func (r *Report) problem(format string, args ...any) {
	r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
}

func (r *Report) language(c *Corpus, lang knowledge.Lang) Language {
	l, want := Language{Lang: lang}, least[lang]
	topics, runes := map[string]bool{}, 0
	for _, intent := range c.Intents {
		if intent.Lang != lang {
			continue
		}
		l.Intents++
		l.Lines += len(intent.Utterances)
		topics[intent.Topic()] = true
		for _, text := range intent.Utterances {
			n := utf8.RuneCountInString(segment.Key(text))
			runes += n
			l.Lengths.add(n)
		}
		alike := likeness(intent.Utterances)
		l.Alike += alike
		if alike > want.alike {
			r.problem("%s: its utterances are too much alike: %.2f, at most %.2f", intent.ID, alike, want.alike)
		}
		if n := len(intent.Utterances); n < want.each {
			r.problem("%s: %d utterances, at least %d", intent.ID, n, want.each)
		}
	}
	for _, o := range c.Outside {
		l.Outside += one(o.Lang == lang)
	}
	for _, p := range c.Pairs {
		l.Pairs += one(p.Lang == lang)
	}
	l.Topics = len(topics)
	l.Lengths.Mean, l.Alike = float64(runes)/float64(max(1, l.Lines)), l.Alike/float64(max(1, l.Intents))
	for _, count := range []struct {
		of          string
		have, least int
	}{{"intents", l.Intents, want.intents}, {"utterances", l.Lines, want.lines}, {"lines out of scope", l.Outside, want.outside}, {"pairs", l.Pairs, want.pairs}} {
		if count.have < count.least {
			r.problem("%s: %d %s, at least %d", lang, count.have, count.of, count.least)
		}
	}
	return l
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (l *Lengths) add(n int) {
	switch {
	case n <= 3:
		l.Short++
	case n <= 14:
		l.Usual++
	case n <= 25:
		l.Longer++
	default:
		l.Long++
	}
}

// likeness is the mean Jaccard index of the character bigrams of all pairs.
func likeness(texts []string) float64 {
	sets := make([]map[string]bool, len(texts))
	for i, text := range texts {
		sets[i] = bigrams(segment.Key(text))
	}
	sum, pairs := 0.0, 0
	for i, a := range sets {
		for _, b := range sets[:i] {
			both := 0
			for gram := range a {
				both += one(b[gram])
			}
			sum += float64(both) / float64(len(a)+len(b)-both)
			pairs++
		}
	}
	return sum / float64(max(1, pairs))
}

func bigrams(text string) map[string]bool {
	runes, set := []rune(text), map[string]bool{}
	for i := 0; i+2 <= len(runes); i++ {
		set[string(runes[i:i+2])] = true
	}
	if len(set) == 0 {
		set[text] = true
	}
	return set
}

// repetitions: no two lines are equal once normalised, in an intent, across intents,
// or in and out of scope.
func (r *Report) repetitions(c *Corpus) {
	seen := map[string]string{}
	see := func(text, where string) {
		key := segment.Key(text)
		if key == "" {
			r.problem("%s: %q holds no letter and no digit", where, text)
		} else if before, ok := seen[key]; ok {
			r.problem("%s: %q is in %s too", where, text, before)
		}
		seen[key] = where
	}
	for _, intent := range c.Intents {
		for _, text := range intent.Utterances {
			see(text, intent.ID)
		}
	}
	for _, o := range c.Outside {
		see(o.Text, "outside/"+o.Kind)
	}
}

// pairs: what is said to be different must not be one text or one intent.
func (r *Report) pairs(c *Corpus) {
	of := map[string]string{}
	for _, intent := range c.Intents {
		for _, text := range intent.Utterances {
			of[segment.Key(text)] = intent.ID
		}
	}
	seen := map[[2]string]bool{}
	for _, p := range c.Pairs {
		a, b := segment.Key(p.A), segment.Key(p.B)
		if a > b {
			a, b = b, a
		}
		switch {
		case a == b:
			r.problem("pairs: %q and %q are the same text", p.A, p.B)
		case of[a] != "" && of[a] == of[b]:
			r.problem("pairs: %q and %q are both of %s", p.A, p.B, of[a])
		case seen[[2]string{a, b}]:
			r.problem("pairs: %q and %q are there twice", p.A, p.B)
		}
		seen[[2]string{a, b}] = true
	}
}

// forbidden: no personal data, no names of real companies.
func (r *Report) forbidden(c *Corpus) {
	look := func(text, where string) {
		if _, found := privacy.Mask(text); len(found) > 0 {
			r.problem("%s: %q holds personal data", where, text)
		}
		key := segment.Key(text)
		for _, name := range companies {
			if strings.Contains(key, name) {
				r.problem("%s: %q names a real company: %s", where, text, name)
			}
		}
	}
	for _, intent := range c.Intents {
		for _, text := range intent.Utterances {
			look(text, intent.ID)
		}
	}
	for _, o := range c.Outside {
		look(o.Text, "outside/"+o.Kind)
	}
	for _, p := range c.Pairs {
		look(p.A, "pairs")
		look(p.B, "pairs")
	}
}

// close compares intents by the words they share, before anything was learnt.
func (r *Report) close(c *Corpus, seg *segment.Segmenter) {
	sums := make([]semantic.Vector, len(c.Intents))
	plain := semantic.Untaught()
	for i, intent := range c.Intents {
		for _, text := range intent.Utterances {
			sums[i].Add(plain.Encode(seg.Cut(text)))
		}
		sums[i].Normalise()
	}
	for i := range sums {
		for j := range i {
			if like := float64(sums[i].Cosine(&sums[j])); like > near && c.Intents[i].Lang == c.Intents[j].Lang {
				r.Close = append(r.Close, Close{c.Intents[j].ID, c.Intents[i].ID, like})
			}
		}
	}
	slices.SortStableFunc(r.Close, func(a, b Close) int { return cmp.Compare(b.Cosine, a.Cosine) })
}

// String is for people: counts, lengths, problems, and the closest intents.
func (r Report) String() string {
	var b strings.Builder
	for _, l := range r.Languages {
		all := float64(max(1, l.Lines)) / 100
		fmt.Fprintf(&b, "%s: %d intents of %d topics, %d utterances, %d lines out of scope, %d pairs\n", l.Lang, l.Intents, l.Topics, l.Lines, l.Outside, l.Pairs)
		fmt.Fprintf(&b, "  length %.1f runes; up to 3: %.1f %%, 4–14: %.1f %%, 15–25: %.1f %%, over 25: %.1f %%\n", l.Lengths.Mean,
			float64(l.Lengths.Short)/all, float64(l.Lengths.Usual)/all, float64(l.Lengths.Longer)/all, float64(l.Lengths.Long)/all)
		fmt.Fprintf(&b, "  likeness inside an intent %.3f\n", l.Alike)
	}
	fmt.Fprintf(&b, "%d pairs of intents share many words; a person should judge the closest:\n", len(r.Close))
	for _, pair := range r.Close[:min(20, len(r.Close))] {
		fmt.Fprintf(&b, "  %.2f  %s  %s\n", pair.Cosine, pair.A, pair.B)
	}
	fmt.Fprintf(&b, "%d problems\n", len(r.Problems))
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "  %s\n", p)
	}
	return b.String()
}
