package sample_test

import (
	"testing"

	"wenda/knowledge/sample"
)

// BenchmarkMatch is a match of the shipped base, from text to decision, of questions that
// it has not been asked before.
func BenchmarkMatch(b *testing.B) {
	matcher, learnt := openMatcher(b)
	release, err := sample.Release(1)
	if err != nil {
		b.Fatal(err)
	}
	*whole = true
	asked := append(heldOut(b, "plain"), heldOut(b, "hard")...)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i > 0 && i%len(asked) == 0 { // what is remembered goes with what is in force
			b.StopTimer()
			if err := matcher.Use(b.Context(), release, learnt); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
		}
		if _, err := matcher.Match(b.Context(), asked[i%len(asked)].Text, 5); err != nil {
			b.Fatal(err)
		}
	}
}
