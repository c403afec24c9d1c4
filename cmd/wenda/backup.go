package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"wenda/cmd/wenda/config"
	"wenda/internal/sqldb"
)

func backupCommand() *cobra.Command {
	return configured(&cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the database into a new file while serve runs (SQLite; for PostgreSQL it names the command)",
		Long: `Copies the database as it is at one moment into FILE, which must not exist.
wenda restore FILE brings it back.

Keep the key file (wenda.key in the data folder, if --key-file names no other) too,
and apart from it: without it the contact details that customers left cannot be read.`,
		Args: cobra.ExactArgs(1),
	}, func(c *cobra.Command, args []string, l *config.Loaded) error {
		return reading(c, l, func(db *sqldb.DB) error {
			if err := db.Backup(c.Context(), args[0]); err != nil {
				return err
			}
			_, err := fmt.Fprintf(c.OutOrStdout(), "%s holds everything up to now; keep %s apart from it\n", args[0], keyPath(l.Config))
			return err
		})
	})
}
