// Package gate holds a release against what customers really say before it goes live.
//
//	cases := gate.New(db)
//	added, err := cases.Add(ctx, "zhou", gate.Case{Utterance: "钱还不进去", Expect: "repay-failed", Source: gate.FromChat})
//	set, err := cases.All(ctx)
//	report, err := gate.Compare(ctx, gate.Side{Release: live, Matcher: a}, gate.Side{Release: next, Matcher: b}, set, nil)
//	if !report.Passed(limits) { … } // a second person must sign, with a reason
//
// # The labelled set
//
// A Case is an utterance and the entry that is meant by it, or none. The set grows from
// confirmed chats, from the inbox and by hand. An utterance stands in it once: whoever
// says something else about it must remove the first, with a reason. Utterances are
// masked before they are stored.
//
// # The comparison
//
// Each case is put to the release in force and to the one that shall follow. What becomes
// of it has a worth:
//
//	        an entry is meant                        none is meant
//	3       it is answered                           not answered
//	2       it is among the choices offered          choices are offered
//	1       not answered, or only others are offered
//	0       another entry is answered                an entry is answered
//
// Better and worse are the cases whose worth rises and falls. Recall is the share of
// cases with an entry whose entry the customer gets (3 or 2); precision the share of
// answers that are right. A case whose entry is in neither release is orphaned: it is
// reported, and counted nowhere. One whose entry is only taken away now is counted:
// customers who ask for it get no answer any more.
package gate

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"wenda/knowledge"
	"wenda/knowledge/eval"
)

// Side is a release and what answers from it. The zero Side is no release at all: it
// answers nothing.
type Side struct {
	Release *knowledge.Release
	Matcher knowledge.Matcher
}

// Verdict says what becomes of a case.
type Verdict string

// The verdicts.
const (
	Better   Verdict = "better"
	Worse    Verdict = "worse"
	Same     Verdict = "same"
	Orphaned Verdict = "orphaned" // its entry is in neither release
)

// Did is what a side makes of an utterance.
type Did struct {
	Zone       knowledge.Zone `json:"zone"`
	Entry      string         `json:"entry,omitempty"`   // of the first match; "" if there is none
	Confidence float64        `json:"confidence"`        // of the first match, to four digits
	Offered    bool           `json:"offered,omitempty"` // Zone is clarify, and the entry meant is among the choices
}

// Line is one case in a report.
type Line struct {
	Case      string `json:"case"`
	Utterance string `json:"utterance"`
	Expect    string `json:"expect"` // "": none
	Live      Did    `json:"live"`
	Next      Did    `json:"next"`
}

// Figures are a side's, over all cases that are not orphaned.
type Figures struct {
	Cases     int     `json:"cases"`
	InScope   int     `json:"in_scope"`  // an entry is meant
	Answered  int     `json:"answered"`  // rightly or not
	Right     int     `json:"right"`     // of the answered
	Offered   int     `json:"offered"`   // in scope, not answered, and among the choices
	Recall    float64 `json:"recall"`    // (Right + Offered) / InScope; 1 if no entry is meant by any case
	Precision float64 `json:"precision"` // Right / Answered; 1 if nothing is answered
}

// Touched is an entry whose cases changed: of Line.Expect.
type Touched struct {
	Entry  string `json:"entry"` // "": none
	Better int    `json:"better"`
	Worse  int    `json:"worse"`
}

// Report is what a comparison found. Lists are in the order of the cases.
//
//	{"live":{"cases":812,"recall":0.94,…},"next":{…},"better":[…],"worse":[{"case":"…","utterance":"钱还不进去",
//	 "expect":"repay-failed","live":{"zone":"answer","entry":"repay-failed","confidence":0.97},"next":{…}}],
//	 "unchanged":799,"orphaned":[],"touched":[{"entry":"repay-failed","better":0,"worse":1}]}
type Report struct {
	Live      Figures   `json:"live"`
	Next      Figures   `json:"next"`
	Better    []Line    `json:"better"`
	Worse     []Line    `json:"worse"`
	Same      []Line    `json:"-"` // too many to keep
	Unchanged int       `json:"unchanged"`
	Orphaned  []Line    `json:"orphaned"`
	Touched   []Touched `json:"touched"` // most worse first, then most better, then by id
}

// Limits are what a company set.
type Limits struct {
	Recall    float64 `json:"recall"`    // least, 0 to 1
	Precision float64 `json:"precision"` // least, 0 to 1
	Worse     int     `json:"worse"`     // most cases that may get worse; negative: any number
}

// DefaultLimits are for a company that set none. They are ours, without a source: a set
// holds the harder questions, of which fewer are answered than of all.
var DefaultLimits = Limits{Recall: 0.8, Precision: 0.9, Worse: 0}

// Passed reports whether the next release may go live with one signature.
func (r Report) Passed(l Limits) bool { return len(r.Fails(l)) == 0 }

// Fails names the limits that the next release does not keep: "recall", "precision",
// "worse". An empty set fails nothing: it says nothing.
func (r Report) Fails(l Limits) []string {
	fails := []string{}
	if r.Next.Recall < l.Recall {
		fails = append(fails, "recall")
	}
	if r.Next.Precision < l.Precision {
		fails = append(fails, "precision")
	}
	if l.Worse >= 0 && len(r.Worse) > l.Worse {
		fails = append(fails, "worse")
	}
	return fails
}

// Compare puts each case to both sides, one after the other, and tells progress after
// each (nil tells nobody). It bears with a matcher that is busy (see Patient). The error
// is a matcher's, or ctx's.
func Compare(ctx context.Context, live, next Side, cases []Case, progress func(done, of int)) (Report, error) {
	lines := make([]Line, 0, len(cases))
	for i, c := range cases {
		line := Line{Case: c.ID, Utterance: c.Utterance, Expect: c.Expect}
		var err error
		if line.Live, err = live.do(ctx, c); err == nil {
			line.Next, err = next.do(ctx, c)
		}
		if err != nil {
			return Report{}, fmt.Errorf("gate: case %s: %w", c.ID, err)
		}
		lines = append(lines, line)
		if progress != nil {
			progress(i+1, len(cases))
		}
	}
	return report(lines, func(entry string) bool { return live.has(entry) || next.has(entry) }), nil
}

// has reports whether an entry can be answered from the side.
func (s Side) has(entry string) bool {
	if s.Release == nil {
		return false
	}
	_, ok := s.Release.Entry(entry)
	return ok
}

// do asks a side.
func (s Side) do(ctx context.Context, c Case) (Did, error) {
	if s.Matcher == nil {
		return Did{Zone: knowledge.ZoneHandoff}, ctx.Err()
	}
	found, err := Patient(s.Matcher).Match(ctx, c.Utterance, eval.Choices)
	if err != nil {
		return Did{}, err
	}
	return did(found, c.Expect), nil
}

// did is what a result comes to for who meant expect.
func did(found knowledge.Result, expect string) Did {
	d := Did{Zone: found.Zone()}
	if len(found.Matches) > 0 {
		d.Entry, d.Confidence = found.Matches[0].Entry, math.Round(found.Matches[0].Confidence*1e4)/1e4
	}
	d.Offered = d.Zone == knowledge.ZoneClarify && expect != "" &&
		slices.ContainsFunc(found.Matches, func(m knowledge.Match) bool { return m.Entry == expect })
	return d
}

// worth is how well a customer who meant expect is served, 0 to 3; see the package comment.
func (d Did) worth(expect string) int {
	switch {
	case d.Zone == knowledge.ZoneAnswer && (expect == "" || d.Entry != expect):
		return 0
	case d.Zone == knowledge.ZoneAnswer, expect == "" && d.Zone == knowledge.ZoneHandoff:
		return 3
	case d.Offered, expect == "":
		return 2
	}
	return 1
}

// verdict says what becomes of a case. has reports whether an entry is in either release.
func (l Line) verdict(has func(entry string) bool) Verdict {
	change := cmp.Compare(l.Next.worth(l.Expect), l.Live.worth(l.Expect))
	switch {
	case l.Expect != "" && !has(l.Expect):
		return Orphaned
	case change > 0:
		return Better
	case change < 0:
		return Worse
	}
	return Same
}

// report sorts the lines and counts.
func report(lines []Line, has func(entry string) bool) Report {
	r := Report{Better: []Line{}, Worse: []Line{}, Orphaned: []Line{}, Touched: []Touched{}}
	touched := map[string]Touched{}
	for _, l := range lines {
		v := l.verdict(has)
		list := map[Verdict]*[]Line{Better: &r.Better, Worse: &r.Worse, Same: &r.Same, Orphaned: &r.Orphaned}[v]
		*list = append(*list, l)
		if v == Orphaned {
			continue
		}
		r.Live.add(l.Live, l.Expect)
		r.Next.add(l.Next, l.Expect)
		t := touched[l.Expect]
		t.Entry = l.Expect
		switch v {
		case Better:
			t.Better++
		case Worse:
			t.Worse++
		default:
			continue
		}
		touched[l.Expect] = t
	}
	r.Unchanged = len(r.Same)
	r.Live, r.Next = r.Live.shares(), r.Next.shares()
	for _, t := range touched {
		r.Touched = append(r.Touched, t)
	}
	slices.SortFunc(r.Touched, func(a, b Touched) int {
		return cmp.Or(cmp.Compare(b.Worse, a.Worse), cmp.Compare(b.Better, a.Better), cmp.Compare(a.Entry, b.Entry))
	})
	return r
}

func (f *Figures) add(d Did, expect string) {
	f.Cases++
	if expect != "" {
		f.InScope++
	}
	if d.Zone == knowledge.ZoneAnswer {
		f.Answered++
		if d.worth(expect) > 0 {
			f.Right++
		}
	} else if d.Offered {
		f.Offered++
	}
}

func (f Figures) shares() Figures {
	share := func(part, of int) float64 {
		if of == 0 {
			return 1
		}
		return float64(part) / float64(of)
	}
	f.Recall, f.Precision = share(f.Right+f.Offered, f.InScope), share(f.Right, f.Answered)
	return f
}
