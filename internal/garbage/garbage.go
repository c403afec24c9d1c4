// Package garbage says how much of it may gather until it is collected.
package garbage

import (
	"context"
	"math"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// How much may gather: what a busy node makes in a window, from least to most bytes, or a
// share of what lives if that is more. Each collection holds messages up for some
// milliseconds; with ten seconds between two of them it is one message in a hundred at most,
// and a hundredth of the CPU instead of a tenth. With many chats most of what lives is
// connections that wait for hours, and at Go's own 100 % each would cost as much memory again.
const (
	window = 10 * time.Second
	least  = 64 << 20
	most   = 256 << 20
	share  = 50 // percent
	every  = time.Second
)

// Tune keeps to what is said above until stop is called. GOGC in the environment decides otherwise.
func Tune() (stop func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	g := &garbage{allowed: least}
	before := debug.SetGCPercent(percentOf(living(), g.allowed))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer debug.SetGCPercent(before)
		g.follow(ctx)
	}()
	return func() { cancel(); <-ended }
}

// over is told when much that was made will not be made again.
var over = make(chan struct{}, 1)

// Over says that work has ended which made much and does not begin again: a start, a
// learning. What it took is given back at once. It does not wait for that.
func Over() {
	select {
	case over <- struct{}{}:
	default:
	}
}

// garbage is what is known of how much is made.
type garbage struct {
	made    uint64    // bytes, since the process began
	allowed uint64    // bytes, until it is collected
	percent int       // which that was of what lived
	given   time.Time // when memory was given back
}

// follow looks every second until ctx ends.
func (g *garbage) follow(ctx context.Context) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-over:
			g.settle(made())
		case <-tick.C:
			g.tune(made())
		}
	}
}

// settle gives back what was taken, and lets as little gather as if nothing had been made.
func (g *garbage) settle(made uint64) {
	g.made, g.allowed = made, least
	g.give()
	g.set(percentOf(living(), least))
}

// give gives memory back to the system, after a collection.
func (g *garbage) give() {
	g.given = time.Now()
	debug.FreeOSMemory()
}

// set stops the world, be it shortly: so it does only what makes a difference.
func (g *garbage) set(percent int) {
	if tells(percent, g.percent) {
		g.percent = percent
		debug.SetGCPercent(percent)
	}
}

// tune is told how much was made by now.
func (g *garbage) tune(made uint64) {
	was := g.allowed
	if g.made != 0 {
		g.allowed = allowance(was, made-g.made)
	}
	g.made = made
	g.set(percentOf(living(), g.allowed))
	if calm := was > least && g.allowed == least; calm && time.Since(g.given) > window {
		g.give()
	}
}

// allowance follows what is made in every: up at once, and down by half in twenty seconds.
// Who is quick to give memory back takes it again with the next wave of messages, and each page
// of it costs a fault.
func allowance(was, made uint64) uint64 {
	want := made * uint64(window/every)
	return min(max(want, was-was/30, least), most)
}

// percentOf is what SetGCPercent takes, for so many living bytes.
func percentOf(living, allowed uint64) int {
	return max(share, int(allowed*100/max(living, 1<<20)))
}

// tells reports whether a percentage differs by more than a tenth from what is set.
func tells(percent, set int) bool { return math.Abs(float64(percent-set)) > float64(set)/10 }

// made is how many bytes the process has allocated, ever.
func made() uint64 { return sampled("/gc/heap/allocs:bytes") }

// living is what a percentage of garbage is one of: the heap that the last collection
// left, stacks and globals (https://go.dev/doc/gc-guide#GOGC).
func living() uint64 {
	return sampled("/gc/heap/live:bytes", "/gc/scan/stack:bytes", "/gc/scan/globals:bytes")
}

// sampled is the sum of some of the runtime's own figures.
func sampled(names ...string) (sum uint64) {
	for _, name := range names {
		sample := []metrics.Sample{{Name: name}}
		metrics.Read(sample)
		if sample[0].Value.Kind() == metrics.KindUint64 {
			sum += sample[0].Value.Uint64()
		}
	}
	return sum
}
