package memlive_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"wenda/internal/leak"
	"wenda/sessions"
	"wenda/sessions/livetest"
	"wenda/sessions/memlive"
)

func TestMain(m *testing.M) { leak.Main(m) }

func TestLive(t *testing.T) {
	livetest.Run(t, func(t *testing.T) (a, b sessions.Live) {
		l := memlive.New()
		return l, l
	})
}

// The times, to the nanosecond, on a clock that only the test moves.
func TestTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, ctx := memlive.New(), t.Context()
		if err := l.Announce(ctx, "desk", "chen", 30*time.Second); err != nil {
			t.Fatal(err)
		}
		if err := l.Put(ctx, sessions.Session{ID: "s", State: sessions.Bot}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(30*time.Second - time.Nanosecond)
		if there, _ := l.Present(ctx, "desk"); len(there) != 1 {
			t.Error("gone before its time")
		}
		time.Sleep(time.Nanosecond)
		if there, _ := l.Present(ctx, "desk"); len(there) != 0 {
			t.Error("there after its time")
		}
		if _, ok, _ := l.Get(ctx, "s"); !ok {
			t.Error("the copy is gone before its time")
		}
		time.Sleep(24 * time.Hour)
		if _, ok, _ := l.Get(ctx, "s"); ok {
			t.Error("the copy is there after its time")
		}
	})
}

func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := memlive.New()
		allowed := func() bool {
			ok, wait, err := l.Allow(t.Context(), "k", 2, 3)
			if err != nil || ok == (wait > 0) {
				t.Fatalf("Allow: %v, %v, %v", ok, wait, err)
			}
			if !ok {
				time.Sleep(wait - time.Nanosecond)
				if early, _, _ := l.Allow(t.Context(), "k", 2, 3); early {
					t.Error("a token was there before the wait was over")
				}
				time.Sleep(time.Nanosecond)
			}
			return ok
		}
		var got []bool
		for range 6 {
			got = append(got, allowed())
		}
		if want := "[true true true false true false]"; fmt.Sprint(got) != want {
			t.Errorf("got %v, want %s", got, want)
		}
		time.Sleep(time.Hour) // fills up to the burst and no further
		got = nil
		for range 4 {
			got = append(got, allowed())
		}
		if want := "[true true true false]"; fmt.Sprint(got) != want {
			t.Errorf("after an hour got %v, want %s", got, want)
		}
	})
}

// What strangers make us remember has an end.
func TestRoom(t *testing.T) {
	l := memlive.New()
	for i := range 60_000 {
		if err := l.Put(t.Context(), sessions.Session{ID: fmt.Sprint(i), State: sessions.Bot}); err != nil {
			t.Fatal(err)
		}
	}
	kept := 0
	for i := range 60_000 {
		if _, ok, _ := l.Get(t.Context(), fmt.Sprint(i)); ok {
			kept++
		}
	}
	if kept != 50_000 {
		t.Errorf("%d copies are kept", kept)
	}
}

func BenchmarkSignal(b *testing.B) {
	l := memlive.New()
	for range 10 {
		stop, err := l.Watch("topic", func(sessions.Signal) {})
		if err != nil {
			b.Fatal(err)
		}
		defer stop()
	}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := l.Signal(b.Context(), "topic", sessions.Signal{Session: "s", Seq: 1}); err != nil {
				b.Error(err)
			}
		}
	})
}
