package hours

import (
	"context"
	"fmt"

	"wenda/internal/audit"
)

// History is who changed a calendar, when and what, newest first, at most limit: fields by
// the names of difference. Nobody made a delivered one.
func (s *Store) History(ctx context.Context, id string, limit int) ([]audit.Change, error) {
	return audit.Changes(s.db.Read(ctx), id, "calendar.", limit)
}

// difference is what a change changed, for the audit. Of other days on other dates it
// keeps that there are some.
func difference(was, is Calendar) string {
	return audit.Difference(is.Version, fields(was), fields(is), "names", "week", "days")
}

func fields(c Calendar) map[string]string {
	return map[string]string{
		"names": c.Names["zh-CN"] + "\n" + c.Names["en"], "zone": c.Zone, "promise": c.Promise.String(),
		"week": fmt.Sprint(c.Week), "days": WriteDays(c.Days),
	}
}
