package match

import (
	"context"
	"fmt"
	"testing"
)

// What is asked again gets an equal result that is its own, until another release is
// in force.
func TestRecall(t *testing.T) {
	m := open(t, base(t, 1), patient)
	first := ask(t, m, "怎么还款呀", 3)
	first.Matches[0].Entry = "changed by its caller"
	again := ask(t, m, "怎么还款呀？", 3)
	if top(again) == top(first) || fmt.Sprint(again) != fmt.Sprint(ask(t, m, "怎么還款呀", 3)) {
		t.Errorf("first %s, again %+v", top(first), again)
	}
	if shorter := ask(t, m, "怎么还款呀", 1); len(shorter.Matches) != 1 {
		t.Errorf("%d matches, want 1", len(shorter.Matches))
	}
	if err := m.Use(context.Background(), base(t, 2), nil); err != nil {
		t.Fatal(err)
	}
	if next := ask(t, m, "怎么还款呀", 3); next.Release != 2 {
		t.Errorf("of release %d, want 2", next.Release)
	}
}
