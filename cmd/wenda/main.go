// Command wenda is the customer-service bot, its gateway, the desk of its agents
// and the operator's tools, in one binary.
//
//	wenda serve                     run it: prints the addresses of widget, desk, editor and API
//	wenda talk                      chat with the bot in this terminal
//	wenda match                     match the questions of a file against a knowledge base of a file
//	wenda user create|list|reset-password
//	wenda config check|show|init
//	wenda backup FILE
//	wenda version
//
// Every setting has a flag, an environment variable and a key in a TOML file;
// see wenda/cmd/wenda/config.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"wenda/cmd/wenda/config"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is main as a value that tests can call. It returns the exit code: 0, 1 for a
// failure, 2 for a command line or a setting that makes no sense.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	root := commands()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintf(errs, "wenda: %v\n", err)
	var usage usageError
	if errors.As(err, &usage) {
		return 2
	}
	return 1
}

// usageError is the operator's to mend: a flag, a setting, an argument.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func commands() *cobra.Command {
	root := &cobra.Command{
		Use:           "wenda",
		Short:         "Customer service for consumer finance: a bot that answers from a reviewed knowledge hub, and people behind it",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w (see: %s --help)", err, c.CommandPath())}
	})
	root.AddCommand(serveCommand(), talkCommand(), matchCommand(), userCommand(), configCommand(), backupCommand(), versionCommand())
	return root
}

// configured makes a command whose RunE gets the checked settings.
func configured(c *cobra.Command, do func(*cobra.Command, []string, *config.Loaded) error) *cobra.Command {
	config.Flags(c.Flags())
	c.RunE = func(c *cobra.Command, args []string) error {
		loaded, err := config.Load(c.Flags(), os.Environ())
		if err != nil {
			return usageError{err}
		}
		return do(c, args, loaded)
	}
	return c
}
