package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"wenda/cmd/wenda/config"
	"wenda/internal/sqldb"
	"wenda/knowledge/base"
	"wenda/knowledge/exchange"
)

func exportCommand() *cobra.Command {
	var template bool
	c := configured(&cobra.Command{
		Use:   "export FILE",
		Short: "Write the knowledge base into a file: .xlsx, .csv or .jsonl",
		Long: `Writes the newest revision of every entry that is not retired, drafts too, while
serve runs. wenda import brings the file back, mended or as it is.

With --template an empty .xlsx file is written, with explanations and drop-downs.`,
		Args: cobra.ExactArgs(1),
	}, func(c *cobra.Command, args []string, l *config.Loaded) error {
		format, err := exchange.FormatOf(args[0])
		if err != nil {
			return usageError{err}
		}
		if template && format != exchange.XLSX {
			return usageError{fmt.Errorf("a template's name must end in .xlsx")}
		}
		return reading(c, l, func(db *sqldb.DB) error {
			entries, err := exchange.Of(c.Context(), base.New(db))
			if err != nil {
				return err
			}
			if template {
				return writeWhole(args[0], func(w io.Writer) error { return exchange.Template(w, exchange.Categories(entries)) })
			}
			if err := writeWhole(args[0], func(w io.Writer) error { return exchange.Write(w, format, entries) }); err != nil {
				return err
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "%s holds %d entries\n", args[0], len(entries))
			return err
		})
	})
	c.Flags().BoolVar(&template, "template", false, "write an empty table to fill in")
	return c
}

// writeWhole makes a file that is there only when all of it is. One that was there is replaced.
func writeWhole(name string, write func(io.Writer) error) error {
	if info, err := os.Lstat(name); err == nil && !info.Mode().IsRegular() { // a rename would replace /dev/stdout
		return fmt.Errorf("%s is there and is not a plain file", name)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".wenda-write-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
