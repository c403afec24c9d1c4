package hours

import (
	"slices"
	"strings"
	"time"
)

const (
	minutes = 24 * 60 // of a day

	// mostAhead is how many days are looked at: a calendar that does not open in them
	// never opens.
	mostAhead = 400
)

// Open reports whether somebody is on duty at t.
func (c Calendar) Open(t time.Time) bool {
	t = t.In(c.Location())
	return slices.ContainsFunc(c.opening(t), func(o opening) bool { return !t.Before(o.from) && t.Before(o.to) })
}

// Next returns the first moment from t on at which it is open: t itself if it is open
// then. Zero if it never opens. It is in the calendar's time zone.
func (c Calendar) Next(t time.Time) time.Time { return c.WorkingAfter(t, 0) }

// WorkingAfter returns the first moment, from t on, by which it was open for d since t; with d
// 0 or less it is when it opens next. Zero if it is never open for so long. It is in the
// calendar's time zone.
func (c Calendar) WorkingAfter(t time.Time, d time.Duration) time.Time {
	t = t.In(c.Location())
	idle := 0 // days in a row without any
	for day := t; idle < mostAhead; day = midnight(day).AddDate(0, 0, 1) {
		idle++
		for _, o := range c.opening(day) {
			if o.from.Before(t) {
				o.from = t
			}
			open := o.to.Sub(o.from)
			if open <= 0 {
				continue
			}
			if idle = 0; d <= 0 || d <= open {
				return o.from.Add(max(d, 0))
			}
			d, t = d-open, o.to
		}
	}
	return time.Time{}
}

// spans are the hours of t's day.
func (c Calendar) spans(t time.Time) []Span {
	day, different := c.day(t)
	switch {
	case !different:
		return c.Week[t.Weekday()]
	case len(day.Hours) > 0 || day.Kind == Holiday:
		return day.Hours
	}
	return c.Week.workday()
}

// day returns what is different about t's day.
func (c Calendar) day(t time.Time) (Day, bool) {
	i, found := slices.BinarySearchFunc(c.Days, t.Format(time.DateOnly), func(d Day, date string) int { return strings.Compare(d.Date, date) })
	if !found {
		return Day{}, false
	}
	return c.Days[i], true
}

// workday are the hours of a make-up workday: Monday's, or those of the first day after
// it that has any.
func (w Week) workday() []Span {
	for i := range w {
		if spans := w[(int(time.Monday)+i)%len(w)]; len(spans) > 0 {
			return spans
		}
	}
	return nil
}

// opening is a span of a certain day, as moments.
type opening struct{ from, to time.Time }

// opening are the hours of t's day, the earliest first. In the night in which clocks are
// put forward an hour that does not exist is the next one, so they may change places, or
// overlap.
func (c Calendar) opening(t time.Time) []opening {
	var all []opening
	for _, s := range c.spans(t) {
		all = append(all, opening{minute(t, s.From), minute(t, s.To)})
	}
	slices.SortStableFunc(all, func(a, b opening) int { return a.from.Compare(b.from) })
	return all
}

func midnight(t time.Time) time.Time { return minute(t, 0) }

func minute(t time.Time, m int) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, m, 0, 0, t.Location())
}
