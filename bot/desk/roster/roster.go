// Package roster knows which agents are at a desk and which of them take chats.
//
// That an agent is there is a counter in the Store that goes up (Beat) while one of
// their desks answers. Each process watches the counters on its own monotonic clock:
// nobody's wall clock is asked, so none that jumps sends anybody home or keeps them for
// ever. That they take chats is a switch in the Store. sessions.Live only has a fast copy
// of who is there, for a process that has not watched for long enough; losing it,
// or all of Redis, costs nobody a chat.
//
// # How long until a chat is given to others
//
// Let an agent's desk give its last sign of life at time 0, and then the cable is pulled.
//
//	0 to 10 s    the gateway pings desks each BeatEvery, and beats for those that gave a
//	             sign since the last time: the last beat is at most 10 s late
//	up to 1 s    until a sweeper looks (LookEvery) and sees it
//	30 s         LostAfter: the counter stands still
//	up to 1 s    until the sweeper looks again, and gives the chats back to the queue
//
// In all 30 to 42 s; to that comes what the statements take. A desk that comes back beats
// at once, so one that reconnects every few seconds keeps its chats. A gateway that
// dies stops beating at once: 30 to 32 s after its last beat, unless the desk is back
// on another node.
//
// # Who gets which chat
//
// Floor is everybody with what they have on their desks, in two statements; Route says from
// that, from the queues and from who waits whom each chat is to be offered to. It is a
// function without clock or chance, so that it can be tested for what it promises. Package
// desk carries the offers out.
//
// # Who cannot see judges nobody
//
// A process that could not look for BlindAfter (it was stopped, or the Store was away), or
// whose own beats fail, begins to watch anew: what stood still meanwhile may have been
// the Store.
package roster

import (
	"context"
	"slices"
	"time"

	"wenda/sessions"
)

const (
	BeatEvery  = 10 * time.Second // between two beats for a desk
	LookEvery  = time.Second      // between two looks at the counters
	LostAfter  = 30 * time.Second // a counter that stands still for so long: the agent is gone
	BlindAfter = 5 * time.Second  // without a look

	agents = "agents" // group of Live
)

// Roster is the list, as this process sees it. Its methods are safe for concurrent use.
// Errors are those of the Store; Live may be away.
type Roster struct {
	store sessions.Store
	live  sessions.Live
	clock func() time.Duration // monotonic, from anywhere on
	watch watch
}

// New makes a Roster. One is enough for a process.
func New(store sessions.Store, live sessions.Live) *Roster {
	start := time.Now()
	return &Roster{store: store, live: live, clock: func() time.Duration { return time.Since(start) }}
}

// Beat says that desks of these agents answered since the last time, or have just opened.
func (r *Roster) Beat(ctx context.Context, there []sessions.Agent) error {
	if len(there) == 0 {
		return nil
	}
	now := r.clock()
	if err := r.store.Beat(ctx, there); err != nil {
		r.watch.anew(now)
		return err
	}
	for _, a := range there {
		r.watch.beat(now, a.ID)
		_ = r.live.Announce(ctx, agents, a.ID, LostAfter)
	}
	return nil
}

// Available says that the agent takes chats from now on, or takes none any more.
func (r *Roster) Available(ctx context.Context, agent sessions.Agent, on bool) error {
	if err := r.store.SetTakes(ctx, agent, on); err != nil {
		return err
	}
	_ = r.live.Signal(ctx, sessions.DeskTopic, sessions.Signal{})
	return nil
}

// Leave says that the agent went home. A desk whose socket was lost does not say it:
// it may be back before the counter has stood still for long.
func (r *Roster) Leave(ctx context.Context, agent sessions.Agent) error {
	_ = r.live.Leave(ctx, agents, agent.ID)
	return r.Available(ctx, agent, false)
}

// Takes reports whether the agent's switch says that they take chats.
func (r *Roster) Takes(ctx context.Context, agent sessions.Agent) (bool, error) {
	beats, err := r.look(ctx)
	return slices.ContainsFunc(beats, func(b sessions.Beat) bool { return b.Agent == agent.ID && b.Takes }), err
}

// There reports whether a desk of the agent answers.
func (r *Roster) There(ctx context.Context, agent string) (bool, error) {
	beats, err := r.look(ctx)
	return r.present(ctx, beats)[agent], err
}

// OnDuty returns how many agents of a skill are there and take chats.
func (r *Roster) OnDuty(ctx context.Context, skill string) (int, error) {
	beats, err := r.look(ctx)
	if err != nil {
		return 0, err
	}
	n, present := 0, r.present(ctx, beats)
	for _, b := range beats {
		if b.Takes && slices.Contains(b.Skills, skill) && present[b.Agent] {
			n++
		}
	}
	return n, nil
}

// announced returns those whom Live says are there: all, if it is away. A customer who
// waits in vain for some seconds is better than one who is told that nobody is there.
func (r *Roster) announced(ctx context.Context, agent []string) []string {
	if len(agent) == 0 {
		return nil
	}
	present, err := r.live.Present(ctx, agents)
	if err != nil {
		return agent
	}
	return slices.DeleteFunc(agent, func(a string) bool { return !slices.Contains(present, a) })
}

// Lost returns the agents who are gone, sorted: their counters have been seen to stand
// still for LostAfter. Each is returned again after another LostAfter. To be called
// every LookEvery.
func (r *Roster) Lost(ctx context.Context) ([]string, error) {
	if _, err := r.look(ctx); err != nil {
		return nil, err
	}
	return r.watch.lost(r.clock()), nil
}

// look reads the counters and takes them down.
func (r *Roster) look(ctx context.Context) ([]sessions.Beat, error) {
	began := r.clock()
	beats, err := r.store.Beats(ctx)
	if err != nil {
		return nil, err
	}
	r.watch.look(began, beats)
	return beats, nil
}
