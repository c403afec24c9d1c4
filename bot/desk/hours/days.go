package hours

import (
	"cmp"
	_ "embed"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"time"
)

//go:embed days.csv
var national string

// National are the days of the State Council's arrangement that Wenda is shipped with;
// days.csv says where they come from and what is missing.
func National() []Day {
	days, err := ReadDays(national)
	if err != nil {
		panic(err) // a test reads it
	}
	return days
}

// kinds are how a day's kind may be written.
var kinds = map[string]Kind{
	"holiday": Holiday, "休": Holiday, "放假": Holiday, "假日": Holiday, "节假日": Holiday,
	"workday": Workday, "班": Workday, "上班": Workday, "工作日": Workday, "补班": Workday, "调休": Workday,
}

// ReadDays reads days as CSV: date,kind,name and, if the day has its own, hours
// (10:00-16:00). Dates are 2026-10-01 or 2026/10/1, kinds holiday or workday, or 休 and
// 班. Lines that begin with # and a first line of headings are passed over. It
// returns the days by date, or Faults, one for each row that cannot be read.
func ReadDays(text string) ([]Day, error) {
	rows := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	rows.Comment, rows.FieldsPerRecord, rows.TrimLeadingSpace, rows.LazyQuotes = '#', -1, true, true
	var days []Day
	var faults Faults
	for first := true; ; first = false {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := rows.FieldPos(0)
		if err != nil {
			return nil, append(faults, Fault{Code: "row", Row: max(line, 1)})
		}
		if first && heading(row) {
			continue
		}
		day, code := readDay(row)
		if code != "" {
			faults = append(faults, Fault{Code: code, Row: line, Value: strings.Join(row, ",")})
			continue
		}
		days = append(days, day)
	}
	slices.SortStableFunc(days, byDate)
	for i := 1; i < len(days); i++ {
		if days[i].Date == days[i-1].Date {
			faults = append(faults, Fault{Code: "twice", Value: days[i].Date})
		}
	}
	return days, faults.err()
}

func byDate(a, b Day) int { return cmp.Compare(a.Date, b.Date) }

// heading reports whether a row names columns: it has neither a date nor a kind.
func heading(row []string) bool {
	_, kind := kinds[strings.ToLower(strings.TrimSpace(row[min(1, len(row)-1)]))]
	return !kind && !strings.ContainsAny(row[0], "0123456789")
}

// readDay reads a row, or returns the code of what is wrong with it.
func readDay(row []string) (Day, string) {
	for i := range row {
		row[i] = strings.TrimSpace(row[i])
	}
	if len(row) < 2 || len(row) > 4 {
		return Day{}, "columns"
	}
	date, ok := readDate(row[0])
	if !ok {
		return Day{}, "date"
	}
	kind, ok := kinds[strings.ToLower(row[1])]
	if !ok {
		return Day{}, "kind"
	}
	day := Day{Date: date, Kind: kind}
	if len(row) > 2 {
		day.Name = row[2]
	}
	if len(row) > 3 {
		if day.Hours, ok = ReadSpans(row[3]); !ok {
			return Day{}, "hours"
		}
	}
	return day, ""
}

func readDate(text string) (string, bool) {
	for _, form := range []string{time.DateOnly, "2006-1-2", "2006/1/2", "2006.1.2", "20060102", "2006年1月2日"} {
		if t, err := time.Parse(form, text); err == nil {
			return t.Format(time.DateOnly), true
		}
	}
	return "", false
}

// WriteDays writes days as ReadDays reads them.
func WriteDays(days []Day) string {
	var b strings.Builder
	rows := csv.NewWriter(&b)
	for _, d := range days {
		row := []string{d.Date, string(d.Kind), d.Name}
		if len(d.Hours) > 0 {
			row = append(row, WriteSpans(d.Hours))
		}
		_ = rows.Write(row) // a Builder never fails
	}
	rows.Flush()
	return b.String()
}

// Merge returns days with those of more, which win where a date is in both.
func Merge(days, more []Day) []Day {
	all := slices.Clone(more)
	for _, d := range days {
		if !slices.ContainsFunc(more, func(m Day) bool { return m.Date == d.Date }) {
			all = append(all, d)
		}
	}
	slices.SortFunc(all, byDate)
	return all
}
