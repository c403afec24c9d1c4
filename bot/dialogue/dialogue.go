// Package dialogue writes conversations down as text that a person can read, edit
// and keep as a test.
//
//	# A known question, then a person.
//	> 卡里有钱为什么还款失败
//	< answer (matched) repay-failed: 还款失败常见的原因有这些： …
//	> 转人工
//	= queued
//	< handoff (customer_request): 正在为您转接人工客服 …
//
// Lines that begin with '>' are the customer's, those with '!' are stage
// directions ("! duty 0", "! duty english 1", "! hours office", "! now 2026-10-01T10:00",
// "! wait 6m", "! agent claim", "! agent say 您好"), '#' is a comment. All other lines are what came back and are rewritten by the test's
// -update flag. "> [repay-failed]" presses the button of that choice.
//
// The customer waits for the answer before they go on, unless "! 0.5s later" says that
// what follows comes so soon after what stands before:
//
//	> 你好
//	! 0.5s later
//	> 怎么提前还款
package dialogue

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"wenda/sessions"
)

// Later writes the direction that the next line comes d after the one before.
func Later(d time.Duration) string { return "! " + d.String() + " later" }

// Step is one line of input.
type Step struct {
	Line      int    // in the file, from 1
	Source    string // as written
	Customer  bool   // said by the customer; else a direction or a comment
	Text      string // what is said, or the direction without its "! "
	Choice    string // the button pressed, if any
	Direction bool
}

// Later reports whether the step says how soon the next one follows the one before,
// and how soon.
func (s Step) Later() (time.Duration, bool) {
	text, ok := strings.CutSuffix(s.Text, " later")
	if !s.Direction || !ok {
		return 0, false
	}
	d, err := time.ParseDuration(text)
	return d, err == nil && d >= 0
}

// Parse reads the input lines of a dialogue, in order, comments included. Lines of
// output are skipped.
func Parse(r io.Reader) ([]Step, error) {
	var steps []Step
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		source := strings.TrimRight(lines.Text(), " \t\r")
		step := Step{Line: n, Source: source}
		switch {
		case strings.HasPrefix(source, "> [") && strings.HasSuffix(source, "]"):
			step.Customer, step.Choice = true, source[3:len(source)-1]
		case strings.HasPrefix(source, "> "):
			step.Customer, step.Text = true, source[2:]
		case strings.HasPrefix(source, "! "):
			step.Direction, step.Text = true, source[2:]
		case strings.HasPrefix(source, "#"):
		default:
			continue
		}
		steps = append(steps, step)
	}
	return steps, lines.Err()
}

// said is the longest piece of a reply that a dialogue shows: enough to recognise
// it, short enough to read.
const said = 40 // runes

// Write writes what came back: events other than the customer's own words, one a
// line, with their choices below. Text is cut after its first 40 runes.
func Write(w io.Writer, events []sessions.Event) error {
	for _, e := range events {
		if e.From.Role == sessions.RoleCustomer && e.Kind == sessions.Message {
			if len(e.Masked) > 0 {
				if _, err := fmt.Fprintf(w, "  stored: %s\n", e.Text); err != nil {
					return err
				}
			}
			continue
		}
		if _, err := io.WriteString(w, lines(e)); err != nil {
			return err
		}
	}
	return nil
}

func lines(e sessions.Event) string {
	var b strings.Builder
	if e.Move != nil {
		fmt.Fprintf(&b, "= %s\n", strings.TrimSpace(string(e.Move.To)+" "+skill(*e.Move)))
	}
	switch {
	case e.Kind == sessions.Vote || e.Kind == sessions.Rating:
		fmt.Fprintf(&b, "< %s\n", strings.Join(append([]string{fmt.Sprintf("%s%+d", tag(e), e.Value)}, e.Reasons...), " "))
	case e.Text != "":
		fmt.Fprintf(&b, "< %s%s\n", tag(e), shorten(e.Text))
	}
	for _, c := range e.Choices {
		fmt.Fprintf(&b, "  [%s] %s\n", c.ID, c.Label)
	}
	return b.String()
}

// skill is the queue of a chat that waits, if it is not the general one.
func skill(m sessions.Move) string {
	if m.To != sessions.Queued {
		return ""
	}
	return m.Skill
}

// tag says who speaks and why.
func tag(e sessions.Event) string {
	switch d := e.Decision; {
	case d == nil && e.Part != "":
		return fmt.Sprintf("%s (%s, %s): ", e.From.Role, e.Kind, e.Part)
	case d == nil && e.Audience == sessions.Staff:
		return fmt.Sprintf("%s (%s, staff only): ", e.From.Role, e.Kind)
	case d == nil:
		return fmt.Sprintf("%s (%s): ", e.From.Role, e.Kind)
	case strings.HasPrefix(d.Entry, "system."):
		return fmt.Sprintf("%s (%s): ", d.Action, d.Reason)
	default:
		return fmt.Sprintf("%s (%s) %s: ", d.Action, d.Reason, d.Entry)
	}
}

func shorten(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > said {
		return string(r[:said]) + " …"
	}
	return text
}
