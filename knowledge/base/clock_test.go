package base

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"wenda/knowledge"
)

func TestClock(t *testing.T) { both(t, byTheClock) }

// What is valid from later waits in the release while the one before answers; what is
// over goes.
func byTheClock(r *rig) {
	ctx, s := context.Background(), r.node(0)
	r.live(s, "rate", says("利率", "7%"))
	next := says("利率", "6%")
	next.From, next.Until = midday.Add(time.Hour), midday.Add(48*time.Hour)
	next.ReviewBy = midday.Add(2 * time.Hour)
	made := r.live(s, "rate", next)
	head, err := s.Get(ctx, "rate")
	if r.must(err); head.Live != 1 || head.Next != 2 || head.Newest.State != Approved || made.Entries != 1 {
		r.Errorf("waiting %+v in %+v", head, made)
	}
	changes, err := s.Changes(ctx, 1, 2)
	if want := []Change{{Entry: "rate", Question: "利率", Before: 1, After: 1, NextAfter: 2}}; err != nil || !reflect.DeepEqual(changes, want) {
		r.Errorf("changes %+v, %v", changes, err)
	}
	due := func(want ...ReleaseKind) {
		r.Helper()
		for _, node := range []int{1, 0} {
			made, err := r.node(node).Due(ctx, nil)
			r.must(err)
			var got []ReleaseKind
			for _, m := range made {
				got = append(got, m.Kind)
			}
			if !reflect.DeepEqual(got, want) {
				r.Errorf("due %v, want %v", got, want)
			}
			want = nil // the other finds it done
		}
	}
	due()
	r.pass(time.Hour)
	due(ByClock)
	if got := r.inForce(s, 3); got["rate"] != 2 {
		r.Errorf("in force %v", got)
	}
	if soon, err := s.Expiring(ctx, 7*24*time.Hour); err != nil || len(soon) != 1 || soon[0].ID != "rate" {
		r.Errorf("expiring %+v, %v", soon, err)
	}
	if soon, err := s.Expiring(ctx, time.Hour); err != nil || len(soon) != 0 {
		r.Errorf("expiring within an hour %+v, %v", soon, err)
	}
	if old, err := s.Stale(ctx); err != nil || len(old) != 0 {
		r.Errorf("stale %+v, %v", old, err)
	}
	r.pass(time.Hour)
	if old, err := s.Stale(ctx); err != nil || len(old) != 1 {
		r.Errorf("stale %+v, %v", old, err)
	}
	r.pass(72 * time.Hour)
	due(ByClock)
	if got := r.inForce(s, 4); len(got) != 0 {
		r.Errorf("in force %v", got)
	}
	made, err = s.Rollback(ctx, "li", 2, "back")
	if r.wantErr("rollback to what is over", err, ErrState); made.ID != 0 {
		r.Errorf("made %+v", made)
	}
	over := says("过期", "x")
	over.Until = r.clock().Add(time.Minute)
	r.approved(s, "over", over)
	r.pass(time.Hour)
	_, err = s.Publish(ctx, publication("over"))
	r.wantErr("publish what is over", err, ErrState)
}

func TestWaitsInVain(t *testing.T) { both(t, waitsInVain) }

// What waits and leaves with a rollback was never in force: it can be published again.
func waitsInVain(r *rig) {
	s := r.node(0)
	r.live(s, "a", says("甲", "一"))
	later := says("甲", "二")
	later.From = midday.Add(time.Hour)
	r.live(s, "a", later)
	_, err := s.Rollback(context.Background(), "li", 1, "not yet")
	r.must(err)
	r.pass(2 * time.Hour)
	if made, err := s.Due(context.Background(), nil); err != nil || len(made) > 0 {
		r.Errorf("due %+v, %v", made, err)
	}
	if got := r.inForce(s, r.published(s, "a").ID); got["a"] != 2 {
		r.Errorf("in force %v", got)
	}
}

func TestPlans(t *testing.T) { both(t, plans) }

// A plan publishes what was approved when it was made, once, at its minute.
func plans(r *rig) {
	ctx, s := context.Background(), r.node(0)
	r.approved(s, "a", says("甲", "一"))
	r.approved(s, "b", says("乙", "一"))
	p := publication("b", "a")
	p.Gate = []byte(`{}`)
	_, err := s.Plan(ctx, p)
	r.wantErr("plan for the past", err, ErrInvalid)
	p.At = midday.Add(time.Hour)
	first, err := s.Plan(ctx, p)
	r.must(err)
	p.At = midday.Add(2 * time.Hour)
	second, err := s.Plan(ctx, p)
	r.must(err)
	p.At = midday.Add(3 * time.Hour)
	third, err := s.Plan(ctx, p)
	r.must(err)
	r.approved(s, "a", says("甲", "二")) // not in the plan
	waiting, err := r.node(1).Plans(ctx)
	if r.must(err); len(waiting) != 3 || waiting[0].ID != first.ID || !reflect.DeepEqual(waiting[0].Entries, []string{"a", "b"}) || !waiting[0].At.Equal(midday.Add(time.Hour)) {
		r.Errorf("plans %+v", waiting)
	}
	r.must(s.Cancel(ctx, "wang", third.ID))
	r.wantErr("cancel again", s.Cancel(ctx, "wang", third.ID), ErrState)
	r.wantErr("cancel nothing", s.Cancel(ctx, "wang", 99), ErrNone)
	r.pass(4 * time.Hour)
	made, err := s.Due(ctx, nil)
	if r.must(err); len(made) != 1 || made[0].By != "li" || string(made[0].Gate) != "{}" {
		r.Errorf("due %+v", made)
	}
	if got := r.inForce(s, 1); got["a"] != 1 || got["b"] != 1 {
		r.Errorf("in force %v", got)
	}
	waiting, err = s.Plans(ctx)
	if r.must(err); len(waiting) != 1 || waiting[0].ID != second.ID || waiting[0].Failed != FailedNewer {
		r.Errorf("plans %+v", waiting)
	}
	r.must(s.Cancel(ctx, "wang", second.ID))
	r.wantErr("cancel what is done", s.Cancel(ctx, "wang", first.ID), ErrState)
	if made, err = s.Due(ctx, nil); err != nil || len(made) > 0 {
		r.Errorf("due again %+v, %v", made, err)
	}
	if got := r.inForce(s, r.published(s, "a").ID); got["a"] != 2 {
		r.Errorf("in force %v", got)
	}
}

func TestPlansAreJudgedAgain(t *testing.T) { both(t, judgedAgain) }

// At its minute a plan is judged by what is true then; who signed for the gate's no
// signed for that one too.
func judgedAgain(r *rig) {
	ctx, s := context.Background(), r.node(0)
	sure := errors.New("no matcher")
	for name, c := range map[string]struct {
		second string
		found  Judgement
		err    error
		made   int
		failed string
		want   error
	}{
		"passes":            {found: Judgement{Passed: true, Gate: []byte(`{"cases":2}`)}, made: 1},
		"worse":             {found: Judgement{Gate: []byte(`{"cases":2}`)}, failed: FailedGate},
		"worse, but signed": {second: "wang", found: Judgement{Gate: []byte(`{"cases":2}`)}, made: 1},
		"forbidden":         {second: "wang", found: Judgement{Blocked: true}, failed: FailedBlocked},
		"not yet":           {err: ErrLater},
		"gone":              {err: fmt.Errorf("%w: b", ErrState), failed: FailedNewer},
		"cannot tell":       {err: sure, want: sure},
	} {
		r.approved(s, "a", says("甲", name))
		p := publication("a")
		p.GatePassed, p.Second, p.SecondWhy, p.At = c.second == "", c.second, c.second, r.clock().Add(time.Hour)
		planned, err := s.Plan(ctx, p)
		r.must(err)
		r.pass(2 * time.Hour)
		made, err := s.Due(ctx, func(ctx context.Context, p Planned) (Judgement, error) {
			next, err := s.ProposedBy(ctx, p)
			r.must(err)
			if e, ok := next.Entry("a"); p.ID != planned.ID || !reflect.DeepEqual(p.Entries, []string{"a"}) || !ok || e.Texts[knowledge.Chinese].Answer != name {
				r.Errorf("%s: judged %+v with %+v", name, p, e)
			}
			return c.found, c.err
		})
		if !errors.Is(err, c.want) || len(made) != c.made || len(made) > 0 && string(made[0].Gate) != string(c.found.Gate) {
			r.Errorf("%s: made %+v, %v", name, made, err)
		}
		left, err := s.Plans(ctx)
		r.must(err)
		for _, p := range left {
			if p.Failed != c.failed {
				r.Errorf("%s: failed with %q", name, p.Failed)
			}
			r.must(s.Cancel(ctx, "wang", p.ID))
		}
		if waits := c.made == 0; waits != (len(left) == 1) {
			r.Errorf("%s: left %+v", name, left)
		}
	}
}
