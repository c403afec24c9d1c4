// Package bench measures what Wenda's server costs, beside what it could cost at best.
//
//	loadtest bench                 everything, about five minutes
//	loadtest bench --quick         fewer connections and shorter rounds, about a minute
//	loadtest bench --json FILE     also as JSON
//
// Three servers run at the same time, each in its own process, and are loaded in turn
// from this one, in short rounds: A B C A B C …; a figure is the median of its rounds.
// So what else the machine does falls on all alike, and the ratios hold where the
// figures do not.
//
//	echo   a websocket server that sends back what it gets (gorilla, tuned)
//	floor  echo + one Redis round trip + one SQL commit of two events + the same
//	       matcher on the same base: what an answer costs at least. The message is
//	       its bare text; nothing is masked, decided, checked, signed or shown.
//	wenda  "wenda serve" with Redis and SQLite: a real hello, send, ack and answer
//
// A message is done when the answer has arrived, and counts from when it was sent, or
// in an open loop from when it was due, so that waiting shows. CPU is the server
// process's own, from /proc. Needs Linux, redis-server and the wenda binary.
package bench

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
)

// options are what the operator may choose.
type options struct {
	wenda  string
	json   string
	quick  bool
	rounds int
	idle   int
	only   string
}

// plan is how long and how much is measured.
type plan struct {
	levels    []int         // connections at once
	rounds    int           // interleaved, of every row
	round     time.Duration // of one load
	idle      int           // idle connections
	overload  time.Duration
	crowd     int // connections that talk a little
	crowdRate int // messages a second of all of them
	crowdFor  time.Duration
}

func (o options) plan() plan {
	p := plan{
		levels: []int{1, 100, 1000}, rounds: o.rounds, round: time.Second, idle: o.idle,
		overload: 6 * time.Second, crowd: 5000, crowdRate: 500, crowdFor: 10 * time.Second,
	}
	if o.quick {
		p.round, p.overload, p.crowdFor = 250*time.Millisecond, 2*time.Second, 3*time.Second
		p.idle, p.crowd = min(p.idle, 2000), 1000
	}
	return p
}

// Command returns the subcommand "bench".
func Command() *cobra.Command {
	var o options
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measure CPU, latency and memory beside an echo server and a floor",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(c.Context(), os.Interrupt)
			defer stop()
			return run(ctx, o, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f := c.Flags()
	f.StringVar(&o.wenda, "wenda", besideUs("wenda"), "the wenda binary that is measured")
	f.StringVar(&o.json, "json", "", "write the figures to this file, too")
	f.BoolVar(&o.quick, "quick", false, "fewer connections and shorter rounds, for a first look")
	f.IntVar(&o.rounds, "rounds", 5, "interleaved rounds of each row; its figure is their median")
	f.IntVar(&o.idle, "idle", 15_000, "idle connections for the memory rows")
	f.StringVar(&o.only, "only", "", "one part: idle, turns, frames, crowd, overload, match, publish, node")
	c.AddCommand(echoCommand(), floorCommand(), paceCommand())
	return c
}

// besideUs names a binary in the folder of this one.
func besideUs(name string) string {
	self, err := os.Executable()
	if err != nil {
		return name
	}
	return filepath.Join(filepath.Dir(self), name)
}

// run measures all parts and prints them.
func run(ctx context.Context, o options, out, progress io.Writer) error {
	say := func(format string, values ...any) { fmt.Fprintf(progress, format+"\n", values...) }
	dir, err := os.MkdirTemp("", "wenda-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{product: o.wenda, plan: o.plan(), dir: dir, say: say, report: newReport()}
	defer b.stop()
	if err := b.start(ctx); err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		do   func(context.Context) error
	}{{"idle", b.idleMemory}, {"turns", b.turns}, {"frames", b.framePath}, {"crowd", b.crowded}, {"overload", b.overloaded},
		{"match", b.matching}, {"publish", b.publishing}, {"node", b.aNode}} {
		if o.only != "" && o.only != part.name {
			continue
		}
		say("measuring %s …", part.name)
		if err := part.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	b.report.write(out)
	if o.json != "" {
		return b.report.save(o.json)
	}
	return nil
}
