package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"wenda/cmd/wenda/config"
	"wenda/knowledge"
	"wenda/knowledge/base"
	"wenda/knowledge/exchange"
)

func importCommand() *cobra.Command {
	var i importing
	var mode string
	c := configured(&cobra.Command{
		Use:   "import FILE",
		Short: "Read entries from a .xlsx, .csv or .jsonl file as drafts, also while serve runs",
		Long: `Compares the file with the base and saves what is new or changed as drafts, all of it
or nothing; people review and publish them. A file with a row that is not as it must
be is refused whole, and --faulty writes it again with the reasons beside the rows.

--mode append   only new entries: one that is there is refused
       update   new ones, and of others the columns and languages that the file has
       replace  new ones, and others become as in the file; what it lacks is listed
                and stays as it is`,
		Args: cobra.ExactArgs(1),
	}, func(c *cobra.Command, args []string, l *config.Loaded) error {
		i.mode, i.file, i.out, i.errs = exchange.Mode(mode), args[0], c.OutOrStdout(), c.ErrOrStderr()
		if !slices.Contains([]exchange.Mode{exchange.Append, exchange.Update, exchange.Replace}, i.mode) {
			return usageError{fmt.Errorf("no mode is called %q: there are append, update and replace", mode)}
		}
		if err := there(l.Config); err != nil {
			return err
		}
		db, err := openDatabase(c.Context(), l.Config, slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		defer db.Close()
		return i.run(c.Context(), base.New(db))
	})
	c.Flags().StringVar(&mode, "mode", string(exchange.Update), "append, update or replace")
	c.Flags().BoolVar(&i.dry, "dry-run", false, "only say, row by row, what would be done")
	c.Flags().StringVar(&i.faulty, "faulty", "", "if rows are refused, write the file with the reasons here")
	c.Flags().StringVar(&i.why, "why", "", "reason that stands beside the drafts; empty is the file's name")
	return c
}

// importing is one call of the command.
type importing struct {
	file, faulty, why string
	mode              exchange.Mode
	dry               bool
	out, errs         io.Writer
}

func (i importing) run(ctx context.Context, hub *base.Store) error {
	plan, err := i.plan(ctx, hub)
	if err != nil {
		return err
	}
	if err := i.tell(plan); err != nil {
		return err
	}
	if plan.Counts.Refused > 0 && i.faulty != "" {
		if err := writeWhole(i.faulty, func(w io.Writer) error { return plan.Faulty(w, knowledge.English) }); err != nil {
			return err
		}
		fmt.Fprintf(i.out, "%s holds the file with the reasons\n", i.faulty)
	}
	if i.dry && plan.Counts.Refused == 0 {
		return nil
	}
	why := i.why
	if why == "" {
		why = "import of " + filepath.Base(i.file)
	}
	n, err := plan.Apply(ctx, hub, operator, why, i.progress("saving"))
	if errors.Is(err, base.ErrChanged) || errors.Is(err, base.ErrExists) {
		return fmt.Errorf("%w; nothing was imported, run it again", err)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(i.out, "%d drafts saved\n", n)
	return err
}

func (i importing) plan(ctx context.Context, hub *base.Store) (*exchange.Plan, error) {
	format, err := exchange.FormatOf(i.file)
	if err != nil {
		return nil, err
	}
	in, err := os.Open(i.file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	f, err := exchange.Read(ctx, in, format, exchange.ImportLimits, i.progress("reading"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", i.file, err)
	}
	return exchange.NewPlan(ctx, f, hub, i.mode, i.progress("comparing"))
}

// tell says what the plan is: in a dry run of every row, else of those refused.
func (i importing) tell(plan *exchange.Plan) error {
	var b strings.Builder
	for _, r := range plan.Rows {
		if r.Does == exchange.Refused || i.dry && r.Does != exchange.Same {
			fmt.Fprintf(&b, "line %d: %s: %s%s\n", r.Line, r.Entry, r.Does, details(r))
		}
	}
	if len(plan.Retire) > 0 {
		fmt.Fprintf(&b, "not in the file, and left as they are: %s\n", strings.Join(plan.Retire, " "))
	}
	n := plan.Counts
	fmt.Fprintf(&b, "%d entries: %d new, %d changed, %d same, %d refused\n", len(plan.Rows), n.New, n.Changed, n.Same, n.Refused)
	_, err := io.WriteString(i.out, b.String())
	return err
}

// details says why a row is refused, what it changes, and who asks the same.
func details(r exchange.Row) string {
	var words []string
	for _, f := range r.Flaws {
		words = append(words, f.String())
	}
	for _, c := range r.Changes {
		words = append(words, strings.TrimSpace(c.Field+" "+string(c.Lang)))
	}
	for _, t := range r.Twins {
		words = append(words, "same question as "+t.Entry)
	}
	if len(words) == 0 {
		return ""
	}
	return ": " + strings.Join(words, "; ")
}

// progress says at a terminal how far a step is, and for how long it will still run.
func (i importing) progress(step string) exchange.Progress {
	f, ok := i.errs.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return func(int, int) {}
	}
	started := time.Now()
	return func(done, of int) {
		left := ""
		if gone := time.Since(started); done > 0 && done < of && gone > time.Second {
			left = fmt.Sprintf(", %v left", (gone * time.Duration(of-done) / time.Duration(done)).Round(time.Second))
		}
		fmt.Fprintf(f, "\r\x1b[K%s: %d of %d%s", step, done, of, left)
		if done == of {
			fmt.Fprint(f, "\r\x1b[K")
		}
	}
}
