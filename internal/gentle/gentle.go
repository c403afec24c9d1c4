// Package gentle is for long work beside people who wait for an answer: it leaves half of
// the processors alone, and steps aside on those it takes.
package gentle

import (
	"context"
	"runtime"
)

type key struct{}

// Context returns a context in which work is to be gentle.
func Context(ctx context.Context) context.Context { return context.WithValue(ctx, key{}, true) }

// Asked reports whether work in this context is to be gentle.
func Asked(ctx context.Context) bool { return ctx.Value(key{}) != nil }

// Hands is how many goroutines may work side by side, at least one.
func Hands(ctx context.Context) int {
	n := runtime.GOMAXPROCS(0)
	if Asked(ctx) {
		n /= 2
	}
	return max(1, n)
}

// Aside lets a thread go first that waits for the processor this one runs on. Linux lets
// who computes go on for a tick of its clock, 4 ms, also when somebody wakes up beside it
// for half a millisecond's work; so who computes for long calls this every 0.1 ms or so,
// asked to be gentle or not. It costs 0.2 µs if nobody waits.
func Aside() { yield() }

// stride is how many short steps take some 0.1 ms.
const stride = 1024

// AsideAt is Aside at some of many steps, numbered in a row, that take some 0.1 µs each.
func AsideAt(step int) {
	if step%stride == 0 {
		Aside()
	}
}

// Order is compare, for sorting many: it steps aside.
func Order[T any](compare func(a, b T) int) func(a, b T) int {
	step := 0
	return func(a, b T) int {
		step++
		AsideAt(step)
		return compare(a, b)
	}
}
