package hours

import (
	"context"
	"slices"
	"strings"

	"wenda/internal/audit"
	"wenda/internal/sqldb"
)

var deeds = []string{"calendar.change"}

// History is who changed a calendar, when and what, newest first, at most limit: fields by
// the names of fields. Nobody made a delivered one.
func (s *Store) History(ctx context.Context, id string, limit int) ([]audit.Change, error) {
	return audit.Changes(s.db.Read(ctx), audit.Which{Did: deeds, About: id, Limit: limit})
}

// Changes are those of all calendars, newest first, at most limit: those before the change
// of that ID, or the newest if it is "".
func (s *Store) Changes(ctx context.Context, before string, limit int) ([]audit.Change, error) {
	return audit.Changes(s.db.Read(ctx), audit.Which{Did: deeds, Before: before, Limit: limit})
}

func (s *Store) changed(tx sqldb.Tx, by string, was, is Calendar) error {
	act := audit.Act{Who: by, Did: "calendar.change", About: is.ID, OK: true}
	before, after := fields(was, without(was.Days, is.Days)), fields(is, without(is.Days, was.Days))
	return audit.WriteChange(tx, s.now(), act, is.Version, before, after, "names", "week", "days")
}

// fields are what of a calendar may change: names in two lines, the Chinese one first; the
// hours of the week in a line for each day, Sunday first, as WriteSpans writes them; and of
// the days those that are in one of both versions only, as WriteDays does.
func fields(c Calendar, days []Day) map[string]string {
	week := make([]string, len(c.Week))
	for day, spans := range c.Week {
		week[day] = WriteSpans(spans)
	}
	return map[string]string{
		"names": c.Names["zh-CN"] + "\n" + c.Names["en"], "zone": c.Zone, "promise": c.Promise.String(),
		"week": strings.Join(week, "\n"), "days": WriteDays(days),
	}
}

// without are the days that are not among others as they are.
func without(days, others []Day) []Day {
	return slices.DeleteFunc(slices.Clone(days), func(d Day) bool {
		return slices.ContainsFunc(others, func(o Day) bool {
			return o.Date == d.Date && o.Kind == d.Kind && o.Name == d.Name && slices.Equal(o.Hours, d.Hours)
		})
	})
}
