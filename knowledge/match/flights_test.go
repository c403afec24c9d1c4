package match

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"wenda/knowledge"
)

var sameQuestion = asked{"怎么还款", 3}

// together asks as many times at once, and lets the match go on when all wait.
func together(t *testing.T, times int, match func(ctx context.Context) (knowledge.Result, error)) (results []knowledge.Result, errs []error) {
	t.Helper()
	f, gate := newFlights(), make(chan struct{})
	results, errs = make([]knowledge.Result, times), make([]error, times)
	var all sync.WaitGroup
	for i := range times {
		all.Go(func() {
			results[i], errs[i] = f.do(t.Context(), sameQuestion, func() (knowledge.Result, error) {
				<-gate
				return match(t.Context())
			})
		})
	}
	synctest.Wait()
	close(gate)
	all.Wait()
	if len(f.open) > 0 {
		t.Error("a flight did not end")
	}
	return results, errs
}

func TestEqualQuestionsAreMatchedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var matched atomic.Int32
		results, errs := together(t, 20, func(context.Context) (knowledge.Result, error) {
			matched.Add(1)
			return knowledge.Result{Matches: []knowledge.Match{{Entry: "repay-how"}}}, nil
		})
		for i := range results {
			if errs[i] != nil || top(results[i]) != "repay-how" {
				t.Fatalf("%+v, %v", results[i], errs[i])
			}
			results[i].Matches[0].Entry = "changed by its caller"
		}
		if matched.Load() != 1 {
			t.Errorf("matched %d times", matched.Load())
		}
	})
}

func TestOtherQuestionsAreNotShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, gate := newFlights(), make(chan struct{})
		for _, key := range []asked{{"a", 3}, {"a", 4}, {"b", 3}} {
			go func() {
				res, err := f.do(t.Context(), key, func() (knowledge.Result, error) {
					<-gate
					return knowledge.Result{Variant: fmt.Sprint(key)}, nil
				})
				if err != nil || res.Variant != fmt.Sprint(key) {
					t.Errorf("%v: %+v, %v", key, res, err)
				}
			}()
		}
		synctest.Wait()
		if len(f.open) != 3 {
			t.Errorf("%d flights, want 3", len(f.open))
		}
		close(gate)
	})
}

func TestAFailureIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var matched atomic.Int32
		_, errs := together(t, 5, func(context.Context) (knowledge.Result, error) {
			matched.Add(1)
			return knowledge.Result{}, knowledge.ErrUnavailable
		})
		for _, err := range errs {
			if !errors.Is(err, knowledge.ErrUnavailable) {
				t.Error(err)
			}
		}
		if matched.Load() != 1 {
			t.Errorf("matched %d times", matched.Load())
		}
	})
}

// Who waits and whose time is up leaves alone; so does who matches.
func TestWhoLeavesSpoilsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, gate := newFlights(), make(chan struct{})
		var matched atomic.Int32
		ask := func(ctx context.Context) <-chan error {
			out := make(chan error, 1)
			go func() {
				_, err := f.do(ctx, sameQuestion, func() (knowledge.Result, error) {
					matched.Add(1)
					select {
					case <-gate:
						return knowledge.Result{Release: 1}, nil
					case <-ctx.Done():
						return knowledge.Result{}, knowledge.ErrUnavailable
					}
				})
				out <- err
			}()
			synctest.Wait()
			return out
		}
		first, leave := context.WithCancel(t.Context())
		second, leaveToo := context.WithCancel(t.Context())
		flies, waits, stays := ask(first), ask(second), ask(t.Context())
		leaveToo()
		if err := <-waits; !errors.Is(err, context.Canceled) {
			t.Errorf("who waited: %v", err)
		}
		leave()
		if err := <-flies; !errors.Is(err, knowledge.ErrUnavailable) {
			t.Errorf("who matched: %v", err)
		}
		synctest.Wait()
		if matched.Load() != 2 {
			t.Fatalf("matched %d times, want once more", matched.Load())
		}
		close(gate)
		if err := <-stays; err != nil {
			t.Errorf("who stayed: %v", err)
		}
	})
}

func TestAPanicEndsTheFlight(t *testing.T) {
	f := newFlights()
	func() {
		defer func() { _ = recover() }()
		_, _ = f.do(t.Context(), sameQuestion, func() (knowledge.Result, error) { panic("no search") })
	}()
	res, err := f.do(t.Context(), sameQuestion, func() (knowledge.Result, error) { return knowledge.Result{Release: 2}, nil })
	if err != nil || res.Release != 2 {
		t.Errorf("%+v, %v", res, err)
	}
}

// The whole: many ask the same at once while releases change. Everybody is answered,
// and nobody by a release older than the one that was in force before asking.
func TestManyAskTheSameWhileReleasesChange(t *testing.T) {
	opts := patient
	opts.Queue = 5 // one for each release, fewer than those who ask: they share a place
	m := open(t, base(t, 1), opts)
	var inForce atomic.Int64
	inForce.Store(1)
	var all sync.WaitGroup
	stop := make(chan struct{})
	for range 12 {
		all.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				least := inForce.Load()
				res, err := m.Match(context.Background(), "卡里有钱还款失败", 3)
				if err != nil || top(res) != "repay-failed" || res.Release < least {
					t.Errorf("release %d, at least %d: %s, %v", res.Release, least, top(res), err)
					return
				}
			}
		})
	}
	for id := int64(2); id <= 5; id++ {
		if err := m.Use(context.Background(), base(t, id), nil); err != nil {
			t.Error(err)
		}
		inForce.Store(id)
	}
	close(stop)
	all.Wait()
}
