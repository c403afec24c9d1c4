package semantic

import (
	"context"
	"runtime"
	"sync"
)

// hands is how many goroutines learn side by side. What is learnt does not depend on it.
type hands int

// Share has do called with every number below n, some side by side: as many as may learn
// so in this context.
func Share(ctx context.Context, n int, do func(i int)) { handsOf(ctx).share(n, do) }

type gently struct{}

// Gently returns a context in which learning leaves half of the processors to others: a
// node answers customers meanwhile.
func Gently(ctx context.Context) context.Context { return context.WithValue(ctx, gently{}, true) }

func handsOf(ctx context.Context) hands {
	n := runtime.GOMAXPROCS(0)
	if ctx.Value(gently{}) != nil {
		n /= 2
	}
	return hands(max(1, n))
}

// share has every number below n done, some side by side.
func (h hands) share(n int, do func(i int)) {
	h.each(func(hand int) {
		for i := hand; i < n; i += int(h) {
			do(i)
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
