// Command wenda is the customer-service bot, its gateway, the desk of its agents
// and the operator's tools, in one binary.
//
//	wenda serve                     run it: prints the addresses of widget, desk, editor and API
//	wenda talk                      chat with the bot in this terminal
//	wenda match                     match the questions of a file against a knowledge base of a file
//	wenda evaluate                  how well are the questions of a file recognised?
//	wenda import FILE               read entries from a .xlsx, .csv or .jsonl file, as drafts
//	wenda export FILE               write the knowledge base into one
//	wenda corpus check              look after the texts from which the language was learnt
//	wenda user create|list|reset-password
//	wenda key create|list|revoke    what other systems present to use the API
//	wenda config check|show|init
//	wenda backup FILE
//	wenda restore FILE
//	wenda verify                    read the whole database and say what is not as it must be
//	wenda audit verify|head
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
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends it at once
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
	var ran runError
	var usage usageError
	if errors.As(err, &ran) && !errors.As(err, &usage) {
		return 1
	}
	return 2
}

// usageError is the operator's to mend: a setting, say.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// runError is of a command that ran. All other errors are about the command line.
type runError struct{ error }

func (e runError) Unwrap() error { return e.error }

func commands() *cobra.Command {
	root := &cobra.Command{
		Use:           "wenda",
		Short:         "Customer service for consumer finance: a bot that answers from a reviewed knowledge hub, and people behind it",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetFlagErrorFunc(hint)
	root.AddCommand(serveCommand(), talkCommand(), matchCommand(), evaluateCommand(), importCommand(), exportCommand(), userCommand(), keyCommand(), configCommand(), backupCommand(), restoreCommand(), verifyCommand(), auditCommand(), corpusCommand(), versionCommand())
	strict(root)
	return root
}

// hint says where the command line is explained.
func hint(c *cobra.Command, err error) error {
	return fmt.Errorf("%w (see: %s --help)", err, c.CommandPath())
}

// strict makes a command and those below it refuse what they do not know. A
// command that only groups others shows its help if none is named.
func strict(c *cobra.Command) {
	check, do := c.Args, c.RunE
	c.SuggestionsMinimumDistance = 2
	if c.HasSubCommands() {
		check, do = unknown, func(c *cobra.Command, _ []string) error { return c.Help() }
	}
	c.Args = func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return hint(c, err)
		}
		return nil
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := do(c, args); err != nil {
			return runError{err}
		}
		return nil
	}
	for _, below := range c.Commands() {
		strict(below)
	}
}

// unknown refuses the name of a command that is not there.
func unknown(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		return fmt.Errorf("unknown command %q: did you mean %q?", args[0], near[0])
	}
	return fmt.Errorf("unknown command %q", args[0])
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
