package gateway

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wenda/bot/desk/queue"
	"wenda/sessions"
)

// ladder makes queues of "id>next".
func ladder(links ...string) (all []queue.Queue) {
	for _, l := range links {
		id, next, _ := strings.Cut(l, ">")
		all = append(all, queue.Queue{ID: id, Escalates: next})
	}
	return all
}

func idsOf(queues []queue.Queue) string {
	ids := make([]string, len(queues))
	for i, q := range queues {
		ids[i] = q.ID
	}
	return strings.Join(ids, " ")
}

func TestQueuesStandTierByTier(t *testing.T) {
	for name, c := range map[string]struct {
		queues  []queue.Queue
		waiting []sessions.Line
		want    string
	}{
		"as delivered":           {queue.Delivered(), nil, " english loan expert care complaint"},
		"whoever waits":          {queue.Delivered(), []sessions.Line{{Skill: "complaint", Waiting: 9}}, " english loan expert care complaint"},
		"one that leads nowhere": {ladder(">b", "b", "vip"), nil, " vip b"},
		"two ways up":            {ladder(">c", "a>b", "b>c", "c"), nil, " a b c"},
		"to a queue of no name":  {ladder(">gone", "a"), nil, " a"},
		"a skill that is none":   {ladder(">b", "b"), []sessions.Line{{Skill: "old", Waiting: 1}, {Skill: "b", Waiting: 1}}, " b old"},
		"none":                   {nil, []sessions.Line{{Waiting: 1}}, ""},
		"in a circle":            {ladder("a>b", "b>a", "c"), nil, "c a b"},
	} {
		if got := idsOf(floorOrder(c.queues, c.waiting)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Whatever the queues, each stands before the one it escalates to unless they lead in a
// circle, all are there once, and in whatever order they come makes no difference.
func TestFloorOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "queues")
		var queues []queue.Queue
		for i := range n {
			q := queue.Queue{ID: fmt.Sprintf("q%02d", i)}
			if next := rapid.IntRange(i+1, 15).Draw(t, "next"); next < n { // upwards only: no circle
				q.Escalates = fmt.Sprintf("q%02d", next)
			}
			queues = append(queues, q)
		}
		ordered := floorOrder(rapid.Permutation(queues).Draw(t, "given"), nil)
		if idsOf(ordered) != idsOf(floorOrder(queues, nil)) || len(ordered) != n {
			t.Fatalf("%s, and %s", idsOf(ordered), idsOf(floorOrder(queues, nil)))
		}
		at := func(id string) int { return slices.IndexFunc(ordered, func(q queue.Queue) bool { return q.ID == id }) }
		for _, q := range queues {
			if q.Escalates != "" && at(q.Escalates) < at(q.ID) {
				t.Fatalf("%s stands before %s: %s", q.Escalates, q.ID, idsOf(ordered))
			}
		}
	})
}
