package audit

import (
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
	At      time.Time
	Who     string // user id
	Did     string
	Version int64   // the one it made; 0: none, or not known
	Fields  []Field // what is other than before, by name
}

// Field is a part of a setting and what it became: a code or a number. What people type is
// not kept in the audit: then Value is "".
type Field struct{ Name, Value string }

// Difference is the Detail of the act that made a version of a setting: which fields are
// other than before, and what they became. Of typed ones only the names are told.
func Difference(version int64, before, after map[string]string, typed ...string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "version %d", version)
	for _, name := range slices.Sorted(maps.Keys(after)) {
		switch {
		case before[name] == after[name]:
		case slices.Contains(typed, name):
			text.WriteString(", " + name)
		default:
			text.WriteString(", " + name + " " + after[name])
		}
	}
	return text.String()
}

// Changes are what was done to a setting by acts whose codes begin so (queue., say), newest
// first, at most limit.
func Changes(r sqldb.Reader, about, did string, limit int) ([]Change, error) {
	changes, err := sqldb.Collect(scanChange)(r.Query(`SELECT `+Columns+` FROM audit
		WHERE about = $1 AND substr(did, 1, $2) = $3 AND ok ORDER BY id DESC LIMIT $4`, about, len(did), did, limit))
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	return changes, nil
}

func scanChange(row sqldb.Scanner) (Change, error) {
	act, err := Scan(row)
	c := Change{At: act.At, Who: act.Who, Did: act.Did}
	c.Version, c.Fields = readDifference(act.Detail)
	return c, err
}

// readDifference reads what Difference wrote, and nothing from what it did not write.
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
		fields = append(fields, Field{name, value})
	}
	return version, fields
}
