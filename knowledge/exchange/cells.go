package exchange

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"wenda/knowledge/base"
)

// errValue is of a cell that is not a value of its column.
var errValue = errors.New("not a value of this column")

func question(t *base.Text) *string   { return &t.Question }
func answerText(t *base.Text) *string { return &t.Answer }
func similar(t *base.Text) *[]string  { return &t.Similar }
func not(t *base.Text) *[]string      { return &t.Not }

func category(c *base.Content) *string { return &c.Category }
func owner(c *base.Content) *string    { return &c.Owner }
func source(c *base.Content) *string   { return &c.Source }

func from(c *base.Content) *time.Time     { return &c.From }
func until(c *base.Content) *time.Time    { return &c.Until }
func reviewBy(c *base.Content) *time.Time { return &c.ReviewBy }

func textOf(field func(*base.Text) *string) func(*base.Content, *base.Text) string {
	return func(_ *base.Content, t *base.Text) string { return *field(t) }
}

func setText(field func(*base.Text) *string) func(*base.Content, *base.Text, string) error {
	return func(_ *base.Content, t *base.Text, cell string) error { *field(t) = cell; return nil }
}

func wordOf(field func(*base.Content) *string) func(*base.Content, *base.Text) string {
	return func(c *base.Content, _ *base.Text) string { return *field(c) }
}

func setWord(field func(*base.Content) *string) func(*base.Content, *base.Text, string) error {
	return func(c *base.Content, _ *base.Text, cell string) error { *field(c) = cell; return nil }
}

func listOf(field func(*base.Text) *[]string) func(*base.Content, *base.Text) string {
	return func(_ *base.Content, t *base.Text) string { return strings.Join(*field(t), "\n") }
}

func setList(field func(*base.Text) *[]string) func(*base.Content, *base.Text, string) error {
	return func(_ *base.Content, t *base.Text, cell string) error { *field(t) = items(cell, "\n"); return nil }
}

// items cuts a cell at any of the separators; blank items go.
func items(cell, separators string) []string {
	var out []string
	for part := range strings.FieldsFuncSeq(cell, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func tagsOf(c *base.Content, _ *base.Text) string { return strings.Join(c.Tags, "\n") }

func setTags(c *base.Content, _ *base.Text, cell string) error {
	c.Tags = items(cell, "\n")
	slices.Sort(c.Tags)
	c.Tags = slices.Compact(c.Tags)
	return nil
}

func relatedOf(c *base.Content, _ *base.Text) string { return strings.Join(c.Related, "\n") }

func setRelated(c *base.Content, _ *base.Text, cell string) error {
	c.Related = items(cell, "\n \t,;，；、")
	return nil
}

func hotOf(c *base.Content, _ *base.Text) string {
	if c.Hot {
		return "是 yes"
	}
	return "否 no"
}

func setHot(c *base.Content, _ *base.Text, cell string) error {
	switch choiceOf(cell) {
	case "yes", "y", "true", "1", "是", "√":
		c.Hot = true
	case "no", "n", "false", "0", "否", "":
		c.Hot = false
	default:
		return errValue
	}
	return nil
}

func riskOf(c *base.Content, _ *base.Text) string {
	switch c.Risk {
	case base.RiskLow:
		return "低 low"
	case base.RiskHigh:
		return "高 high"
	}
	return "普通 normal"
}

func setRisk(c *base.Content, _ *base.Text, cell string) error {
	switch choiceOf(cell) {
	case "low", "低":
		c.Risk = base.RiskLow
	case "normal", "普通", "中", "":
		c.Risk = ""
	case "high", "高":
		c.Risk = base.RiskHigh
	default:
		return errValue
	}
	return nil
}

// choiceOf is the key of a drop-down's value: its last word, in lower case.
func choiceOf(cell string) string {
	cell = strings.ToLower(strings.TrimSpace(cell))
	return cell[strings.LastIndexByte(cell, ' ')+1:]
}

// beijing is the time that stands in tables. China has one, without summer time.
var beijing = time.FixedZone("UTC+8", 8*60*60)

func momentOf(field func(*base.Content) *time.Time) func(*base.Content, *base.Text) string {
	return func(c *base.Content, _ *base.Text) string {
		switch t := field(c).In(beijing); {
		case field(c).IsZero():
			return ""
		case t.Second() != 0:
			return t.Format("2006-01-02 15:04:05")
		default:
			return t.Format("2006-01-02 15:04")
		}
	}
}

func setMoment(field func(*base.Content) *time.Time) func(*base.Content, *base.Text, string) error {
	return func(c *base.Content, _ *base.Text, cell string) error {
		t, ok := moment(cell)
		if !ok {
			return errValue
		}
		*field(c) = t
		return nil
	}
}

// momentLayouts are how people write times, the year always first.
var momentLayouts = []string{"2006-1-2 15:4:5", "2006-1-2 15:4", "2006-1-2"}

// moment reads a time as it stands in a table: whole seconds in UTC, zero if empty.
func moment(cell string) (time.Time, bool) {
	if cell = strings.TrimSpace(cell); cell == "" {
		return time.Time{}, true
	}
	if t, err := time.Parse(time.RFC3339, cell); err == nil {
		return t.UTC().Truncate(time.Second), true
	}
	if t, ok := serial(cell); ok {
		return t, true
	}
	cell = strings.NewReplacer("/", "-", ".", "-", "年", "-", "月", "-", "日", "", "：", ":", "T", " ").Replace(cell)
	for _, layout := range momentLayouts {
		if t, err := time.ParseInLocation(layout, cell, beijing); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// Spreadsheets count days from this one. Smaller numbers than of 2000 and larger
// ones than of 2173 are no dates that anybody means: "2026" is not a day in 1905.
var dayZero = time.Date(1899, 12, 30, 0, 0, 0, 0, beijing)

const firstDay, lastDay = 36_526, 100_000

// serial reads a time as spreadsheets keep it: days, with the time of day behind the point.
func serial(cell string) (time.Time, bool) {
	days, err := strconv.ParseFloat(cell, 64)
	if err != nil || !(days >= firstDay && days <= lastDay) {
		return time.Time{}, false
	}
	return dayZero.Add(time.Duration(days * 24 * float64(time.Hour))).Round(time.Second).UTC(), true
}
