package storetest

import (
	"fmt"
	"slices"
	"testing"

	"wenda/sessions"
)

var beatTests = map[string]func(*testing.T, sessions.Store){
	"counted":            testBeat,
	"the switch":         testTakes,
	"owners without one": testBeatOwners,
	"many at once":       testBeatTogether,
}

func beats(t *testing.T, store sessions.Store) []sessions.Beat {
	t.Helper()
	all, err := store.Beats(t.Context())
	if err != nil {
		t.Fatalf("Beats: %v", err)
	}
	return all
}

func beat(t *testing.T, store sessions.Store, agents ...sessions.Agent) {
	t.Helper()
	if err := store.Beat(t.Context(), agents); err != nil {
		t.Fatalf("Beat: %v", err)
	}
}

func testBeat(t *testing.T, store sessions.Store) {
	beat(t, store)
	if all := beats(t, store); len(all) != 0 {
		t.Errorf("nobody beat, but there are %v", all)
	}
	zhao := sessions.Agent{ID: "zhao"}
	beat(t, store, zhao, chen, zhao)
	beat(t, store, chen)
	more := chen
	more.Skills, more.Capacity = []string{"cards"}, 7
	beat(t, store, more)
	want := []sessions.Beat{{Agent: "chen", Count: 3, Skills: []string{"cards"}, Capacity: 7}, {Agent: "zhao", Count: 1, Skills: []string{}}}
	wantSame(t, "beats", beats(t, store), want)
	for _, nobody := range []sessions.Agent{{}, {ID: "a\x00"}, {ID: "a", Skills: []string{"\xff"}}} {
		wantError(t, "an agent that is none", store.Beat(t.Context(), []sessions.Agent{chen, nobody}), sessions.ErrInvalid)
		wantError(t, "the switch of none", store.SetTakes(t.Context(), nobody, true), sessions.ErrInvalid)
	}
	wantSame(t, "after refusals", beats(t, store), want)
}

func testTakes(t *testing.T, store sessions.Store) {
	set := func(a sessions.Agent, takes bool) {
		t.Helper()
		if err := store.SetTakes(t.Context(), a, takes); err != nil {
			t.Fatal(err)
		}
	}
	set(chen, true)
	wantSame(t, "set before the first beat", beats(t, store), []sessions.Beat{{Agent: "chen", Takes: true, Skills: chen.Skills, Capacity: chen.Capacity}})
	beat(t, store, chen)
	wantSame(t, "a beat leaves it", beats(t, store), []sessions.Beat{{Agent: "chen", Count: 1, Takes: true, Skills: chen.Skills, Capacity: chen.Capacity}})
	set(chen, false)
	wantSame(t, "it leaves the count", beats(t, store), []sessions.Beat{{Agent: "chen", Count: 1, Skills: chen.Skills, Capacity: chen.Capacity}})
}

func testBeatOwners(t *testing.T, store sessions.Store) {
	assigned(t, store, wang, chen)
	assigned(t, store, li, chen)
	wantSame(t, "an owner who never beat", beats(t, store), []sessions.Beat{{Agent: "chen", Skills: []string{}}})
	beat(t, store, chen)
	wantSame(t, "and one who did", beats(t, store), []sessions.Beat{{Agent: "chen", Count: 1, Skills: chen.Skills, Capacity: chen.Capacity}})
}

// Nodes beat for the same agents at once, in any order: each beat counts, none locks another out.
func testBeatTogether(t *testing.T, store sessions.Store) {
	const agents, nodes, times = 150, 4, 5
	var all []sessions.Agent
	for i := range agents {
		all = append(all, sessions.Agent{ID: fmt.Sprintf("a%03d", i)})
	}
	together(nodes, func(i int) {
		mine := slices.Clone(all)
		if i%2 == 0 {
			slices.Reverse(mine)
		}
		for range times {
			if err := patiently(t.Context(), func() error { return store.Beat(t.Context(), mine) }); err != nil {
				t.Errorf("Beat: %v", err)
			}
		}
	})
	got := beats(t, store)
	if len(got) != agents {
		t.Fatalf("%d agents, want %d", len(got), agents)
	}
	for _, b := range got {
		if b.Count != nodes*times {
			t.Errorf("%s beat %d times, want %d", b.Agent, b.Count, nodes*times)
		}
	}
}
