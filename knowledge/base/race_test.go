package base

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"wenda/internal/sqldb"
)

func TestRaces(t *testing.T) { both(t, races) }

// patiently repeats what a busy database refuses, as callers are told to.
func patiently(do func() error) error {
	for {
		if err := do(); !errors.Is(err, sqldb.ErrBusy) {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// together does it n times at once, on all nodes, and counts how often it went well. All
// other times it must have been told one of want.
func (r *rig) together(n int, do func(s *Store, i int) error, want ...error) (well int) {
	r.Helper()
	var all sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		all.Go(func() { errs[i] = patiently(func() error { return do(r.node(i), i) }) })
	}
	all.Wait()
	for _, err := range errs {
		known := err == nil
		for _, w := range want {
			known = known || errors.Is(err, w)
		}
		if err == nil {
			well++
		}
		if !known {
			r.Errorf("%v, want one of %v", err, want)
		}
	}
	return well
}

// Of many who do the same at once one does it, and the others are told.
func races(r *rig) {
	ctx, s := context.Background(), r.node(0)
	const many = 6
	if n := r.together(many, func(s *Store, i int) error {
		return failure(s.Create(ctx, "zhou", "a", says("问", fmt.Sprint(i)), ""))
	}, ErrExists); n != 1 {
		r.Errorf("created %d times", n)
	}
	if n := r.together(many, func(s *Store, i int) error {
		return failure(s.Save(ctx, "zhou", "a", 1, says("问", fmt.Sprint("新", i)), ""))
	}, ErrChanged); n != 1 {
		r.Errorf("saved %d times", n)
	}
	head, err := s.Submit(ctx, "zhou", "a", 2, "")
	r.must(err)
	if n := r.together(many, func(s *Store, i int) error { // approve during save
		if i%2 == 0 {
			return failure(s.Save(ctx, "zhou", "a", head.Version, says("问", "最新"), ""))
		}
		return failure(s.Approve(ctx, Reviewer{ID: "li"}, "a", head.Version, ""))
	}, ErrChanged); n != 1 {
		r.Errorf("saved or approved %d times", n)
	}
	head, err = s.Get(ctx, "a")
	r.must(err)
	if head.Newest.State == Draft { // the save was first
		head = r.approved(s, "a", says("问", "批"))
	}
	if head.Ready != head.Newest.Number {
		r.Errorf("ready %+v", head)
	}
	if n := r.together(many, func(s *Store, i int) error { return failure(s.Publish(ctx, publication("a"))) }, ErrState); n != 1 {
		r.Errorf("published %d times", n)
	}
	for i := range many {
		r.approved(s, fmt.Sprint("e", i), says("问", "答"))
	}
	if n := r.together(many, func(s *Store, i int) error {
		p := publication(fmt.Sprint("e", i))
		p.Before = 1
		return failure(s.Publish(ctx, p))
	}, ErrSuperseded); n != 1 {
		r.Errorf("%d releases follow the first", n)
	}
	if n := r.together(many, func(s *Store, i int) error {
		err := failure(s.Publish(ctx, publication(fmt.Sprint("e", i))))
		if errors.Is(err, ErrState) { // it was the one above
			return nil
		}
		return err
	}); n != many {
		r.Errorf("%d of %d published", n, many)
	}
	current, err := s.Current(ctx)
	if r.must(err); current != many+1 {
		r.Errorf("release %d in force", current)
	}
	if got := r.inForce(s, current); len(got) != many+1 {
		r.Errorf("in force %v", got)
	}
	r.planRace(s)
}

// planRace has all nodes find the same plan due, while others save.
func (r *rig) planRace(s *Store) {
	ctx := context.Background()
	r.approved(s, "e1", says("问", "新"))
	p := publication("e1")
	p.At = r.clock().Add(time.Minute)
	_, err := s.Plan(ctx, p)
	r.must(err)
	before, err := s.Current(ctx)
	r.must(err)
	r.pass(time.Hour)
	r.together(6, func(s *Store, i int) error {
		if i%3 == 2 {
			_, err := s.SaveAll(ctx, "zhou", []Proposal{{fmt.Sprint("f", i), 0, says("问", "答")}, {"e1", 99, says("问", "答")}}, "")
			return err
		}
		return failure(s.Due(ctx, nil))
	}, ErrChanged)
	if after, err := s.Current(ctx); err != nil || after != before+1 {
		r.Errorf("%d releases for one plan, %v", after-before, err)
	}
}
