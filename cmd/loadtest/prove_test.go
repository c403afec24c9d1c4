package main

import (
	"os"
	"testing"
	"time"
)

// proving ends the test unless the long proof was asked for.
func proving(t *testing.T) {
	t.Helper()
	if os.Getenv("WENDA_PROVE") == "" {
		t.Skip("takes minutes; run it with: make prove (or WENDA_PROVE=1 go test ./cmd/loadtest -run TestProve)")
	}
	servers(t, "initdb", "redis-server")
}

// 20,000 messages and 60 faults of all kinds that fit: nothing is lost, doubled,
// reordered, unanswered or owned by two.
func TestProve(t *testing.T) {
	proving(t)
	for name, p := range map[string]plan{
		"three gateways on PostgreSQL and Redis": {Nodes: 3, SQL: "postgres", Redis: "single"},
		"one gateway on SQLite":                  {Nodes: 1, SQL: "sqlite", Redis: "none"},
	} {
		t.Run(name, func(t *testing.T) {
			p.Messages, p.Customers, p.Agents, p.Seed, p.Patience = 20_000, 200, 20, newSeed(), 2*time.Minute
			p.Faults, p.Every, p.Sabotage = 60, 3*time.Second, true
			sound(t, judged(t, p))
		})
	}
}
