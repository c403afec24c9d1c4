package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"wenda/internal/often"
)

// How much garbage may gather until it is collected: garbageLeast bytes, or a share of
// what lives if that is more. With few chats little lives, and at Go's own 100 % it is
// collected all the time, for a tenth of the CPU. With many, most of what lives is
// connections that wait for hours, and each would cost as much memory again.
const (
	garbageLeast = 64 << 20
	garbageShare = 50 // percent
	garbageEvery = 5 * time.Second
)

// tuneGarbage keeps to that until stop is called. GOGC in the environment decides otherwise.
func tuneGarbage() (stop func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	before := debug.SetGCPercent(garbagePercent(living()))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		often.Do(ctx, garbageEvery, func(context.Context) error {
			debug.SetGCPercent(garbagePercent(living()))
			return nil
		}, nil) // cannot fail
		debug.SetGCPercent(before)
	}()
	return func() { cancel(); <-ended }
}

// garbagePercent is what SetGCPercent takes, for so many living bytes.
func garbagePercent(living uint64) int {
	return max(garbageShare, int(garbageLeast*100/max(living, 1<<20)))
}

// living is what a percentage of garbage is one of: the heap that the last collection
// left, stacks and globals (https://go.dev/doc/gc-guide#GOGC).
func living() (bytes uint64) {
	samples := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/stack:bytes"}, {Name: "/gc/scan/globals:bytes"}}
	metrics.Read(samples)
	for _, s := range samples {
		if s.Value.Kind() == metrics.KindUint64 {
			bytes += s.Value.Uint64()
		}
	}
	return bytes
}
