package hours

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// ErrInvalid says that something is no calendar, or no day of one; it is always Faults.
var ErrInvalid = errors.New("hours: not a calendar")

// Fault is one thing that is wrong. Codes: row, columns, date, kind, hours (of a row of
// days), twice (Value is the date), id, name, zone, promise, week (Row is the weekday, of
// time.Weekday), never, many.
type Fault struct {
	Code  string
	Row   int    // from 1; 0 if it is about no row
	Value string // as it was written
}

// Faults are all that is wrong. They are an ErrInvalid.
type Faults []Fault

// Error implements error.
func (f Faults) Error() string {
	var b strings.Builder
	b.WriteString(ErrInvalid.Error())
	for _, one := range f {
		fmt.Fprintf(&b, ": %s %d", one.Code, one.Row)
	}
	return b.String()
}

// Is implements errors.Is.
func (Faults) Is(err error) bool { return err == ErrInvalid }

func (f Faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

// Limits of a calendar.
const (
	MaxName    = 40              // runes
	MaxDays    = 1000            // that are different
	MaxPromise = 240 * time.Hour // of working time
)

var validID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

// Check returns Faults if the calendar cannot be kept.
func (c Calendar) Check() error {
	var faults Faults
	unless := func(ok bool, fault Fault) {
		if !ok {
			faults = append(faults, fault)
		}
	}
	unless(validID.MatchString(c.ID), Fault{Code: "id", Value: c.ID})
	unless(c.Names["zh-CN"] != "" && validName(c.Names["zh-CN"]) && validName(c.Names["en"]), Fault{Code: "name"})
	_, err := time.LoadLocation(c.Zone)
	unless(err == nil && c.Zone != "Local", Fault{Code: "zone", Value: c.Zone})
	unless(c.Promise >= 0 && c.Promise <= MaxPromise, Fault{Code: "promise"})
	for day, spans := range c.Week {
		unless(validSpans(spans), Fault{Code: "week", Row: day})
	}
	unless(len(c.Week.workday()) > 0, Fault{Code: "never"})
	unless(len(c.Days) <= MaxDays, Fault{Code: "many"})
	return append(faults, checkDays(c.Days)...).err()
}

func checkDays(days []Day) (faults Faults) {
	for i, d := range days {
		_, ok := readDate(d.Date)
		switch {
		case !ok || len(d.Date) != len(time.DateOnly) || i > 0 && d.Date <= days[i-1].Date:
			faults = append(faults, Fault{Code: "date", Row: i + 1, Value: d.Date})
		case d.Kind != Holiday && d.Kind != Workday:
			faults = append(faults, Fault{Code: "kind", Row: i + 1, Value: d.Date})
		case !validName(d.Name):
			faults = append(faults, Fault{Code: "name", Row: i + 1, Value: d.Date})
		case !validSpans(d.Hours):
			faults = append(faults, Fault{Code: "hours", Row: i + 1, Value: d.Date})
		}
	}
	return faults
}

func validName(name string) bool {
	return utf8.ValidString(name) && utf8.RuneCountInString(name) <= MaxName && !strings.ContainsFunc(name, unicode.IsControl)
}

func validSpans(spans []Span) bool {
	return apart(spans) && !slices.ContainsFunc(spans, func(s Span) bool { return !s.valid() })
}
