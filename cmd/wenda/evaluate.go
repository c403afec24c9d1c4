package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wenda/knowledge"
	"wenda/knowledge/eval"
	"wenda/knowledge/eval/sheet"
	"wenda/knowledge/exchange"
	"wenda/knowledge/match"
	"wenda/knowledge/segment"
)

func evaluateCommand() *cobra.Command {
	var e evaluation
	c := &cobra.Command{
		Use:   "evaluate --kb KB.jsonl --queries QUESTIONS.jsonl",
		Short: "Measure how well questions with known entries are recognised, and what that allows",
		Long: `Builds a matcher from the base alone, asks it every question, and compares with what was
meant. The base is as for wenda match; what is weak about it is told on standard error, and
how far it is, if learning from it takes longer than a moment.

Question, a line:  {"text","expect":"<id of an entry>"|null,"kind"?}
                   null: no entry is meant. kind: in or oos, or begins with in_ or oos_
                   (oos_near: near to the base, oos_far: far from it, oos_chat: small talk)

What of a text is not UTF-8, or half of a surrogate pair, is left out of it, and a line that
is nothing else is passed over; both are counted as unreadable, and named by line.

Shares are in percent, confidences and thresholds from 0 to 1. --json prints one object:

entries, phrasings, questions, in_scope, out_of_scope, unreadable[], target, and for each of
variants:
  name, variant            as asked for, and as the pipeline names itself
  top1, recall3, recall5   questions in scope whose entry is first, among the first 3, first 5
  cov90, cov95             most of all questions that could be answered, 90 or 95 % of answers right
  auroc                    chance that a right match is surer than a wrong one; 0.5 is guessing
  oos_recall               out of scope refused where 88 % of those in scope are still answered rightly;
                           0 if there is no such point
  ece                      distance of confidence and share right, over 10 parts of equal size
  thresholds               those in force: answer, clarify, margin
  zones                    what they do: answer, clarify, handoff, each with share and right
  oos_refused              out of scope that these do not answer
  kinds[]                  kind, in_scope, questions, top1, oos_recall, answered, right, clarified, handed_off
  for_target               likely and sure: where to begin to answer for --target; sure is so with
                           the lower end of the interval
  by_threshold[]           answer, answered, right, right_low, right_high (Wilson, 95 %), oos_answered, in_force
  reliability[]            questions, from, to, confidence, right
  confusions[]             expect, got, count, answered, example; the 20 most frequent of confused
  median_us, slowest_us    time of a match, for information
  against_first            with --compare: questions mended and broken in top1, null for the first

A figure that does not exist (of nothing) is null.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := e.run(c)
			if err != nil {
				return err
			}
			if e.json {
				return s.Encode(c.OutOrStdout())
			}
			return s.Print(c.OutOrStdout())
		},
	}
	c.Flags().StringVar(&e.kb, "kb", "", "file with the knowledge base")
	c.Flags().StringVar(&e.queries, "queries", "", "file with the questions and the entries they mean")
	c.Flags().BoolVar(&e.json, "json", false, "print one JSON object")
	c.Flags().StringSliceVar(&e.compare, "compare", nil, "pipelines to measure side by side, of: "+strings.Join(pipelineNames(), ", "))
	c.Flags().Float64Var(&e.target, "target", 0.95, "share of automatic answers that must be right, for which to find the threshold")
	for _, name := range []string{"kb", "queries"} {
		_ = c.MarkFlagRequired(name)
	}
	return c
}

// evaluation is what the command line asks for.
type evaluation struct {
	kb, queries string
	compare     []string
	target      float64
	json        bool
}

func (e evaluation) run(c *cobra.Command) (sheet.Sheet, error) {
	if !(e.target >= 0.5 && e.target < 1) {
		return sheet.Sheet{}, usageError{fmt.Errorf("--target %g: want a share of at least 0.5 and less than 1, as 0.95 for 95 %%", e.target)}
	}
	names, err := pipelinesNamed(e.compare)
	if err != nil {
		return sheet.Sheet{}, usageError{fmt.Errorf("--compare: %w", err)}
	}
	release, cases, unreadable, err := e.read()
	tellUnreadable(c.ErrOrStderr(), unreadable)
	if err != nil {
		return sheet.Sheet{}, err
	}
	started := time.Now()
	words, err := segment.New()
	if err != nil {
		return sheet.Sheet{}, err
	}
	all, done, err := variants(c.Context(), c.ErrOrStderr(), words, release, names, e.target)
	if err != nil {
		return sheet.Sheet{}, err
	}
	defer done()
	built := time.Since(started)
	if err := tellWeak(c.Context(), c.ErrOrStderr(), words, release, all[0].learnt); err != nil {
		return sheet.Sheet{}, err
	}
	started = time.Now()
	var measured []sheet.Measured
	for _, v := range all {
		report, err := eval.Measure(c.Context(), v.matcher, v.thresholds, cases)
		if err != nil {
			return sheet.Sheet{}, fmt.Errorf("%s: %w", v.name, err)
		}
		measured = append(measured, sheet.Measured{Name: v.name, Report: report})
	}
	fmt.Fprintf(c.ErrOrStderr(), "built in %v, %d questions asked in %v\n",
		built.Round(time.Millisecond), len(cases)*len(all), time.Since(started).Round(time.Millisecond))
	shown := sheet.Of(release, e.target, measured)
	shown.Unreadable = append(shown.Unreadable, unreadable...)
	return shown, nil
}

// read reads both files and holds the questions against the base. unreadable are lines of
// the questions, beside an error too.
func (e evaluation) read() (release *knowledge.Release, cases []eval.Case, unreadable []int, err error) {
	if release, err = releaseOf(e.kb); err != nil {
		return nil, nil, nil, err
	}
	f, err := os.Open(e.queries)
	if err != nil {
		return nil, nil, nil, err
	}
	defer f.Close()
	cases, unreadable, err = eval.ReadJSONL(f)
	if err == nil && len(cases) == 0 {
		err = errors.New("no question in the file")
	}
	if err == nil {
		err = eval.Known(cases, release)
	}
	if err != nil {
		return nil, nil, unreadable, fmt.Errorf("%s: %w", e.queries, err)
	}
	return release, cases, unreadable, nil
}

// releaseOf reads a base.
func releaseOf(kb string) (*knowledge.Release, error) {
	f, err := os.Open(kb)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := exchange.ReadBase(f, exchange.DefaultLimits)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", kb, err)
	}
	release, err := knowledge.NewRelease(1, entries)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", kb, err)
	}
	return release, nil
}

// pipeline is a way of matching that can be measured.
type pipeline struct {
	name string // as its results name it
	open func(ctx context.Context, tell io.Writer, dir string, words *segment.Segmenter, r *knowledge.Release, target float64) (variant, error)
}

// pipelines are all there are, the one that the product runs first.
var pipelines = func() (all []pipeline) {
	for _, name := range match.Variants {
		all = append(all, pipeline{name, func(ctx context.Context, tell io.Writer, dir string, words *segment.Segmenter, r *knowledge.Release, target float64) (variant, error) {
			m, l, err := learnt(ctx, tell, dir, words, r, name, target)
			if err != nil {
				return variant{}, err
			}
			return variant{matcher: m, learnt: l, thresholds: l.Thresholds(target), close: m.Close}, nil
		}})
	}
	return all
}()

// variant is a pipeline on a base, ready to be asked, with the thresholds that belong
// to its confidences.
type variant struct {
	name       string
	matcher    knowledge.Matcher
	learnt     *match.Learnt
	thresholds knowledge.Thresholds
	close      func()
}

// variants opens the pipelines of those names, in that order, on one base, telling those
// who wait. done closes them all.
func variants(ctx context.Context, tell io.Writer, words *segment.Segmenter, r *knowledge.Release, names []string, target float64) (all []variant, done func(), err error) {
	dir, err := os.MkdirTemp("", "wenda-evaluate-")
	if err != nil {
		return nil, nil, err
	}
	var open []variant
	done = func() {
		for _, v := range open {
			v.close()
		}
		_ = os.RemoveAll(dir)
	}
	for _, name := range names {
		i := slices.IndexFunc(pipelines, func(p pipeline) bool { return p.name == name })
		v, err := pipelines[i].open(ctx, tell, filepath.Join(dir, name), words, r, target)
		if err != nil {
			done()
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
		v.name = name
		open = append(open, v)
	}
	return open, done, nil
}

func pipelineNames() []string {
	var names []string
	for _, p := range pipelines {
		names = append(names, p.name)
	}
	return names
}

// generation ends the name of a pipeline.
var generation = regexp.MustCompile(`-\d+$`)

// pipelinesNamed returns the full names of the pipelines asked for; without any the
// one that the product runs. "lexical" is enough for "lexical-1".
func pipelinesNamed(asked []string) ([]string, error) {
	if len(asked) == 0 {
		return pipelineNames()[:1], nil
	}
	var names []string
	for _, a := range asked {
		i := slices.IndexFunc(pipelines, func(p pipeline) bool { return a == p.name || a == generation.ReplaceAllString(p.name, "") })
		switch {
		case i < 0:
			return nil, fmt.Errorf("no pipeline %q: there is %s", a, strings.Join(pipelineNames(), ", "))
		case slices.Contains(names, pipelines[i].name):
			return nil, fmt.Errorf("pipeline %q is named twice", pipelines[i].name)
		}
		names = append(names, pipelines[i].name)
	}
	return names, nil
}
