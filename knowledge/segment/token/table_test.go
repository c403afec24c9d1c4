package token

import (
	"testing"

	"pgregory.net/rapid"
)

// A table is a map of which the first entry counts, however large it was made.
func TestTableIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfN(rapid.Map(rapid.Uint64Range(0, 40), func(n uint64) ID { return ID(n) }), 0, 60).Draw(t, "ids")
		table, want := NewTable(rapid.IntRange(0, 80).Draw(t, "room")), map[ID]int32{}
		for i, id := range ids {
			table.Add(id, int32(i))
			if _, ok := want[id]; !ok {
				want[id] = int32(i)
			}
		}
		for id := range ID(50) {
			number, ok := want[id]
			if got := table.Find(id); ok && got != number || !ok && got != -1 {
				t.Fatalf("%d: %d, want %d (%v)", id, got, number, ok)
			}
		}
		if table.Len() != len(want) {
			t.Fatalf("%d tokens, want %d", table.Len(), len(want))
		}
	})
}

func TestEmptyTable(t *testing.T) {
	var table Table
	if table.Find(7) != -1 {
		t.Error("something is in nothing")
	}
	if table.Add(7, 0); table.Find(7) != 0 || table.Find(0) != -1 {
		t.Error("one is not found")
	}
}

// IDs are in files: they never change.
func TestIDsStay(t *testing.T) {
	for want, got := range map[ID]ID{
		0xf68839200c70ad39: Of('w', "还款"), 0xaf63bd4c8601b7df: Of(0),
	} {
		if got != want {
			t.Errorf("%x, want %x", got, want)
		}
	}
	if Of('w', "a", "b") == Of('w', "ab") || Of('w', "a") == Of('c', "a") {
		t.Error("different tokens are one")
	}
}
