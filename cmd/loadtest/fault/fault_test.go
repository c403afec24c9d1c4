package fault

import (
	"context"
	databasesql "database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"wenda/cmd/loadtest/stage"
	"wenda/internal/sabotage"
)

func open(t *testing.T, o stage.Options) *stage.Stage {
	t.Helper()
	o.Sabotage = true // one build for all
	s, err := stage.Open(t.Context(), o)
	if errors.Is(err, stage.ErrNoDisk) {
		t.Skipf("%v: run the tests as root, or in a container with --cap-add SYS_ADMIN", err)
	}
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

// answers reports whether a node is ready, asked through its link.
func answers(n *stage.Node) bool {
	client := http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get(n.Address + "/readyz")
	if err != nil {
		return false
	}
	_ = answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

func within(t *testing.T, what string, right func() bool) {
	t.Helper()
	for end := time.Now().Add(3 * time.Minute); !right(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// effects say, of the kinds where it can be seen at once, that the fault is there.
var effects = map[Kind]func(*stage.Stage) bool{
	Kill:          func(s *stage.Stage) bool { return !s.Nodes()[0].Running() },
	DieAt:         func(s *stage.Stage) bool { return !s.Nodes()[0].Running() }, // at its first commit
	Roll:          func(s *stage.Stage) bool { return !s.Nodes()[0].Running() },
	Freeze:        func(s *stage.Stage) bool { return s.Nodes()[0].Running() && !answers(s.Nodes()[0]) },
	ClientCut:     func(s *stage.Stage) bool { return !answers(s.Nodes()[0]) },
	ClientSilence: func(s *stage.Stage) bool { return !answers(s.Nodes()[0]) },
	ClientReset:   func(s *stage.Stage) bool { return !answers(s.Nodes()[0]) },
	RedisKill:     func(s *stage.Stage) bool { return s.Redis()[0].Say("PING") == "" },
	RedisFull: func(s *stage.Stage) bool {
		return strings.HasPrefix(s.Redis()[0].Say("SET fill 1"), "-OOM")
	},
	RedisReadOnly: func(s *stage.Stage) bool { return strings.HasPrefix(s.Redis()[0].Say("SET a 1"), "-READONLY") },
	SQLCut:        func(s *stage.Stage) bool { return !answers(s.Nodes()[0]) },
	PostgresFast:  func(s *stage.Stage) bool { return !answers(s.Nodes()[0]) },
	SQLiteLock: func(s *stage.Stage) bool {
		db, err := databasesql.Open("sqlite", "file:"+s.SQLite()+"?_txlock=immediate")
		if err != nil {
			return false
		}
		defer db.Close()
		tx, err := db.Begin()
		if err == nil {
			_ = tx.Rollback()
		}
		return err != nil
	},
}

// amounts are how strong the faults are; the first passage of a point comes at once.
var amounts = map[Kind]int64{ClientLatency: 10, ClientSlicer: 10, SQLLatency: 10, SQLSlicer: 10, RedisLatency: 10, RedisSlicer: 10}

// tried does one fault of each kind that fits, looks at it, and at the node afterwards.
func tried(t *testing.T, s *stage.Stage, without ...Kind) {
	t.Helper()
	for _, name := range Kinds(s) {
		if slices.Contains(without, name) {
			continue
		}
		began := time.Now()
		step := Step{Kind: name, Amount: amounts[name], Point: sabotage.BeforeCommit}
		end, err := kinds[name].begin(t.Context(), s, step)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if seen := effects[name]; seen != nil {
			within(t, "the effect of "+string(name), func() bool { return seen(s) })
		}
		if end != nil {
			if err := end(t.Context()); err != nil {
				t.Fatalf("after %s: %v", name, err)
			}
		}
		within(t, "the node is ready after "+string(name), func() bool { return answers(s.Nodes()[0]) })
		t.Logf("%s took %v", name, time.Since(began).Round(time.Millisecond))
	}
}

func TestEachKind(t *testing.T) {
	t.Parallel()
	s := open(t, stage.Options{SQL: "postgres", Redis: "single"})
	if got := s.Redis()[0].Say("CONFIG GET maxmemory"); !strings.Contains(got, "$1\r\n0") {
		t.Fatalf("maxmemory: %q", got)
	}
	tried(t, s)
	oldCopies(t, s)
}

func TestEachKindOfSQLite(t *testing.T) {
	t.Parallel()
	s := open(t, stage.Options{Disk: 64 << 20})
	tried(t, s, ClientLatency, ClientLimit, ClientReset, ClientSlicer, ClientSlow, ClientSilence, ClientCut, Roll, Freeze)
}

// Sentinel makes a replica the master, and the old one comes back as a replica.
func TestFailover(t *testing.T) {
	t.Parallel()
	s := open(t, stage.Options{SQL: "postgres", Redis: "sentinel"})
	before := masterOf(s.Sentinel())
	end, err := failover(t.Context(), s, Step{Kind: Failover})
	if err != nil {
		t.Fatal(err)
	}
	if err := end(t.Context()); err != nil {
		t.Fatal(err)
	}
	within(t, "another one is the master, and the old one a replica", func() bool {
		after := masterOf(s.Sentinel())
		return after != before && after != nil && role(before) == "slave"
	})
}

// oldCopies: hot copies are what they were.
func oldCopies(t *testing.T, s *stage.Stage) {
	t.Helper()
	r := s.Redis()[0]
	r.Say("SET wenda:session:{a} old")
	end, err := redisOld(t.Context(), s, Step{})
	if err != nil {
		t.Fatal(err)
	}
	r.Say("SET wenda:session:{a} new")
	r.Say("SET wenda:session:{b} new")
	if err := end(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a, b := r.Say("GET wenda:session:{a}"), r.Say("GET wenda:session:{b}"); !strings.Contains(a, "old") || !strings.Contains(b, "new") {
		t.Errorf("copies are %q and %q", a, b)
	}
}

// The same seed gives the same plan; a plan survives being kept; the run does it all.
func TestRun(t *testing.T) {
	t.Parallel()
	s := open(t, stage.Options{})
	of := []Kind{Kill, ClientCut, ClientReset, ClientLatency}
	plan := New(7, s, 6, 2*time.Second, of...)
	if again := New(7, s, 6, 2*time.Second, of...); !reflect.DeepEqual(plan, again) {
		t.Errorf("seed 7 gives\n%vand\n%v", plan, again)
	}
	if other := New(8, s, 6, 2*time.Second, of...); reflect.DeepEqual(plan.Steps, other.Steps) {
		t.Error("another seed gives the same plan")
	}
	kept, err := json.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	if read, err := Parse(kept); err != nil || !reflect.DeepEqual(plan, read) {
		t.Errorf("kept and read again: %v\n%v", err, read)
	}
	for i := range plan.Steps {
		plan.Steps[i].For /= 4
	}
	report, err := Run(t.Context(), s, plan, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	done := 0
	for _, k := range of {
		done += report.Done[k]
		if report.Done[k] == 0 {
			t.Errorf("%s was not done", k)
		}
	}
	if done != 6 {
		t.Errorf("%d faults were done", done)
	}
	within(t, "the node answers", func() bool { return answers(s.Nodes()[0]) })
	if _, err := Run(t.Context(), s, Plan{Steps: []Step{{Kind: PostgresFast}}}, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a fault that does not fit was done")
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if report, err := Run(gone, s, plan, slog.New(slog.DiscardHandler)); err != nil || len(report.Done) != 0 {
		t.Errorf("without time: %v, %v", report, err)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{`{`, `{"steps":[{"kind":"meteor"}]}`} {
		if _, err := Parse([]byte(text)); err == nil {
			t.Errorf("%s is a plan", text)
		}
	}
}
