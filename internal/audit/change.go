package audit

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"wenda/internal/sqldb"
)

// Change is one change of a setting that is kept in versions, as Changes reads it.
type Change struct {
	ID      string // of the act; newer ones are greater
	At      time.Time
	Who     string // user id
	Did     string
	About   string  // the setting
	Version int64   // the one it made; 0: none, or not known
	Fields  []Field // what is other than before, by name
}

// Field is a part of a setting, what it was and what it became. Where that was not Kept, Is
// is the code or number that stands in the audit; of what people type there is none: "".
type Field struct {
	Name string `json:"name"`
	Was  string `json:"was"`
	Is   string `json:"is"`
	Kept bool   `json:"-"`
}

// WriteChange writes an act that made a version of a setting: into the audit, as its
// Detail, which fields are other than before, and what they became, of typed ones only the
// names; and beside it all that they were and are.
func WriteChange(tx sqldb.Tx, at time.Time, a Act, version int64, before, after map[string]string, typed ...string) error {
	var fields []Field
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if before[name] != after[name] {
			fields = append(fields, Field{Name: name, Was: before[name], Is: after[name]})
		}
	}
	a.Detail = difference(version, fields, typed)
	id, err := write(tx, at, a)
	if err != nil || len(fields) == 0 {
		return err
	}
	kept, err := json.Marshal(fields)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	if err := tx.Queue(`INSERT INTO setting_change (act, fields) VALUES ($1, $2)`, id, string(kept)); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}

func difference(version int64, fields []Field, typed []string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "version %d", version)
	for _, f := range fields {
		text.WriteString(", " + f.Name)
		if !slices.Contains(typed, f.Name) {
			text.WriteString(" " + f.Is)
		}
	}
	return text.String()
}

// Which says which changes are meant.
type Which struct {
	Did    []string // codes of the acts that make them
	About  string   // the setting; "" for all
	Before string   // those before the Change of this ID; "" for the newest
	Limit  int
}

// Changes are what was done to settings, newest first.
func Changes(r sqldb.Reader, of Which) ([]Change, error) {
	var all []Change
	for _, did := range of.Did { // one by one each is read along its index
		query, values := `did = $1`, []any{did}
		for _, more := range [][2]string{{` AND about = $%d`, of.About}, {` AND id < $%d`, of.Before}} {
			if more[1] != "" {
				values = append(values, more[1])
				query += fmt.Sprintf(more[0], len(values))
			}
		}
		some, err := sqldb.Collect(scanChange)(r.Query(fmt.Sprintf(`SELECT %s, COALESCE(fields, '') FROM audit
			LEFT JOIN setting_change ON act = id WHERE %s AND ok ORDER BY id DESC LIMIT %d`, Columns, query, max(of.Limit, 0)), values...))
		if err != nil {
			return nil, fmt.Errorf("audit: %w", err)
		}
		all = append(all, some...)
	}
	return Latest(all, of.Limit), nil
}

// Latest are the newest of some changes, newest first, at most limit.
func Latest(changes []Change, limit int) []Change {
	slices.SortFunc(changes, func(a, b Change) int { return cmp.Compare(b.ID, a.ID) })
	return changes[:min(len(changes), max(limit, 0))]
}

func scanChange(row sqldb.Scanner) (Change, error) {
	var act Act
	var at int64
	var kept string
	if err := row.Scan(&act.ID, &at, &act.Who, &act.Did, &act.About, &act.OK, &act.Detail, &kept); err != nil {
		return Change{}, err
	}
	c := Change{ID: act.ID, At: time.UnixMilli(at).UTC(), Who: act.Who, Did: act.Did, About: act.About}
	c.Version, c.Fields = readDifference(act.Detail)
	if kept == "" {
		return c, nil // an earlier Wenda wrote it
	}
	c.Fields = nil
	err := json.Unmarshal([]byte(kept), &c.Fields)
	for i := range c.Fields {
		c.Fields[i].Kept = true
	}
	return c, err
}

// readDifference reads what difference wrote, and nothing from what it did not write.
func readDifference(detail string) (version int64, fields []Field) {
	head, rest, more := strings.Cut(detail, ", ")
	number, ok := strings.CutPrefix(head, "version ")
	version, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil {
		return 0, nil
	}
	for more {
		head, rest, more = strings.Cut(rest, ", ")
		name, value, _ := strings.Cut(head, " ")
		fields = append(fields, Field{Name: name, Is: value})
	}
	return version, fields
}
