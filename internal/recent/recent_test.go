package recent

import (
	"testing"

	"pgregory.net/rapid"
)

// Of the newest Most that were set all are there that were not dropped, with their newest
// values; what was dropped is not; and the whole is bounded.
func TestMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Map[int, int]{Most: rapid.IntRange(1, 5).Draw(t, "most")}
		values, order := map[int]int{}, []int{} // what was set and not dropped; what was set, the newest last
		t.Repeat(map[string]func(*rapid.T){
			"set": func(t *rapid.T) {
				key, value := rapid.IntRange(0, 12).Draw(t, "key"), rapid.Int().Draw(t, "value")
				m.Set(key, value)
				values[key], order = value, append(order, key)
			},
			"drop": func(t *rapid.T) {
				key := rapid.IntRange(0, 12).Draw(t, "key")
				m.Drop(key)
				delete(values, key)
			},
			"": func(t *rapid.T) {
				if m.Len() > 2*m.Most {
					t.Fatalf("%d values, at most %d may be kept", m.Len(), 2*m.Most)
				}
				for _, key := range order[max(0, len(order)-m.Most):] {
					if _, ok := m.Get(key); !ok && has(values, key) {
						t.Fatalf("%d is gone", key)
					}
				}
				for key := range 13 {
					want, set := values[key]
					if got, ok := m.Get(key); ok && (!set || got != want) {
						t.Fatalf("%d is %d, want %d, %v", key, got, want, set)
					}
				}
			},
		})
	})
}

func has(values map[int]int, key int) bool { _, ok := values[key]; return ok }
