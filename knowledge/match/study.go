package match

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"wenda/internal/gentle"
	"wenda/knowledge"
	"wenda/knowledge/corpus"
	"wenda/knowledge/index"
	"wenda/knowledge/segment"
	"wenda/knowledge/semantic"
)

// Study says how to learn, and from what beside the release. Order and repetitions do
// not matter. What is no news is passed over: utterances that are a phrasing already,
// word for word, and those of entries that the release does not have.
type Study struct {
	Variant   string             // default Full
	Confirmed []Confirmed        // what customers said, and what they meant
	Outside   []string           // what customers said that no entry answers
	Progress  func(done, of int) // told after each step, of about equal length: done grows up to of; nil tells nobody
}

// Confirmed is an utterance whose entry an agent or the customer picked. It teaches
// encoder and classifier, and the stack by what is made of it unseen. It is no phrasing:
// nothing is compared with it or shown of it until an editor adds it to the entry.
type Confirmed struct {
	Utterance string
	Entry     string  // Entry.ID
	Weight    float64 // 1 counts as much as an editor's phrasing, semantic.WeightMost is the most, 0 or less is nothing
}

// of returns the study as the release can use it: sorted, each thing once.
func (s Study) of(r *knowledge.Release) Study {
	s.Variant = cmp.Or(s.Variant, Full)
	said := map[string]bool{"": true} // by an editor or, for Outside, by who was confirmed
	for _, p := range index.Phrasings(r) {
		said[segment.Key(p.Text)] = true
		gentle.Aside()
	}
	s.Confirmed = confirmedOf(r, s.Confirmed, said)
	for _, c := range s.Confirmed {
		said[segment.Key(c.Utterance)] = true
	}
	s.Outside = slices.Sorted(slices.Values(s.Outside))
	s.Outside = slices.DeleteFunc(s.Outside, func(text string) bool {
		key := segment.Key(text)
		known := said[key]
		said[key] = true
		return known
	})
	return s
}

// confirmedOf keeps of each utterance and entry the heaviest.
func confirmedOf(r *knowledge.Release, all []Confirmed, said map[string]bool) (out []Confirmed) {
	for _, c := range all {
		e, ok := r.Entry(c.Entry)
		if ok && e.Matchable() && c.Weight > 0 && !said[segment.Key(c.Utterance)] {
			c.Weight = min(c.Weight, semantic.WeightMost)
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b Confirmed) int {
		return cmp.Or(cmp.Compare(a.Entry, b.Entry), cmp.Compare(segment.Key(a.Utterance), segment.Key(b.Utterance)),
			cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.Utterance, b.Utterance))
	})
	return slices.CompactFunc(out, func(a, b Confirmed) bool {
		return a.Entry == b.Entry && segment.Key(a.Utterance) == segment.Key(b.Utterance)
	})
}

// recipe goes up when Learn makes something else of the same release.
const recipe = 7

// Key names what Learn makes of a release alone, see Study.Key.
func Key(r *knowledge.Release, seg *segment.Segmenter, variant string) (string, error) {
	return Study{Variant: variant}.Key(r, seg)
}

// Key names what Learn makes of a release with this study: by its phrasings,
// counter-phrasings and synonyms, by what was confirmed and what is outside, by the
// segmenter, by our encoder and by the recipe. Equal keys, equal results.
func (s Study) Key(r *knowledge.Release, seg *segment.Segmenter) (string, error) {
	m, err := corpus.EncoderManifest()
	if err != nil {
		return "", err
	}
	s = s.of(r)
	h := sha256.New()
	fmt.Fprintf(h, "%d %s %s %s\n", recipe, s.Variant, seg.For(r).Version(), m.SHA256)
	for _, p := range index.Phrasings(r) {
		gentle.Aside()
		fmt.Fprintf(h, "%s %s %q\n", p.Entry, p.Lang, p.Text)
	}
	for _, e := range r.Entries() {
		if !e.Matchable() {
			continue
		}
		for _, lang := range []knowledge.Lang{knowledge.English, knowledge.Chinese} {
			fmt.Fprintf(h, "not %s %s %q\n", e.ID, lang, e.Texts[lang].Not)
		}
	}
	for _, c := range s.Confirmed {
		fmt.Fprintf(h, "confirmed %s %q %v\n", c.Entry, c.Utterance, c.Weight)
	}
	fmt.Fprintf(h, "outside %q\n", s.Outside)
	return s.Variant + "-" + hex.EncodeToString(h.Sum(nil))[:32], nil
}

// lessonOf is a release as encoder and classifier learn from it, with what was
// confirmed, and the number of its texts. Its groups are those of a model.
func lessonOf(r *knowledge.Release, confirmed []Confirmed) (l semantic.Lesson, n int) {
	at := map[string]int{} // by entry and language
	for _, p := range index.Phrasings(r) {
		name := p.Entry + " " + string(p.Lang)
		if _, ok := at[name]; !ok {
			at[name] = len(l.Groups)
			l.Groups = append(l.Groups, semantic.Group{Topic: string(p.Lang)})
		}
		add(&l.Groups[at[name]], p.Text, 1)
		n++
	}
	for _, c := range confirmed {
		first := spoken(c.Utterance)
		for _, lang := range []knowledge.Lang{first, first.Other()} {
			if i, ok := at[c.Entry+" "+string(lang)]; ok {
				add(&l.Groups[i], c.Utterance, float32(c.Weight))
				n++
				break
			}
		}
	}
	return l, n
}

func add(g *semantic.Group, text string, weight float32) {
	g.Texts, g.Weights = append(g.Texts, text), append(g.Weights, weight)
}

// spoken is the language that a text is most likely in.
func spoken(text string) knowledge.Lang {
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return knowledge.Chinese
	}
	return knowledge.English
}
