package main

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestGarbage(t *testing.T) {
	for living, want := range map[uint64]int{0: 6400, 32 << 20: 200, 64 << 20: 100, 128 << 20: 50, 1 << 30: 50} {
		if got := garbagePercent(living); got != want {
			t.Errorf("%d MiB live: %d %%, want %d", living>>20, got, want)
		}
	}
	t.Setenv("GOGC", "")
	before := debug.SetGCPercent(77)
	defer debug.SetGCPercent(before)
	runtime.GC()
	if living() == 0 {
		t.Error("nothing lives")
	}
	stop := tuneGarbage()
	if now := debug.SetGCPercent(66); now == 77 || now < garbageShare {
		t.Errorf("at %d", now)
	}
	stop()
	if after := debug.SetGCPercent(77); after != 77 {
		t.Errorf("left at %d", after)
	}
}
