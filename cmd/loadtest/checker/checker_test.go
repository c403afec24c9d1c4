package checker

import (
	"fmt"
	"slices"
	"testing"

	"wenda/cmd/loadtest/history"
	"wenda/sessions"
)

// day is a small day without a fault: two customers, two agents, a handoff that is
// given back, requeued, claimed again and closed, and a second session.
func day() *world {
	w := &world{}
	a, b := w.open("A"), w.open("B")
	w.customer("c0", a, "怎么还款", true)
	w.customer("c1", b, "在吗", false)
	w.customer("c1", b, "提前还款", false)
	w.answer(b)
	w.handoff("c0", a)
	w.customer("c0", a, "快点", false)
	w.claim("u1", a)
	w.act(history.Say, a)
	w.act(history.Note, a)
	w.customer("c0", a, "好的", false)
	w.requeue(a)
	w.claim("u2", a)
	w.act(history.Say, a)
	w.customer("c0", a, "那利息呢", false)
	w.act(history.Return, a)
	w.answer(a)
	w.handoff("c0", a)
	w.claim("u1", a)
	w.act(history.Close, a)
	w.read("c0", "c0.0", a, 0, false)
	c := w.open("A")
	w.customer("c0", c, "又来了", true)
	w.read("c0", "c0.0", c, 0, true)
	w.read("c0", "c0.1", c, 1, true)
	w.read("c1", "c1.0", b, 0, true)
	return w
}

func check(w *world, truth Truth) []Violation { return Check(w.records, truth) }

// record finds the n-th record of that kind.
func (w *world) record(op history.Op, n int) *history.Record {
	for i := range w.records {
		if w.records[i].Op == op {
			if n--; n < 0 {
				return &w.records[i]
			}
		}
	}
	panic(fmt.Sprint("no ", op))
}

func TestNothingBroken(t *testing.T) {
	w := day()
	for _, v := range check(w, w.truth()) {
		t.Error(v)
	}
}

// reopenedDay is a chat that an agent closed over the customer's last word and that its
// customer takes up again, three times: answered at once, later, and asking for a person.
func reopenedDay() *world {
	w := &world{}
	a := w.open("A")
	w.handoff("c0", a)
	for range 3 {
		w.claim("u1", a)
		w.act(history.Say, a)
		w.customer("c0", a, "好的", false)
		w.act(history.Close, a)
		w.customer("c0", a, "还在吗", true)
		w.handoff("c0", a)
	}
	w.claim("u1", a)
	w.act(history.Close, a)
	w.customer("c0", a, "在吗", false)
	w.answer(a)
	w.handoff("c0", a)
	w.claim("u1", a)
	w.act(history.Close, a)
	w.handoff("c0", a)
	w.read("c0", "c0.0", a, 0, true)
	return w
}

func TestReopened(t *testing.T) {
	w := reopenedDay()
	for _, v := range check(w, w.truth()) {
		t.Error(v)
	}
	silent := w.truth()
	silent[0].Events = silent[0].Events[:len(silent[0].Events)-1] // the move is lost: a message in a closed chat
	if found := check(w, silent); len(found) == 0 {
		t.Error("a message to a closed chat was not found")
	}
}

// Each rule finds what breaks it.
func TestRules(t *testing.T) {
	for name, c := range map[string]struct {
		rule  Rule
		spoil func(*world, Truth) Truth
	}{
		"acked and gone": {Lost, func(w *world, t Truth) Truth {
			t[1].Events = t[1].Events[:1]
			return t
		}},
		"a whole session gone": {Lost, func(w *world, t Truth) Truth { return slices.Delete(t, 1, 2) }},
		"kept twice": {Doubled, func(w *world, t Truth) Truth {
			e := t[1].Events[1]
			e.Seq = int64(len(t[1].Events) + 1)
			t[1].Events = append(t[1].Events, e)
			return t
		}},
		"kept without a ref": {Foreign, func(w *world, t Truth) Truth {
			t[1].Events[1].Ref = ""
			return t
		}},
		"never sent": {Foreign, func(w *world, t Truth) Truth {
			t[1].Events[1].Ref = "ref-of-nobody"
			return t
		}},
		"acked with another seq": {Changed, func(w *world, t Truth) Truth {
			w.record(history.Send, 1).Seq++
			return t
		}},
		"acked in another session": {Changed, func(w *world, t Truth) Truth {
			w.record(history.Send, 1).Session = t[0].Head.ID
			return t
		}},
		"another text": {Changed, func(w *world, t Truth) Truth {
			t[1].Events[1].Hash++
			return t
		}},
		"refused and kept": {RefusedKept, func(w *world, t Truth) Truth {
			r := w.record(history.Say, 0)
			r.Outcome, r.Code = history.Fail, "not_owner"
			return t
		}},
		"a hole": {Gap, func(w *world, t Truth) Truth {
			t[0].Events = slices.Delete(t[0].Events, 2, 3)
			return t
		}},
		"a head behind its log": {Head, func(w *world, t Truth) Truth {
			t[1].Head.Seq--
			return t
		}},
		"a head with another owner": {Head, func(w *world, t Truth) Truth {
			t[1].Head.State, t[1].Head.Agent = sessions.Assigned, "u1"
			return t
		}},
		"a fence that did not rise": {Head, func(w *world, t Truth) Truth {
			t[0].Head.Fence--
			return t
		}},
		"pending for nobody": {Head, func(w *world, t Truth) Truth {
			t[1].Head.Pending = 2
			return t
		}},
		"swapped in the transcript": {Reordered, func(w *world, t Truth) Truth {
			e := t[1].Events
			e[1].Ref, e[2].Ref, e[1].Hash, e[2].Hash = e[2].Ref, e[1].Ref, e[2].Hash, e[1].Hash
			return t
		}},
		"delivered twice": {Delivery, func(w *world, t Truth) Truth {
			i := slices.IndexFunc(w.records, func(r history.Record) bool { return r.Op == history.Receive })
			w.records = slices.Insert(w.records, i, w.records[i])
			return t
		}},
		"not delivered": {Delivery, func(w *world, t Truth) Truth {
			i := slices.IndexFunc(w.records, func(r history.Record) bool { return r.Op == history.Receive && r.Seq == 3 })
			w.records = slices.Delete(w.records, i, i+1)
			return t
		}},
		"not delivered, and hidden by prev": {Delivery, func(w *world, t Truth) Truth {
			i := slices.IndexFunc(w.records, func(r history.Record) bool { return r.Op == history.Receive && r.Seq == 3 })
			w.records[i+1].Prev = w.records[i].Prev
			w.records = slices.Delete(w.records, i, i+1)
			return t
		}},
		"delivered with another text": {Delivery, func(w *world, t Truth) Truth {
			w.record(history.Receive, 1).Hash++
			return t
		}},
		"delivered to the wrong audience": {Delivery, func(w *world, t Truth) Truth {
			t[1].Events[0].Staff = true
			return t
		}},
		"delivered and not kept": {Lost, func(w *world, t Truth) Truth {
			r := w.record(history.Receive, 0)
			r.Seq = 1000
			return t
		}},
		"the last line missing": {Incomplete, func(w *world, t Truth) Truth {
			i := len(w.records) - 2 // before its level
			w.records = slices.Delete(w.records, i, i+1)
			return t
		}},
		"a move from a state that was not": {TwoOwners, func(w *world, t Truth) Truth {
			for i, e := range t[0].Events {
				if e.Kind == sessions.Handed {
					m := *e.Move
					m.From = sessions.Assigned
					t[0].Events[i].Move = &m
					break
				}
			}
			return t
		}},
		"one claim acked to two": {TwoOwners, func(w *world, t Truth) Truth {
			r := *w.record(history.Claim, 0)
			r.Who, r.Ref = "u2", "claim-of-u2"
			w.records = append(w.records, r)
			return t
		}},
		"one claim took two chats": {Doubled, func(w *world, t Truth) Truth {
			ref := ""
			for i, e := range t[0].Events {
				if claimed(e) && ref == "" {
					ref = e.Ref
				} else if claimed(e) {
					t[0].Events[i].Ref = ref
				}
			}
			return t
		}},
		"one claim acked with two chats": {Doubled, func(w *world, t Truth) Truth {
			r := *w.record(history.Claim, 0)
			r.Session = t[1].Head.ID
			w.records = append(w.records, r)
			return t
		}},
		"a claim acked with another line": {Changed, func(w *world, t Truth) Truth {
			w.record(history.Claim, 0).Seq++
			return t
		}},
		"a claim refused and kept": {RefusedKept, func(w *world, t Truth) Truth {
			w.record(history.Claim, 0).Outcome = history.Fail
			return t
		}},
		"a claim of nobody": {Foreign, func(w *world, t Truth) Truth {
			w.record(history.Claim, 0).Ref = "another-ref"
			return t
		}},
		"an agent who does not own speaks": {NotOwner, func(w *world, t Truth) Truth {
			for i, e := range t[0].Events {
				if e.Role == sessions.RoleAgent && e.Kind == sessions.Message {
					t[0].Events[i].ID = "u9"
				}
			}
			return t
		}},
		"the bot speaks in an agent's chat": {NotOwner, func(w *world, t Truth) Truth {
			for i, e := range t[0].Events {
				if e.Role == sessions.RoleAgent && e.Kind == sessions.Message {
					t[0].Events[i].Role, t[0].Events[i].Ref = sessions.RoleBot, ""
				}
			}
			return t
		}},
		"an old fence taken": {StaleFence, func(w *world, t Truth) Truth {
			w.record(history.Say, 1).Fence--
			return t
		}},
		"two open sessions": {TwoSessions, func(w *world, t Truth) Truth {
			t[1].Head.Customer.ID = "A"
			return t
		}},
		"never answered": {Unanswered, func(w *world, t Truth) Truth {
			last := len(t[1].Events) - 1
			t[1].Events[last].Decided = false
			return t
		}},
		"the reply answers only the last of two": {Unanswered, func(w *world, t Truth) Truth {
			last := len(t[1].Events) - 1
			t[1].Events[last].Answers = 3
			return t
		}},
		"the bot closes over it": {Unanswered, func(w *world, t Truth) Truth {
			e := t[1].Events
			last := &e[len(e)-1]
			last.Kind, last.Action, last.Move = sessions.Handed, "close", &sessions.Move{From: sessions.Bot, To: sessions.Closed}
			return t
		}},
		"returned and not answered": {Unanswered, func(w *world, t Truth) Truth {
			// The head is that of a bot that never spoke again.
			for i, e := range t[0].Events {
				if e.Role == sessions.RoleAgent && e.Move != nil && e.Move.To == sessions.Bot {
					t[0].Events = t[0].Events[:i+1]
				}
			}
			return t
		}},
		"answered twice": {Answered2, func(w *world, t Truth) Truth {
			e := t[1].Events[len(t[1].Events)-1]
			e.Seq++
			t[1].Events, t[1].Head.Seq = append(t[1].Events, e), e.Seq
			return t
		}},
		"an answer to nobody": {NoQuestion, func(w *world, t Truth) Truth {
			t[1].Events[0].Action = "answer"
			return t
		}},
		"a ref with two seqs": {Register, func(w *world, t Truth) Truth {
			r := *w.record(history.Send, 1)
			r.Begin, r.End = r.End+1, r.End+2
			r.Seq++
			w.records = append(w.records, r)
			return t
		}},
		"delivered before it was sent": {Register, func(w *world, t Truth) Truth {
			s := w.record(history.Send, 0)
			for i := range w.records {
				if w.records[i].Op == history.Receive && w.records[i].Ref == s.Ref {
					w.records[i].End = s.Begin - 1
				}
			}
			return t
		}},
		"acts in no possible order": {Register, func(w *world, t Truth) Truth {
			first, second := w.record(history.Say, 0), w.record(history.Say, 1)
			first.Begin, first.End, second.Begin, second.End = second.Begin, second.End, first.Begin, first.End
			return t
		}},
		"waited in vain": {StuckRule, func(w *world, t Truth) Truth {
			w.records = append(w.records, history.Record{Op: history.Stuck, Who: "c1", Code: "an ack"})
			return t
		}},
		"not the protocol": {OddRule, func(w *world, t Truth) Truth {
			w.records = append(w.records, history.Record{Op: history.Odd, Who: "c1", Code: "error cursor_ahead"})
			return t
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := day()
			found := check(w, c.spoil(w, w.truth()))
			if !slices.ContainsFunc(found, func(v Violation) bool { return v.Rule == c.rule }) {
				t.Errorf("not found: %s; found %v", c.rule, found)
			}
		})
	}
}
