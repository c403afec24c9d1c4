package index

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The n-th highest is where sorting would put it, be there ever so many equal ones.
func TestNth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 9), func(n int) float64 { return float64(n) / 4 }), 1, 60).Draw(t, "values")
		n := rapid.IntRange(1, len(values)).Draw(t, "n")
		sorted := slices.Sorted(slices.Values(values))
		if got, want := nth(values, n), sorted[len(sorted)-n]; got != want {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}
