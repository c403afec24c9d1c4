package sqlstore

import (
	"context"

	"wenda/internal/sqldb"
	"wenda/sessions"
)

// rank is sessions.Session.Rank, as the index has it.
const rank = `(queued_at - 60000 * CASE WHEN priority < 0 THEN 0 WHEN priority > 4320 THEN 4320 ELSE priority END)`

// Offer implements sessions.Store.
func (s *Store) Offer(ctx context.Context, agent sessions.Agent, id string) (sessions.Committed, error) {
	if err := atDesk(agent); err != nil {
		return sessions.Committed{}, err
	}
	agent = ours(agent)
	return write(ctx, s, func(tx sqldb.Tx) (sessions.Committed, error) {
		// Two offers to one agent at once would both find room.
		if err := tx.Serialize("agent " + agent.ID); err != nil {
			return sessions.Committed{}, err
		}
		row, err := s.lock(tx, id)
		if err != nil {
			return sessions.Committed{}, err
		}
		return s.offer(tx, row, agent)
	})
}

func (s *Store) offer(tx sqldb.Tx, row sessions.Session, agent sessions.Agent) (sessions.Committed, error) {
	switch err := claimable(row, agent); {
	case err != nil:
		return sessions.Committed{}, err
	case row.Desk.Offer.To != "":
		return sessions.Committed{}, sessions.ErrOffered
	}
	held, err := holds(tx, agent.ID)
	if err == nil {
		err = held.add(tx, `state = 'queued' AND offered <> '' AND offered = $1`, agent.ID)
	}
	if err == nil && !held.room(agent, row.Skill) {
		err = sessions.ErrFull
	}
	if err != nil {
		return sessions.Committed{}, err
	}
	next := row.Clone()
	next.Desk.Offer.To, next.Desk.Offer.From, next.Desk.Offer.At = agent.ID, "", s.now()
	by := sessions.Actor{Role: sessions.RoleSystem}
	return s.apply(tx, row, by, next, nil)
}

// holding is how many chats of each skill an agent has.
type holding map[string]int

// holds counts what an agent owns.
func holds(tx sqldb.Tx, agent string) (holding, error) {
	held := holding{}
	return held, held.add(tx, `state = 'assigned' AND agent = $1`, agent)
}

func (h holding) add(tx sqldb.Tx, which, agent string) error {
	counted, err := collectCounts(tx.Query(`SELECT skill, count(*) FROM session WHERE `+which+` GROUP BY skill`, agent))
	for _, c := range counted {
		h[c.Skill] += c.Owned
	}
	return err
}

var collectCounts = sqldb.Collect(func(row sqldb.Scanner) (sessions.Load, error) {
	var l sessions.Load
	return l, row.Scan(&l.Skill, &l.Owned)
})

// room reports whether the agent can hold one chat more, and one of each of these skills.
func (h holding) room(agent sessions.Agent, skills ...string) bool {
	all := 0
	for _, n := range h {
		all += n
	}
	for _, skill := range skills {
		if most := agent.Most[skill]; most > 0 && h[skill] >= most {
			return false
		}
	}
	return all < agent.Capacity
}

// Offered implements sessions.Store.
func (s *Store) Offered(ctx context.Context, limit int) ([]sessions.Session, error) {
	return s.list(ctx, `WHERE state = 'queued' AND offered <> '' ORDER BY offered_at, id LIMIT $1`, max(limit, 0))
}

// Awaiting implements sessions.Store.
func (s *Store) Awaiting(ctx context.Context, limit int) ([]sessions.Session, error) {
	return s.list(ctx, `WHERE state = 'assigned' AND await_at > 0 ORDER BY await_at, id LIMIT $1`, max(limit, 0))
}

// Waiting implements sessions.Store.
func (s *Store) Waiting(ctx context.Context, skill string, limit int) ([]sessions.Waiting, error) {
	if !storable(skill) {
		return nil, nil
	}
	waiting, err := collectWaiting(s.db.Read(ctx).Query(`SELECT `+sessionColumns+`, coalesce((SELECT agent FROM served WHERE served.customer = session.customer), '')
		FROM session WHERE state = 'queued' AND skill = $1 AND offered = '' ORDER BY `+rank+`, id LIMIT $2`, skill, max(limit, 0)))
	return waiting, failure(err)
}

var collectWaiting = sqldb.Collect(func(row sqldb.Scanner) (w sessions.Waiting, err error) {
	w.Session, err = scanSession(row, &w.Served)
	return w, err
})

// Loads implements sessions.Store.
func (s *Store) Loads(ctx context.Context) ([]sessions.Load, error) {
	loads, err := collectLoads(s.db.Read(ctx).Query(`SELECT agent, skill, sum(owned), sum(offered) FROM (
			SELECT agent, skill, count(*) AS owned, 0 AS offered FROM session WHERE state = 'assigned' GROUP BY agent, skill
			UNION ALL SELECT offered, skill, 0, count(*) FROM session WHERE state = 'queued' AND offered <> '' GROUP BY offered, skill) AS each
		GROUP BY agent, skill ORDER BY agent, skill`))
	return loads, failure(err)
}

var collectLoads = sqldb.Collect(func(row sqldb.Scanner) (sessions.Load, error) {
	var l sessions.Load
	return l, row.Scan(&l.Agent, &l.Skill, &l.Owned, &l.Offered)
})

// given writes down who serves a customer now, if a chat was just given to somebody.
func given(tx sqldb.Tx, row, head sessions.Session) error {
	if head.Agent == "" || head.Agent == row.Agent {
		return nil
	}
	if err := tx.Queue(`INSERT INTO served (customer, agent) VALUES ($1, $2) ON CONFLICT (customer) DO UPDATE SET agent = excluded.agent`,
		head.Customer.ID, head.Agent); err != nil {
		return err
	}
	return tx.Queue(`UPDATE beat SET given_at = $2 WHERE agent = $1`, head.Agent, millis(head.ChangedAt))
}
