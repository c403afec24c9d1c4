package queue

import (
	"context"
	"fmt"

	"wenda/internal/audit"
)

// History is who changed a queue, when and what, newest first, at most limit: fields by
// the names of difference. Nobody made a delivered one. It outlives the queue.
func (s *Store) History(ctx context.Context, id string, limit int) ([]audit.Change, error) {
	return audit.Changes(s.db.Read(ctx), About(id), "queue.", limit)
}

// difference is what a change changed, for the audit.
func difference(was, is Queue) string {
	return audit.Difference(is.Version, fields(was), fields(is), "names")
}

func fields(q Queue) map[string]string {
	return map[string]string{
		"names": q.Names["zh-CN"] + "\n" + q.Names["en"], "escalates": q.Escalates, "routing": string(q.Routing), "accept": q.Accept.String(),
		"remind": q.Remind.String(), "takeback": q.TakeBack.String(), "capacity": fmt.Sprint(q.Capacity), "most": fmt.Sprint(q.Most),
		"priority": fmt.Sprint(q.Priority), "calendar": q.Calendar,
	}
}
