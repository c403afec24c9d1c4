package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

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
	values, rows := make([]any, 0, 2*len(agents)), make([]string, len(agents))
	for i, a := range agents {
		values = append(values, a.ID, skillsText(a))
		rows[i] = fmt.Sprintf("($%d, 1, FALSE, $%d)", 2*i+1, 2*i+2)
	}
	_, err := tx.Exec(`INSERT INTO beat (agent, counter, takes, skills) VALUES `+strings.Join(rows, ", ")+`
		ON CONFLICT (agent) DO UPDATE SET counter = beat.counter + 1, skills = excluded.skills`, values...)
	return err
}

// SetTakes implements sessions.Store.
func (s *Store) SetTakes(ctx context.Context, agent sessions.Agent, takes bool) error {
	if err := atDesk(agent); err != nil {
		return err
	}
	skills := skillsText(agent)
	_, err := write(ctx, s, func(tx sqldb.Tx) (struct{}, error) {
		_, err := tx.Exec(`INSERT INTO beat (agent, counter, takes, skills) VALUES ($1, 0, $2, $3)
			ON CONFLICT (agent) DO UPDATE SET takes = excluded.takes, skills = excluded.skills`, agent.ID, takes, skills)
		return struct{}{}, err
	})
	return err
}

// Beats implements sessions.Store.
func (s *Store) Beats(ctx context.Context) ([]sessions.Beat, error) {
	beats, err := collectBeats(s.db.Read(ctx).Query(`SELECT agent, counter, takes, skills FROM beat
		UNION ALL SELECT DISTINCT agent, 0, FALSE, '[]' FROM session WHERE state = 'assigned' AND agent NOT IN (SELECT agent FROM beat)
		ORDER BY 1`))
	return beats, failure(err)
}

var collectBeats = sqldb.Collect(func(row sqldb.Scanner) (sessions.Beat, error) {
	var b sessions.Beat
	var skills string
	if err := row.Scan(&b.Agent, &b.Count, &b.Takes, &skills); err != nil {
		return b, err
	}
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
