// Package eval measures any knowledge.Matcher on labelled utterances.
//
//	cases, err := eval.Read(file)                 // entry-id<TAB>utterance, "-" is out of scope
//	report, err := eval.Measure(ctx, matcher, knowledge.DefaultThresholds, cases)
//	fmt.Println(report)
//
// The figures, all in percent but AUROC:
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
//   - Answered, Precision: what the given thresholds answer by themselves, as a share
//     of all utterances, and how much of that is right. Clarified and HandedOff are
//     the rest; Refused is the share of out-of-scope utterances not answered.
package eval

import (
	"context"
	"fmt"
	"slices"

	"wenda/knowledge"
)

// Case is one labelled utterance.
type Case struct {
	Text   string
	Expect string // Entry.ID, or "" if no entry is meant
}

// Report holds the figures of one measurement; see the package comment.
type Report struct {
	Cases, InScope                 int
	Top1, Recall3, Recall5         float64
	Cov90, Cov95, AUROC, OOSRecall float64
	Answered, Precision            float64
	Clarified, HandedOff, Refused  float64
	Wrong                          []Miss // answered, but not rightly; in the order of the cases
}

// Miss is an utterance that was answered with the wrong entry.
type Miss struct {
	Case
	Got        string
	Confidence float64
}

// outcome is what a matcher made of one case.
type outcome struct {
	confidence float64 // of the first match, 0 if there is none
	place      int     // of the expected entry among the matches, -1 if absent
	inScope    bool
	zone       knowledge.Zone
}

func (o outcome) right() bool { return o.inScope && o.place == 0 }

// Measure asks the matcher for every case, one after the other, and reports. The
// error is the matcher's first.
func Measure(ctx context.Context, m knowledge.Matcher, t knowledge.Thresholds, cases []Case) (Report, error) {
	report := Report{Cases: len(cases)}
	outcomes := make([]outcome, 0, len(cases))
	for i, c := range cases {
		res, err := m.Match(ctx, c.Text, 5)
		if err != nil {
			return Report{}, fmt.Errorf("eval: case %d: %w", i+1, err)
		}
		o := outcome{place: -1, inScope: c.Expect != "", zone: t.Decide(res)}
		if len(res.Matches) > 0 {
			o.confidence = res.Matches[0].Confidence
			o.place = slices.IndexFunc(res.Matches, func(x knowledge.Match) bool { return o.inScope && x.Entry == c.Expect })
		}
		if o.zone == knowledge.ZoneAnswer && !o.right() {
			report.Wrong = append(report.Wrong, Miss{c, res.Matches[0].Entry, o.confidence})
		}
		outcomes = append(outcomes, o)
	}
	report.count(outcomes)
	slices.SortStableFunc(outcomes, func(a, b outcome) int { return compare(b.confidence, a.confidence) })
	report.Cov90, report.Cov95 = coverage(outcomes, 0.90), coverage(outcomes, 0.95)
	report.AUROC = auroc(outcomes)
	report.OOSRecall = oosRecall(outcomes, 0.88)
	return report, nil
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// count fills in what does not depend on the order of confidences.
func (r *Report) count(outcomes []outcome) {
	var in, out, top1, top3, top5, answered, right, clarified, handed, refused int
	for _, o := range outcomes {
		in += one(o.inScope)
		out += one(!o.inScope)
		top1 += one(o.right())
		top3 += one(o.place >= 0 && o.place < 3)
		top5 += one(o.place >= 0)
		answered += one(o.zone == knowledge.ZoneAnswer)
		right += one(o.zone == knowledge.ZoneAnswer && o.right())
		clarified += one(o.zone == knowledge.ZoneClarify)
		handed += one(o.zone == knowledge.ZoneHandoff)
		refused += one(!o.inScope && o.zone != knowledge.ZoneAnswer)
	}
	r.InScope = in
	r.Top1, r.Recall3, r.Recall5 = percent(top1, in), percent(top3, in), percent(top5, in)
	r.Answered, r.Precision = percent(answered, len(outcomes)), percent(right, answered)
	r.Clarified, r.HandedOff = percent(clarified, len(outcomes)), percent(handed, len(outcomes))
	r.Refused = percent(refused, out)
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
