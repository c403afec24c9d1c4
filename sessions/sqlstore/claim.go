package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"wenda/internal/sqldb"
	"wenda/sessions"
)

// Claim implements sessions.Store.
func (s *Store) Claim(ctx context.Context, agent sessions.Agent, id, ref string) (sessions.Committed, error) {
	if agent.ID == "" || !storable(agent.ID, agent.Name) || !storable(agent.Skills...) || ref != "" && !sessions.ValidRef(ref) {
		return sessions.Committed{}, fmt.Errorf("%w: not an agent, or a malformed ref", sessions.ErrInvalid)
	}
	agent.Skills = slices.Compact(slices.Sorted(slices.Values(agent.Skills))) // also a copy of our own
	lost := false
	for try := 1; ; try++ {
		done, err := write(ctx, s, func(tx sqldb.Tx) (sessions.Committed, error) { return s.claim(tx, agent, id, ref) })
		if errors.Is(err, sqldb.ErrUnknown) && ref != "" && try < lostTries {
			lost = true // run again: it waits for the agent if the lost one is still at work, then looks for the ref
			continue
		}
		done.Repeated = done.Repeated && !lost // what is found after a lost answer is what this call wrote
		return done, err
	}
}

func (s *Store) claim(tx sqldb.Tx, agent sessions.Agent, id, ref string) (sessions.Committed, error) {
	// Two claims of one agent at once would both find room.
	if err := tx.Serialize("agent " + agent.ID); err != nil {
		return sessions.Committed{}, err
	}
	if done, err := claimed(tx, agent, id, ref); done.Repeated || err != nil {
		return done, err
	}
	row, err := s.pick(tx, agent, id)
	if err != nil {
		return sessions.Committed{}, err
	}
	head, numbered, err := sessions.Apply(row, sessions.Actor{Role: sessions.RoleSystem}, row.Assign(agent.ID), []sessions.Event{{
		Kind: sessions.Handed, Ref: ref, Move: &sessions.Move{Reason: "claimed"},
		From: sessions.Speaker{Role: sessions.RoleAgent, ID: agent.ID, Name: agent.Name},
	}}, s.now())
	if err != nil {
		return sessions.Committed{}, err
	}
	return s.put(tx, claimant(agent), head, numbered)
}

// claimant is the scope of the refs of an agent's claims, apart from what they say.
func claimant(agent sessions.Agent) sessions.Actor {
	return sessions.Actor{Role: sessions.RoleAgent, ID: agent.ID, Device: "claims"}
}

// claimed finds what a claim became, if its ref is known.
func claimed(tx sqldb.Tx, agent sessions.Agent, id, ref string) (sessions.Committed, error) {
	if ref == "" {
		return sessions.Committed{}, nil
	}
	of := sessions.Event{Ref: ref, From: sessions.Speaker{Role: sessions.RoleAgent}}
	done, err := repeated(tx, claimant(agent), id, of)
	if err == nil && done.Repeated && id != "" && done.Session.ID != id {
		return sessions.Committed{}, sessions.ErrRefReuse
	}
	return done, err
}

// pick locks the session that the agent gets.
func (s *Store) pick(tx sqldb.Tx, agent sessions.Agent, id string) (sessions.Session, error) {
	if id == "" {
		if err := room(tx, agent); err != nil {
			return sessions.Session{}, err
		}
		return s.nextWaiting(tx, agent.Skills)
	}
	row, err := s.lock(tx, id)
	if err != nil {
		return row, err
	}
	if row.State != sessions.Queued || !slices.Contains(agent.Skills, row.Skill) {
		return row, sessions.ErrTaken
	}
	return row, room(tx, agent)
}

func room(tx sqldb.Tx, agent sessions.Agent) error {
	var owned int
	err := tx.QueryRow(`SELECT count(*) FROM session WHERE state = 'assigned' AND agent = $1`, agent.ID).Scan(&owned)
	if err == nil && owned >= agent.Capacity {
		err = sessions.ErrFull
	}
	return err
}

// nextWaiting locks the first session waiting in any of the skills. It passes over
// one that another transaction holds: that is being claimed, or its customer is
// typing and the next claim will get it. Only if no other is left does it wait.
func (s *Store) nextWaiting(tx sqldb.Tx, skills []string) (sessions.Session, error) {
	if len(skills) == 0 {
		return sessions.Session{}, sessions.ErrEmpty
	}
	values, places := make([]any, len(skills)), make([]string, len(skills))
	for i, skill := range skills {
		values[i], places[i] = skill, fmt.Sprintf("$%d", i+1)
	}
	waiting := `WHERE state = 'queued' AND skill IN (` + strings.Join(places, ", ") + `) `
	first := selectSession + waiting + `ORDER BY priority DESC, queued_at, id LIMIT 1`
	for {
		for _, lock := range []string{s.db.Dialect().SkipLocked, s.db.Dialect().ForUpdate} {
			row, err := oneSession(tx.QueryRow(first+lock, values...))
			if !errors.Is(err, sessions.ErrNotFound) {
				return row, err
			}
		}
		// The row waited for went to somebody else: is there one behind it?
		var left int
		if err := tx.QueryRow(`SELECT count(*) FROM session `+waiting, values...).Scan(&left); err != nil {
			return sessions.Session{}, err
		}
		if left == 0 {
			return sessions.Session{}, sessions.ErrEmpty
		}
	}
}
