// Package often does things again and again.
package often

import (
	"context"
	"time"
)

// Do calls do every so often until ctx ends, for the first time after that while, and never
// twice at once. failed is told of an error unless it came with the end of ctx.
func Do(ctx context.Context, every time.Duration, do func(context.Context) error, failed func(error)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if ctx.Err() != nil { // of two that are ready any may be taken
			return
		}
		if err := do(ctx); err != nil && ctx.Err() == nil {
			failed(err)
		}
	}
}
