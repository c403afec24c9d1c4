package stage

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"wenda/internal/sabotage"
	"wenda/sessions"
)

// open opens a stage for a test.
func open(t *testing.T, o Options) *Stage {
	t.Helper()
	o.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// ready asks a node through its link.
func ready(n *Node) bool {
	client := http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get(n.Address + "/readyz")
	if err != nil {
		return false
	}
	_ = answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// comes waits until a node is ready.
func comes(t *testing.T, n *Node) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !ready(n); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("node %d is not ready", n.Number)
		}
	}
}

func TestOneNode(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	n := s.Nodes()[0]
	if s.Addresses()[0] != n.Address {
		t.Fatal("not at its address")
	}
	comes(t, n)
	agents, err := s.Agents(t.Context(), 2)
	if err != nil || len(agents) != 2 || agents[0].ID == agents[1].ID {
		t.Fatalf("agents %v, %v", agents, err)
	}
	again, err := s.Agents(t.Context(), 1)
	if err != nil || len(again) != 1 || again[0].ID != agents[0].ID {
		t.Errorf("agents again: %v, %v", again, err)
	}
	n.Client.Cut()
	if ready(n) {
		t.Error("a cut link passes something on")
	}
	if err := n.Client.Mend(); err != nil {
		t.Errorf("a mended link: %v", err)
	}
	comes(t, n)
	n.Kill()
	if n.Running() || ready(n) {
		t.Error("a killed node answers")
	}
	if err := n.Start(t.Context()); err != nil {
		t.Errorf("a second life: %v", err)
	}
	comes(t, n)
	if err := n.Start(t.Context()); err == nil {
		t.Error("a running node was started")
	}
	store, done, err := s.Store(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	made, err := store.Open(t.Context(), sessions.Customer{ID: "c"}, "web", "zh-CN")
	if err != nil || made.ID == "" {
		t.Errorf("the store: %v, %v", made, err)
	}
	n.Pause()
	for deadline := time.Now().Add(time.Minute); ready(n); { // a signal takes its time
		if time.Now().After(deadline) {
			t.Fatal("a frozen node answers")
		}
	}
	n.Resume()
	comes(t, n)
	if err := n.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestRefused(t *testing.T) {
	for name, o := range map[string]Options{
		"nodes without a database": {Nodes: 2},
		"no such database":         {SQL: "oracle"},
		"no such redis":            {Redis: "memcached"},
		"no such mutant":           {Mutant: "gremlin"},
		"a disk for PostgreSQL":    {SQL: "postgres", Disk: 1 << 20},
	} {
		if s, err := Open(t.Context(), o); err == nil {
			_ = s.Close()
			t.Errorf("%s: no error", name)
		}
	}
}

// Faults of a link, and what mends them.
func TestLink(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	n := s.Nodes()[0]
	for _, fault := range []struct {
		kind       string
		stream     Stream
		attributes map[string]int64
		passes     bool
	}{
		{"latency", Downstream, map[string]int64{"latency": 50, "jitter": 20}, true},
		{"slicer", Downstream, map[string]int64{"average_size": 5, "size_variation": 2, "delay": 10}, true},
		{"timeout", Upstream, map[string]int64{"timeout": 0}, false},
		{"timeout", Downstream, map[string]int64{"timeout": 0}, false},
		{"reset_peer", Downstream, map[string]int64{"timeout": 0}, false},
		{"limit_data", Downstream, map[string]int64{"bytes": 20}, false},
	} {
		mend, err := n.Client.Add(fault.kind, fault.stream, fault.attributes)
		if err != nil {
			t.Fatal(err)
		}
		if fault.passes {
			comes(t, n)
		} else if ready(n) {
			t.Errorf("%s %s: an answer comes through", fault.stream, fault.kind)
		}
		if err := mend(); err != nil {
			t.Errorf("%s %s: not mended: %v", fault.stream, fault.kind, err)
		}
		comes(t, n)
	}
	if _, err := n.Client.Add("gremlin", Upstream, nil); err == nil {
		t.Error("an unknown fault was added")
	}
}

func TestThreeNodes(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Nodes: 3, SQL: "postgres", Redis: "single"})
	for _, n := range s.Nodes() {
		comes(t, n)
	}
	if got := s.Redis()[0].Say("PING"); got != "+PONG\r\n" {
		t.Errorf("redis says %q", got)
	}
	if addresses := s.Addresses(); len(slices.Compact(addresses)) != 3 {
		t.Errorf("addresses %v", addresses)
	}
	if s.SQLite() != "" || s.Postgres() == nil {
		t.Error("it is not PostgreSQL")
	}
}

// What is in a normal build, nobody can turn on.
func TestNormalBuild(t *testing.T) {
	t.Parallel()
	for _, sabotaged := range []bool{false, true} {
		path, err := build(t.Context(), sabotaged, false)
		if err != nil {
			t.Fatal(err)
		}
		program, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range slices.Concat(sabotage.Mutants, []string{sabotage.MutantEnv, sabotage.DieAtEnv, sabotage.BeforeInsert, sabotage.BeforeWakeUp}) {
			if bytes.Contains(program, []byte(name)) != sabotaged {
				t.Errorf("built with sabotage %v, %q is in it: %v", sabotaged, name, !sabotaged)
			}
		}
	}
}

// A point or mutant that is misspelt is no proof.
func TestMisspelt(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Sabotage: true})
	n := s.Nodes()[0]
	n.Kill()
	if err := n.start(t.Context(), sabotage.DieAtEnv+"=somewhere:1"); !errors.Is(err, errEnded) || !strings.Contains(err.Error(), "there is no") {
		t.Errorf("dying somewhere: %v", err)
	}
	if err := n.start(t.Context(), sabotage.MutantEnv+"=gremlin"); !errors.Is(err, errEnded) || !strings.Contains(err.Error(), "there is no") {
		t.Errorf("a gremlin: %v", err)
	}
}
