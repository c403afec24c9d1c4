package main

import (
	"log/slog"
	"strings"
	"testing"
	"time"
)

// A small storm: all come back to a node that was killed, and read on.
func TestStorm(t *testing.T) {
	t.Parallel()
	out := &strings.Builder{}
	s := storm{Connections: 200, Nodes: 1, SQL: "sqlite", Redis: "none", Talking: 60, Seed: newSeed(), Within: 2 * time.Minute}
	found, err := s.run(t.Context(), out, slog.New(slog.DiscardHandler))
	t.Log(out)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) > 0 || !strings.Contains(out.String(), "60 messages acked") {
		t.Errorf("%d promises were broken", len(found))
	}
}
