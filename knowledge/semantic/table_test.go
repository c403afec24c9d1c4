package semantic

import (
	"testing"

	"pgregory.net/rapid"
)

// A table is a map of which the first entry counts.
func TestTableIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		features := rapid.SliceOfN(rapid.Map(rapid.Uint64Range(0, 40), func(n uint64) feature { return feature(n) }), 0, 60).Draw(t, "features")
		table, want := newTable(len(features)), map[feature]int32{}
		for i, f := range features {
			table.add(f, int32(i))
			if _, ok := want[f]; !ok {
				want[f] = int32(i)
			}
		}
		for f := range feature(50) {
			number, ok := want[f]
			if got := table.find(f); ok && got != number || !ok && got != -1 {
				t.Fatalf("%d: %d, want %d (%v)", f, got, number, ok)
			}
		}
	})
}

func TestEmptyTable(t *testing.T) {
	if new(table).find(7) != -1 {
		t.Error("something is in nothing")
	}
}
