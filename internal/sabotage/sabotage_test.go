package sabotage

import (
	"slices"
	"testing"
)

// In this build, whichever it is, nobody asked for anything. What a sabotaged build
// does is tried in cmd/loadtest/stage, and that a normal one holds none of it.
func TestNobodyAsked(t *testing.T) {
	for _, mutant := range Mutants {
		if On(mutant) {
			t.Errorf("this is a %s", mutant)
		}
	}
	for _, point := range Points {
		Point(point)
	}
}

func TestNamesDiffer(t *testing.T) {
	all := slices.Concat(Mutants, Points)
	slices.Sort(all)
	if len(slices.Compact(slices.Clone(all))) != len(all) || slices.Contains(all, "") {
		t.Errorf("names are empty or twice: %q", all)
	}
}

// BenchmarkPoint shows what a point costs: nothing, in a normal build.
func BenchmarkPoint(b *testing.B) {
	for b.Loop() {
		if On(AckBeforeCommit) {
			b.Fatal("sabotaged")
		}
		Point(BeforeCommit)
	}
}
