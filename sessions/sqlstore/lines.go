package sqlstore

import (
	"context"

	"wenda/internal/sqldb"
	"wenda/sessions"
)

const selectLines = `SELECT skill, count(*), count(CASE WHEN promised_at > 0 THEN 1 END), coalesce(min(CASE WHEN promised_at = 0 THEN queued_at END), 0)
	FROM session WHERE state = 'queued' GROUP BY skill ORDER BY skill`

// Lines implements sessions.Store.
func (s *Store) Lines(ctx context.Context) ([]sessions.Line, error) {
	lines, err := collectLines(s.db.Read(ctx).Query(selectLines))
	return lines, failure(err)
}

var collectLines = sqldb.Collect(func(row sqldb.Scanner) (l sessions.Line, err error) {
	var oldest int64
	err = row.Scan(&l.Skill, &l.Waiting, &l.Left, &oldest)
	l.Oldest = fromMillis(oldest)
	return l, err
})
