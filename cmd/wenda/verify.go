package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"

	"wenda/cmd/wenda/config"
	"wenda/internal/audit"
	"wenda/internal/sqldb"
	"wenda/sessions/sqlstore"
)

func verifyCommand() *cobra.Command {
	return configured(&cobra.Command{
		Use:   "verify",
		Short: "Read the whole database and say what is not as it must be",
		Long: `Reads everything, also while serve runs: the file and its indexes (SQLite), every
session's log (no gap, nothing twice, its head agrees with it) and the seals of the audit.
It changes nothing, and ends with exit code 1 if it found something.`,
		Args: cobra.NoArgs,
	}, func(c *cobra.Command, _ []string, l *config.Loaded) error {
		return reading(c, l, func(db *sqldb.DB) error {
			if err := db.CheckAll(c.Context()); err != nil {
				return err
			}
			found, err := verify(c.Context(), db)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), found)
			return err
		})
	})
}

// reading opens the database there is, for a command that changes nothing.
func reading(c *cobra.Command, l *config.Loaded, do func(*sqldb.DB) error) error {
	if err := there(l.Config); err != nil {
		return err
	}
	db, err := sqldb.Open(c.Context(), sqldb.Options{URL: l.DatabaseURL, Dir: l.DataDir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer db.Close()
	return do(db)
}

// findings are of a database in which all is well.
type findings struct {
	sessions, events int64
	audit            audit.Report
}

func (f findings) String() string {
	return fmt.Sprintf("%d sessions with %d events, all whole; audit: %s", f.sessions, f.events, f.audit)
}

// verify checks sessions and audit. What it finds wrong is its error.
func verify(ctx context.Context, db *sqldb.DB, heads ...audit.Head) (f findings, err error) {
	problems, err := sqlstore.Verify(ctx, db)
	if err != nil {
		return f, err
	}
	if f.audit, err = audit.Verify(ctx, db, heads...); err != nil {
		return f, err
	}
	var wrong []string
	for _, p := range problems {
		wrong = append(wrong, p.String())
	}
	for _, p := range f.audit.Problems {
		wrong = append(wrong, "audit: "+p)
	}
	if len(wrong) > 0 {
		return f, errors.New("the database is not as it must be:\n  " + strings.Join(wrong, "\n  "))
	}
	err = db.Read(ctx).QueryRow(`SELECT (SELECT count(*) FROM session), (SELECT count(*) FROM event)`).Scan(&f.sessions, &f.events)
	return f, err
}

func auditCommand() *cobra.Command {
	c := &cobra.Command{Use: "audit", Short: "Show and check the seals of the audit"}
	var kept []string
	check := configured(&cobra.Command{
		Use:   "verify",
		Short: "Compute the chain of the audit again, and name every row that was changed or removed",
		Long: `Computes the chain of the audit again and holds it against the heads that were kept:
those in ` + audit.HeadFile + ` in the data folder, and those given with --head. Exit code 1 if a row
or a seal was changed, removed or put in between.`,
		Args: cobra.NoArgs,
	}, func(c *cobra.Command, _ []string, l *config.Loaded) error {
		heads, err := keptHeads(l.DataDir, kept)
		if err != nil {
			return err
		}
		return reading(c, l, func(db *sqldb.DB) error {
			report, err := audit.Verify(c.Context(), db, heads...)
			if err != nil {
				return err
			}
			return showAudit(c.OutOrStdout(), report)
		})
	})
	check.Flags().StringArrayVar(&kept, "head", nil, "a head that was kept elsewhere, as audit head printed it; may be repeated")
	head := configured(&cobra.Command{
		Use:   "head",
		Short: "Print the newest head, number and hash, to be kept outside the database",
		Args:  cobra.NoArgs,
	}, func(c *cobra.Command, _ []string, l *config.Loaded) error {
		return reading(c, l, func(db *sqldb.DB) error {
			newest, err := audit.Newest(c.Context(), db)
			if err == nil {
				_, err = fmt.Fprintln(c.OutOrStdout(), newest)
			}
			return err
		})
	})
	c.AddCommand(check, head)
	return c
}

func keptHeads(dir string, given []string) ([]audit.Head, error) {
	heads, err := audit.KeptHeads(dir)
	if err != nil {
		return nil, err
	}
	for _, text := range given {
		h, err := audit.ParseHead(text)
		if err != nil {
			return nil, usageError{err}
		}
		heads = append(heads, h)
	}
	return heads, nil
}

func showAudit(out io.Writer, report audit.Report) error {
	if _, err := fmt.Fprintln(out, report); err != nil {
		return err
	}
	if len(report.Problems) > 0 {
		return errors.New("the audit was tampered with:\n  " + strings.Join(report.Problems, "\n  "))
	}
	return nil
}
