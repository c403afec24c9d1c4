package garbage

import (
	"context"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

func TestAllowed(t *testing.T) {
	for _, of := range []struct {
		living, allowed uint64 // MiB
		want            int
	}{{0, 64, 6400}, {32, 64, 200}, {64, 64, 100}, {128, 64, 50}, {1 << 10, 64, 50}, {128, 256, 200}, {1 << 10, 256, 50}} {
		if got := percentOf(of.living<<20, of.allowed<<20); got != of.want {
			t.Errorf("%d MiB live, %d allowed: %d %%, want %d", of.living, of.allowed, got, of.want)
		}
	}
	for _, of := range []struct{ was, made, want uint64 }{ // MiB
		{64, 0, 64}, {64, 5, 64}, {64, 12, 120}, {64, 100, 256}, {300, 0, 256}, {120, 0, 116}, {90, 8, 87}, {90, 9, 90},
	} {
		if got := allowance(of.was<<20, of.made<<20); got != of.want<<20 {
			t.Errorf("%d MiB allowed, %d made: %d, want %d", of.was, of.made, got>>20, of.want)
		}
	}
}

func TestTune(t *testing.T) {
	t.Setenv("GOGC", "")
	before := debug.SetGCPercent(77)
	defer debug.SetGCPercent(before)
	runtime.GC()
	if living() == 0 || made() == 0 {
		t.Error("nothing lives, or nothing was made")
	}
	stop := Tune()
	if now := debug.SetGCPercent(66); now == 77 || now < share {
		t.Errorf("at %d", now)
	}
	stop()
	if after := debug.SetGCPercent(77); after != 77 {
		t.Errorf("left at %d", after)
	}
	g := &garbage{allowed: most, percent: 1000, made: 1}
	for range 60 {
		g.tune(1)
	}
	if g.allowed != least || g.percent == 1000 || g.given.IsZero() {
		t.Errorf("after quiet seconds: %+v", g)
	}
}

func TestOver(t *testing.T) {
	g := &garbage{allowed: most, percent: 1000, made: 1}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second/2) // before it looks
	defer cancel()
	before := debug.SetGCPercent(1000)
	defer debug.SetGCPercent(before)
	Over()
	Over() // nobody waits
	g.follow(ctx)
	if now := debug.SetGCPercent(before); g.allowed != least || g.given.IsZero() || now != g.percent || now >= 1000 && living() > least {
		t.Errorf("%d %%, %+v", now, g)
	}
}
