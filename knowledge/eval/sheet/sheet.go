// Package sheet lays measurements out: for a person at a terminal, and as JSON.
//
//	s := sheet.Of(release, questions, 0.95, []sheet.Measured{{Name: "lexical", Report: report}})
//	err := s.Print(os.Stdout)     // several Measured stand side by side, with differences
//	err = s.Encode(os.Stdout)     // one JSON object, everything of each of them
//
// Both show the same figures under the same conditions, as package eval defines them:
// shares are in percent, confidences and thresholds from 0 to 1. A share of nothing
// (how much is right of what was answered, if nothing was) is null, and "-" on paper.
// Texts of questions are shown without what could steer a terminal.
package sheet

import (
	"encoding/json"
	"io"
	"math"

	"wenda/knowledge"
	"wenda/knowledge/eval"
)

// maxConfusions is the number of confusions that are shown.
const maxConfusions = 20

// Measured is the report on a pipeline under the name that it was asked for by.
type Measured struct {
	Name string
	eval.Report
}

// Sheet is what is shown. Its field names in JSON are stable.
type Sheet struct {
	Entries    int       `json:"entries"`      // of the base
	Phrasings  int       `json:"phrasings"`    // of the base, questions and similar ones
	Questions  int       `json:"questions"`    // that were asked
	InScope    int       `json:"in_scope"`     // of the questions
	OutOfScope int       `json:"out_of_scope"` // of the questions
	Unreadable []int     `json:"unreadable"`   // lines of the questions of whose text not all could be read
	Target     float64   `json:"target"`       // share of answers that must be right
	Variants   []Figures `json:"variants"`     // in the order asked for
}

// Figures are those of one pipeline.
type Figures struct {
	Name         string      `json:"name"`
	Variant      string      `json:"variant"` // as the pipeline names itself
	Top1         *float64    `json:"top1"`
	Recall3      *float64    `json:"recall3"`
	Recall5      *float64    `json:"recall5"`
	Cov90        float64     `json:"cov90"`
	Cov95        float64     `json:"cov95"`
	AUROC        float64     `json:"auroc"`
	OOSRecall    *float64    `json:"oos_recall"`
	ECE          float64     `json:"ece"`
	Thresholds   Thresholds  `json:"thresholds"`
	Zones        Zones       `json:"zones"`
	OOSRefused   *float64    `json:"oos_refused"` // by the thresholds in force: not answered
	Kinds        []Kind      `json:"kinds"`
	ForTarget    ForTarget   `json:"for_target"`
	ByThreshold  []Cut       `json:"by_threshold"`
	Reliability  []Bin       `json:"reliability"`
	Confusions   []Confusion `json:"confusions"` // the most frequent
	Confused     int         `json:"confused"`   // all pairs that were confused
	MedianMicros int64       `json:"median_us"`
	SlowMicros   int64       `json:"slowest_us"`
	Change       *Change     `json:"against_first"` // null for the first
}

// Thresholds are those in force.
type Thresholds struct {
	Answer  float64 `json:"answer"`
	Clarify float64 `json:"clarify"`
	Margin  float64 `json:"margin"`
}

// Zones are what the thresholds in force do.
type Zones struct {
	Answer  Zone `json:"answer"`  // right: the entry is the one that was meant
	Clarify Zone `json:"clarify"` // right: the entry is among the choices
	Handoff Zone `json:"handoff"` // right: no entry was meant
}

// Zone is how many questions go there, in percent, and how many of those rightly.
type Zone struct {
	Share float64  `json:"share"`
	Right *float64 `json:"right"`
}

// Kind is what became of the questions of a kind.
type Kind struct {
	Kind      string   `json:"kind"`
	InScope   bool     `json:"in_scope"`
	Questions int      `json:"questions"`
	Top1      *float64 `json:"top1"`
	OOSRecall *float64 `json:"oos_recall"`
	Answered  float64  `json:"answered"`
	Right     *float64 `json:"right"`
	Clarified float64  `json:"clarified"`
	HandedOff float64  `json:"handed_off"`
}

// ForTarget is where to begin to answer so that the target is met.
type ForTarget struct {
	Likely Cut `json:"likely"`
	Sure   Cut `json:"sure"`
}

// Cut is what answering from a confidence upwards comes to.
type Cut struct {
	Answer      *float64 `json:"answer"` // null: nothing can be answered
	Answered    float64  `json:"answered"`
	Right       *float64 `json:"right"`
	Low         *float64 `json:"right_low"`
	High        *float64 `json:"right_high"`
	OOSAnswered *float64 `json:"oos_answered"`
	InForce     bool     `json:"in_force"`
}

// Bin is a part of the questions next to each other in confidence.
type Bin struct {
	Questions  int     `json:"questions"`
	From       float64 `json:"from"`
	To         float64 `json:"to"`
	Confidence float64 `json:"confidence"`
	Right      float64 `json:"right"`
}

// Confusion is one entry that is taken for another; null is none.
type Confusion struct {
	Expect   *string `json:"expect"`
	Got      *string `json:"got"`
	Count    int     `json:"count"`
	Answered int     `json:"answered"`
	Example  string  `json:"example"`
}

// Change is against the first pipeline: questions in scope whose entry is first only
// here, and only there.
type Change struct {
	Mended int `json:"mended"`
	Broken int `json:"broken"`
}

// Of makes the sheet of measurements of the same cases on one base, at least one.
func Of(r *knowledge.Release, target float64, all []Measured) Sheet {
	first := all[0]
	s := Sheet{
		Questions: first.Cases, InScope: first.InScope, OutOfScope: first.Cases - first.InScope, Unreadable: []int{}, Target: target,
	}
	for _, e := range r.Entries() {
		if !e.Matchable() {
			continue
		}
		s.Entries++
		for _, t := range e.Texts {
			s.Phrasings += 1 + len(t.Similar)
		}
	}
	for i, m := range all {
		f := figures(m, target)
		if i > 0 {
			c := first.To(m.Report)
			f.Change = &Change{c.Mended, c.Broken}
		}
		s.Variants = append(s.Variants, f)
	}
	return s
}

func figures(m Measured, target float64) Figures {
	t, in, out := m.Thresholds, m.InScope, m.Cases-m.InScope
	wanted := eval.ThresholdFor(m.Outcomes, target, t.Margin)
	f := Figures{
		Name: m.Name, Variant: m.Variant,
		Top1: of(m.Top1, in), Recall3: of(m.Recall3, in), Recall5: of(m.Recall5, in),
		Cov90: round(m.Cov90), Cov95: round(m.Cov95), AUROC: round(m.AUROC), OOSRecall: of(m.OOSRecall, min(in, out)), ECE: round(m.ECE),
		Thresholds:  Thresholds{t.Answer, t.Clarify, t.Margin},
		Zones:       Zones{zone(m.Answered, m.Precision), zone(m.Clarified, m.Offered), zone(m.HandedOff, m.Rightly)},
		OOSRefused:  of(m.Refused, out),
		ForTarget:   ForTarget{cutOf(wanted.Likely), cutOf(wanted.Sure)},
		ByThreshold: byThreshold(m.Report), Kinds: []Kind{}, Reliability: []Bin{}, Confusions: []Confusion{},
		MedianMicros: m.Median.Microseconds(), SlowMicros: m.Slowest.Microseconds(),
	}
	for _, k := range m.Kinds {
		f.Kinds = append(f.Kinds, kind(k, in))
	}
	for _, b := range m.Bins {
		f.Reliability = append(f.Reliability, Bin{b.Count, round(b.From), round(b.To), round(b.Confidence), round(b.Right)})
	}
	confusions := m.Confusions()
	f.Confused = len(confusions)
	for _, c := range confusions[:min(len(confusions), maxConfusions)] {
		f.Confusions = append(f.Confusions, Confusion{orNull(c.Expect), orNull(c.Got), c.Count, c.Answered, c.Example})
	}
	return f
}

func zone(share, right float64) Zone {
	z := Zone{Share: round(share)}
	if share > 0 {
		z.Right = of(right, 1)
	}
	return z
}

// kind is k; in is the number of all questions in scope.
func kind(k eval.Kind, in int) Kind {
	out := Kind{
		Kind: k.Name, InScope: k.InScope, Questions: k.Cases,
		Answered: round(k.Answered), Clarified: round(k.Clarified), HandedOff: round(k.HandedOff),
	}
	if k.InScope {
		out.Top1 = of(k.Top1, k.Cases)
	} else {
		out.OOSRecall = of(k.Refused, in)
	}
	if k.Answered > 0 {
		out.Right = of(k.Right, 1)
	}
	return out
}

// rungs are the answer thresholds that the table shows besides the one in force.
var rungs = []float64{0.50, 0.55, 0.60, 0.65, 0.70, 0.75, 0.80, 0.85, 0.90, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99}

// byThreshold shows what other answer thresholds would do, the margin in force kept.
func byThreshold(r eval.Report) []Cut {
	var out []Cut
	mine, margin := r.Thresholds.Answer, r.Thresholds.Margin
	add := func(from float64) {
		c := cutOf(eval.CutAt(r.Outcomes, from, margin))
		c.InForce = from == mine
		out = append(out, c)
	}
	shown := false
	for _, from := range rungs {
		if !shown && mine < from {
			add(mine)
			shown = true
		}
		add(from)
		shown = shown || mine == from
	}
	if !shown {
		add(mine)
	}
	return out
}

func cutOf(c eval.Cut) Cut {
	out := Cut{Answered: round(c.Share()), OOSAnswered: of(c.LetIn(), c.OutOfScope)}
	if c.From != eval.Never {
		from := c.From // as it is: rounded up it would answer less
		out.Answer = &from
	}
	low, high := c.Interval()
	out.Right, out.Low, out.High = of(c.Precision(), c.Answered), of(low, c.Answered), of(high, c.Answered)
	return out
}

// of is a share of n things, nil if there are none.
func of(share float64, n int) *float64 {
	if n == 0 {
		return nil
	}
	share = round(share)
	return &share
}

// round keeps what is worth reading.
func round(x float64) float64 { return math.Round(x*1e4) / 1e4 }

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Encode writes the sheet as one JSON object.
func (s Sheet) Encode(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(s)
}
