package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"wenda/knowledge/corpus"
	"wenda/knowledge/segment"
)

func corpusCommand() *cobra.Command {
	c := &cobra.Command{Use: "corpus", Short: "Look after the texts from which the product learns the language"}
	var dir string
	var examples int
	check := &cobra.Command{
		Use:   "check",
		Short: "Count the corpus and say what must be mended",
		Long: `Counts intents, utterances, lines out of scope and pairs; names repetitions, utterances
of one intent that are too much alike, personal data and names of companies, with exit code 1
if there are any; and lists intents that share many words, for a person to judge.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			texts := corpus.Own()
			if dir != "" {
				var err error
				if texts, err = corpus.Read(os.DirFS(dir)); err != nil {
					return err
				}
			}
			words, err := segment.New()
			if err != nil {
				return err
			}
			report := corpus.Check(texts, words)
			fmt.Fprint(c.OutOrStdout(), report)
			for _, line := range texts.Sample(examples) {
				fmt.Fprintln(c.OutOrStdout(), line)
			}
			if len(report.Problems) > 0 {
				return errors.New("the corpus is not as it must be")
			}
			return nil
		},
	}
	check.Flags().StringVar(&dir, "dir", "", "a folder to read instead of the corpus inside this program")
	check.Flags().IntVar(&examples, "examples", 0, "print so many utterances picked at random, to judge how natural they are")
	c.AddCommand(check)
	return c
}
