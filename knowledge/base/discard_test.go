package base

import (
	"context"
	"testing"
)

func TestDiscard(t *testing.T) { both(t, discarding) }

// A draft that nobody wants leaves the lists and keeps its history; whoever saves it again
// has it back. What customers have read is not discarded.
func discarding(r *rig) {
	ctx, s := context.Background(), r.node(0)
	head, err := s.Create(ctx, "zhou", "a", says("问", "答"), "")
	r.must(err)
	r.live(s, "b", says("问二", "答"))
	listed := func(q Query) (ids []string) {
		heads, _, err := s.List(ctx, q)
		r.must(err)
		for _, h := range heads {
			ids = append(ids, h.ID)
		}
		return ids
	}
	_, err = s.Discard(ctx, "li", "a", head.Version+1, "")
	r.wantErr("as of another version", err, ErrChanged)
	_, err = s.Discard(ctx, "li", "none", 1, "")
	r.wantErr("nothing", err, ErrNone)
	submitted, err := s.Submit(ctx, "zhou", "a", head.Version, "")
	r.must(err)
	_, err = s.Discard(ctx, "zhou", "a", submitted.Version, "")
	r.wantErr("what somebody reviews", err, ErrState)
	head, err = s.Withdraw(ctx, "zhou", "a", submitted.Version, "")
	r.must(err)
	head, err = s.Discard(ctx, "li", "a", head.Version, "double")
	if r.must(err); head.Newest.State != Discarded || !head.Newest.State.Gone() || head.Newest.Number != 1 {
		r.Errorf("discarded %+v", head)
	}
	if all, gone := listed(Query{}), listed(Query{State: Discarded}); len(all) != 1 || all[0] != "b" || len(gone) != 1 || gone[0] != "a" {
		r.Errorf("lists hold %v, and %v", all, gone)
	}
	for what, err := range map[string]error{
		"again": failure(s.Discard(ctx, "li", "a", head.Version, "")), "review": failure(s.Submit(ctx, "li", "a", head.Version, "")),
		"publish": failure(s.Publish(ctx, publication("a"))),
	} {
		r.wantErr(what, err, ErrState)
	}
	_, err = s.Create(ctx, "li", "a", says("问", "别的"), "")
	r.wantErr("its id", err, ErrExists)
	steps, err := s.Steps(ctx, "a")
	if r.must(err); steps[0].Did != "discarded" || steps[0].Who != "li" || steps[0].Why != "double" {
		r.Errorf("steps %+v", steps)
	}
	if n := r.count(`SELECT count(*) FROM audit WHERE did = 'entry.discard' AND about = 'a' AND who = 'li' AND ok`); n != 1 {
		r.Errorf("audited %d times", n)
	}
	head, err = s.Save(ctx, "zhou", "a", head.Version, says("问", "答"), "after all")
	if r.must(err); head.Newest.State != Draft || head.Newest.Number != 2 {
		r.Errorf("saved again %+v", head)
	}
	head, err = s.Discard(ctx, "zhou", "a", head.Version, "")
	r.must(err)
	if saved, err := s.SaveAll(ctx, "zhou", []Proposal{{"a", head.Version, says("问", "答")}}, ""); err != nil || saved != 1 {
		r.Errorf("imported again: %d, %v", saved, err)
	}

	live, err := s.Get(ctx, "b")
	r.must(err)
	live, err = s.Save(ctx, "zhou", "b", live.Version, says("问二", "又答"), "")
	r.must(err)
	_, err = s.Discard(ctx, "zhou", "b", live.Version, "")
	r.wantErr("a draft over what is live", err, ErrState)
	_, err = s.Retire(ctx, "li", "b", "bad")
	r.must(err)
	live, err = s.Get(ctx, "b")
	r.must(err)
	_, err = s.Discard(ctx, "zhou", "b", live.Version, "")
	r.wantErr("a draft over what was live", err, ErrState)
	ready := r.approved(s, "c", says("问三", "答"))
	ready, err = s.Save(ctx, "zhou", "c", ready.Version, says("问三", "又答"), "")
	r.must(err)
	_, err = s.Discard(ctx, "zhou", "c", ready.Version, "")
	r.wantErr("a draft over what was approved", err, ErrState)
}
