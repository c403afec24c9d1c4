// Package roster knows which agents are there and which of them take chats.
//
// Both are announcements in sessions.Live that must be repeated (Beat, every
// BeatEvery) and fade after Linger, so a desk that died is off duty by itself. The
// groups are "agents" (whoever has a desk open) and "duty:SKILL" for each skill of an
// agent who takes chats. Losing all of Live costs at most one beat.
package roster

import (
	"context"
	"errors"
	"slices"
	"time"

	"wenda/sessions"
)

const (
	// BeatEvery is how often an open desk is announced anew.
	BeatEvery = 10 * time.Second
	// Linger is how long an agent counts as there after the last beat: two may be lost.
	Linger = 30 * time.Second

	agents = "agents"
)

func duty(skill string) string { return "duty:" + skill }

// Topic is signalled when an agent began or ceased to take chats: their other
// desks look again.
func Topic(agent string) string { return "agent:" + agent }

// Roster is the list. Its methods are safe for concurrent use; their errors mean
// that Live is not reachable now.
type Roster struct{ Live sessions.Live }

// Beat says that the agent's desk is open and, if on, that they take chats. The
// desk says it at once when it opens and then every BeatEvery.
func (r Roster) Beat(ctx context.Context, agent sessions.Agent, on bool) error {
	err := r.Live.Announce(ctx, agents, agent.ID, Linger)
	if !on {
		return err
	}
	for _, skill := range agent.Skills {
		err = errors.Join(err, r.Live.Announce(ctx, duty(skill), agent.ID, Linger))
	}
	return err
}

// Available says that the agent takes chats from now on, or takes none any more.
func (r Roster) Available(ctx context.Context, agent sessions.Agent, on bool) error {
	var err error
	for _, skill := range agent.Skills {
		if on {
			err = errors.Join(err, r.Live.Announce(ctx, duty(skill), agent.ID, Linger))
		} else {
			err = errors.Join(err, r.Live.Leave(ctx, duty(skill), agent.ID))
		}
	}
	return errors.Join(err, r.tell(ctx, agent.ID))
}

// Leave says that the agent went home. A desk whose socket was lost does not say
// it: it may be back before the last beat fades.
func (r Roster) Leave(ctx context.Context, agent sessions.Agent) error {
	err := r.Live.Leave(ctx, agents, agent.ID)
	return errors.Join(err, r.Available(ctx, agent, false))
}

func (r Roster) tell(ctx context.Context, agent string) error {
	return errors.Join(r.Live.Signal(ctx, Topic(agent), sessions.Signal{}), r.Live.Signal(ctx, sessions.DeskTopic, sessions.Signal{}))
}

// Takes reports whether the agent takes chats of at least one of their skills.
func (r Roster) Takes(ctx context.Context, agent sessions.Agent) (bool, error) {
	for _, skill := range agent.Skills {
		on, err := r.Live.Present(ctx, duty(skill))
		if err != nil {
			return false, err
		}
		if slices.Contains(on, agent.ID) {
			return true, nil
		}
	}
	return false, nil
}

// OnDuty returns how many agents take chats of a skill now.
func (r Roster) OnDuty(ctx context.Context, skill string) (int, error) {
	on, err := r.Live.Present(ctx, duty(skill))
	return len(on), err
}

// Present returns the user ids of the agents whose desk is open, sorted.
func (r Roster) Present(ctx context.Context) ([]string, error) { return r.Live.Present(ctx, agents) }
