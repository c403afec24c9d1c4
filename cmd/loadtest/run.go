package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/spf13/cobra"

	"wenda/cmd/loadtest/checker"
	"wenda/cmd/loadtest/fault"
	"wenda/cmd/loadtest/history"
	"wenda/cmd/loadtest/script"
	"wenda/cmd/loadtest/stage"
)

// plan is one run.
type plan struct {
	Nodes     int           `json:"nodes"`
	SQL       string        `json:"sql"`
	Redis     string        `json:"redis"`
	Mutant    string        `json:"mutant,omitempty"`
	Messages  int           `json:"messages"`
	For       time.Duration `json:"for,omitempty"`
	Customers int           `json:"customers"`
	Agents    int           `json:"agents"`
	Faults    int           `json:"faults"`
	Every     time.Duration `json:"every"` // a fault
	Kinds     []fault.Kind  `json:"kinds,omitempty"`
	Seed      uint64        `json:"seed"`
	Pace      time.Duration `json:"pace,omitempty"`

	// Patience bounds each wait at the end. Disk is the size of SQLite's own file
	// system, for the fault that fills it. Race builds the nodes with the race detector.
	Patience time.Duration `json:"patience,omitempty"`
	Disk     int64         `json:"disk,omitempty"`
	Race     bool          `json:"race,omitempty"`
	Sabotage bool          `json:"sabotage,omitempty"` // die-at faults need it
	Vanish   bool          `json:"vanish,omitempty"`

	Dir string `json:"-"` // where history, truth and logs stay; "" for nowhere
}

func runCommand() *cobra.Command {
	p := plan{}
	var kinds []string
	c := &cobra.Command{
		Use: "run", Short: "Play, with faults, and judge", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			for _, k := range kinds {
				p.Kinds = append(p.Kinds, fault.Kind(k))
			}
			if p.Seed == 0 {
				p.Seed = newSeed()
			}
			p.Sabotage, p.Vanish = p.Faults > 0, true
			r, err := p.run(c.Context(), c.OutOrStdout(), slog.New(slog.NewTextHandler(c.ErrOrStderr(), nil)))
			if r != nil {
				r.print(c.OutOrStdout())
			}
			if err == nil && len(r.Violations) > 0 {
				err = errBroken
			}
			if err != nil {
				return ranError{err}
			}
			return nil
		},
	}
	f := c.Flags()
	f.IntVar(&p.Nodes, "nodes", 1, "gateways; several need postgres and a redis")
	f.StringVar(&p.SQL, "sql", "sqlite", "sqlite or postgres")
	f.StringVar(&p.Redis, "redis", "none", "none, single, sentinel or cluster")
	f.StringVar(&p.Mutant, "mutant", "", "break Wenda on purpose: a name from internal/sabotage")
	f.IntVar(&p.Messages, "messages", 2000, "that customers send in all; 0 for no end but --for")
	f.DurationVar(&p.For, "for", 0, "how long customers speak at most; 0 for no end but --messages")
	f.IntVar(&p.Customers, "customers", 60, "at once")
	f.IntVar(&p.Agents, "agents", 8, "at desks")
	f.IntVar(&p.Faults, "faults", 0, "in all")
	f.DurationVar(&p.Every, "every", 3*time.Second, "mean time between faults")
	f.StringSliceVar(&kinds, "kinds", nil, "of faults; all that fit if none is named")
	f.Uint64Var(&p.Seed, "seed", 0, "of people and faults; 0 takes a new one, which is printed")
	f.DurationVar(&p.Pace, "pace", 300*time.Millisecond, "mean time between turns of a customer")
	f.DurationVar(&p.Patience, "patience", 2*time.Minute, "of each wait at the end; who cannot keep up is stuck")
	f.Int64Var(&p.Disk, "disk", 0, "bytes of a file system of its own for SQLite, so that it can be filled; takes root")
	f.BoolVar(&p.Race, "race", false, "build the nodes with the race detector")
	f.StringVar(&p.Dir, "out", "", "folder for history, transcripts and logs; without, the first two of a run that broke a promise")
	return c
}

func newSeed() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return binary.LittleEndian.Uint64(b[:])>>1 | 1
}

// Names in a kept run.
const (
	historyFile = "history.jsonl"
	truthFile   = "truth.jsonl"
	planFile    = "plan.json"
)

// run plays and judges. A report without an error may hold violations.
func (p plan) run(ctx context.Context, out io.Writer, log *slog.Logger) (_ *report, err error) {
	fmt.Fprintf(out, "seed %d: %d customers, %d agents, %d node(s) on %s, redis %s\n", p.Seed, p.Customers, p.Agents, p.Nodes, p.SQL, p.Redis)
	seen, err := p.history()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, seen.Close()) }()
	s, err := p.stage(ctx, log)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	r := &report{plan: p, began: time.Now()}
	truth, err := p.play(ctx, s, seen, r, out, log)
	if err != nil {
		return nil, err
	}
	records, err := p.kept(seen, truth)
	if err != nil {
		return nil, err
	}
	r.judge(records, truth)
	if len(r.Violations) > 0 && p.Dir == "" && p.Mutant == "" {
		dir, err := p.evidence(records, truth)
		fmt.Fprintf(out, "what everybody saw and what was stored is in %s: `loadtest check` judges it again\n", dir)
		return r, err
	}
	return r, nil
}

// evidence keeps a run that was to leave nothing: no other will be quite the same.
func (p plan) evidence(records []history.Record, truth checker.Truth) (dir string, err error) {
	if dir, err = os.MkdirTemp("", "wenda-broken-"); err != nil {
		return "", err
	}
	seen, err := history.Create(filepath.Join(dir, historyFile))
	if err != nil {
		return dir, err
	}
	for _, r := range records {
		seen.Add(r)
	}
	return dir, errors.Join(seen.Close(), truth.Save(filepath.Join(dir, truthFile)), p.save(filepath.Join(dir, planFile)))
}

// secret is the host application's, which signs who its customers are.
func (p plan) secret() string { return fmt.Sprintf("host-app-secret-%032d", p.Seed) }

// stage is the world that the plan is played in.
func (p plan) stage(ctx context.Context, log *slog.Logger) (*stage.Stage, error) {
	return stage.Open(ctx, stage.Options{
		Nodes: p.Nodes, SQL: p.SQL, Redis: p.Redis, Mutant: p.Mutant, Sabotage: p.Sabotage, Race: p.Race, Disk: p.Disk,
		Seed: p.Seed, Dir: p.Dir, Log: log, Flags: []string{"--identity-secret", p.secret()},
	})
}

// history keeps records in memory, or in the run's folder.
func (p plan) history() (*history.Log, error) {
	if p.Dir == "" {
		return history.New(), nil
	}
	if there, err := os.ReadDir(p.Dir); err == nil && len(there) > 0 {
		return nil, fmt.Errorf("%s is not empty: each run has a folder of its own", p.Dir)
	}
	if err := os.MkdirAll(p.Dir, 0o755); err != nil {
		return nil, err
	}
	return history.Create(filepath.Join(p.Dir, historyFile))
}

// kept returns all records, and keeps the truth beside them.
func (p plan) kept(seen *history.Log, truth checker.Truth) ([]history.Record, error) {
	if p.Dir == "" {
		return seen.Records(), nil
	}
	if err := errors.Join(seen.Close(), truth.Save(filepath.Join(p.Dir, truthFile)), p.save(filepath.Join(p.Dir, planFile))); err != nil {
		return nil, err
	}
	return history.Read(filepath.Join(p.Dir, historyFile))
}

// play plays with faults until all has settled, and returns what the store holds.
func (p plan) play(ctx context.Context, s *stage.Stage, seen *history.Log, r *report, out io.Writer, log *slog.Logger) (checker.Truth, error) {
	fit := fault.Kinds(s)
	for _, k := range p.Kinds {
		if !slices.Contains(fit, k) {
			return nil, fmt.Errorf("no fault %q on this stage; there are %v", k, fit)
		}
	}
	agents, err := s.Agents(ctx, p.Agents)
	if err != nil {
		return nil, err
	}
	store, done, err := s.Store(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	breaking := p.breaks(ctx, s, r, out, log)
	o := script.Options{
		Bases: s.Addresses, Customers: p.Customers, Messages: p.Messages, For: p.For, Pace: p.Pace, Seed: p.Seed, Vanish: p.Vanish,
		Log: seen, Figures: &r.figures, Store: store, Patience: p.Patience, Token: signer([]byte(p.secret())), Ended: breaking.stop, Share: breaking.share,
	}
	for _, a := range agents {
		o.Agents = append(o.Agents, script.Account{ID: a.ID, Login: a.Login, Password: a.Password})
	}
	err = script.Play(ctx, o)
	breaking.stop()
	if breaking.stuck.Load() {
		return nil, errors.Join(err, fmt.Errorf("a fault did not end within %v: the stage is of no use any more", endWithin))
	}
	if err := errors.Join(err, breaking.err); err != nil {
		return nil, err
	}
	r.took = time.Since(r.began)
	return checker.Load(ctx, store)
}

// endWithin bounds how long faults may take to end when they shall.
const endWithin = 4 * time.Minute

// breaking is faults that are being carried out.
type breaking struct {
	stop  func() // ends them and returns when all is whole
	err   error  // after stop, unless stuck
	stuck atomic.Bool
	share func() float64
}

// breaks begins with the faults.
func (p plan) breaks(ctx context.Context, s *stage.Stage, r *report, out io.Writer, log *slog.Logger) *breaking {
	if p.Faults == 0 {
		return &breaking{stop: func() {}}
	}
	span := time.Duration(p.Faults) * p.Every
	if p.For > 0 && p.Messages == 0 {
		span = p.For
	}
	steps := fault.New(p.Seed, s, p.Faults, span, p.Kinds...)
	fmt.Fprint(out, steps)
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	b := &breaking{share: spread(span, ended)}
	go func() {
		defer close(ended)
		r.faults, b.err = fault.Run(ctx, s, steps, log)
		if b.err != nil { // one fault met another: a node that could not start, say
			log.Warn("a fault could not be done or undone", "err", b.err)
			b.err = whole(context.WithoutCancel(ctx), s)
		}
	}()
	b.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case <-ended:
		case <-time.After(endWithin):
			b.stuck.Store(true)
		}
	})
	return b
}

// spread lets most messages be sent while there are faults, however long these take,
// and the rest when they are over.
func spread(span time.Duration, ended <-chan struct{}) func() float64 {
	began := time.Now()
	return func() float64 {
		select {
		case <-ended:
			return 1
		default:
			if time.Since(began) > 3*span+endWithin {
				return 1 // a fault does not end; stop says so
			}
			return 0.9 * (1 - math.Exp(-1.5*float64(time.Since(began))/float64(span)))
		}
	}
}

// whole starts what does not run.
func whole(ctx context.Context, s *stage.Stage) error {
	ctx, cancel := context.WithTimeout(ctx, endWithin)
	defer cancel()
	var faults []error
	for _, n := range s.Nodes() {
		if !n.Running() {
			faults = append(faults, n.Start(ctx))
		}
	}
	return errors.Join(faults...)
}

// signer signs who a customer is as a host app does.
func signer(secret []byte) func(string) (string, error) {
	return func(customer string) (string, error) {
		return jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
			"aud": "wenda", "sub": customer, "exp": time.Now().Add(9 * time.Minute).Unix(),
		}).SignedString(secret)
	}
}
