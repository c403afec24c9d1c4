package often

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// When ctx has ended nothing is done, though it would be time.
func TestNotAfterTheEnd(t *testing.T) {
	for range 100 {
		ctx, cancel := context.WithCancel(t.Context())
		calls := 0
		Do(ctx, time.Millisecond, func(context.Context) error {
			calls++
			time.Sleep(2 * time.Millisecond) // so that the next tick waits
			cancel()
			return nil
		}, func(error) {})
		if calls != 1 {
			t.Fatalf("called %d times", calls)
		}
	}
}

func TestDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 3500*time.Millisecond)
		defer cancel()
		began, broken := time.Now(), errors.New("broken")
		var calls []time.Duration
		failures := 0
		Do(ctx, time.Second, func(context.Context) error {
			calls = append(calls, time.Since(began))
			if len(calls) == 3 {
				cancel()
			}
			return broken
		}, func(err error) {
			if failures++; !errors.Is(err, broken) {
				t.Error(err)
			}
		})
		if len(calls) != 3 || calls[0] != time.Second || calls[2] != 3*time.Second {
			t.Errorf("called at %v", calls)
		}
		if failures != 2 {
			t.Errorf("told of %d failures: the third came with the end", failures)
		}
	})
}
