package web

import "time"

// zone is the one that pages show times in, and in which editors type them. China has
// one, without summer time.
var zone = time.FixedZone("Asia/Shanghai", 8*60*60)

// When is a moment as pages show it, 2026-11-22 14:05; "" for the zero time.
func When(at time.Time) string { return inZone(at, "2006-01-02 15:04") }

// Typed is a moment as a datetime-local field holds it; "" for the zero time.
func Typed(at time.Time) string { return inZone(at, "2006-01-02T15:04") }

// ParseTyped reads what a datetime-local field holds; the zero time of "".
func ParseTyped(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", text, zone)
	if err != nil { // some browsers send seconds
		at, err = time.ParseInLocation("2006-01-02T15:04:05", text, zone)
	}
	return at.UTC(), err
}

// ParseDay reads what a date field holds: the beginning of that day; the zero time of "".
func ParseDay(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.ParseInLocation(time.DateOnly, text, zone)
	return at.UTC(), err
}

func inZone(at time.Time, layout string) string {
	if at.IsZero() {
		return ""
	}
	return at.In(zone).Format(layout)
}
