// Command loadtest plays customers and agents against Wenda, breaks what Wenda
// stands on meanwhile, and judges what was kept.
//
//	loadtest run --nodes 3 --sql postgres --redis single --messages 20000 --faults 60
//	loadtest run --mutant fence-ignored          a Wenda that is broken on purpose: must be caught
//	loadtest run --for 30m                       a soak
//	loadtest check DIR                           judge a kept history again
//	loadtest storm --connections 10000           a node dies, and all come back at once
//	loadtest bench                               what a message costs, beside an echo and a floor
//
// It exits with 1 if any promise was broken, 2 if the command line makes no sense.
// What it starts are throw-away servers (package stage); it touches nothing else.
//
//	history/  what the drivers saw     client/  widgets and desks without pages
//	checker/  the judge                script/  who says what, and when
//	stage/    the world they play in   fault/   what goes wrong in it
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

	"wenda/cmd/loadtest/bench"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	os.Exit(start(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// errBroken says that promises were broken; they have been printed.
var errBroken = errors.New("promises were broken")

// ranError is of a command that ran; all others are about the command line.
type ranError struct{ error }

func (e ranError) Unwrap() error { return e.error }

// start is main as a value that tests can call.
func start(ctx context.Context, args []string, out, errs io.Writer) int {
	root := &cobra.Command{
		Use: "loadtest", Short: "Scripted customers and agents against Wenda, with faults, and a judge",
		SilenceErrors: true, SilenceUsage: true,
	}
	root.AddCommand(runCommand(), checkCommand(), stormCommand(), bench.Command())
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errs)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintf(errs, "loadtest: %v\n", err)
	var ran ranError
	if errors.As(err, &ran) {
		return 1
	}
	return 2
}
