package latest

import (
	"context"
	"errors"
	"testing"
	"time"
)

// What cannot be read stands as it was, and somebody is told; the end is no failure.
func TestFollow(t *testing.T) {
	var v Value[int]
	if v.Get() != 0 {
		t.Error("not the zero value")
	}
	v.Set(1)
	ctx, stop := context.WithCancel(t.Context())
	reads, failures := 0, 0
	v.Follow(ctx, time.Millisecond, func(ctx context.Context) (int, error) {
		switch reads++; reads {
		case 1:
			return 2, nil
		case 2:
			return 9, errors.New("away")
		}
		stop()
		return 9, ctx.Err()
	}, func(error) { failures++ })
	if v.Get() != 2 || failures != 1 || reads != 3 {
		t.Errorf("%d after %d reads, of which %d failed", v.Get(), reads, failures)
	}
}
