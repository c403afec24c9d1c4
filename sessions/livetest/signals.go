package livetest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"wenda/sessions"
)

var signalTests = map[string]func(t *testing.T, a, b sessions.Live){
	"from node to node":   testSignalArrives,
	"several watchers":    testSignalSeveral,
	"not after stop":      testSignalStopped,
	"stopping under fire": testSignalStopRace,
	"watching again":      testSignalAgain,
	"many topics":         testSignalTopics,
	"one at a time":       testSignalSerial,
	"what is carried":     testSignalCarried,
	"nobody is watching":  testSignalNobody,
}

func watch(t *testing.T, l sessions.Live, topic string, f func(sessions.Signal)) (stop func()) {
	t.Helper()
	stop, err := l.Watch(topic, f)
	if err != nil {
		t.Fatalf("Watch: %v", err)
	}
	return stop
}

// arrives signals again and again until the watcher has been told.
func arrives(t *testing.T, from sessions.Live, topic string, sig sessions.Signal, told func() bool) {
	t.Helper()
	eventually(t, "a signal arrives", func() bool {
		_ = from.Signal(t.Context(), topic, sig)
		return told()
	})
}

// counter counts signals of one session.
type counter struct{ n atomic.Int64 }

func (c *counter) add(sessions.Signal) { c.n.Add(1) }
func (c *counter) any() bool           { return c.n.Load() > 0 }

func testSignalArrives(t *testing.T, a, b sessions.Live) {
	var onA, onB, elsewhere counter
	defer watch(t, a, "topic", onA.add)()
	defer watch(t, b, "topic", onB.add)()
	defer watch(t, b, "topic2", elsewhere.add)()
	arrives(t, a, "topic", sessions.Signal{Session: "s", Seq: 1}, func() bool { return onA.any() && onB.any() })
	onA.n.Store(0)
	onB.n.Store(0)
	arrives(t, b, "topic", sessions.Signal{Session: "s", Seq: 2}, func() bool { return onA.any() && onB.any() })
	if elsewhere.any() {
		t.Error("a signal reached another topic")
	}
}

func testSignalSeveral(t *testing.T, a, b sessions.Live) {
	var many [5]counter
	for i := range many {
		defer watch(t, b, "topic", many[i].add)()
	}
	arrives(t, a, "topic", sessions.Signal{Session: "s", Seq: 1}, func() bool {
		for i := range many {
			if !many[i].any() {
				return false
			}
		}
		return true
	})
}

func testSignalStopped(t *testing.T, a, b sessions.Live) {
	var stopped, going counter
	stop := watch(t, b, "topic", stopped.add)
	defer watch(t, b, "topic", going.add)()
	arrives(t, a, "topic", sessions.Signal{Session: "s", Seq: 1}, func() bool { return stopped.any() && going.any() })
	stop()
	stop() // harmless
	before := stopped.n.Load()
	going.n.Store(0)
	arrives(t, a, "topic", sessions.Signal{Session: "s", Seq: 2}, func() bool { return going.n.Load() > 3 })
	if stopped.n.Load() != before {
		t.Error("a stopped watcher was called")
	}
}

func testSignalStopRace(t *testing.T, a, b sessions.Live) {
	quit := make(chan struct{})
	var group sync.WaitGroup
	for _, l := range []sessions.Live{a, b} {
		group.Go(func() {
			for seq := int64(1); ; seq++ {
				select {
				case <-quit:
					return
				default:
					_ = l.Signal(t.Context(), "topic", sessions.Signal{Session: "s", Seq: seq})
				}
			}
		})
	}
	for range 50 {
		var stopped atomic.Bool
		var told counter
		stop := watch(t, b, "topic", func(sessions.Signal) {
			if told.n.Add(1); stopped.Load() {
				t.Error("called after stop returned")
			}
		})
		eventually(t, "a signal arrives", told.any)
		stop()
		stopped.Store(true)
	}
	close(quit)
	group.Wait()
}

func testSignalAgain(t *testing.T, a, b sessions.Live) {
	for i := range 5 {
		var told counter
		stop := watch(t, b, "topic", told.add)
		arrives(t, a, "topic", sessions.Signal{Session: "s", Seq: int64(i + 1)}, told.any)
		stop()
	}
}

func testSignalTopics(t *testing.T, a, b sessions.Live) {
	topics := append([]string(nil), oddNames...)
	for i := range 100 {
		topics = append(topics, sessions.SessionTopic(fmt.Sprint(i)))
	}
	told := make([]counter, len(topics))
	for i, topic := range topics {
		defer watch(t, b, topic, func(sig sessions.Signal) {
			if sig.Session != topic {
				t.Errorf("a signal of %q reached %q", sig.Session, topic)
			}
			told[i].n.Add(1)
		})()
	}
	for i, topic := range topics {
		arrives(t, a, topic, sessions.Signal{Session: topic, Seq: 1}, told[i].any)
	}
}

func testSignalSerial(t *testing.T, a, b sessions.Live) {
	var inside, calls atomic.Int64
	defer watch(t, b, "topic", func(sessions.Signal) {
		if inside.Add(1) != 1 {
			t.Error("called while a call was running")
		}
		calls.Add(1)
		inside.Add(-1)
	})()
	arrives(t, a, "topic", sessions.Signal{Session: "s", Seq: 1}, func() bool { return calls.Load() > 0 })
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for range 50 {
				_ = []sessions.Live{a, b}[i%2].Signal(t.Context(), "topic", sessions.Signal{Session: "s", Seq: 1})
			}
		})
	}
	group.Wait()
}

func testSignalCarried(t *testing.T, a, b sessions.Live) {
	got := make(chan sessions.Signal, 1)
	defer watch(t, b, "topic", func(sig sessions.Signal) {
		select {
		case got <- sig:
		default:
		}
	})()
	for _, want := range []sessions.Signal{
		{Session: "s", Seq: 1 << 52},
		{Session: "s", Typing: sessions.Speaker{Role: sessions.RoleAgent, ID: "chen", Name: "小陈"}},
		{Session: "人工\r\n", Seq: 1},
		{Session: "s", Typing: sessions.Speaker{Role: sessions.RoleCustomer, ID: "wang"}, Draft: strings.Repeat("<", sessions.DraftMost)}, // the longest as JSON
	} {
		eventually(t, "the signal arrives as it was sent", func() bool {
			try(t, func(ctx context.Context) error { return a.Signal(ctx, "topic", want) })
			select {
			case sig := <-got:
				return sig == want // else one of the round before
			default:
				return false
			}
		})
	}
}

func testSignalNobody(t *testing.T, a, _ sessions.Live) {
	try(t, func(ctx context.Context) error { return a.Signal(ctx, "nobody", sessions.Signal{Session: "s", Seq: 1}) })
}
