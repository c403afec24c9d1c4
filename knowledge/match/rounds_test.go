package match

import (
	"testing"
)

// One round of folding costs these tests a quarter of the time; TestFoldings has all.
func init() { roundsMost = 1 }

// A small base is folded along more lines, a large one once.
func TestFoldings(t *testing.T) {
	roundsMost = 4
	defer func() { roundsMost = 1 }()
	for entries, rounds := range map[int]int{10: 4, 75: 4, 150: 2, 300: 1, 1000: 1} {
		if got := len(foldings(synthetic(t, entries))); got != rounds*folds {
			t.Errorf("%d entries of ten phrasings: %d folds, want %d", entries, got, rounds*folds)
		}
	}
}
