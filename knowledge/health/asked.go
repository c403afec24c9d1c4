package health

import (
	"context"
	"fmt"
	"slices"

	"wenda/knowledge"
	"wenda/knowledge/gate"
)

// folds is how many parts the phrasings are taken out in.
const folds = 4

// phrasing is a way to ask for an entry.
type phrasing struct {
	entry string
	lang  knowledge.Lang
	text  string
	fold  int  // in which it is taken out
	only  bool // the entry has no other in this language
}

// phrasingsOf returns all that a matcher knows, in the order of entries, languages and
// as written.
func phrasingsOf(r *knowledge.Release) (out []phrasing) {
	n := 0
	for _, e := range r.Entries() {
		if !e.Matchable() {
			continue
		}
		n++
		for _, lang := range langs(e) {
			t := e.Texts[lang]
			fold, only := n, len(t.Similar) == 0
			for i, text := range append([]string{t.Question}, t.Similar...) {
				if !only {
					fold = i
				}
				out = append(out, phrasing{e.ID, lang, text, fold % folds, only})
			}
		}
	}
	return out
}

// without returns the release without a fold's phrasings.
func without(r *knowledge.Release, fold int, phrasings []phrasing) (*knowledge.Release, error) {
	type place struct {
		entry string
		lang  knowledge.Lang
	}
	stay := map[place][]string{}
	for _, p := range phrasings {
		if p.fold != fold {
			at := place{p.entry, p.lang}
			stay[at] = append(stay[at], p.text)
		}
	}
	var kept []knowledge.Entry
	for _, e := range r.Entries() {
		rest := e
		rest.Texts = map[knowledge.Lang]knowledge.Text{}
		for lang, t := range e.Texts {
			if left := stay[place{e.ID, lang}]; len(left) > 0 {
				t.Question, t.Similar = left[0], left[1:]
				rest.Texts[lang] = t
			}
		}
		if len(rest.Texts) > 0 {
			kept = append(kept, rest)
		}
	}
	return knowledge.NewRelease(r.ID, kept, knowledge.WithSynonyms(r.Synonyms()))
}

// stray is a phrasing for which another entry was found.
type stray struct {
	phrasing
	found  knowledge.Match
	answer bool // a customer would read the other's answer
}

// ask asks the phrasings, fold by fold, and returns those that went astray in the order
// of the base, and how many it asked.
func (i Inspection) ask(ctx context.Context, r *knowledge.Release, phrasings []phrasing) (out []stray, asked int, err error) {
	most := i.most
	if most == 0 {
		most = MostAsked
	}
	chosen := evenly(phrasings, most)
	for fold := range folds {
		questions := slices.DeleteFunc(slices.Clone(chosen), func(p phrasing) bool { return p.fold != fold })
		if len(questions) == 0 {
			continue
		}
		rest, err := without(r, fold, phrasings)
		if err != nil {
			return nil, 0, fmt.Errorf("health: %w", err)
		}
		strays, err := i.askOne(ctx, rest, questions, func() {
			if asked++; i.Progress != nil {
				i.Progress(asked, len(chosen))
			}
		})
		if err != nil {
			return nil, 0, fmt.Errorf("health: %w", err)
		}
		out = append(out, strays...)
	}
	return out, asked, nil
}

// askOne asks the questions of one fold.
func (i Inspection) askOne(ctx context.Context, rest *knowledge.Release, questions []phrasing, tick func()) (out []stray, err error) {
	m, done, err := i.Open(ctx, rest)
	if err != nil {
		return nil, err
	}
	defer done()
	m = gate.Patient(m)
	for _, p := range questions {
		found, err := m.Match(ctx, p.text, 2)
		if err != nil {
			return nil, err
		}
		for n, other := range found.Matches {
			if other.Entry == p.entry {
				break // what comes behind is less likely
			}
			answer := n == 0 && found.Zone() == knowledge.ZoneAnswer
			if answer && !p.only || other.Confidence >= Near {
				out = append(out, stray{p, other, answer})
			}
		}
		tick()
	}
	return out, nil
}

// evenly picks at most n of a list.
func evenly[T any](list []T, n int) []T {
	if len(list) <= n {
		return list
	}
	out := make([]T, n)
	for i := range out {
		out[i] = list[i*len(list)/n]
	}
	return out
}
