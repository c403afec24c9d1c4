package api

import (
	"strconv"
	"strings"
	"time"

	"wenda/bot/desk/hours"
	"wenda/bot/web"
	"wenda/internal/audit"
)

// calendarParts says what a changed field of a calendar was and is.
func calendarParts(c audit.Change, f audit.Field) []web.ChangedPart {
	switch {
	case f.Name == "names":
		return namesChanged("hours.", f)
	case f.Name == "week" && f.Kept:
		return weekChanged(lines(f.Was, 7), lines(f.Is, 7))
	case f.Name == "days" && f.Kept && c.Version == 1:
		days, _ := readDays(f.Is) // written by us
		return []web.ChangedPart{{Word: "hours.days", Is: web.ChangedValue{Word: "hours.dates", N: len(days)}}}
	case f.Name == "days" && f.Kept:
		return daysChanged(f.Was, f.Is)
	}
	part := web.ChangedPart{Word: "hours." + f.Name, Was: web.ChangedValue{Text: f.Was}, Is: web.ChangedValue{Text: f.Is}}
	if f.Name == "promise" {
		part.Is.Text = counted(f.Is, time.Hour)
		if f.Kept {
			part.Was.Text = counted(f.Was, time.Hour)
		}
	}
	return []web.ChangedPart{part}
}

// weekChanged are the weekdays whose hours are other than before, Sunday first; those that
// follow each other and were changed alike are one.
func weekChanged(was, is []string) (parts []web.ChangedPart) {
	last := -1
	for i := range 7 {
		day := (i + 1) % 7 // as people count: Monday first
		if was[day] == is[day] {
			continue
		}
		word := "hours.day" + strconv.Itoa(day)
		part := web.ChangedPart{Word: word, Was: spans(was[day]), Is: spans(is[day])}
		if n := len(parts) - 1; n >= 0 && last == i-1 && parts[n].Was == part.Was && parts[n].Is == part.Is {
			parts[n].Through = word
		} else {
			parts = append(parts, part)
		}
		last = i
	}
	return parts
}

// spans are hours as people read them.
func spans(written string) web.ChangedValue {
	if written == "" {
		return web.ChangedValue{Word: "hours.off"}
	}
	return web.ChangedValue{Text: strings.ReplaceAll(written, "-", "–")}
}

// mostDays is how many dates a change names.
const mostDays = 10

// daysChanged are the dates that were added, taken away or altered, by date.
func daysChanged(was, is string) (parts []web.ChangedPart) {
	gone, _ := readDays(was) // written by us
	came, _ := readDays(is)
	for _, d := range hours.Merge(gone, came) { // each date once
		part := web.ChangedPart{Word: "hours.altered", Label: d.Date, Was: dayOn(gone, d.Date), Is: dayOn(came, d.Date)}
		switch {
		case !part.Was.Some():
			part.Word = "hours.added"
		case !part.Is.Some():
			part.Word = "hours.gone"
		}
		parts = append(parts, part)
	}
	if more := len(parts) - mostDays; more > 0 {
		parts = append(parts[:mostDays], web.ChangedPart{Word: "hours.days", Was: web.ChangedValue{Word: "hours.more", N: more}})
	}
	return parts
}

// dayOn says what a date is among some days; nothing if it is not there.
func dayOn(days []hours.Day, date string) web.ChangedValue {
	for _, d := range days {
		if d.Date == date {
			return web.ChangedValue{Word: "hours." + string(d.Kind), Text: strings.TrimSpace(d.Name + " " + spans(hours.WriteSpans(d.Hours)).Text)}
		}
	}
	return web.ChangedValue{}
}
