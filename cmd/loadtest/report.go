package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"wenda/cmd/loadtest/checker"
	"wenda/cmd/loadtest/client"
	"wenda/cmd/loadtest/fault"
	"wenda/cmd/loadtest/history"
)

// report is what a run came to.
type report struct {
	plan
	began      time.Time
	took       time.Duration
	figures    client.Figures
	faults     fault.Report
	Violations []checker.Violation

	sessions, events    int
	sent, acked, resent int
	acts, delivered     int
	p50, p99, slowest   time.Duration
}

// judge counts and checks.
func (r *report) judge(records []history.Record, truth checker.Truth) {
	r.sessions = len(truth)
	for _, s := range truth {
		r.events += len(s.Events)
	}
	r.count(records)
	r.Violations = checker.Check(records, truth)
}

func (r *report) count(records []history.Record) {
	tries := map[string]int{}
	var took []time.Duration
	for _, x := range records {
		switch x.Op {
		case history.Receive:
			r.delivered++
		case history.Send:
			if tries[x.Ref]++; tries[x.Ref] == 1 {
				r.sent++
			} else {
				r.resent++
			}
			if x.Outcome == history.OK {
				r.acked++
				took = append(took, time.Duration(x.End-x.Begin))
			}
		case history.Claim, history.Say, history.Note, history.Return, history.Close:
			if x.Outcome == history.OK {
				r.acts++
			}
		}
	}
	if len(took) > 0 {
		slices.Sort(took)
		r.p50, r.p99, r.slowest = took[len(took)/2], took[len(took)*99/100], took[len(took)-1]
	}
}

// shown is how many violations of a rule are printed.
const shown = 5

func (r *report) print(w io.Writer) {
	fmt.Fprintf(w, "\n%d messages acked of %d sent (%d tries again), %d acts of agents, %d deliveries\n", r.acked, r.sent, r.resent, r.acts, r.delivered)
	fmt.Fprintf(w, "%d sessions with %d events; %d connects, %d refused, %d busy, %d too fast\n",
		r.sessions, r.events, r.figures.Connects.Load(), r.figures.Refused.Load(), r.figures.Busy.Load(), r.figures.Rated.Load())
	fmt.Fprintf(w, "ack of a try: p50 %v, p99 %v, slowest %v\n", round(r.p50), round(r.p99), round(r.slowest))
	if len(r.faults.Done) > 0 {
		total := 0
		fmt.Fprintf(w, "faults:")
		for _, k := range slices.Sorted(maps.Keys(r.faults.Done)) {
			fmt.Fprintf(w, " %s %d,", k, r.faults.Done[k])
			total += r.faults.Done[k]
		}
		fmt.Fprintf(w, " %d in all\n", total)
	}
	fmt.Fprintf(w, "took %v, seed %d\n", round(r.took), r.Seed)
	printViolations(w, r.Violations)
}

func round(d time.Duration) time.Duration {
	if d > time.Second {
		return d.Round(10 * time.Millisecond)
	}
	return d.Round(10 * time.Microsecond)
}

func printViolations(w io.Writer, all []checker.Violation) {
	if len(all) == 0 {
		fmt.Fprintln(w, "no promise was broken")
		return
	}
	by := map[checker.Rule][]checker.Violation{}
	for _, v := range all {
		by[v.Rule] = append(by[v.Rule], v)
	}
	rules := slices.SortedFunc(maps.Keys(by), func(a, b checker.Rule) int { return cmp.Or(len(by[b])-len(by[a]), cmp.Compare(a, b)) })
	fmt.Fprintf(w, "%d VIOLATIONS\n", len(all))
	for _, rule := range rules {
		fmt.Fprintf(w, "  %s: %d\n", rule, len(by[rule]))
		for _, v := range by[rule][:min(shown, len(by[rule]))] {
			fmt.Fprintf(w, "    %s\n", v)
		}
	}
}

// rules are the rules that were broken.
func (r *report) rules() map[checker.Rule]int {
	n := map[checker.Rule]int{}
	for _, v := range r.Violations {
		n[v.Rule]++
	}
	return n
}

func (p plan) save(path string) error {
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

func checkCommand() *cobra.Command {
	return &cobra.Command{
		Use: "check DIR", Short: "Judge a kept run again", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			records, err := history.Read(filepath.Join(args[0], historyFile))
			if err != nil {
				return ranError{err}
			}
			truth, err := checker.ReadTruth(filepath.Join(args[0], truthFile))
			if err != nil {
				return ranError{err}
			}
			found := checker.Check(records, truth)
			fmt.Fprintf(c.OutOrStdout(), "%d records, %d sessions\n", len(records), len(truth))
			printViolations(c.OutOrStdout(), found)
			if len(found) > 0 {
				return ranError{errBroken}
			}
			return nil
		},
	}
}
