package storetest

import (
	"fmt"
	"testing"

	"wenda/sessions"
)

// What changed last comes first, closed or open; each session once.
func testRecent(t *testing.T, store sessions.Store) {
	var made []string
	for i := range 4 {
		made = append(made, opened(t, store, sessions.Customer{ID: fmt.Sprint("c", i)}).ID)
	}
	first := load(t, store, made[0])
	commit(t, store, system, first.Close(first.OpenedAt), handed("idle"))
	want := []string{made[0], made[3], made[2], made[1]}
	for _, limit := range []int{9, 4, 2, 0} {
		got, err := store.Recent(t.Context(), limit)
		if err != nil {
			t.Fatal(err)
		}
		wantSame(t, "order", ids(got), append([]string(nil), want[:min(limit, 4)]...))
	}
}
