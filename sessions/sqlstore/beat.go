package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"wenda/internal/audit"
	"wenda/internal/sqldb"
	"wenda/sessions"
)

// beatsMax is how many agents one statement takes: the texts are kept prepared.
const beatsMax = 64

// Beat implements sessions.Store.
func (s *Store) Beat(ctx context.Context, agents []sessions.Agent) error {
	// Sorted, so that two nodes lock the rows in one order; and no row twice.
	agents = slices.Clone(agents)
	slices.SortStableFunc(agents, func(a, b sessions.Agent) int { return strings.Compare(a.ID, b.ID) })
	agents = slices.CompactFunc(agents, func(a, b sessions.Agent) bool { return a.ID == b.ID })
	for _, a := range agents {
		if err := atDesk(a); err != nil {
			return err
		}
	}
	if len(agents) == 0 {
		return nil
	}
	_, err := write(ctx, s, func(tx sqldb.Tx) (struct{}, error) {
		for some := range slices.Chunk(agents, beatsMax) {
			if err := beat(tx, some); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	})
	return err
}

func beat(tx sqldb.Tx, agents []sessions.Agent) error {
	values, rows := make([]any, 0, 3*len(agents)), make([]string, len(agents))
	for i, a := range agents {
		values = append(values, a.ID, skillsText(a), a.Capacity)
		rows[i] = fmt.Sprintf("($%d, 1, FALSE, $%d, $%d)", 3*i+1, 3*i+2, 3*i+3)
	}
	_, err := tx.Exec(`INSERT INTO beat (agent, counter, takes, skills, capacity) VALUES `+strings.Join(rows, ", ")+`
		ON CONFLICT (agent) DO UPDATE SET counter = beat.counter + 1, skills = excluded.skills, capacity = excluded.capacity`, values...)
	return err
}

// SetTakes implements sessions.Store.
func (s *Store) SetTakes(ctx context.Context, agent sessions.Agent, takes bool) error {
	if err := atDesk(agent); err != nil {
		return err
	}
	skills := skillsText(agent)
	_, err := write(ctx, s, func(tx sqldb.Tx) (struct{}, error) {
		_, err := tx.Exec(`INSERT INTO beat (agent, counter, takes, skills, capacity) VALUES ($1, 0, $2, $3, $4)
			ON CONFLICT (agent) DO UPDATE SET takes = excluded.takes, away = '', skills = excluded.skills, capacity = excluded.capacity`,
			agent.ID, takes, skills, agent.Capacity)
		return struct{}{}, err
	})
	return err
}

// SetAway implements sessions.Store.
func (s *Store) SetAway(ctx context.Context, agent, why string) error {
	if !storable(agent, why) {
		return fmt.Errorf("%w: not an agent", sessions.ErrInvalid)
	}
	_, err := write(ctx, s, func(tx sqldb.Tx) (struct{}, error) {
		done, err := tx.Exec(`UPDATE beat SET takes = FALSE, away = $2 WHERE agent = $1 AND takes`, agent, why)
		if err != nil {
			return struct{}{}, err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return struct{}{}, err
		}
		return struct{}{}, audit.Write(tx, s.now(), audit.Act{Who: string(sessions.RoleSystem), Did: "desk.away", About: agent, OK: true, Detail: why})
	})
	return err
}

// Beats implements sessions.Store.
func (s *Store) Beats(ctx context.Context) ([]sessions.Beat, error) {
	beats, err := collectBeats(s.db.Read(ctx).Query(`SELECT agent, counter, takes, away, skills, capacity, given_at FROM beat
		UNION ALL SELECT DISTINCT agent, 0, FALSE, '', '[]', 0, 0 FROM session WHERE state = 'assigned' AND agent NOT IN (SELECT agent FROM beat)
		ORDER BY 1`))
	return beats, failure(err)
}

var collectBeats = sqldb.Collect(func(row sqldb.Scanner) (sessions.Beat, error) {
	var b sessions.Beat
	var skills string
	var given int64
	if err := row.Scan(&b.Agent, &b.Count, &b.Takes, &b.Away, &skills, &b.Capacity, &given); err != nil {
		return b, err
	}
	b.Given = fromMillis(given)
	if err := json.Unmarshal([]byte(skills), &b.Skills); err != nil {
		return b, fmt.Errorf("skills of agent %s: %w", b.Agent, err)
	}
	return b, nil
})

func atDesk(a sessions.Agent) error {
	if a.ID == "" || !storable(a.ID) || !storable(a.Skills...) {
		return fmt.Errorf("%w: not an agent", sessions.ErrInvalid)
	}
	return nil
}

func skillsText(a sessions.Agent) string {
	text, err := json.Marshal(append([]string{}, a.Skills...))
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(text)
}
