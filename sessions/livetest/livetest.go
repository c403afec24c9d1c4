// Package livetest says what every sessions.Live must do, as tests. What Live may do
// (forget, lose a signal) is allowed for: signals are repeated until they arrive.
package livetest

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"wenda/sessions"
)

// Run tests the pairs that open returns: two handles on the same empty backing, as
// two nodes have them, or twice the same value if it is of one process. Run closes them.
func Run(t *testing.T, open func(t *testing.T) (a, b sessions.Live)) {
	groups := []struct {
		name  string
		tests map[string]func(t *testing.T, a, b sessions.Live)
	}{{"copies", copyTests}, {"signals", signalTests}, {"presence", presenceTests}, {"rate", rateTests}, {"end", endTests}}
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			for name, test := range g.tests {
				t.Run(name, func(t *testing.T) {
					a, b := open(t)
					defer a.Close()
					defer b.Close()
					test(t, a, b)
				})
			}
		})
	}
}

// oddNames are ids, topics, groups and members as a stranger might send them.
var oddNames = []string{"a}{b", "{x}", "\r\nFLUSHALL\r\n", "* ?", "人工", "' --", " "}

// eventually waits until done says so.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !done(); {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// try repeats what a Live on a loaded machine may be too slow for.
func try(t *testing.T, do func(ctx context.Context) error) {
	t.Helper()
	var err error
	for range 20 {
		if err = do(t.Context()); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("failed 20 times: %v", err)
}

func wantSame(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, w := text(t, got), text(t, want); g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
