package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"maps"
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
	agent = ours(agent)
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
	reason := "claimed"
	if row.Desk.Offer.To == agent.ID {
		reason = "accepted"
	}
	head, numbered, err := sessions.Apply(row, sessions.Actor{Role: sessions.RoleSystem}, row.Assign(agent.ID), []sessions.Event{{
		Kind: sessions.Handed, Ref: ref, Move: &sessions.Move{Reason: reason},
		From: sessions.Speaker{Role: sessions.RoleAgent, ID: agent.ID, Name: agent.Name},
	}}, s.now())
	if err != nil {
		return sessions.Committed{}, err
	}
	return s.put(tx, claimant(agent), row, head, numbered)
}

// ours is a copy that the caller cannot change meanwhile, with each skill once.
func ours(agent sessions.Agent) sessions.Agent {
	agent.Skills = slices.Compact(slices.Sorted(slices.Values(agent.Skills)))
	agent.Most = maps.Clone(agent.Most)
	return agent
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
		return s.pickNext(tx, agent)
	}
	row, err := s.lock(tx, id)
	if err != nil {
		return row, err
	}
	if err := claimable(row, agent); err != nil {
		return row, err
	}
	held, err := holds(tx, agent.ID)
	if err == nil && !held.room(agent, row.Skill) {
		err = sessions.ErrFull
	}
	return row, err
}

// claimable says why the agent may not have what waits.
func claimable(row sessions.Session, agent sessions.Agent) error {
	switch to := row.Desk.Offer.To; {
	case row.State != sessions.Queued:
		return sessions.ErrTaken
	case to != "" && to != agent.ID:
		return sessions.ErrOffered
	case to == "" && !slices.Contains(agent.Skills, row.Skill):
		return sessions.ErrTaken
	}
	return nil
}

// pickNext is what is held out to the agent, else the first of their skills that they
// have room for.
func (s *Store) pickNext(tx sqldb.Tx, agent sessions.Agent) (sessions.Session, error) {
	held, err := holds(tx, agent.ID)
	if err != nil {
		return sessions.Session{}, err
	}
	if !held.room(agent) {
		return sessions.Session{}, sessions.ErrFull
	}
	row, err := oneSession(tx.QueryRow(selectSession+`WHERE state = 'queued' AND offered <> '' AND offered = $1
		ORDER BY offered_at, id LIMIT 1`+s.db.Dialect().ForUpdate, agent.ID))
	if !errors.Is(err, sessions.ErrNotFound) && (err != nil || held.room(agent, row.Skill)) {
		return row, err
	}
	open := slices.DeleteFunc(slices.Clone(agent.Skills), func(skill string) bool { return !held.room(agent, skill) })
	if len(open) == 0 && len(agent.Skills) > 0 {
		return sessions.Session{}, sessions.ErrFull
	}
	return s.nextWaiting(tx, open)
}

// candidates is how many of each skill nextWaiting looks at. That many claims at once
// do not wait for each other.
const candidates = 16

// nextWaiting locks the first session waiting in any of the skills. It passes over
// one that another transaction holds: that is being claimed, or its customer is
// typing and the next claim will get it. Only if no other is left does it wait.
func (s *Store) nextWaiting(tx sqldb.Tx, skills []string) (sessions.Session, error) {
	if len(skills) == 0 {
		return sessions.Session{}, sessions.ErrEmpty
	}
	values, firsts := make([]any, len(skills)), make([]string, len(skills))
	for i, skill := range skills {
		values[i] = skill
		firsts[i] = fmt.Sprintf(`SELECT id FROM (SELECT id FROM session WHERE state = 'queued' AND skill = $%d AND offered = ''
			ORDER BY `+rank+`, id LIMIT %d) AS first%d`, i+1, candidates, i)
	}
	// What the row is now is asked again when its lock was waited for.
	first := selectSession + `WHERE state = 'queued' AND offered = '' AND id IN (` + strings.Join(firsts, " UNION ALL ") + `) ORDER BY ` + rank + `, id LIMIT 1`
	for {
		for _, lock := range []string{s.db.Dialect().SkipLocked, s.db.Dialect().ForUpdate} {
			row, err := oneSession(tx.QueryRow(first+lock, values...))
			if !errors.Is(err, sessions.ErrNotFound) {
				return row, err
			}
		}
		// The row waited for went to somebody else: is there one behind it?
		var left int
		if err := tx.QueryRow(`SELECT count(*) FROM (`+strings.Join(firsts, " UNION ALL ")+`) AS waiting`, values...).Scan(&left); err != nil {
			return sessions.Session{}, err
		}
		if left == 0 {
			return sessions.Session{}, sessions.ErrEmpty
		}
	}
}
