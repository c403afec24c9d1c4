package semantic

import (
	"context"
	"sync"

	"wenda/internal/gentle"
)

// hands are goroutines that learn side by side. What is learnt does not depend on how many.
type hands int

// Share has do called with every number below n, some side by side: as many as may learn
// so in this context.
func Share(ctx context.Context, n int, do func(i int)) { handsOf(ctx).share(n, do) }

func handsOf(ctx context.Context) hands { return hands(gentle.Hands(ctx)) }

// share has every number below n done, some side by side.
func (h hands) share(n int, do func(i int)) {
	h.each(func(hand int) {
		for i := hand; i < n; i += int(h) {
			do(i)
			gentle.Aside()
		}
	})
}

// each has every hand do its part.
func (h hands) each(do func(hand int)) {
	var all sync.WaitGroup
	for hand := range int(h) {
		all.Go(func() { do(hand) })
	}
	all.Wait()
}
