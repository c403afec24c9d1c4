package sheet

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"wenda/knowledge/eval"
)

// Print writes the sheet for a terminal. Lines are at most 80 columns wide, unless ids
// are long or more than three pipelines stand side by side.
func (s Sheet) Print(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "base: %d entries, %d phrasings\nquestions: %d, of these %d in scope and %d out of scope\n",
		s.Entries, s.Phrasings, s.Questions, s.InScope, s.OutOfScope)
	if len(s.Variants) > 1 {
		s.compare(b)
		return b.Flush()
	}
	f := s.Variants[0]
	fmt.Fprintf(b, "pipeline: %s\n", f.Variant)
	f.recognition(b)
	f.zones(b)
	f.kinds(b)
	f.target(b, s.Target)
	f.thresholds(b)
	f.reliability(b)
	f.confusions(b)
	fmt.Fprintf(b, "\nMatch time, on this machine: median %d µs, slowest %d µs\n", f.MedianMicros, f.SlowMicros)
	return b.Flush()
}

func (f Figures) recognition(w io.Writer) {
	heading(w, "Does it find the entry? In percent of questions in scope")
	t := table{left: 1}
	t.row("entry is first (top-1)", share(f.Top1))
	t.row("entry is among the first 3 (recall@3)", share(f.Recall3))
	t.row("entry is among the first 5 (recall@5)", share(f.Recall5))
	t.print(w)
	heading(w, "Does it know when? In percent of all questions")
	t = table{left: 1}
	t.row("can be answered, 90 % of answers right (cov90)", number(f.Cov90))
	t.row("can be answered, 95 % of answers right (cov95)", number(f.Cov95))
	refused := []string{"out of scope refused, 88 % in scope still right", share(f.OOSRecall)}
	if f.OOSRecall != nil && (f.Top1 == nil || *f.Top1 < 88) {
		refused = append(refused, "(never: too few are)")
	}
	t.row(refused...)
	t.row("confidence off by, on average (calibration error)", number(f.ECE))
	t.row("right before wrong, 0.5 is chance (AUROC)", fmt.Sprintf("%.3f", f.AUROC))
	t.print(w)
}

func (f Figures) zones(w io.Writer) {
	heading(w, fmt.Sprintf("The thresholds in force: answer %.2f, clarify %.2f, margin %.2f", f.Thresholds.Answer, f.Thresholds.Clarify, f.Thresholds.Margin))
	t := table{left: 1}
	t.row("", "share %", "right %", "")
	t.row("answer", number(f.Zones.Answer.Share), share(f.Zones.Answer.Right), "the entry is the one meant")
	t.row("clarify", number(f.Zones.Clarify.Share), share(f.Zones.Clarify.Right), fmt.Sprintf("the entry is among the first %d", eval.Choices))
	t.row("hand off", number(f.Zones.Handoff.Share), share(f.Zones.Handoff.Right), "no entry was meant")
	t.leftLast()
	t.print(w)
	if f.OOSRefused != nil {
		fmt.Fprintf(w, "  out of scope, not answered: %s %%\n", share(f.OOSRefused))
	}
}

func (f Figures) kinds(w io.Writer) {
	if len(f.Kinds) == 0 {
		return
	}
	heading(w, "By kind, in percent of it")
	t := table{left: 1}
	t.row("", "questions", "top-1", "refused", "answered", "right", "clarified", "handed off")
	for _, k := range f.Kinds {
		name := k.Kind
		if name == "" {
			name = map[bool]string{true: "in scope, no kind", false: "out of scope, no kind"}[k.InScope]
		}
		t.row(plain(name, 24), fmt.Sprint(k.Questions), share(k.Top1), share(k.OOSRecall),
			number(k.Answered), share(k.Right), number(k.Clarified), number(k.HandedOff))
	}
	t.print(w)
	fmt.Fprintln(w, "  refused: at the confidence where 88 % of those in scope are still right;\n  answered, right of these, clarified, handed off: by the thresholds in force")
}

func (f Figures) target(w io.Writer, target float64) {
	heading(w, fmt.Sprintf("To have %s of automatic answers right", percent(target)))
	t := table{left: 1}
	t.row("", "answer from", "answered %", "right %", "let in %")
	for _, l := range []struct {
		what string
		Cut
	}{{"likely", f.ForTarget.Likely}, {"sure", f.ForTarget.Sure}} {
		if l.Answer == nil {
			t.row(l.what, "never", "0.0", "-", "-")
			continue
		}
		t.row(l.what, fmt.Sprintf("%.3f", *l.Answer), number(l.Answered), right(l.Cut), share(l.OOSAnswered))
	}
	t.print(w)
	fmt.Fprintln(w, `  likely: on these questions; sure: even by the lower end of the brackets, within
  which the share right lies in 19 of 20 samples of this size
  let in: out of scope, but answered; in percent of those out of scope`)
}

func (f Figures) thresholds(w io.Writer) {
	heading(w, fmt.Sprintf("What other answer thresholds do (margin %.2f kept)", f.Thresholds.Margin))
	t := table{left: 0}
	t.row("answer from", "answered %", "right %", "let in %")
	for _, c := range f.ByThreshold {
		cells := []string{fmt.Sprintf("%.2f", *c.Answer), number(c.Answered), right(c), share(c.OOSAnswered)}
		if c.InForce {
			cells = append(cells, "in force")
		}
		t.row(cells...)
	}
	t.print(w)
}

func (f Figures) reliability(w io.Writer) {
	heading(w, "Does the confidence mean what it says? Questions in parts of equal size")
	t := table{}
	t.row("confidence", "questions", "on average %", "right %", "too sure by")
	for _, b := range f.Reliability {
		t.row(fmt.Sprintf("%.3f - %.3f", b.From, b.To), fmt.Sprint(b.Questions), number(100*b.Confidence), number(b.Right), signed(100*b.Confidence-b.Right, 1))
	}
	t.print(w)
}

func (f Figures) confusions(w io.Writer) {
	if len(f.Confusions) == 0 {
		heading(w, "Nothing is taken for something else")
		return
	}
	title := "What is taken for what (out of scope: only if answered)"
	if f.Confused > len(f.Confusions) {
		title = fmt.Sprintf("%s, %d of %d pairs", title, len(f.Confusions), f.Confused)
	}
	heading(w, title)
	t := table{left: 2}
	t.row("meant", "taken for", "times", "answered", "for example")
	for _, c := range f.Confusions {
		t.row(entry(c.Expect), entry(c.Got), fmt.Sprint(c.Count), fmt.Sprint(c.Answered), plain(c.Example, 40))
	}
	t.leftLast()
	t.print(w)
}

// leftLast moves the last column, of texts, to its left edge.
func (t *table) leftLast() {
	most := 0
	for _, row := range t.rows {
		most = max(most, columns(row[len(row)-1]))
	}
	for _, row := range t.rows {
		i := len(row) - 1
		row[i] += fmt.Sprintf("%*s", most-columns(row[i]), "")
	}
}

func heading(w io.Writer, s string) { fmt.Fprintf(w, "\n%s\n", s) }

func number(x float64) string { return fmt.Sprintf("%.1f", x) }

func share(x *float64) string {
	if x == nil {
		return "-"
	}
	return number(*x)
}

// signed writes a difference; what is nothing when rounded has one form.
func signed(x float64, places int) string {
	s := fmt.Sprintf("%+.*f", places, x)
	if strings.Trim(s, "-+0.") == "" {
		return fmt.Sprintf("%.*f", places, 0.0)
	}
	return s
}

// percent writes a share as people set it: 95 %, 99.5 %.
func percent(x float64) string { return fmt.Sprintf("%.4g %%", 100*x) }

func right(c Cut) string {
	if c.Right == nil {
		return "-"
	}
	return fmt.Sprintf("%s [%s, %s]", number(*c.Right), number(*c.Low), number(*c.High))
}

func entry(id *string) string {
	if id == nil {
		return "(none)"
	}
	return *id
}

// figure is a line of the comparison.
type figure struct {
	name   string
	of     func(Figures) *float64
	places int
	worth  int // 1: more is better, -1: less is, 0: neither
}

func (s Sheet) compare(w io.Writer) {
	t := table{left: 1}
	names := []string{""}
	for _, f := range s.Variants {
		names = append(names, f.Name)
	}
	t.row(names...)
	for _, line := range s.lines() {
		cells := []string{line.name}
		for _, f := range s.Variants {
			cells = append(cells, line.cell(f, s.Variants[0]))
		}
		t.row(cells...)
	}
	cells := []string{"questions mended / broken"}
	for _, f := range s.Variants {
		if f.Change == nil {
			cells = append(cells, "")
			continue
		}
		cells = append(cells, fmt.Sprintf("%d / %d ", f.Change.Mended, f.Change.Broken))
	}
	t.row(cells...)
	fmt.Fprintln(w)
	t.print(w)
	fmt.Fprintf(w, "\n  In brackets: against %s; ! is worse. Each with its own thresholds.\n", s.Variants[0].Name)
	fmt.Fprintln(w, "  Mended: in scope, and the entry is first only here; broken: only there.\n  Everything about each of them: --json")
}

// lines are the figures worth comparing.
func (s Sheet) lines() []figure {
	on := func(x func(Figures) float64) func(Figures) *float64 {
		return func(f Figures) *float64 { y := x(f); return &y }
	}
	all := []figure{
		{"top-1 %", func(f Figures) *float64 { return f.Top1 }, 1, 1},
		{"recall@3 %", func(f Figures) *float64 { return f.Recall3 }, 1, 1},
		{"recall@5 %", func(f Figures) *float64 { return f.Recall5 }, 1, 1},
		{"cov90 %", on(func(f Figures) float64 { return f.Cov90 }), 1, 1},
		{"cov95 %", on(func(f Figures) float64 { return f.Cov95 }), 1, 1},
		{"AUROC", on(func(f Figures) float64 { return f.AUROC }), 3, 1},
		{"out-of-scope recall %", func(f Figures) *float64 { return f.OOSRecall }, 1, 1},
	}
	for i, k := range s.Variants[0].Kinds {
		if !k.InScope {
			all = append(all, figure{"  " + plain(k.Kind, 24), func(f Figures) *float64 { return f.Kinds[i].OOSRecall }, 1, 1})
		}
	}
	return slices.Concat(all, []figure{
		{"calibration error %", on(func(f Figures) float64 { return f.ECE }), 1, -1},
		{"in force: answered %", on(func(f Figures) float64 { return f.Zones.Answer.Share }), 1, 0},
		{"  right of these %", func(f Figures) *float64 { return f.Zones.Answer.Right }, 1, 1},
		{"  clarified %", on(func(f Figures) float64 { return f.Zones.Clarify.Share }), 1, 0},
		{"  entry among these %", func(f Figures) *float64 { return f.Zones.Clarify.Right }, 1, 1},
		{"  handed off %", on(func(f Figures) float64 { return f.Zones.Handoff.Share }), 1, 0},
		{"  out of scope of these %", func(f Figures) *float64 { return f.Zones.Handoff.Right }, 1, 1},
		{"  out of scope not answered %", func(f Figures) *float64 { return f.OOSRefused }, 1, 1},
		{"for " + percent(s.Target) + " right: answer from", func(f Figures) *float64 { return f.ForTarget.Likely.Answer }, 3, 0},
		{"  answered %", on(func(f Figures) float64 { return f.ForTarget.Likely.Answered }), 1, 1},
		{"  out of scope answered %", func(f Figures) *float64 { return f.ForTarget.Likely.OOSAnswered }, 1, -1},
		{"median µs", on(func(f Figures) float64 { return float64(f.MedianMicros) }), 0, 0},
		{"slowest µs", on(func(f Figures) float64 { return float64(f.SlowMicros) }), 0, 0},
	})
}

// cell is a figure and how far it is from that of the first.
func (l figure) cell(f, first Figures) string {
	is, was := l.of(f), l.of(first)
	if is == nil {
		return "- "
	}
	s := fmt.Sprintf("%.*f", l.places, *is)
	if f.Change == nil || was == nil {
		return s + " "
	}
	mark := " "
	by := signed(*is-*was, l.places)
	if by == signed(0, l.places) {
		by = "="
	} else if (*is-*was)*float64(l.worth) < 0 {
		mark = "!"
	}
	return fmt.Sprintf("%s (%s)%s", s, by, mark)
}
