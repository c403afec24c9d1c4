package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"

	"wenda/internal/sqldb"
	"wenda/sessions"
)

// Problem is something in the database that cannot be if everything went right.
type Problem struct {
	Session string // "" if it is not about one
	What    string
}

// String is the problem for an operator.
func (p Problem) String() string {
	if p.Session == "" {
		return p.What
	}
	return "session " + p.Session + ": " + p.What
}

// problemsOfAKind bounds how many problems each check reports.
const problemsOfAKind = 100

// checks find what cannot be; each returns a session and up to two values for its sentence.
var checks = []struct{ what, query string }{
	{"the head is at %v, the log is not 1 to there: it has %v events", `SELECT s.id, s.seq, l.n FROM session s
		JOIN (SELECT s.id, count(e.seq) AS n, coalesce(min(e.seq), 1) AS low, coalesce(max(e.seq), 0) AS high
			FROM session s LEFT JOIN event e ON e.session = s.id GROUP BY s.id) l ON l.id = s.id
		WHERE l.n <> s.seq OR l.high <> s.seq OR l.low <> 1`},
	{"event %v belongs to no session", `SELECT e.session, e.seq, 0 FROM event e LEFT JOIN session s ON s.id = e.session WHERE s.id IS NULL`},
	{"event %v says that its commit began at %v, where no commit began", `SELECT e.session, e.seq, e.first FROM event e
		LEFT JOIN event f ON f.session = e.session AND f.seq = e.first WHERE e.first > e.seq OR f.first IS NULL OR f.first <> e.first`},
	{"the ref of event %v stands %v times in its scope", `SELECT min(e.session), min(e.seq), count(*) FROM event e WHERE e.ref <> '' GROUP BY e.ref, e.scope HAVING count(*) > 1`},
	{"its state is %v and its agent %q", `SELECT id, state, agent FROM session WHERE state NOT IN ('bot', 'queued', 'assigned', 'closed')
		OR (state = 'assigned') <> (agent <> '')`},
	{"its state is %v and it was closed at %v ms", `SELECT id, state, closed_at FROM session WHERE (state = 'closed') <> (closed_at > 0)`},
	{"message %v waits for an answer, in state %v", `SELECT s.id, s.pending, s.state FROM session s
		LEFT JOIN event e ON e.session = s.id AND e.seq = s.pending
		WHERE s.pending <> 0 AND (s.state <> 'bot' OR e.role IS NULL OR e.role <> 'customer')`},
	{"the customer has %v open sessions in channel %v", `SELECT min(id), count(*), channel FROM session WHERE state <> 'closed' GROUP BY customer, channel HAVING count(*) > 1`},
}

// Verify reads the whole database and reports what cannot be if everything went
// right: gaps and repeats in logs, heads that do not agree with them, refs that stand
// twice, sessions in two states, several open ones of one customer in a channel. On a
// database in use each check sees its own moment, and none is wrong for it.
func Verify(ctx context.Context, db *sqldb.DB) ([]Problem, error) {
	var all []Problem
	for _, c := range checks {
		found, err := sqldb.Collect(func(row sqldb.Scanner) (p Problem, err error) {
			var a, b any
			err = row.Scan(&p.Session, &a, &b)
			p.What = sentence(c.what, a, b)
			return p, err
		})(db.Read(ctx).Query(c.query+` LIMIT $1`, problemsOfAKind))
		if err != nil {
			return all, fmt.Errorf("sqlstore: verifying: %w", err)
		}
		all = append(all, found...)
	}
	moves, err := verifyMoves(ctx, db)
	return append(all, moves...), err
}

func sentence(what string, a, b any) string {
	values := []any{a, b}
	for i, v := range values {
		if text, ok := v.([]byte); ok {
			values[i] = string(text)
		}
	}
	n := 0
	for i := range len(what) - 1 {
		if what[i] == '%' {
			n++
		}
	}
	return fmt.Sprintf(what, values[:n]...)
}

// verifyMoves holds heads against the newest move in their logs.
func verifyMoves(ctx context.Context, db *sqldb.DB) ([]Problem, error) {
	const query = `SELECT s.id, s.state, s.agent, e.detail FROM session s
		JOIN event e ON e.session = s.id AND e.seq = (SELECT max(m.seq) FROM event m WHERE m.session = s.id AND m.kind = 'handed')
		WHERE s.id > $1 ORDER BY s.id LIMIT 1000`
	var all []Problem
	for last, more := "", true; more && len(all) < problemsOfAKind; {
		n := 0
		found, err := sqldb.Collect(func(row sqldb.Scanner) (p Problem, err error) {
			var state sessions.State
			var agent, text string
			if err = row.Scan(&last, &state, &agent, &text); err != nil {
				return p, err
			}
			n++
			var d detail
			if err := json.Unmarshal([]byte(text), &d); err != nil || d.Move == nil {
				return Problem{last, "its newest move cannot be read"}, nil
			}
			if d.Move.To != state || d.Move.Agent != agent {
				return Problem{last, fmt.Sprintf("its newest move was to %s %q, its head says %s %q", d.Move.To, d.Move.Agent, state, agent)}, nil
			}
			return p, nil
		})(db.Read(ctx).Query(query, last))
		if err != nil {
			return all, fmt.Errorf("sqlstore: verifying moves: %w", err)
		}
		for _, p := range found {
			if p.What != "" {
				all = append(all, p)
			}
		}
		more = n == 1000
	}
	return all, nil
}
