package web

import "net/http"

// CalendarLine is a calendar on the list of /hours, in the reader's language.
type CalendarLine struct {
	ID, URL, Name string
	Open          bool
	Next          string   // when it opens next, as the page says it; "" while it is open
	Zone          string   // if it is not China's
	Queues        []string // names of those that go by it
	Days          int      // that are different, from today on
}

// HoursPage is /hours: when somebody is on duty.
type HoursPage struct {
	Hub
	Lines []CalendarLine
}

// Hours renders /hours.
func (s *Site) Hours(w http.ResponseWriter, p HoursPage) {
	s.render(w, p.Fault.status(), p.Page, "hours", p)
}

// HoursFault is one thing that is wrong with a calendar.
type HoursFault struct {
	Code  string // words are at hours.fault.<Code>
	Row   int    // of the days, from 1; 0: of none
	Value string // as it was written
}

// CalendarPage is /hours/{calendar} and /hours/new: one calendar, as a form. It posts the
// fields of Form by their names, and version; an import posts them to URL/import, with
// a file.
type CalendarPage struct {
	Hub
	URL     string
	New     bool
	Name    string
	Open    bool   // now
	Next    string // when it opens next; "" while it is open, or if there is nothing to say
	Version int64
	Form    map[string]string // as typed: id, zh, en, zone, promise, day0 (Sunday) to day6, days
	Faults  []HoursFault
	Read    int // rows of a file that were put into the form; 0: none was
	History []Changed
}

// Weekdays are the fields of the week, Monday first.
func (CalendarPage) Weekdays() []string {
	return []string{"day1", "day2", "day3", "day4", "day5", "day6", "day0"}
}

// Wrong are the faults of a field.
func (p CalendarPage) Wrong(field string) (found []HoursFault) {
	for _, f := range p.Faults {
		if p.field(f) == field {
			found = append(found, f)
		}
	}
	return found
}

// field is where a fault is shown.
func (p CalendarPage) field(f HoursFault) string {
	switch f.Code {
	case "zone", "promise":
		return f.Code
	case "id", "exists":
		return "id"
	case "name":
		if f.Row == 0 {
			return "zh"
		}
	case "week":
		return "day" + string(rune('0'+f.Row))
	case "never":
		return "day1"
	}
	return "days"
}

// Calendar renders /hours/{calendar}.
func (s *Site) Calendar(w http.ResponseWriter, p CalendarPage) {
	s.render(w, p.Fault.status(), p.Page, "calendar", p)
}

// hoursField is what the template of one field of a CalendarPage works on.
type hoursField struct {
	Page  CalendarPage
	Field string
}

func newHoursField(p CalendarPage, name string) hoursField { return hoursField{p, name} }
