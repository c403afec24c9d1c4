package sqlstore

import (
	"context"

	"wenda/sessions"
)

// Recent implements sessions.Store.
func (s *Store) Recent(ctx context.Context, limit int) ([]sessions.Session, error) {
	return s.list(ctx, `ORDER BY change DESC, id DESC LIMIT $1`, max(limit, 0))
}
