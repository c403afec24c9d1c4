package gentle_test

import (
	"cmp"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"wenda/internal/gentle"
)

func TestHands(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(5))
	plain, asked := t.Context(), gentle.Context(t.Context())
	if gentle.Asked(plain) || !gentle.Asked(asked) {
		t.Error("nobody asked for gentleness, or it was not heard")
	}
	if all, half := gentle.Hands(plain), gentle.Hands(asked); all != 5 || half != 2 {
		t.Errorf("%d and %d hands on five processors", all, half)
	}
	runtime.GOMAXPROCS(1)
	if gentle.Hands(asked) != 1 {
		t.Error("nobody works")
	}
}

func TestOrder(t *testing.T) {
	all := rand.Perm(5000)
	slices.SortFunc(all, gentle.Order(cmp.Compare[int]))
	for i, n := range all {
		if gentle.AsideAt(i); n != i {
			t.Fatalf("%d at %d", n, i)
		}
	}
}
