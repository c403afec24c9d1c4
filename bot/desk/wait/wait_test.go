package wait

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func minutes(n ...int) (all []time.Duration) {
	for _, m := range n {
		all = append(all, time.Duration(m)*time.Minute)
	}
	return all
}

func TestFor(t *testing.T) {
	ten := minutes(8, 9, 10, 11, 12)
	for name, test := range map[string]struct {
		q     Queue
		place int
		want  time.Duration
		known bool
	}{
		"an agent has room":            {Queue{There: 1, Room: 1}, 1, 0, true},
		"room for two":                 {Queue{There: 1, Room: 2, Oldest: time.Second}, 2, 0, true},
		"one of five chats must end":   {Queue{There: 2, Busy: 5, Served: ten}, 1, 2 * time.Minute, true},
		"three of five must end":       {Queue{There: 2, Busy: 5, Served: ten}, 3, 6 * time.Minute, true},
		"the room is for those before": {Queue{There: 2, Room: 2, Busy: 5, Served: ten}, 3, 2 * time.Minute, true},
		"nobody is there":              {Queue{Busy: 5, Served: ten}, 1, 0, false},
		"too few chats to tell":        {Queue{There: 2, Busy: 5, Served: ten[:4]}, 1, 0, false},
		"nothing that could end":       {Queue{There: 2, Served: ten}, 1, 0, false},
		"agents do not hurry":          {Queue{There: 2, Room: 3, Oldest: 2 * time.Minute}, 1, 0, false},
		"not in the queue":             {Queue{There: 1, Room: 1}, 0, 0, false},
	} {
		if got, known := test.q.For(test.place); got != test.want || known != test.known {
			t.Errorf("%s: %v %v, want %v %v", name, got, known, test.want, test.known)
		}
	}
}

func drawn(t *rapid.T) Queue {
	return Queue{
		There: rapid.IntRange(0, 20).Draw(t, "there"), Room: rapid.IntRange(0, 20).Draw(t, "room"), Busy: rapid.IntRange(0, 200).Draw(t, "busy"),
		Oldest: time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "oldest")),
		Served: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) time.Duration {
			return time.Duration(rapid.Int64Range(0, int64(2*time.Hour)).Draw(t, "took"))
		}), 0, 60).Draw(t, "served"),
	}
}

// Who stands further back waits longer; more room, more chats that can end and quicker
// ones never make it longer; and whether it knows does not depend on the order of what ended.
func TestForIsFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q, place := drawn(t), rapid.IntRange(1, 10_000).Draw(t, "place")
		got, known := q.For(place)
		if !known {
			if got != 0 {
				t.Fatalf("%v though it does not know", got)
			}
			return
		}
		if got < 0 {
			t.Fatalf("a wait of %v", got)
		}
		if behind, known := q.For(place + 1); known && behind < got {
			t.Fatalf("place %d waits %v, the one behind it %v", place, got, behind)
		}
		better := map[string]Queue{"more room": q, "more chats": q, "quicker": q}
		r := better["more room"]
		r.Room++
		better["more room"] = r
		r = better["more chats"]
		r.Busy++
		better["more chats"] = r
		r = better["quicker"]
		r.Served = slices.Clone(q.Served)
		for i := range r.Served {
			r.Served[i] /= 2
		}
		better["quicker"] = r
		for what, r := range better {
			if less, known := r.For(place); known && less > got {
				t.Fatalf("with %s it takes %v instead of %v", what, less, got)
			}
		}
		slices.Reverse(q.Served)
		if again, _ := q.For(place); again != got {
			t.Fatalf("in another order %v instead of %v", again, got)
		}
	})
}

// It speaks only with agents there, and of chats to come only with enough that ended.
func TestForIsHonest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q, place := drawn(t), rapid.IntRange(-1, 100).Draw(t, "place")
		if _, known := q.For(place); !known {
			return
		}
		if q.There == 0 || place < 1 || q.Room > 0 && q.Oldest > Prompt || place > q.Room && (q.Busy == 0 || len(q.Served) < Enough) {
			t.Fatalf("knows about place %d of %+v", place, q)
		}
	})
}

func TestStep(t *testing.T) {
	for d, want := range map[time.Duration]time.Duration{
		0: 1, time.Second: 1, time.Minute: 1, time.Minute + 1: 2, 4 * time.Minute: 5, 9 * time.Minute: 10, 61 * time.Minute: 90, 10 * time.Hour: 90,
	} {
		if got := Step(d); got != want*time.Minute {
			t.Errorf("%v is said as %v, want %v min", d, got, int(want))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(0, int64(4*time.Hour)).Draw(t, "wait"))
		s := Step(d)
		if s < d && d <= 90*time.Minute || Step(s) != s || Step(d+time.Minute) < s {
			t.Fatalf("%v is said as %v", d, s)
		}
	})
}
