package topmost

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// In front stand those that sorting would put there, be there ever so many equal ones.
func TestFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 9), func(n int) float64 { return float64(n) / 4 }), 1, 60).Draw(t, "values")
		n := rapid.IntRange(1, len(values)).Draw(t, "n")
		want := slices.Sorted(slices.Values(values))[len(values)-n:]
		lowest := First(values, n)
		if got := slices.Sorted(slices.Values(values[:n])); !slices.Equal(got, want) || lowest != want[0] {
			t.Fatalf("%v and %v in front, want %v", lowest, got, want)
		}
	})
}
