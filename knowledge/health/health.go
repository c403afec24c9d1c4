// Package health finds what is wrong with a release that nobody complained about yet.
//
//	report, err := health.Inspection{
//		Segmenter: seg,
//		Open: func(ctx context.Context, r *knowledge.Release) (knowledge.Matcher, func(), error) {
//			m, err := match.Open(ctx, dir, seg, r, match.Options{Learnt: learnt})
//			…
//		},
//		Now: time.Now(),
//	}.Inspect(ctx, release, stats)
//
// # What it finds
//
//	conflict    two entries for the same question whose answers differ in a number, rate or date
//	duplicate   two entries for the same question
//	given_away  a phrasing that the matcher answers with another entry
//	unhelpful   customers often vote 没用
//	handed_off  a person is often needed after the answer
//	expiring    ends within a week
//	stale       the day to look at it again has come
//	few         fewer than three phrasings in a language
//	unused      nobody asked for a month
//
// # How phrasings are asked
//
// A matcher gives a phrasing to the entry that holds it, of course. So the release is
// folded: in each of four folds a quarter of every entry's phrasings is taken out, a
// matcher is opened on the rest, and what was taken out is asked as a customer would.
// The only phrasing of an entry is asked too, with the entry gone.
//
// Two entries are for the same question if they share a phrasing (after normalising); or
// one that is equal but for filler words; or if the matcher gives the other one at least
// 0.9 for two of their phrasings, or for the only one of an entry. A single phrasing of
// many that goes astray is given_away: mostly it should move or be reworded.
//
// Each phrasing costs one match, four matchers are opened one after the other, and no
// more than MostAsked phrasings are asked, evenly from the whole base. The 9,537 phrasings
// of the sample base take 20 s on two busy cores, with what was learnt from all of them. It
// belongs in the background; ctx ends it at once.
package health

import (
	"cmp"
	"context"
	"slices"
	"time"

	"wenda/knowledge"
	"wenda/knowledge/segment"
)

// Kind is what is wrong.
type Kind string

// The kinds, the most urgent first; see the package comment.
const (
	Conflict  Kind = "conflict"
	Duplicate Kind = "duplicate"
	GivenAway Kind = "given_away"
	Unhelpful Kind = "unhelpful"
	HandedOff Kind = "handed_off"
	Expiring  Kind = "expiring"
	Stale     Kind = "stale"
	Few       Kind = "few"
	Unused    Kind = "unused"
)

// Kinds are all there are, the most urgent first.
var Kinds = []Kind{Conflict, Duplicate, GivenAway, Unhelpful, HandedOff, Expiring, Stale, Few, Unused}

// Finding is one thing that is wrong with an entry.
//
//	{"kind":"conflict","entry":"fee-early","phrasing":"提前还款手续费","other":"repay-early","other_phrasing":"提前还款收手续费吗",
//	 "confidence":0.94,"differ":[{"lang":"zh-CN","unit":"percent","entry":["1"],"other":["2"]}]}
type Finding struct {
	Kind  Kind           `json:"kind"`
	Entry string         `json:"entry"`
	Lang  knowledge.Lang `json:"lang,omitempty"` // few: where they are missing

	// conflict, duplicate, given_away. Of the first two, Entry is before Other.
	Phrasing      string       `json:"phrasing,omitempty"`
	Other         string       `json:"other,omitempty"`
	OtherPhrasing string       `json:"other_phrasing,omitempty"` // the one that resembles
	Confidence    float64      `json:"confidence,omitempty"`     // that Other is meant by Phrasing; 1 if they are equal
	Differ        []Difference `json:"differ,omitempty"`         // conflict: in what

	Count int       `json:"count,omitempty"` // few: phrasings; unhelpful, handed_off: of Hits
	Hits  int       `json:"hits,omitempty"`  // unhelpful, handed_off
	At    time.Time `json:"at,omitzero"`     // expiring, stale: when; unused: since when
}

// Difference is a kind of number that two answers give differently.
type Difference struct {
	Lang  knowledge.Lang `json:"lang"`
	Unit  segment.Unit   `json:"unit"`
	Entry []string       `json:"entry"` // only in Finding.Entry's answer
	Other []string       `json:"other"` // only in Finding.Other's
}

// Seen is what the caller knows of an entry that is in force. Zero fields are not known.
type Seen struct {
	Hits      int       // answers given lately, over as long as the caller looks
	Handoffs  int       // of Hits: a person was needed next
	Unhelpful int       // of Hits: voted 没用
	Since     time.Time // in force since
	Last      time.Time // last answer given
	ReviewBy  time.Time // base.Content.ReviewBy
	Until     time.Time // base.Content.Until
}

// Stats is what is known, by Entry.ID.
type Stats map[string]Seen

// Bounds from which something counts as wrong. They are ours, without a source.
const (
	FewPhrasings  = 3
	EnoughHits    = 20  // before shares say anything
	OftenHanded   = 0.3 // of the hits
	OftenUseless  = 0.1 // of the hits: most who are not helped do not vote
	Near          = 0.9 // confidence from which a phrasing is the other entry's
	MostAsked     = 20_000
	UnusedFor     = 30 * 24 * time.Hour
	ExpiresWithin = 7 * 24 * time.Hour
)

// Inspection is how a release is inspected.
type Inspection struct {
	Segmenter *segment.Segmenter

	// Open opens a matcher on a part of the release; what it returns beside it is called
	// when it is no longer needed. With what was learnt from the whole release it finds
	// what goes astray although it was learnt: little, and sure. What is learnt from the
	// part alone goes astray more often, and takes longer. nil: phrasings are not asked.
	Open func(context.Context, *knowledge.Release) (knowledge.Matcher, func(), error)

	Now      time.Time
	Progress func(done, of int) // told after each phrasing asked; nil tells nobody

	most int // MostAsked; tests have fewer
}

// Report is what was found.
type Report struct {
	Release   int64     `json:"release"`
	Entries   int       `json:"entries"`   // that customers ask for
	Phrasings int       `json:"phrasings"` // standard questions included
	Asked     int       `json:"asked"`     // of Phrasings
	Findings  []Finding `json:"findings"`  // by kind, then entry, other and phrasing
}

// Inspect looks at all entries of a release that customers ask for, and at the dates of
// agents' replies. Same release,
// stats and matchers, same report. The error is Open's, a matcher's, or ctx's.
func (i Inspection) Inspect(ctx context.Context, r *knowledge.Release, stats Stats) (Report, error) {
	phrasings := phrasingsOf(r)
	report := Report{Release: r.ID, Phrasings: len(phrasings), Findings: []Finding{}}
	for _, e := range r.Entries() {
		switch {
		case e.Matchable():
			report.Entries++
			report.Findings = append(report.Findings, few(e)...)
			report.Findings = append(report.Findings, i.of(e.ID, stats[e.ID])...)
		case e.Canned():
			report.Findings = append(report.Findings, i.dates(e.ID, stats[e.ID])...)
		}
	}
	pairs := pairs{}
	pairs.alike(i.Segmenter.For(r), phrasings)
	if i.Open != nil {
		astray, asked, err := i.ask(ctx, r, phrasings)
		if err != nil {
			return Report{}, err
		}
		report.Asked = asked
		report.Findings = append(report.Findings, pairs.sort(astray)...)
	}
	report.Findings = append(report.Findings, pairs.findings(r)...)
	slices.SortStableFunc(report.Findings, byUrgency)
	return report, nil
}

func byUrgency(a, b Finding) int {
	return cmp.Or(cmp.Compare(slices.Index(Kinds, a.Kind), slices.Index(Kinds, b.Kind)), cmp.Compare(a.Entry, b.Entry),
		cmp.Compare(a.Other, b.Other), cmp.Compare(a.Lang, b.Lang), cmp.Compare(a.Phrasing, b.Phrasing))
}

// few returns the languages in which an entry has too few phrasings.
func few(e knowledge.Entry) (out []Finding) {
	for _, lang := range langs(e) {
		if n := 1 + len(e.Texts[lang].Similar); n < FewPhrasings {
			out = append(out, Finding{Kind: Few, Entry: e.ID, Lang: lang, Count: n})
		}
	}
	return out
}

// of returns what the numbers and dates of an entry say.
func (i Inspection) of(id string, s Seen) (out []Finding) {
	often := func(kind Kind, count int, share float64) {
		if s.Hits >= EnoughHits && float64(count) >= share*float64(s.Hits) {
			out = append(out, Finding{Kind: kind, Entry: id, Count: count, Hits: s.Hits})
		}
	}
	often(Unhelpful, s.Unhelpful, OftenUseless)
	often(HandedOff, s.Handoffs, OftenHanded)
	out = append(out, i.dates(id, s)...)
	last := s.Since
	if s.Last.After(last) {
		last = s.Last
	}
	if s.Hits == 0 {
		out = append(out, i.due(Unused, id, last, -UnusedFor)...)
	}
	return out
}

// dates returns what ends soon, or should be looked at.
func (i Inspection) dates(id string, s Seen) []Finding {
	return append(i.due(Expiring, id, s.Until, ExpiresWithin), i.due(Stale, id, s.ReviewBy, 0)...)
}

// due is a finding if a moment has come, or comes within ahead.
func (i Inspection) due(kind Kind, id string, at time.Time, ahead time.Duration) []Finding {
	if at.IsZero() || i.Now.Add(ahead).Before(at) {
		return nil
	}
	return []Finding{{Kind: kind, Entry: id, At: at}}
}

// langs returns an entry's languages, sorted.
func langs(e knowledge.Entry) []knowledge.Lang {
	var out []knowledge.Lang
	for lang := range e.Texts {
		out = append(out, lang)
	}
	slices.Sort(out)
	return out
}
