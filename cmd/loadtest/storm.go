package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"wenda/cmd/loadtest/checker"
	"wenda/cmd/loadtest/client"
	"wenda/cmd/loadtest/history"
	"wenda/cmd/loadtest/script"
	"wenda/cmd/loadtest/stage"
)

// storm is a reconnect storm: everybody has a session and a cursor when a node dies.
type storm struct {
	Connections int
	Nodes       int
	SQL, Redis  string
	Talking     int // of whom so many are in the middle of a sentence
	Seed        uint64
	Within      time.Duration // all must be back
}

func stormCommand() *cobra.Command {
	s := storm{}
	c := &cobra.Command{
		Use: "storm", Short: "All are connected; a node dies; how long until all read on?", Args: cobra.NoArgs,
		Long: "With one node it is started again at once; of several, one stays dead until all are back at the others.",
		RunE: func(c *cobra.Command, _ []string) error {
			if s.Seed == 0 {
				s.Seed = newSeed()
			}
			found, err := s.run(c.Context(), c.OutOrStdout(), slog.New(slog.NewTextHandler(c.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn})))
			if err == nil && len(found) > 0 {
				err = errBroken
			}
			if err != nil {
				return ranError{err}
			}
			return nil
		},
	}
	f := c.Flags()
	f.IntVar(&s.Connections, "connections", 10_000, "at once; at most 19,000, for the descriptors of a process")
	f.IntVar(&s.Nodes, "nodes", 1, "gateways; several need postgres and a redis")
	f.StringVar(&s.SQL, "sql", "sqlite", "sqlite or postgres")
	f.StringVar(&s.Redis, "redis", "none", "none, single, sentinel or cluster")
	f.IntVar(&s.Talking, "talking", 500, "customers who say something just when the node dies")
	f.Uint64Var(&s.Seed, "seed", 0, "of the jitter")
	f.DurationVar(&s.Within, "within", 2*time.Minute, "after which who is not back is stuck")
	return c
}

// run prints how it went and returns what was broken.
func (s storm) run(ctx context.Context, out io.Writer, log *slog.Logger) (_ []checker.Violation, err error) {
	world, err := stage.Open(ctx, stage.Options{Nodes: s.Nodes, SQL: s.SQL, Redis: s.Redis, Direct: true, Seed: s.Seed, Log: log})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, world.Close()) }()
	store, done, err := world.Store(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	crowd := s.gather(ctx, world)
	defer crowd.leave()
	opened, err := crowd.ready(ctx, len(crowd.tabs), 5*time.Minute)
	if err != nil {
		return nil, fmt.Errorf("only %d of %d came in: %w", crowd.figures.Ready.Load(), s.Connections, err)
	}
	fmt.Fprintf(out, "%d customers with a session in %v; node 0 has %s\n", s.Connections, round(opened), memory(world.Nodes()[0].PID()))
	back, err := s.kill(ctx, world, crowd)
	if err != nil {
		return nil, err
	}
	survivor := world.Nodes()[len(world.Nodes())-1]
	fmt.Fprintf(out, "all back %v after the kill; the node they came to has %s\n", round(back), memory(survivor.PID()))
	if s.Nodes > 1 {
		if err := world.Nodes()[0].Start(ctx); err != nil {
			return nil, err
		}
	}
	if err := script.Settle(ctx, store, crowd.tabs, s.Within); err != nil {
		return nil, err
	}
	crowd.leave()
	truth, err := checker.Load(ctx, store)
	if err != nil {
		return nil, err
	}
	found := checker.Check(crowd.log.Records(), truth)
	fmt.Fprintf(out, "%d messages acked, %d connects, %d refused, seed %d\n", crowd.figures.Acked.Load(), crowd.figures.Connects.Load(), crowd.figures.Refused.Load(), s.Seed)
	printViolations(out, found)
	return found, nil
}

// crowd is everybody.
type crowd struct {
	tabs    []*client.Tab
	figures client.Figures
	log     *history.Log
	leave   func()
}

const (
	// perAddress is how many clients connect from one address: its ports are about
	// 28,000, and the fewer are free the longer Linux looks for one.
	perAddress = 500

	// arriving is how many come in at once at the beginning, which is not the storm.
	arriving = 128
)

// gather lets everybody connect, a few at once.
func (s storm) gather(ctx context.Context, world *stage.Stage) *crowd {
	c := &crowd{log: history.New()}
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	c.leave = sync.OnceFunc(func() { cancel(); all.Wait() })
	door := make(chan struct{}, arriving)
	for n := range s.Connections {
		who := fmt.Sprint("c", n)
		t := client.NewTab(client.Options{
			Who: who, Reader: who + ".0", Bases: world.Addresses, Rand: rand.New(rand.NewPCG(s.Seed, uint64(n))), Log: c.log, Figures: &c.figures,
			Address: fmt.Sprintf("10.%d.%d.%d", n>>14&0x7f, n>>7&0x7f, 1+n&0x7f),
			Local:   &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(2+n/perAddress))},
		})
		c.tabs = append(c.tabs, t)
		all.Go(func() {
			select {
			case <-ctx.Done():
				return
			case door <- struct{}{}:
			}
			all.Go(func() {
				_ = t.Ready(ctx)
				<-door
			})
			t.Run(ctx)
		})
	}
	return c
}

// ready waits until n are connected and says how long it took.
func (c *crowd) ready(ctx context.Context, n int, within time.Duration) (time.Duration, error) {
	began := time.Now()
	for time.Since(began) < within {
		if c.figures.Ready.Load() >= int64(n) {
			return time.Since(began), nil
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	return time.Since(began), errors.New("not within " + within.String())
}

// kill kills node 0 while some are talking, and returns how long it took until all
// were welcomed again.
func (s storm) kill(ctx context.Context, world *stage.Stage, c *crowd) (time.Duration, error) {
	victim := world.Nodes()[0]
	hit := int64(0)
	for _, t := range c.tabs {
		if t.Base() == victim.Address {
			hit++
		}
	}
	for _, t := range c.tabs[:min(s.Talking, len(c.tabs))] {
		t.Send("怎么提前还款")
	}
	drops := c.figures.Drops.Load()
	began := time.Now()
	victim.Kill()
	if s.Nodes == 1 {
		if err := victim.Start(ctx); err != nil {
			return 0, err
		}
	}
	for c.figures.Drops.Load()-drops < hit && time.Since(began) < s.Within {
		time.Sleep(10 * time.Millisecond)
	}
	_, err := c.ready(ctx, len(c.tabs), s.Within)
	if err != nil {
		return 0, fmt.Errorf("%d of %d came back: %w", c.figures.Ready.Load(), len(c.tabs), err)
	}
	return time.Since(began), nil
}

// memory is what a process uses, as Linux counts it.
func memory(pid int) string {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return "an unknown amount of memory"
	}
	for line := range bytes.Lines(text) {
		if value, ok := bytes.CutPrefix(line, []byte("VmRSS:")); ok {
			if kib, err := strconv.Atoi(string(bytes.Fields(value)[0])); err == nil {
				return fmt.Sprintf("%d MiB", kib>>10)
			}
		}
	}
	return "an unknown amount of memory"
}
