package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"wenda/cmd/wenda/config"
	"wenda/internal/sqldb"
)

func restoreCommand() *cobra.Command {
	return configured(&cobra.Command{
		Use:   "restore FILE",
		Short: "Bring a backup back into a data folder without a database (SQLite; for PostgreSQL it names the command)",
		Long: `Copies FILE, which wenda backup wrote, into the data folder. There must be no database
in it yet: nothing is ever replaced. The copy is checked in full before it counts: the
file itself, its version, every log in it, the seals of its audit and, if the key file is
there already, that it is the key that belongs to it.`,
		Args: cobra.ExactArgs(1),
	}, func(c *cobra.Command, args []string, l *config.Loaded) error {
		quiet := slog.New(slog.DiscardHandler)
		o := sqldb.Options{URL: l.DatabaseURL, Dir: l.DataDir, Log: quiet}
		if l.DatabaseURL == "" {
			unlock, err := lockFolder(l.DataDir)
			if err != nil {
				return err
			}
			defer unlock()
		}
		var found findings
		err := sqldb.Restore(c.Context(), args[0], o, func(db *sqldb.DB) (err error) {
			if err := keyFits(c.Context(), db, l.Config); err != nil {
				return err
			}
			found, err = verify(c.Context(), db)
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(c.OutOrStdout(), "%s is in %s: %s\n", args[0], l.DataDir, found)
		if !exists(keyPath(l.Config)) {
			fmt.Fprintf(c.OutOrStdout(), "bring its key to %s before serve: without it nothing that was sealed can be read\n", keyPath(l.Config))
		}
		return nil
	})
}

// keyFits refuses a database that was used with another key than the one there.
func keyFits(ctx context.Context, db *sqldb.DB, c config.Config) error {
	if !exists(keyPath(c)) {
		return nil
	}
	sealer, err := openSealer(c)
	if err != nil {
		return err
	}
	var first string
	err = db.Read(ctx).QueryRow(`SELECT coalesce(max(value), '') FROM setting WHERE name = 'key'`).Scan(&first)
	if err == nil && first != "" && first != fingerprint(sealer) {
		err = fmt.Errorf("%s: %w", keyPath(c), errOtherKey)
	}
	return err
}
