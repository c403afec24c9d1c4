package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wenda/knowledge"
	"wenda/knowledge/exchange"
	"wenda/knowledge/match"
	"wenda/knowledge/segment"
)

func matchCommand() *cobra.Command {
	var kb, in, out string
	c := &cobra.Command{
		Use:   "match --kb KB.jsonl --in QUESTIONS.jsonl --out ANSWERS.jsonl",
		Short: "Match the questions of a file against the knowledge base of a file, nothing else",
		Long: `Builds a matcher from the base alone and answers each question. What is weak about the base
is told on standard error; so is how far it is, if learning from it takes longer than a moment.

Base, a line:      {"id","question","similar":[…],"answer"?,"category"?,"lang"}
Question, a line:  {"text", …}
Answer, a line:    {"text","decision":"answer|clarify|handoff","confidence":p,"candidates":[{"id","confidence"}…≤5],"micros":n}

What of a question is not UTF-8, or half of a surrogate pair, is left out of it and stands as �
in the answer's text; the answer has "unreadable":true, and its line is told on standard error.
The base has to be whole: all that is wrong with it is told by line, and nothing is answered.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			started := time.Now()
			done, err := matchFiles(c.Context(), c.ErrOrStderr(), kb, in, out)
			if err == nil {
				tellUnreadable(c.ErrOrStderr(), done.Unreadable)
				fmt.Fprintf(c.ErrOrStderr(), "%d questions answered in %v\n", done.Lines, time.Since(started).Round(time.Millisecond))
			}
			return err
		},
	}
	c.Flags().StringVar(&kb, "kb", "", "file with the knowledge base")
	c.Flags().StringVar(&in, "in", "", "file with the questions")
	c.Flags().StringVar(&out, "out", "", "file to write the answers to")
	for _, name := range []string{"kb", "in", "out"} {
		_ = c.MarkFlagRequired(name)
	}
	return c
}

// matchBudget is generous: a batch has nobody waiting, and a loaded machine must not change its answers.
const matchBudget = time.Minute

// matchFiles writes out only when everything was answered. It tells what is weak about the
// base.
func matchFiles(ctx context.Context, tell io.Writer, kb, in, out string) (done exchange.Answered, err error) {
	if info, err := os.Lstat(out); err == nil && !info.Mode().IsRegular() { // a rename would replace /dev/stdout
		return done, fmt.Errorf("--out: %s is there and is not a plain file", out)
	}
	questions, err := os.Open(in)
	if err != nil {
		return done, err
	}
	defer questions.Close()
	answers, err := os.CreateTemp(filepath.Dir(out), ".wenda-match-*")
	if err != nil {
		return done, err
	}
	defer os.Remove(answers.Name())
	defer answers.Close()
	matcher, end, err := matcherOf(ctx, tell, kb)
	if err != nil {
		return done, err
	}
	defer end()
	done, err = exchange.AnswerAll(ctx, matcher, questions, answers)
	if err != nil {
		return done, fmt.Errorf("%s: %w", in, err)
	}
	if err := answers.Chmod(0o644); err != nil {
		return done, err
	}
	if err := answers.Close(); err != nil {
		return done, err
	}
	return done, os.Rename(answers.Name(), out)
}

// tellUnreadable says of which lines of questions not all could be read, if there are any.
func tellUnreadable(w io.Writer, lines []int) {
	if len(lines) == 0 {
		return
	}
	const most = 20
	named, more := make([]string, 0, most), ""
	for _, n := range lines[:min(len(lines), most)] {
		named = append(named, strconv.Itoa(n))
	}
	if len(lines) > most {
		more = fmt.Sprintf(" and %d more", len(lines)-most)
	}
	fmt.Fprintf(w, "unreadable: %d questions hold what is no text (not UTF-8, or half of a surrogate pair), in line %s%s\n", len(lines), strings.Join(named, ", "), more)
}

// matcherOf learns from the base of a file and builds a matcher, its index in a folder
// that done removes.
func matcherOf(ctx context.Context, tell io.Writer, kb string) (m *match.Matcher, done func(), err error) {
	release, err := releaseOf(kb)
	if err != nil {
		return nil, nil, err
	}
	words, err := segment.New()
	if err != nil {
		return nil, nil, err
	}
	dir, err := os.MkdirTemp("", "wenda-match-")
	if err != nil {
		return nil, nil, err
	}
	m, l, err := learnt(ctx, tell, dir, words, release, match.Full, match.DefaultTarget)
	if err != nil {
		_ = os.RemoveAll(dir)
		return nil, nil, err
	}
	done = func() { m.Close(); _ = os.RemoveAll(dir) }
	if err := tellWeak(ctx, tell, words, release, l); err != nil {
		done()
		return nil, nil, err
	}
	return m, done, nil
}

// learnt learns from a release, telling those who wait, and opens a pipeline on it.
func learnt(ctx context.Context, tell io.Writer, dir string, words *segment.Segmenter, r *knowledge.Release, variant string, target float64) (*match.Matcher, *match.Learnt, error) {
	wait := newWaiting(tell, fmt.Sprintf("%d entries (%s)", len(r.Entries()), variant))
	l, err := match.Learn(ctx, words, r, studyOf(variant, wait))
	wait.end()
	if err != nil {
		return nil, nil, err
	}
	m, err := match.Open(ctx, dir, words, r, match.Options{Budget: matchBudget, Learnt: l, Target: target, Log: slog.New(slog.DiscardHandler)})
	return m, l, err
}

// studyOf learns from the base alone.
func studyOf(variant string, wait *waiting) match.Study {
	return match.Study{Variant: variant, Progress: wait.step}
}
