package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"wenda/internal/sqldb"
	"wenda/sessions"
)

// transcriptMax is the contract's bound of Transcript's limit.
const transcriptMax = 1000

// Load implements sessions.Store.
func (s *Store) Load(ctx context.Context, id string) (sessions.Session, error) {
	if !storable(id) {
		return sessions.Session{}, sessions.ErrNotFound
	}
	found, err := oneSession(s.db.Read(ctx).QueryRow(selectSession+`WHERE id = $1`, id))
	return found, failure(err)
}

// Transcript implements sessions.Store.
func (s *Store) Transcript(ctx context.Context, id string, after int64, limit int) ([]sessions.Event, error) {
	if limit < 1 || limit > transcriptMax {
		return nil, fmt.Errorf("%w: a limit of %d events", sessions.ErrInvalid, limit)
	}
	if !storable(id) {
		return nil, nil
	}
	events, err := collectEvents(s.db.Read(ctx).Query(selectEvents+`AND seq > $2 ORDER BY seq LIMIT $3`, id, after, limit))
	return events, failure(err)
}

// Queue implements sessions.Store.
func (s *Store) Queue(ctx context.Context, skill string, limit int) ([]sessions.Session, int, error) {
	if !storable(skill) {
		return nil, 0, nil
	}
	first, err := s.list(ctx, `WHERE state = 'queued' AND skill = $1 ORDER BY `+rank+`, id LIMIT $2`, skill, max(limit, 0))
	if err != nil {
		return nil, 0, err
	}
	var all int
	err = s.db.Read(ctx).QueryRow(`SELECT count(*) FROM session WHERE state = 'queued' AND skill = $1`, skill).Scan(&all)
	return first, max(all, len(first)), failure(err) // the queue may have moved between the two
}

// Owned implements sessions.Store.
func (s *Store) Owned(ctx context.Context, agent string) ([]sessions.Session, error) {
	if !storable(agent) {
		return nil, nil
	}
	return s.list(ctx, `WHERE state = 'assigned' AND agent = $1 ORDER BY opened_at, id`, agent)
}

// Due implements sessions.Store. Each deadline has its own index and its own share
// of the limit, so none can crowd out another.
func (s *Store) Due(ctx context.Context, by sessions.Deadlines, limit int) ([]sessions.Session, error) {
	return s.list(ctx, `WHERE id IN (
		SELECT id FROM (SELECT id FROM session WHERE pending > 0 AND pending_at <= $1 ORDER BY pending_at LIMIT $4) AS unanswered
		UNION SELECT id FROM (SELECT id FROM session WHERE state = 'bot' AND heard_at <= $2 AND changed_at <= $8 ORDER BY heard_at LIMIT $4) AS silent
		UNION SELECT id FROM (SELECT id FROM session WHERE state = 'bot' AND NOT hinted AND heard_at > opened_at AND heard_at <= $3 AND changed_at <= $8 ORDER BY heard_at LIMIT $4) AS unhinted
		UNION SELECT id FROM (SELECT id FROM session WHERE state = 'bot' AND hints = 1 AND heard_at <= $5 AND changed_at <= $8 ORDER BY heard_at LIMIT $4) AS hinted
		UNION SELECT id FROM (SELECT id FROM session WHERE state = 'queued' AND promised_at > 0 AND promised_at <= $6 AND priority < $7 ORDER BY promised_at LIMIT $4) AS overdue
		UNION SELECT id FROM (SELECT id FROM session WHERE state = 'queued' AND promised_at = 0 AND queued_at <= $9 ORDER BY queued_at LIMIT $4) AS waiting)
		ORDER BY CASE WHEN pending > 0 AND pending_at <= $1 THEN 0 ELSE 1 END, heard_at, id LIMIT $4`,
		deadline(by.Pending), deadline(by.Close), deadline(by.Hint), max(limit, 0), deadline(by.Again), deadline(by.Promised), sessions.PriorityOverdue,
		quiet(by.Quiet), deadline(by.Queued))
}

// quiet is after everything if it is zero.
func quiet(t time.Time) int64 {
	if t.IsZero() {
		return math.MaxInt64
	}
	return t.UnixMilli()
}

// deadline is before everything if it is zero.
func deadline(t time.Time) int64 {
	if t.IsZero() {
		return -1
	}
	return t.UnixMilli()
}

// Of implements sessions.Store.
func (s *Store) Of(ctx context.Context, customer string, limit int) ([]sessions.Session, error) {
	if !storable(customer) {
		return nil, nil
	}
	return s.list(ctx, `WHERE customer = $1 ORDER BY opened_at DESC, id DESC LIMIT $2`, customer, max(limit, 0))
}

func (s *Store) list(ctx context.Context, where string, values ...any) ([]sessions.Session, error) {
	found, err := collectSessions(s.db.Read(ctx).Query(selectSession+where, values...))
	return found, failure(err)
}

// Feed implements sessions.Store.
func (s *Store) Feed(ctx context.Context, after sessions.Mark, limit int) ([]sessions.Session, sessions.Mark, error) {
	if !storable(after.ID) {
		return nil, after, fmt.Errorf("%w: a mark that is not ours", sessions.ErrInvalid)
	}
	next := after
	collect := sqldb.Collect(func(row sqldb.Scanner) (sessions.Session, error) {
		s, err := scanSession(row, &next.Change)
		next.ID = s.ID
		return s, err
	})
	changed, err := collect(s.db.Read(ctx).Query(`SELECT `+sessionColumns+`, change FROM session
		WHERE (change, id) > ($1, $2) AND change < `+s.db.Dialect().Horizon+` ORDER BY change, id LIMIT $3`, after.Change, after.ID, max(limit, 0)))
	if err != nil {
		return nil, after, failure(err)
	}
	return changed, next, nil
}

// Newest implements sessions.Store. What is being committed now has a stamp at or
// behind the horizon, so it comes after this mark.
func (s *Store) Newest(ctx context.Context) (sessions.Mark, error) {
	var newest sessions.Mark
	err := s.db.Read(ctx).QueryRow(`SELECT change, id FROM session WHERE change < `+s.db.Dialect().Horizon+` ORDER BY change DESC, id DESC LIMIT 1`).Scan(&newest.Change, &newest.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return sessions.Mark{}, nil
	}
	return newest, failure(err)
}
