package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"wenda/cmd/wenda/config"
)

func configCommand() *cobra.Command {
	c := &cobra.Command{Use: "config", Short: "Check, show or write down the settings"}
	c.AddCommand(
		configured(&cobra.Command{Use: "check", Short: "Check all settings and say what is wrong", Args: cobra.NoArgs},
			func(c *cobra.Command, _ []string, _ *config.Loaded) error {
				fmt.Fprintln(c.OutOrStdout(), "settings are fine")
				return nil
			}),
		configured(&cobra.Command{Use: "show", Short: "Show all settings, what they mean and where each comes from (secrets are hidden)", Args: cobra.NoArgs},
			func(c *cobra.Command, _ []string, l *config.Loaded) error { return showSettings(c.OutOrStdout(), l) }),
		&cobra.Command{Use: "init", Short: "Print a settings file with every key explained", Args: cobra.NoArgs,
			RunE: func(c *cobra.Command, _ []string) error { return config.WriteSample(c.OutOrStdout()) }},
	)
	return c
}

func showSettings(w io.Writer, l *config.Loaded) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "SETTING\tVALUE\tFROM\tMEANING")
	for _, s := range config.Settings {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", s.Key, l.Shown(s), l.Origins[s.Key], s.Doc)
	}
	return table.Flush()
}

func versionCommand() *cobra.Command {
	return &cobra.Command{Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(c.OutOrStdout(), "wenda %s (%s, %s/%s)\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		}}
}

// version is the module's version, or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (v == "" || v == "(devel)") {
			v = s.Value[:min(12, len(s.Value))]
		}
	}
	if v == "" {
		v = "(devel)"
	}
	return v
}
