package queue

import (
	"context"
	"fmt"

	"wenda/internal/audit"
	"wenda/internal/sqldb"
)

var deeds = []string{"queue.change", "queue.remove"}

// History is who changed a queue, when and what, newest first, at most limit: fields by
// the names of fields. Nobody made a delivered one. It outlives the queue.
func (s *Store) History(ctx context.Context, id string, limit int) ([]audit.Change, error) {
	return audit.Changes(s.db.Read(ctx), audit.Which{Did: deeds, About: About(id), Limit: limit})
}

// Changes are those of all queues, newest first, at most limit: those before the change of
// that ID, or the newest if it is "".
func (s *Store) Changes(ctx context.Context, before string, limit int) ([]audit.Change, error) {
	return audit.Changes(s.db.Read(ctx), audit.Which{Did: deeds, Before: before, Limit: limit})
}

func (s *Store) changed(tx sqldb.Tx, by string, was, is Queue) error {
	act := audit.Act{Who: by, Did: "queue.change", About: About(is.ID), OK: true}
	return audit.WriteChange(tx, s.now(), act, is.Version, fields(was), fields(is), "names")
}

// fields are what of a queue may change, as codes and numbers; its names are in two lines,
// the Chinese one first.
func fields(q Queue) map[string]string {
	return map[string]string{
		"names": q.Names["zh-CN"] + "\n" + q.Names["en"], "escalates": q.Escalates, "routing": string(q.Routing), "accept": q.Accept.String(),
		"remind": q.Remind.String(), "takeback": q.TakeBack.String(), "capacity": fmt.Sprint(q.Capacity), "most": fmt.Sprint(q.Most),
		"priority": fmt.Sprint(q.Priority), "calendar": q.Calendar,
	}
}
