package roster

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wenda/internal/sqldb/sqldbtest"
	"wenda/sessions"
	"wenda/sessions/memlive"
	"wenda/sessions/sqlstore"
)

var zhou = sessions.Agent{ID: "u1", Skills: []string{"", "vip"}}

func newStore(t *testing.T, options ...sqlstore.Option) sessions.Store {
	t.Helper()
	return sqlstore.New(sqldbtest.New(t), options...)
}

// node is a Roster in a process of its own, whose clock stands until it is told to move.
type node struct {
	*Roster
	now time.Duration
}

func newNode(store sessions.Store, live sessions.Live) *node {
	n := &node{Roster: New(store, live)}
	n.clock = func() time.Duration { return n.now }
	return n
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (n *node) onDuty(t testing.TB, skill string, want int) {
	t.Helper()
	if got, err := n.OnDuty(context.Background(), skill); err != nil || got != want {
		t.Errorf("%d on duty for %q (%v), want %d", got, skill, err, want)
	}
}

func (n *node) wantLost(t testing.TB, want string) {
	t.Helper()
	if got, err := n.Lost(context.Background()); err != nil || fmt.Sprint(got) != want {
		t.Errorf("at %v: lost %v (%v), want %s", n.now, got, err, want)
	}
}

// watches lets a node look every second.
func (n *node) watches(t testing.TB, seconds int) {
	t.Helper()
	for range seconds {
		n.now += time.Second
		if _, err := n.Lost(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDuty(t *testing.T) {
	n, ctx := newNode(newStore(t), memlive.New()), t.Context()
	must(t, n.Beat(ctx, []sessions.Agent{zhou}))
	n.onDuty(t, "", 0)
	must(t, n.Available(ctx, zhou, true))
	n.onDuty(t, "", 1)
	n.onDuty(t, "vip", 1)
	n.onDuty(t, "loans", 0)
	li := sessions.Agent{ID: "u2", Skills: []string{"vip"}}
	must(t, n.Available(ctx, li, true))
	n.onDuty(t, "vip", 1) // the switch alone is nobody at a desk
	must(t, n.Beat(ctx, []sessions.Agent{li, zhou}))
	n.onDuty(t, "vip", 2)
	must(t, n.Available(ctx, zhou, false))
	n.onDuty(t, "", 0)
	n.onDuty(t, "vip", 1)
	for agent, want := range map[string]bool{"u1": false, "u2": true, "u3": false} {
		if on, err := n.Takes(ctx, sessions.Agent{ID: agent}); err != nil || on != want {
			t.Errorf("%s takes chats: %v, %v; want %v", agent, on, err, want)
		}
	}
	must(t, n.Leave(ctx, li))
	n.onDuty(t, "vip", 0)
}

// What one node was told another one knows, with Live and without; the switch survives
// a restart of everything, being there does not.
func TestDutyOnAnotherNode(t *testing.T) {
	for name, forget := range map[string]bool{"with Live": false, "Live forgets": true} {
		t.Run(name, func(t *testing.T) {
			store, live := newStore(t), memlive.New()
			a, b, ctx := newNode(store, live), newNode(store, live), t.Context()
			must(t, a.Available(ctx, zhou, true))
			must(t, a.Beat(ctx, []sessions.Agent{zhou}))
			if forget {
				must(t, live.Leave(ctx, agents, zhou.ID))
				b.onDuty(t, "", 0) // never seen to move
				must(t, a.Beat(ctx, []sessions.Agent{zhou}))
			}
			b.onDuty(t, "", 1)
			b.watches(t, 31) // without a beat; Live still believes in them, for it has the real clock
			b.onDuty(t, "", 0)
			must(t, a.Beat(ctx, []sessions.Agent{zhou}))
			b.onDuty(t, "", 1)
			fresh := newNode(store, memlive.New())
			if on, err := fresh.Takes(ctx, zhou); err != nil || !on {
				t.Errorf("after a restart they take chats: %v, %v", on, err)
			}
			fresh.onDuty(t, "", 0)
		})
	}
}

func TestLost(t *testing.T) {
	store := newStore(t)
	gateway, n, ctx := newNode(store, memlive.New()), newNode(store, memlive.New()), t.Context()
	must(t, gateway.Beat(ctx, []sessions.Agent{zhou, {ID: "u2"}}))
	n.wantLost(t, "[]")
	n.watches(t, 20)
	must(t, gateway.Beat(ctx, []sessions.Agent{zhou}))
	n.watches(t, 9)
	n.now += time.Second
	n.wantLost(t, "[u2]") // at 30 s
	n.watches(t, 20)      // told once
	n.now += time.Second
	n.wantLost(t, "[u1]") // first seen at its count at 21 s
	n.watches(t, 8)
	n.now += time.Second
	n.wantLost(t, "[u2]") // told again: somebody may have given them a chat
	must(t, gateway.Beat(ctx, []sessions.Agent{{ID: "u2"}}))
	n.watches(t, 1)
	n.now += time.Second
	n.wantLost(t, "[]")
}

// Losing Live, or all it holds, sends nobody home, and keeps nobody there.
func TestLiveDecidesNothingAboutChats(t *testing.T) {
	store, ctx := newStore(t), t.Context()
	for name, live := range map[string]*memlive.Live{"gone": memlive.New(), "lying": memlive.New()} {
		t.Run(name, func(t *testing.T) {
			gateway, n := newNode(store, live), newNode(store, live)
			if name == "gone" {
				_ = live.Close()
			} else {
				must(t, live.Announce(ctx, agents, "u1", time.Hour))
			}
			must(t, gateway.Available(ctx, zhou, true))
			for range 12 {
				must(t, gateway.Beat(ctx, []sessions.Agent{zhou}))
				n.watches(t, 10)
			}
			n.onDuty(t, "", 1)
			n.wantLost(t, "[]")
			n.watches(t, 20)
			n.now += time.Second
			n.wantLost(t, "[u1]")
			n.onDuty(t, "", 0)
		})
	}
}

// A desk that reconnects every few seconds beats each time.
func TestFlapping(t *testing.T) {
	store := newStore(t)
	one, two, n := newNode(store, memlive.New()), newNode(store, memlive.New()), newNode(store, memlive.New())
	for i := range 120 {
		must(t, []*node{one, two}[i%2].Beat(t.Context(), []sessions.Agent{zhou}))
		n.watches(t, 5)
		n.wantLost(t, "[]")
	}
}

// The wall clock jumps by hours and back; nobody is lost by it, and nobody kept.
func TestClockJumps(t *testing.T) {
	wall := time.Now()
	store := newStore(t, sqlstore.Clock(func() time.Time { return wall }))
	gateway, n := newNode(store, memlive.New()), newNode(store, memlive.New())
	for i := range 12 {
		wall = wall.Add([]time.Duration{time.Hour, -48 * time.Hour, 24 * time.Hour}[i%3])
		must(t, gateway.Beat(t.Context(), []sessions.Agent{zhou}))
		n.watches(t, 10)
		n.wantLost(t, "[]")
	}
	n.watches(t, 20)
	wall = wall.Add(-time.Hour)
	n.now += time.Second
	n.wantLost(t, "[u1]")
}

// failing is a Store whose counters cannot be read or written.
type failing struct {
	sessions.Store
	mu          sync.Mutex
	read, write error
}

func (f *failing) set(read, write error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.read, f.write = read, write
}

func (f *failing) Beats(ctx context.Context) ([]sessions.Beat, error) {
	f.mu.Lock()
	err := f.read
	f.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return f.Store.Beats(ctx)
}

func (f *failing) Beat(ctx context.Context, there []sessions.Agent) error {
	f.mu.Lock()
	err := f.write
	f.mu.Unlock()
	if err != nil {
		return err
	}
	return f.Store.Beat(ctx, there)
}

// Who cannot see judges nobody: everybody gets the whole time anew.
func TestBlind(t *testing.T) {
	down := errors.New("the store is down")
	for name, blind := range map[string]func(*node, *failing){
		"stopped": func(n *node, f *failing) { n.now += time.Minute },
		"cannot read": func(n *node, f *failing) {
			f.set(down, nil)
			for range 60 {
				n.now += time.Second
				if _, err := n.Lost(context.Background()); !errors.Is(err, down) {
					t.Errorf("got %v, want %v", err, down)
				}
			}
			f.set(nil, nil)
		},
		"cannot write": func(n *node, f *failing) {
			f.set(nil, down)
			for range 6 {
				n.watches(t, 10)
				if err := n.Beat(context.Background(), []sessions.Agent{zhou}); !errors.Is(err, down) {
					t.Errorf("got %v, want %v", err, down)
				}
			}
			f.set(nil, nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := &failing{Store: newStore(t)}
			n := newNode(f, memlive.New())
			must(t, n.Beat(t.Context(), []sessions.Agent{zhou}))
			n.watches(t, 5)
			blind(n, f)
			n.wantLost(t, "[]")
			n.watches(t, 28)
			n.wantLost(t, "[]")
			n.watches(t, 1)
			n.now += time.Second
			n.wantLost(t, "[u1]")
		})
	}
}

func TestErrorsAreTold(t *testing.T) {
	n := newNode(newStore(t), memlive.New())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, duty := n.OnDuty(ctx, "")
	_, takes := n.Takes(ctx, zhou)
	_, lost := n.Lost(ctx)
	for _, err := range []error{n.Beat(ctx, []sessions.Agent{zhou}), n.Available(ctx, zhou, false), n.Leave(ctx, zhou), duty, takes, lost} {
		if err == nil {
			t.Error("a store that does not answer was not noticed")
		}
	}
}

// counters is a Store that only counts.
type counters struct {
	sessions.Store
	n int64
}

func (c *counters) Beat(context.Context, []sessions.Agent) error { c.n++; return nil }
func (c *counters) Beats(context.Context) ([]sessions.Beat, error) {
	return []sessions.Beat{{Agent: "u1", Count: c.n}}, nil
}

// The arithmetic of the package comment, for any phases: a gateway pings and beats, the
// desk answers and now and then says something by itself, the cable is pulled, a sweeper
// looks. It calls the agent lost 30 to 42 s after the last sign of life, and not before
// the cable is pulled, however the gateway reconnects them meanwhile.
func TestPulledCable(t *testing.T) {
	const ms = time.Millisecond
	rapid.Check(t, func(rt *rapid.T) {
		store := &counters{}
		gateway, sweeper := newNode(store, memlive.New()), newNode(store, memlive.New())
		draw := func(name string, most time.Duration) time.Duration {
			return time.Duration(rapid.Int64Range(0, int64(most/ms)).Draw(rt, name)) * ms
		}
		nextBeat, nextLook, answer := draw("beat", BeatEvery), draw("look", LookEvery), draw("answer", 2*time.Second)+ms
		pulled := 20*time.Second + draw("pulled", time.Minute)
		chatty, pong := draw("speaks every", time.Minute)+ms, time.Duration(-1)
		heard, sign := true, time.Duration(0)
		must(t, gateway.Beat(t.Context(), []sessions.Agent{zhou}))
		for now := time.Duration(0); ; now += ms {
			gateway.now, sweeper.now = now, now
			if now < pulled && (now == pong || now%chatty == 0) {
				heard, sign = true, now
			}
			if now == nextBeat {
				nextBeat += BeatEvery
				if heard {
					must(t, gateway.Beat(t.Context(), []sessions.Agent{zhou}))
				}
				heard, pong = false, now+answer
			}
			if now != nextLook {
				continue
			}
			nextLook += LookEvery
			lost, err := sweeper.Lost(t.Context())
			if err != nil {
				rt.Fatal(err)
			}
			if len(lost) == 0 {
				continue
			}
			if after := now - sign; now < pulled || after < 30*time.Second || after > 42*time.Second {
				rt.Fatalf("lost at %v, the cable was pulled at %v, the last sign of life came at %v, %v before", now, pulled, sign, after)
			}
			return
		}
	})
}
