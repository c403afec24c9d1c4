package main

import (
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wenda/cmd/loadtest/fault"
	"wenda/cmd/loadtest/history"
)

// judged runs a plan and prints what it came to. It ends the test if the run could
// not be done.
func judged(t *testing.T, p plan) *report {
	t.Helper()
	out := &strings.Builder{}
	r, err := p.run(t.Context(), out, slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if r != nil {
		r.print(out)
	}
	t.Log(out.String())
	if err != nil {
		t.Fatalf("the run could not be done: %v", err)
	}
	return r
}

// sound fails the test if a promise was broken, or nothing happened that could have
// broken one.
func sound(t *testing.T, r *report) {
	t.Helper()
	if len(r.Violations) > 0 {
		t.Errorf("%d promises were broken, seed %d: %v", len(r.Violations), r.Seed, r.rules())
	}
	if r.acked < r.Messages*9/10 || r.acts == 0 || r.delivered <= r.Messages {
		t.Errorf("%d acked of %d, %d acts, %d deliveries: that is no day at the counter", r.acked, r.Messages, r.acts, r.delivered)
	}
}

// servers ends the test where a program is missing that a run needs.
func servers(t *testing.T, programs ...string) {
	t.Helper()
	for _, name := range programs {
		found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
		if _, err := exec.LookPath(name); err == nil || len(found) > 0 {
			continue
		}
		const message = "a server is missing; install with: apt-get install --no-install-recommends -y postgresql postgresql-client redis-server"
		if os.Getenv("WENDA_TEST_SERVERS") == "required" {
			t.Fatal(name + ": " + message)
		}
		t.Skip(name + ": " + message)
	}
}

// The smallest Wenda, killed a few times.
func TestSmokeSQLite(t *testing.T) {
	t.Parallel()
	r := judged(t, plan{
		Nodes: 1, SQL: "sqlite", Redis: "none", Messages: 700, Customers: 50, Agents: 5, Pace: 200 * time.Millisecond,
		Faults: 4, Every: 1500 * time.Millisecond, Kinds: []fault.Kind{fault.Kill, fault.ClientReset}, Seed: newSeed(), Patience: 2 * time.Minute,
	})
	sound(t, r)
}

// Two gateways on PostgreSQL and Redis, of which each loses something.
func TestSmokeTwoNodes(t *testing.T) {
	t.Parallel()
	servers(t, "initdb", "redis-server")
	r := judged(t, plan{
		Nodes: 2, SQL: "postgres", Redis: "single", Messages: 800, Customers: 50, Agents: 5, Pace: 200 * time.Millisecond,
		Faults: 5, Every: 1500 * time.Millisecond, Kinds: []fault.Kind{fault.Kill, fault.RedisFlush, fault.SQLReset, fault.ClientCut, fault.RedisCut}, Seed: newSeed(), Patience: 2 * time.Minute,
	})
	sound(t, r)
}

// What was kept of a run is judged the same again, also after it was spoiled.
func TestCheckAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	r := judged(t, plan{Nodes: 1, SQL: "sqlite", Redis: "none", Messages: 240, Customers: 20, Agents: 2, Pace: 50 * time.Millisecond, Seed: newSeed(), Patience: 2 * time.Minute, Dir: dir})
	sound(t, r)
	out := &strings.Builder{}
	if code := start(t.Context(), []string{"check", dir}, out, out); code != 0 {
		t.Fatalf("exit code %d: %s", code, out)
	}
	path := filepath.Join(dir, truthFile)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := slices.SortedFunc(strings.Lines(string(text)), func(a, b string) int { return len(b) - len(a) })
	if err := os.WriteFile(path, []byte(strings.Join(lines[1:], "")), 0o600); err != nil { // in the longest somebody spoke
		t.Fatal(err)
	}
	if code := start(t.Context(), []string{"check", dir}, out, out); code != 1 || !strings.Contains(out.String(), "lost") {
		t.Fatalf("without its longest session: exit code %d: %s", code, out)
	}
}

// A run that broke a promise leaves what proves it, though nobody asked for that before.
func TestEvidence(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	lost := history.Record{Op: history.Send, Who: "c0", Reader: "c0.0", Begin: 1, End: 2, Ref: "ref-lost", Seq: 1, Outcome: history.OK}
	dir, err := plan{Seed: 7}.evidence([]history.Record{lost}, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := &strings.Builder{}
	if code := start(t.Context(), []string{"check", dir}, out, out); code != 1 || !strings.Contains(out.String(), "ref-lost") {
		t.Errorf("judged again: exit code %d: %s", code, out)
	}
}

func TestCommandLine(t *testing.T) {
	for args, want := range map[string]int{
		"": 0, "run --help": 0, "run --nodes 3 --seed 1": 1, "run --no-such-flag": 2, "check": 2, "check /no/such/folder": 1, "sing": 2,
	} {
		out := &strings.Builder{}
		if code := start(t.Context(), strings.Fields(args), out, out); code != want {
			t.Errorf("loadtest %s: exit code %d, want %d: %s", args, code, want, out)
		}
	}
}
