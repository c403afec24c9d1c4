// Package hours knows when queues are served.
//
// A Calendar has the hours of each weekday, in its time zone, and the days that are
// different: holidays, on which nobody is there, and the make-up workdays that Chinese
// holidays bring with them. Three questions are asked of it, all of them pure functions:
// Open (is somebody on duty by the plan?), Next (when again?) and WorkingAfter (when will
// so much working time have passed? what is promised to customers is counted so).
//
// Which calendars there are is the company's to say (/hours); a queue names the one it goes
// by (queue.Queue.Calendar), "" is Always. Store keeps them, with a version that two people
// cannot both follow; Book is what a process goes by, never more than ReadEvery behind.
//
// days.csv holds the days of the State Council's arrangement; a calendar is made with
// them and the company's own are imported in the same form (ReadDays).
package hours

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"
	_ "time/tzdata" // hosts without time zones know them too
)

// DefaultZone is the time zone of a calendar that names none.
const DefaultZone = "Asia/Shanghai"

// Calendar says when somebody is on duty.
type Calendar struct {
	ID    string            `json:"id"`    // 1 to 32 of a-z 0-9 -
	Names map[string]string `json:"names"` // by language, "zh-CN" and "en"
	Zone  string            `json:"zone"`  // of IANA; "" is DefaultZone
	Week  Week              `json:"week"`
	Days  []Day             `json:"days,omitempty"` // that are different, by date, each once

	// Promise is the working time within which a message that was left is answered; 0
	// leaves that to the operator's setting.
	Promise time.Duration `json:"promise"`

	Version int64 `json:"-"` // 1 and up; what a change is based on
}

// Week is the hours of each day, by time.Weekday. A day without any is closed.
type Week [7][]Span

// Span is a time of day, half open: minutes since midnight, 0 <= From < To <= 1440. A
// night is two of them.
type Span struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Kind says how a day is different.
type Kind string

const (
	Holiday Kind = "holiday" // closed, but for its own hours
	Workday Kind = "workday" // open as on a Monday, or at its own hours, whatever weekday it is
)

// Day is a day that is different.
type Day struct {
	Date  string `json:"date"` // 2006-01-02
	Kind  Kind   `json:"kind"`
	Name  string `json:"name"`
	Hours []Span `json:"hours,omitempty"` // its own
}

// Always is open at any time.
func Always() Calendar {
	var week Week
	for day := range week {
		week[day] = []Span{{0, minutes}}
	}
	return Calendar{Zone: DefaultZone, Week: week}
}

// Delivered are the calendars that a company begins with: an office's, with holidays, and
// one of every day.
func Delivered() []Calendar {
	office := Calendar{
		ID: "office", Names: map[string]string{"zh-CN": "工作日", "en": "Working days"}, Zone: DefaultZone, Days: National(), Promise: 4 * time.Hour,
	}
	for day := time.Monday; day <= time.Friday; day++ {
		office.Week[day] = []Span{{9 * 60, 18 * 60}}
	}
	daily := Calendar{ID: "daily", Names: map[string]string{"zh-CN": "每天", "en": "Every day"}, Zone: DefaultZone, Promise: 4 * time.Hour}
	for day := range daily.Week {
		daily.Week[day] = []Span{{8 * 60, 22 * 60}}
	}
	return []Calendar{daily, office}
}

// Name is what people call the calendar.
func (c Calendar) Name(lang string) string {
	return cmp.Or(c.Names[lang], c.Names["zh-CN"], c.Names["en"], c.ID)
}

// Clone returns a copy that shares nothing with c.
func (c Calendar) Clone() Calendar {
	c.Names, c.Days = maps.Clone(c.Names), slices.Clone(c.Days)
	for i, spans := range c.Week {
		c.Week[i] = slices.Clone(spans)
	}
	for i, d := range c.Days {
		c.Days[i].Hours = slices.Clone(d.Hours)
	}
	return c
}

// zones keeps what time.LoadLocation found: it reads files.
var zones sync.Map

// Location is the calendar's time zone; that of DefaultZone if it names none that is known.
func (c Calendar) Location() *time.Location {
	for _, name := range []string{c.Zone, DefaultZone} {
		if name == "" {
			continue
		}
		if known, found := zones.Load(name); found {
			return known.(*time.Location)
		}
		if zone, err := time.LoadLocation(name); err == nil {
			zones.Store(name, zone)
			return zone
		}
	}
	return time.UTC
}
