package checker

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wenda/cmd/loadtest/history"
	"wenda/sessions"
)

// What is not known may have been, once, or not.
func TestUnknownIsAllowedEitherWay(t *testing.T) {
	for _, kept := range []bool{true, false} {
		w := day()
		truth := w.truth()
		r := w.record(history.Send, len(truth)) // any
		for i := range w.records {
			if &w.records[i] == r {
				w.records[i].Outcome, w.records[i].Seq = history.Unknown, 0
			}
		}
		if !kept {
			w = &world{}
			a := w.open("A")
			w.customer("c0", a, "怎么还款", true)
			truth = w.truth()
			w.records = append(w.records, history.Record{Op: history.Send, Who: "c0", Reader: "c0.0", Begin: w.tick(), End: w.tick(), Ref: "ref-lost", Outcome: history.Unknown})
		}
		if found := check(w, truth); len(found) > 0 {
			t.Errorf("kept %v: %v", kept, found)
		}
	}
}

// An ack that was lost, and the same one again, is one message.
func TestTriedAgain(t *testing.T) {
	w := day()
	first := w.record(history.Send, 1)
	again := *first
	first.Outcome, first.Seq = history.Unknown, 0
	again.Begin, again.End = first.End+1, first.End+2
	w.records = append(w.records, again)
	if found := check(w, w.truth()); len(found) > 0 {
		t.Error(found)
	}
}

// random plays a random correct day.
func random(t *rapid.T) *world {
	w := &world{}
	n := rapid.IntRange(1, 3).Draw(t, "customers")
	var rows []*row
	for i := range n {
		rows = append(rows, w.open(fmt.Sprint("C", i)))
	}
	for range rapid.IntRange(5, 25).Draw(t, "steps") {
		i := rapid.IntRange(0, n-1).Draw(t, "who")
		r, who := rows[i], fmt.Sprint("c", i)
		agent := rapid.SampledFrom([]string{"u1", "u2"}).Draw(t, "agent")
		step := rapid.SampledFrom([]string{"ask", "burst", "person", "claim", "say", "note", "return", "close", "lost"}).Draw(t, "step")
		switch own := r.head.State == sessions.Assigned; {
		case r.head.State == sessions.Closed:
			w.read(who, who+".0", r, 0, false)
			rows[i] = w.open(r.head.Customer.ID)
		case step == "ask":
			w.answer(r)
			w.customer(who, r, fmt.Sprint("问题", w.refs), true)
		case step == "burst":
			w.answer(r)
			w.customer(who, r, fmt.Sprint("问", w.refs), false)
		case step == "person" && r.head.State == sessions.Bot:
			w.answer(r)
			w.handoff(who, r)
		case step == "claim" && r.head.State == sessions.Queued:
			w.claim(agent, r)
		case step == "say" && own:
			w.act(history.Say, r)
		case step == "note" && own:
			w.act(history.Note, r)
		case step == "return" && own:
			w.act(history.Return, r)
		case step == "close" && own:
			w.act(history.Close, r)
		case step == "lost" && own:
			w.requeue(r)
		}
	}
	for i, r := range rows {
		w.answer(r)
		who := fmt.Sprint("c", i)
		w.read(who, who+".9", r, 0, true)
	}
	return w
}

func TestRandomDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := random(t)
		if found := check(w, w.truth()); len(found) > 0 {
			t.Fatalf("%v", found)
		}
	})
}

// corruptions spoil any day; each reports whether there was something to spoil.
var corruptions = map[string]func(*rand.Rand, *world, Truth) bool{
	"an event is dropped": func(r *rand.Rand, _ *world, t Truth) bool {
		s := &t[r.IntN(len(t))]
		i := r.IntN(len(s.Events))
		s.Events = slices.Delete(s.Events, i, i+1)
		return true
	},
	"an event is doubled": func(r *rand.Rand, _ *world, t Truth) bool {
		s := &t[r.IntN(len(t))]
		i := r.IntN(len(s.Events))
		s.Events = slices.Insert(s.Events, i, s.Events[i])
		return true
	},
	"two events are swapped": func(r *rand.Rand, _ *world, t Truth) bool {
		s := &t[r.IntN(len(t))]
		i, j := r.IntN(len(s.Events)), r.IntN(len(s.Events))
		s.Events[i], s.Events[j] = s.Events[j], s.Events[i]
		return i != j
	},
	"a text is changed": func(r *rand.Rand, _ *world, t Truth) bool {
		s := &t[r.IntN(len(t))]
		i := r.IntN(len(s.Events))
		s.Events[i].Hash++
		return !s.Events[i].Staff && s.Events[i].Kind == sessions.Message
	},
	"an agent's line is another's": func(r *rand.Rand, _ *world, t Truth) bool {
		return spoilOne(r, t, func(e Event) bool { return e.Role == sessions.RoleAgent && e.Kind != sessions.Handed }, func(e *Event) { e.ID = "u9" })
	},
	"a move goes to another": func(r *rand.Rand, _ *world, t Truth) bool {
		return spoilOne(r, t, claimed, func(e *Event) {
			m := *e.Move
			m.Agent = "u9"
			e.Move = &m
		})
	},
	"a reply is not one": func(r *rand.Rand, _ *world, t Truth) bool {
		s := &t[r.IntN(len(t))]
		last := -1 // a handoff takes over what is not answered
		for i, e := range s.Events {
			if e.Kind == sessions.Handed {
				last = i
			}
		}
		return spoilAny(r, s.Events[last+1:], func(e Event) bool { return e.Action == "answer" }, func(e *Event) { e.Action = "hint" })
	},
	"a delivery is dropped": func(r *rand.Rand, w *world, _ Truth) bool {
		var fit []int // of who read on, or was level
		for i := range w.records[1:] {
			if next := w.records[i+1].Op; w.records[i].Op == history.Receive && (next == history.Receive || next == history.Level) {
				fit = append(fit, i)
			}
		}
		i := fit[r.IntN(len(fit))]
		w.records = slices.Delete(w.records, i, i+1)
		return true
	},
	"a delivery is repeated": func(r *rand.Rand, w *world, _ Truth) bool {
		i := r.IntN(len(w.records))
		ok := w.records[i].Op == history.Receive
		w.records = slices.Insert(w.records, i, w.records[i])
		return ok
	},
	"an ack names another seq": func(r *rand.Rand, w *world, _ Truth) bool {
		return spoilAny(r, w.records, func(x history.Record) bool { return x.Op == history.Send }, func(x *history.Record) { x.Seq++ })
	},
	"an old fence was taken": func(r *rand.Rand, w *world, _ Truth) bool {
		return spoilAny(r, w.records, func(x history.Record) bool { return x.Op == history.Say }, func(x *history.Record) { x.Fence-- })
	},
	"an ack comes before an earlier one's line": func(r *rand.Rand, w *world, t Truth) bool {
		// Two acks of one session change places: what was acked first now stands last.
		var fit []int
		for i, x := range w.records {
			if x.Op == history.Send {
				fit = append(fit, i)
			}
		}
		for n := range len(fit) - 1 {
			a, b := &w.records[fit[n]], &w.records[fit[n+1]]
			if a.Session == b.Session {
				a.Begin, a.End, b.Begin, b.End = b.Begin, b.End, a.Begin, a.End
				return true
			}
		}
		return false
	},
}

func spoilOne(r *rand.Rand, t Truth, which func(Event) bool, spoil func(*Event)) bool {
	return spoilAny(r, t[r.IntN(len(t))].Events, which, spoil)
}

func spoilAny[T any](r *rand.Rand, all []T, which func(T) bool, spoil func(*T)) bool {
	var fit []int
	for i, e := range all {
		if which(e) {
			fit = append(fit, i)
		}
	}
	if len(fit) == 0 {
		return false
	}
	spoil(&all[fit[r.IntN(len(fit))]])
	return true
}

// Whatever is spoiled in a random day is found.
func TestCorruptionsAreFound(t *testing.T) {
	for name, spoil := range corruptions {
		t.Run(name, func(t *testing.T) {
			spoiled := 0
			rapid.Check(t, func(t *rapid.T) {
				w := random(t)
				truth := w.truth()
				dice := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "dice"), 0))
				if !spoil(dice, w, truth) {
					return
				}
				spoiled++
				if found := check(w, truth); len(found) == 0 {
					t.Fatal("nothing was found")
				}
			})
			if spoiled == 0 {
				t.Error("there was never anything to spoil")
			}
		})
	}
}

func TestTruthIsReadAsSaved(t *testing.T) {
	want := day().truth()
	path := filepath.Join(t.TempDir(), "truth.jsonl")
	if err := want.Save(path); err != nil {
		t.Fatal(err)
	}
	got, err := ReadTruth(path)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("%v\n%+v\n%+v", err, got, want)
	}
}
