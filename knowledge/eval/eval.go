// Package eval measures any knowledge.Matcher on labelled utterances.
//
//	cases, _, err := eval.ReadJSONL(file)         // {"text":…,"expect":entry-id or null,"kind":…}
//	err = eval.Known(cases, release)              // every label is an entry of the base
//	report, err := eval.Measure(ctx, matcher, knowledge.DefaultThresholds, cases)
//	fmt.Println(report)
//	cut := eval.ThresholdFor(report.Outcomes, 0.95, 0)
//
// The figures, all in percent but AUROC; confidences are from 0 to 1:
//
//   - Top1, Recall3, Recall5: in-scope utterances whose entry is first, among the
//     first three or five.
//   - Cov90, Cov95: the largest share of all utterances, in scope or not, that could
//     be answered automatically, most confident first, with at least 90 or 95 % of
//     those answers right.
//   - AUROC: the chance that a right first match has a higher confidence than a wrong
//     one or one for an out-of-scope utterance; 0.5 is guessing, 1 is perfect.
//   - OOSRecall: out-of-scope utterances that are refused at the highest confidence
//     threshold that still answers 88 % of the in-scope ones rightly; 0 if no
//     threshold does.
//   - ECE: how far confidences are from the share that is right, on average over ten
//     parts of equal size (Bins); 0 is a confidence that means what it says.
//   - Answered, Precision: what the given thresholds answer by themselves, as a share
//     of all utterances, and how much of that is right. Clarified and HandedOff are
//     the rest; Offered is the share of the clarified whose entry is among the first
//     Choices, Rightly the share of the handed off that no entry was meant by;
//     Refused is the share of out-of-scope utterances not answered.
//
// Package sheet, below, lays reports out for people and for machines.
package eval

import (
	"context"
	"fmt"
	"slices"
	"time"

	"wenda/knowledge"
)

// Choices is the number of entries that the bot offers at most when it asks back.
const Choices = 4

// keep is the share of in-scope utterances that must be answered rightly where
// OOSRecall is taken: the published figures of clinc150 are at such a point.
const keep = 0.88

// Case is one labelled utterance.
type Case struct {
	Text   string
	Expect string // Entry.ID, or "" if no entry is meant
	Kind   string // "in…" or "oos…", as "oos_near"; may be empty
	Line   int    // of the file it was read from, from 1; else 0
}

// Report holds the figures of one measurement; see the package comment.
type Report struct {
	Cases, InScope                 int
	Top1, Recall3, Recall5         float64
	Cov90, Cov95, AUROC, OOSRecall float64
	ECE                            float64
	Answered, Precision            float64
	Clarified, HandedOff, Refused  float64
	Offered, Rightly               float64
	Bins                           []Bin         // least confident first
	Kinds                          []Kind        // in scope before out of scope, else by name; none if no case has a kind
	Wrong                          []Miss        // answered, but not rightly; in the order of the cases
	Outcomes                       []Outcome     // in the order of the cases
	Median, Slowest                time.Duration // of one match; for information, differs from run to run
	Variant                        string        // of the pipeline that ran, as its results name it
	Thresholds                     knowledge.Thresholds
}

// Miss is an utterance that was answered with the wrong entry.
type Miss struct {
	Case
	Got        string
	Confidence float64
}

// Outcome is what a matcher made of one case.
type Outcome struct {
	Case
	Got        string  // entry of the first match, "" if there is none
	Confidence float64 // of the first match, 0 if there is none
	Gap        float64 // by which the first match is more confident than the second; 1 without a second
	Place      int     // of the expected entry among the first five matches, from 0; -1 if absent
	Zone       knowledge.Zone
	Took       time.Duration
}

// InScope reports whether an entry was meant.
func (o Outcome) InScope() bool { return o.Expect != "" }

// Right reports whether the first match is the entry that was meant.
func (o Outcome) Right() bool { return o.InScope() && o.Place == 0 }

// Measure asks the matcher for every case, one after the other, and reports. The
// error is the matcher's first, or tells of a confidence that is none.
func Measure(ctx context.Context, m knowledge.Matcher, t knowledge.Thresholds, cases []Case) (Report, error) {
	report := Report{Cases: len(cases), Thresholds: t}
	for i, c := range cases {
		started := time.Now()
		res, err := m.Match(ctx, c.Text, 5)
		if err != nil {
			return Report{}, fmt.Errorf("eval: case %d: %w", i+1, err)
		}
		o := outcomeOf(c, res, t, time.Since(started))
		if !(o.Confidence >= 0 && o.Confidence <= 1) {
			return Report{}, fmt.Errorf("eval: case %d: confidence %v is not from 0 to 1", i+1, o.Confidence)
		}
		if o.Zone == knowledge.ZoneAnswer && !o.Right() {
			report.Wrong = append(report.Wrong, Miss{c, o.Got, o.Confidence})
		}
		report.Variant = res.Variant
		report.Outcomes = append(report.Outcomes, o)
	}
	report.count(report.Outcomes)
	report.rank(report.Outcomes)
	report.Median, report.Slowest = times(report.Outcomes)
	return report, nil
}

func outcomeOf(c Case, res knowledge.Result, t knowledge.Thresholds, took time.Duration) Outcome {
	o := Outcome{Case: c, Gap: 1, Place: -1, Zone: t.Decide(res), Took: took}
	if len(res.Matches) > 0 {
		o.Got, o.Confidence = res.Matches[0].Entry, res.Matches[0].Confidence
		o.Place = slices.IndexFunc(res.Matches, func(x knowledge.Match) bool { return o.InScope() && x.Entry == c.Expect })
	}
	if len(res.Matches) > 1 {
		o.Gap = o.Confidence - res.Matches[1].Confidence
	}
	return o
}

// rank fills in what depends on the order of confidences.
func (r *Report) rank(outcomes []Outcome) {
	sorted := byConfidence(outcomes)
	r.Cov90, r.Cov95 = coverage(sorted, 0.90), coverage(sorted, 0.95)
	r.AUROC = auroc(sorted)
	kept := keeping(sorted, keep)
	r.OOSRecall = refusedBelow(outcomes, kept)
	r.Kinds = kindsOf(outcomes, kept)
	r.Bins = bins(sorted)
	r.ECE = calibrationError(r.Bins)
}

// count fills in what does not depend on the order of confidences.
func (r *Report) count(outcomes []Outcome) {
	var in, out, top1, top3, top5, answered, right, clarified, offered, handed, rightly, refused int
	for _, o := range outcomes {
		in += one(o.InScope())
		out += one(!o.InScope())
		top1 += one(o.Right())
		top3 += one(o.Place >= 0 && o.Place < 3)
		top5 += one(o.Place >= 0)
		answered += one(o.Zone == knowledge.ZoneAnswer)
		right += one(o.Zone == knowledge.ZoneAnswer && o.Right())
		clarified += one(o.Zone == knowledge.ZoneClarify)
		offered += one(o.Zone == knowledge.ZoneClarify && o.Place >= 0 && o.Place < Choices)
		handed += one(o.Zone == knowledge.ZoneHandoff)
		rightly += one(o.Zone == knowledge.ZoneHandoff && !o.InScope())
		refused += one(!o.InScope() && o.Zone != knowledge.ZoneAnswer)
	}
	r.InScope = in
	r.Top1, r.Recall3, r.Recall5 = percent(top1, in), percent(top3, in), percent(top5, in)
	r.Answered, r.Precision = percent(answered, len(outcomes)), percent(right, answered)
	r.Clarified, r.HandedOff = percent(clarified, len(outcomes)), percent(handed, len(outcomes))
	r.Offered, r.Rightly = percent(offered, clarified), percent(rightly, handed)
	r.Refused = percent(refused, out)
}

// times returns the median and the longest time of a match.
func times(outcomes []Outcome) (median, slowest time.Duration) {
	var took []time.Duration
	for _, o := range outcomes {
		took = append(took, o.Took)
	}
	if len(took) == 0 {
		return 0, 0
	}
	slices.Sort(took)
	return took[(len(took)-1)/2], took[len(took)-1]
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

func percent(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return 100 * float64(n) / float64(of)
}

// String is one line, for logs and tables.
func (r Report) String() string {
	return fmt.Sprintf("%d cases (%d in scope): top-1 %.1f, recall@3 %.1f, @5 %.1f, cov90 %.1f, cov95 %.1f, AUROC %.3f, OOS recall %.1f; answered %.1f (%.1f right), clarified %.1f, handed off %.1f, out of scope refused %.1f",
		r.Cases, r.InScope, r.Top1, r.Recall3, r.Recall5, r.Cov90, r.Cov95, r.AUROC, r.OOSRecall,
		r.Answered, r.Precision, r.Clarified, r.HandedOff, r.Refused)
}
