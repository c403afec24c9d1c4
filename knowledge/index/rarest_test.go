package index

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wenda/knowledge"
)

// The rarest are what sorting all of them, without repetitions, has at its end.
func TestRarest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.SliceOfN(rapid.Uint32Range(0, 150), 0, 300).Draw(t, "numbers")
		var got rarest
		for _, n := range numbers {
			kept := got.add(n)
			if is := slices.Contains(got.numbers[:got.n], n); is != kept {
				t.Fatalf("%d is among them: %v, said %v", n, is, kept)
			}
		}
		want := slices.Compact(slices.Sorted(slices.Values(numbers)))
		slices.Reverse(want)
		want = want[:min(len(want), knowledge.MaxQueryTokens)]
		if !slices.Equal(got.numbers[:got.n], want) {
			t.Fatalf("%v, want %v", got.numbers[:got.n], want)
		}
	})
}
