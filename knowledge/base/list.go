package base

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"wenda/internal/sqldb"
	"wenda/knowledge"
	"wenda/knowledge/segment"
)

const (
	maxList  = 200
	maxWords = 8 // of a search; further ones are not looked at
)

// List returns entries that fit, by id. next continues behind them, "" if there are no more.
func (s *Store) List(ctx context.Context, q Query) (heads []Head, next string, err error) {
	limit := q.Limit
	if limit <= 0 {
		limit = 50
	}
	limit = min(limit, maxList)
	where, args := q.where()
	args = append(args, limit+1)
	heads, err = sqldb.Collect(scanHead)(s.db.Read(ctx).Query(`SELECT `+headColumns+headTables+
		` JOIN entry_search AS f ON f.entry = e.id WHERE `+where+fmt.Sprintf(` ORDER BY e.id LIMIT $%d`, len(args)), args...))
	if err != nil {
		return nil, "", wrapped("list", err)
	}
	if len(heads) > limit {
		heads, next = heads[:limit], heads[limit-1].ID
	}
	return heads, next, nil
}

// where is the query as a condition on entry e and its search row f.
func (q Query) where() (string, []any) {
	conditions, args := []string{"e.id > $1"}, []any{q.After}
	and := func(condition string, arg any) {
		args = append(args, arg)
		conditions = append(conditions, strings.ReplaceAll(condition, "$?", fmt.Sprintf("$%d", len(args))))
	}
	for _, word := range words(q.Text) {
		and(`f.folded LIKE $? ESCAPE '\'`, "%"+escaped(word)+"%")
	}
	for _, marked := range marks {
		begins := fmt.Sprintf(`substr(e.id, 1, %d)`, len(marked.prefix)) // LIKE would pass over capitals on one engine
		switch q.Kind {
		case marked.kind:
			and(begins+` = $?`, marked.prefix)
		case AskedKind:
			and(begins+` <> $?`, marked.prefix)
		}
	}
	switch q.State {
	case "":
		and(`e.state <> $?`, string(Discarded))
	case Live:
		and(`(e.state = $? OR e.live > 0)`, string(Live))
	case Approved:
		and(`(e.state = $? OR e.ready > 0)`, string(Approved))
	default:
		and(`e.state = $?`, string(q.State))
	}
	for _, equal := range []struct{ column, value string }{{"category", q.Category}, {"owner", q.Owner}, {"risk", string(q.Risk)}} {
		if equal.value != "" {
			and(`f.`+equal.column+` = $?`, equal.value)
		}
	}
	for _, has := range []struct{ column, value string }{{"tags", q.Tag}, {"langs", string(q.Lang)}} {
		if has.value != "" {
			and(`f.`+has.column+` LIKE $? ESCAPE '\'`, "%\n"+escaped(has.value)+"\n%")
		}
	}
	return strings.Join(conditions, " AND "), args
}

// marks are how the ids of a kind begin.
var marks = []struct {
	kind   Kind
	prefix string
}{{CannedKind, knowledge.CannedPrefix}, {SystemKind, knowledge.SystemPrefix}}

// words are those that a text is searched for.
func words(text string) []string {
	all := strings.Fields(segment.Normalise(segment.Clip(text, MaxPhrasing)))
	return all[:min(len(all), maxWords)]
}

// escaped is a text that LIKE takes as it is.
func escaped(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}

// Count returns how many entries have a newest revision in each state, and under Live
// how many are in force, whatever is newer; states without any are absent.
func (s *Store) Count(ctx context.Context) (map[State]int, error) {
	counts := map[State]int{}
	put := func(row sqldb.Scanner) (_ struct{}, err error) {
		var state State
		var n int
		err = row.Scan(&state, &n)
		counts[state] = n
		return struct{}{}, err
	}
	_, err := sqldb.Collect(put)(s.db.Read(ctx).Query(`SELECT state, count(*) FROM entry WHERE state <> 'live' GROUP BY state
		UNION ALL SELECT 'live', count(*) FROM entry WHERE live > 0 HAVING count(*) > 0`))
	return counts, wrapped("count", err)
}

// Categories returns the categories of newest revisions, sorted, each once.
func (s *Store) Categories(ctx context.Context) ([]string, error) {
	all, err := sqldb.Collect(scanText)(s.db.Read(ctx).Query(`SELECT DISTINCT category FROM entry_search WHERE category <> ''`))
	slices.Sort(all)
	return all, wrapped("categories", err)
}

// Tags returns the tags of newest revisions, sorted, each once.
func (s *Store) Tags(ctx context.Context) ([]string, error) {
	rows, err := sqldb.Collect(scanText)(s.db.Read(ctx).Query(`SELECT DISTINCT tags FROM entry_search WHERE tags <> ''`))
	var all []string
	for _, tags := range rows {
		all = append(all, strings.Split(strings.Trim(tags, "\n"), "\n")...)
	}
	slices.Sort(all)
	return slices.Compact(all), wrapped("tags", err)
}

// Expiring returns the entries in force whose Until comes within that time, soonest first.
func (s *Store) Expiring(ctx context.Context, within time.Duration) ([]Head, error) {
	return s.inForce(ctx, "expiring", `e.live_until > 0 AND e.live_until <= $1 ORDER BY e.live_until, e.id`, s.clock().Add(within))
}

// Stale returns the entries in force whose ReviewBy has passed, longest ago first.
func (s *Store) Stale(ctx context.Context) ([]Head, error) {
	return s.inForce(ctx, "stale", `e.live_review > 0 AND e.live_review <= $1 ORDER BY e.live_review, e.id`, s.clock())
}

func (s *Store) inForce(ctx context.Context, doing, where string, until time.Time) ([]Head, error) {
	heads, err := sqldb.Collect(scanHead)(s.db.Read(ctx).Query(`SELECT `+headColumns+headTables+` WHERE `+where, until.UnixMilli()))
	return heads, wrapped(doing, err)
}
