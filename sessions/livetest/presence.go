package livetest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wenda/sessions"
)

var presenceTests = map[string]func(t *testing.T, a, b sessions.Live){
	"announced on one node, seen on another": testPresence,
	"expiry":                                 testPresenceExpires,
	"renewal":                                testPresenceRenewed,
	"odd names":                              testPresenceOddNames,
}

func announce(t *testing.T, l sessions.Live, group, member string, ttl time.Duration) {
	t.Helper()
	try(t, func(ctx context.Context) error { return l.Announce(ctx, group, member, ttl) })
}

func present(t *testing.T, l sessions.Live, group string) (members []string) {
	t.Helper()
	try(t, func(ctx context.Context) (err error) {
		members, err = l.Present(ctx, group)
		return err
	})
	return members
}

func testPresence(t *testing.T, a, b sessions.Live) {
	if there := present(t, a, "desk"); len(there) != 0 {
		t.Errorf("%v are there before anybody came", there)
	}
	for _, member := range []string{"li", "chen", "wang", "chen"} {
		announce(t, a, "desk", member, time.Hour)
	}
	announce(t, b, "desk", "zhao", time.Hour)
	announce(t, b, "other", "sun", time.Hour)
	wantSame(t, "present, sorted", present(t, b, "desk"), []string{"chen", "li", "wang", "zhao"})
	wantSame(t, "of the other group", present(t, a, "other"), []string{"sun"})
	try(t, func(ctx context.Context) error { return b.Leave(ctx, "desk", "li") })
	try(t, func(ctx context.Context) error { return b.Leave(ctx, "desk", "li") })
	try(t, func(ctx context.Context) error { return b.Leave(ctx, "nobody", "li") })
	wantSame(t, "after one left", present(t, a, "desk"), []string{"chen", "wang", "zhao"})
	announce(t, a, "desk", "wang", 0)
	if slices.Contains(present(t, b, "desk"), "wang") {
		t.Error("announced for no time at all, and there")
	}
}

func testPresenceExpires(t *testing.T, a, b sessions.Live) {
	announce(t, a, "desk", "long", time.Hour)
	announce(t, a, "desk", "short", 30*time.Millisecond)
	eventually(t, "the short announcement ends", func() bool { return !slices.Contains(present(t, b, "desk"), "short") })
	wantSame(t, "left", present(t, b, "desk"), []string{"long"})
	announce(t, a, "brief", "only", 30*time.Millisecond)
	eventually(t, "the only announcement ends", func() bool { return len(present(t, b, "brief")) == 0 })
	announce(t, a, "brief", "again", time.Hour)
	wantSame(t, "again", present(t, b, "brief"), []string{"again"})
}

func testPresenceRenewed(t *testing.T, a, b sessions.Live) {
	announce(t, a, "desk", "chen", 30*time.Millisecond)
	announce(t, b, "desk", "chen", time.Hour)
	announce(t, b, "desk", "probe", 60*time.Millisecond)
	eventually(t, "the probe ends", func() bool { return !slices.Contains(present(t, b, "desk"), "probe") })
	wantSame(t, "renewed from another node", present(t, a, "desk"), []string{"chen"})
	announce(t, a, "desk", "chen", 30*time.Millisecond) // the newest announcement counts, also if it is shorter
	eventually(t, "the shortened announcement ends", func() bool { return len(present(t, b, "desk")) == 0 })
}

func testPresenceOddNames(t *testing.T, a, b sessions.Live) {
	for _, group := range oddNames {
		for _, member := range oddNames {
			announce(t, a, group, member, time.Hour)
		}
	}
	want := slices.Sorted(slices.Values(oddNames))
	for _, group := range oddNames {
		wantSame(t, "members", present(t, b, group), want)
	}
}

var rateTests = map[string]func(t *testing.T, a, b sessions.Live){
	"a burst, then none":  testRateBurst,
	"shared by the nodes": testRateShared,
	"refill":              testRateRefill,
	"rates that are none": testRateInvalid,
}

// slow refills one token in 1,000 s, too slowly to matter to a test.
const slow = 0.001

func allow(t *testing.T, l sessions.Live, key string, perSecond float64, burst int) (ok bool, wait time.Duration) {
	t.Helper()
	ok, wait, err := l.Allow(t.Context(), key, perSecond, burst)
	if err != nil { // a token may be gone with it, so no second try
		t.Fatalf("Allow: %v", err)
	}
	return ok, wait
}

func testRateBurst(t *testing.T, a, _ sessions.Live) {
	for i := range 5 {
		if ok, wait := allow(t, a, "k", slow, 5); !ok || wait != 0 {
			t.Errorf("token %d of 5: %v, wait %v", i+1, ok, wait)
		}
	}
	ok, wait := allow(t, a, "k", slow, 5)
	if ok || wait <= 900*time.Second || wait > 1000*time.Second {
		t.Errorf("token 6 of 5: %v, wait %v; want a wait of up to 1000 s", ok, wait)
	}
	if ok, _ := allow(t, a, "another", slow, 1); !ok {
		t.Error("another key's bucket is empty")
	}
	for _, key := range append([]string{""}, oddNames...) {
		if ok, _ := allow(t, a, key, slow, 1); !ok {
			t.Errorf("the bucket of %q is empty", key)
		}
	}
}

func testRateShared(t *testing.T, a, b sessions.Live) {
	var allowed atomic.Int64
	var group sync.WaitGroup
	for i := range 40 {
		group.Go(func() {
			ok, _, err := []sessions.Live{a, b}[i%2].Allow(t.Context(), "k", slow, 7)
			if err != nil {
				t.Errorf("Allow: %v", err)
			}
			if ok {
				allowed.Add(1)
			}
		})
	}
	group.Wait()
	if n := allowed.Load(); n != 7 {
		t.Errorf("%d of 40 at once got one of 7 tokens", n)
	}
}

func testRateRefill(t *testing.T, a, b sessions.Live) {
	for range 2 {
		allow(t, a, "k", 10, 2)
	}
	eventually(t, "the bucket refills", func() bool {
		ok, wait := allow(t, b, "k", 10, 2)
		if !ok && (wait <= 0 || wait > 100*time.Millisecond) {
			t.Errorf("at 10 a second there is a wait of %v", wait)
		}
		return ok
	})
}

func testRateInvalid(t *testing.T, a, _ sessions.Live) {
	for _, r := range []struct {
		perSecond float64
		burst     int
	}{{0, 1}, {-1, 1}, {1, 0}, {1, -5}, {1e-9, 1}, {1e9, 1}, {nan(), 1}} {
		if _, _, err := a.Allow(t.Context(), "k", r.perSecond, r.burst); !errors.Is(err, sessions.ErrInvalid) {
			t.Errorf("%v a second, burst %d: got error %v, want %v", r.perSecond, r.burst, err, sessions.ErrInvalid)
		}
	}
}

func nan() float64 { zero := 0.0; return zero / zero }

var endTests = map[string]func(t *testing.T, a, b sessions.Live){
	"closed": testClosed,
}

func testClosed(t *testing.T, a, b sessions.Live) {
	try(t, a.Ping)
	var told counter
	stop := watch(t, a, "topic", told.add)
	if err := a.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if err := a.Close(); err != nil {
		t.Errorf("Close again: %v", err)
	}
	stop()
	if err := a.Ping(t.Context()); err == nil {
		t.Error("Ping of a closed Live succeeds")
	}
	if _, err := a.Watch("topic", told.add); err == nil {
		t.Error("Watch on a closed Live succeeds")
	}
	if err := a.Signal(t.Context(), "topic", sessions.Signal{Session: "s", Seq: 1}); err == nil {
		t.Error("Signal on a closed Live succeeds")
	}
	if a != b {
		try(t, b.Ping) // the other node goes on
	}
}
