package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
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
is told on standard error.

Base, a line:      {"id","question","similar":[…],"answer"?,"category"?,"lang"}
Question, a line:  {"text", …}
Answer, a line:    {"text","decision":"answer|clarify|handoff","confidence":p,"candidates":[{"id","confidence"}…≤5],"micros":n}`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			started := time.Now()
			n, err := matchFiles(c.Context(), c.ErrOrStderr(), kb, in, out)
			if err == nil {
				fmt.Fprintf(c.ErrOrStderr(), "%d questions answered in %v\n", n, time.Since(started).Round(time.Millisecond))
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
func matchFiles(ctx context.Context, tell io.Writer, kb, in, out string) (int, error) {
	if info, err := os.Lstat(out); err == nil && !info.Mode().IsRegular() { // a rename would replace /dev/stdout
		return 0, fmt.Errorf("--out: %s is there and is not a plain file", out)
	}
	questions, err := os.Open(in)
	if err != nil {
		return 0, err
	}
	defer questions.Close()
	answers, err := os.CreateTemp(filepath.Dir(out), ".wenda-match-*")
	if err != nil {
		return 0, err
	}
	defer os.Remove(answers.Name())
	defer answers.Close()
	matcher, done, err := matcherOf(ctx, tell, kb)
	if err != nil {
		return 0, err
	}
	defer done()
	n, err := exchange.AnswerAll(ctx, matcher, questions, answers)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", in, err)
	}
	if err := answers.Chmod(0o644); err != nil {
		return 0, err
	}
	if err := answers.Close(); err != nil {
		return 0, err
	}
	return n, os.Rename(answers.Name(), out)
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
	m, l, err := learnt(ctx, dir, words, release, match.Full, match.DefaultTarget)
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

// learnt learns from a release and opens a pipeline on it.
func learnt(ctx context.Context, dir string, words *segment.Segmenter, r *knowledge.Release, variant string, target float64) (*match.Matcher, *match.Learnt, error) {
	l, err := match.Learn(ctx, words, r, match.Study{Variant: variant})
	if err != nil {
		return nil, nil, err
	}
	m, err := match.Open(ctx, dir, words, r, match.Options{Budget: matchBudget, Learnt: l, Target: target, Log: slog.New(slog.DiscardHandler)})
	return m, l, err
}
