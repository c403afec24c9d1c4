// Package latest keeps what is written elsewhere as it was when it was read last.
package latest

import (
	"context"
	"sync/atomic"
	"time"

	"wenda/internal/often"
)

// Value is such a thing. Its methods are safe for concurrent use; Get costs nothing. Nobody
// may change what Get returned or Set was given.
type Value[T any] struct{ kept atomic.Pointer[T] }

// Get returns what was read or set last, the zero T before.
func (v *Value[T]) Get() (last T) {
	if kept := v.kept.Load(); kept != nil {
		last = *kept
	}
	return last
}

// Set puts now in its place.
func (v *Value[T]) Set(now T) { v.kept.Store(&now) }

// Follow reads it every so often until ctx ends. While that fails what was read last
// stands, and failed is told.
func (v *Value[T]) Follow(ctx context.Context, every time.Duration, read func(context.Context) (T, error), failed func(error)) {
	often.Do(ctx, every, func(ctx context.Context) error {
		now, err := read(ctx)
		if err == nil {
			v.Set(now)
		}
		return err
	}, failed)
}
