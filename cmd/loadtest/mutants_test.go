package main

import (
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"wenda/cmd/loadtest/checker"
	"wenda/cmd/loadtest/fault"
	"wenda/cmd/loadtest/stage"
	"wenda/internal/sabotage"
)

// mutants say how each way to be wrong is brought to light: what is played, and the
// rules of which at least one is broken then. They are as small as they may be.
var mutants = map[string]struct {
	world plan
	rules []checker.Rule
}{
	sabotage.AckBeforeCommit:   {killed, []checker.Rule{checker.Lost, checker.Changed}},
	sabotage.AnswerLeavesBatch: {killed, []checker.Rule{checker.Lost, checker.Delivery, checker.Incomplete}},
	sabotage.RefsNotUnique:     {undisturbed, []checker.Rule{checker.Doubled}},
	sabotage.FenceIgnored:      {undisturbed, []checker.Rule{checker.StaleFence, checker.NotOwner}},
	sabotage.WakeUpCarriesData: {undisturbed, []checker.Rule{checker.Delivery}},
	sabotage.RedisBelieved:     {misled, []checker.Rule{checker.Answered2, checker.TwoOwners, checker.StaleFence, checker.Head}},
	sabotage.HotAfterConflict:  {misled, []checker.Rule{checker.StuckRule}},
}

// The worlds they are in.
var (
	undisturbed = plan{Nodes: 1, SQL: "sqlite", Redis: "none", Messages: 250, Customers: 25, Agents: 5, Patience: 5 * time.Second}
	killed      = plan{Nodes: 1, SQL: "sqlite", Redis: "none", Messages: 250, Customers: 25, Agents: 3, Patience: 5 * time.Second,
		Faults: 5, Every: 2 * time.Second, Kinds: []fault.Kind{fault.Kill}}
	misled = plan{Nodes: 2, SQL: "postgres", Redis: "single", Messages: 200, Customers: 12, Agents: 4, Patience: 5 * time.Second,
		Faults: 5, Every: 2 * time.Second, Kinds: []fault.Kind{fault.RedisOld}}
)

// quiet is a log nobody reads.
var quiet = slog.New(slog.DiscardHandler)

// A Wenda that is broken on purpose is found out, each one.
func TestProveMutants(t *testing.T) {
	proving(t)
	for _, name := range sabotage.Mutants {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // most of them wait for what will not come
			m, known := mutants[name]
			if !known {
				t.Fatal("nobody knows how to bring it to light")
			}
			m.world.Mutant = name
			found := m.world.violations(t)
			by := map[checker.Rule]int{}
			for _, v := range found {
				by[v.Rule]++
			}
			if !slices.ContainsFunc(m.rules, func(r checker.Rule) bool { return by[r] > 0 }) {
				t.Errorf("not caught by any of %v; violations: %v", m.rules, by)
			}
			t.Logf("caught by %v", by)
		})
	}
}

// In the same worlds, Wenda as it is breaks no promise: else the mutants prove nothing.
// Nor does it where servers break that TestProve has not got.
func TestProveControls(t *testing.T) {
	proving(t)
	for name, world := range map[string]plan{
		"undisturbed": undisturbed, "killed": killed, "misled": misled,
		"Sentinel's failover behind stalled replicas": {Nodes: 2, SQL: "postgres", Redis: "sentinel", Messages: 400, Customers: 40, Agents: 5,
			Faults: 4, Every: 6 * time.Second, Kinds: []fault.Kind{fault.Failover}},
		"Redis Cluster": {Nodes: 2, SQL: "postgres", Redis: "cluster", Messages: 300, Customers: 40, Agents: 5,
			Faults: 3, Every: 3 * time.Second, Kinds: []fault.Kind{fault.Kill, fault.SQLReset}},
		"a full disk, and a lock held by somebody": {Nodes: 1, SQL: "sqlite", Redis: "none", Messages: 400, Customers: 40, Agents: 5,
			Faults: 4, Every: 5 * time.Second, Kinds: []fault.Kind{fault.DiskFull, fault.SQLiteLock}, Disk: 128 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			world.Patience = time.Minute
			for _, v := range world.violations(t) {
				t.Error(v)
			}
		})
	}
}

// violations plays a plan and returns what was broken.
func (p plan) violations(t *testing.T) []checker.Violation {
	t.Helper()
	p.Seed = newSeed()
	began := time.Now()
	r, err := p.run(t.Context(), t.Output(), quiet)
	if errors.Is(err, stage.ErrNoDisk) {
		t.Skipf("%v: run make prove as root, or in a container with --cap-add SYS_ADMIN", err)
	}
	if err != nil {
		t.Fatalf("seed %d: %v", p.Seed, err)
	}
	t.Logf("seed %d, %v", p.Seed, time.Since(began).Round(time.Second))
	return r.Violations
}
