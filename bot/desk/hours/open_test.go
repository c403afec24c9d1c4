package hours

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var shanghai = Calendar{}.Location()

func at(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

func office() Calendar { return Delivered()[1] }

func TestOpen(t *testing.T) {
	for moment, want := range map[string]bool{
		"2026-11-25 08:59": false, "2026-11-25 09:00": true, "2026-11-25 17:59": true, "2026-11-25 18:00": false, // a Wednesday
		"2026-11-28 10:00": false,                                                      // a Saturday
		"2026-10-01 10:00": false, "2026-10-07 10:00": false, "2026-10-08 10:00": true, // National Day
		"2026-10-10 10:00": true, "2026-10-10 18:30": false, // a make-up Saturday
		"2026-02-14 10:00": true, "2026-02-16 10:00": false, "2026-02-28 10:00": true, // Spring Festival
		"2027-02-06 10:00": false, "2027-02-05 10:00": false,
	} {
		if got := office().Open(at(moment)); got != want {
			t.Errorf("%s: open %v", moment, got)
		}
	}
	if !Always().Open(at("2026-10-01 03:00")) || (Calendar{}).Open(at("2026-11-25 10:00")) {
		t.Error("always is not always open, or never is")
	}
}

func TestWorkingAfter(t *testing.T) {
	for _, c := range []struct {
		from  string
		after time.Duration
		want  string
	}{
		{"2026-11-25 10:00", 0, "2026-11-25 10:00"},
		{"2026-11-25 20:30", 0, "2026-11-26 09:00"},
		{"2026-11-25 20:30", 4 * time.Hour, "2026-11-26 13:00"},
		{"2026-11-25 10:00", 4 * time.Hour, "2026-11-25 14:00"},
		{"2026-11-25 16:00", 4 * time.Hour, "2026-11-26 11:00"},
		{"2026-11-27 17:00", 4 * time.Hour, "2026-11-30 12:00"}, // over a weekend
		{"2026-09-30 17:00", 4 * time.Hour, "2026-10-08 12:00"}, // over National Day
		{"2026-10-09 18:00", 0, "2026-10-10 09:00"},             // into a make-up Saturday
		{"2026-11-25 09:00", 9 * time.Hour, "2026-11-25 18:00"}, // at the end, not the next morning
		{"2026-11-25 09:00", 90 * time.Hour, "2026-12-08 18:00"},
	} {
		if got := office().WorkingAfter(at(c.from), c.after); !got.Equal(at(c.want)) {
			t.Errorf("%s and %s: %s, want %s", c.from, c.after, got.Format("2006-01-02 15:04"), c.want)
		}
	}
	if got := (Calendar{}).WorkingAfter(at("2026-11-25 09:00"), time.Hour); !got.IsZero() {
		t.Errorf("what never opens opens at %s", got)
	}
	if got := Always().WorkingAfter(at("2026-11-25 09:00"), 24*time.Hour); !got.Equal(at("2026-11-26 09:00")) {
		t.Errorf("always: %s", got)
	}
}

// A day may have hours of its own, and a week without Mondays make-up days all the same.
func TestOwnHours(t *testing.T) {
	c := Calendar{Days: []Day{
		{Date: "2026-11-25", Kind: Holiday, Hours: []Span{{10 * 60, 12 * 60}}},
		{Date: "2026-11-28", Kind: Workday},
		{Date: "2026-11-29", Kind: Workday, Hours: []Span{{8 * 60, 9 * 60}}},
	}}
	c.Week[time.Tuesday] = []Span{{9 * 60, 10 * 60}}
	for moment, want := range map[string]bool{
		"2026-11-25 11:00": true, "2026-11-25 13:00": false, "2026-11-28 09:30": true, "2026-11-28 10:30": false, "2026-11-29 08:30": true, "2026-11-29 09:30": false,
	} {
		if got := c.Open(at(moment)); got != want {
			t.Errorf("%s: open %v", moment, got)
		}
	}
}

// A calendar of another zone answers in it; where clocks are set forward a day is shorter.
func TestZones(t *testing.T) {
	c := Calendar{Zone: "Europe/Berlin"}
	for day := range c.Week {
		c.Week[day] = []Span{{0, minutes}}
	}
	zone := c.Location()
	from := time.Date(2026, 3, 28, 12, 0, 0, 0, zone) // the night before
	if got, want := c.WorkingAfter(from, 24*time.Hour), time.Date(2026, 3, 29, 13, 0, 0, 0, zone); !got.Equal(want) || got.Location() != zone {
		t.Errorf("a day later: %s, want %s", got, want)
	}
	if (Calendar{Zone: "Nowhere/Nothing"}).Location() != shanghai {
		t.Error("a zone that is not known is another than the default")
	}
}

// In the night in which clocks go from two to three, ten past two is ten past three: later
// than an hour that is written behind it.
func TestTheHourThatIsNotThere(t *testing.T) {
	c := Calendar{Zone: "Europe/Berlin"}
	c.Week[time.Sunday] = []Span{{From: 136, To: 140}, {From: 180, To: 181}}
	from := time.Date(2026, 3, 28, 12, 0, 0, 0, c.Location())
	for minutes, want := range map[int]string{1: "03:01", 2: "03:17", 5: "03:20"} {
		if got := c.WorkingAfter(from, time.Duration(minutes)*time.Minute).Format("15:04"); got != want {
			t.Errorf("%d minutes: %s, want %s", minutes, got, want)
		}
	}
}

// anyCalendar draws a calendar; some never open.
func anyCalendar(t *rapid.T) Calendar {
	c := Calendar{Zone: rapid.SampledFrom([]string{"", "Asia/Shanghai", "Europe/Berlin", "America/New_York"}).Draw(t, "zone")}
	for day := range c.Week {
		c.Week[day] = anySpans(t, fmt.Sprint("day ", day))
	}
	first := time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC)
	for i := range 20 {
		if rapid.IntRange(0, 3).Draw(t, "different") == 0 {
			kind := rapid.SampledFrom([]Kind{Holiday, Workday}).Draw(t, "kind")
			c.Days = append(c.Days, Day{Date: first.AddDate(0, 0, i).Format(time.DateOnly), Kind: kind, Hours: anySpans(t, "its own")})
		}
	}
	return c
}

func anySpans(t *rapid.T, label string) []Span {
	var spans []Span
	for from := 0; from < minutes && len(spans) < 3; {
		if rapid.Bool().Draw(t, label) {
			break
		}
		s := Span{From: rapid.IntRange(from, minutes-1).Draw(t, "from")}
		s.To = rapid.IntRange(s.From+1, minutes).Draw(t, "to")
		spans, from = append(spans, s), s.To
	}
	return spans
}

func anyMoment(t *rapid.T) time.Time {
	return time.Date(2026, 3, 20, 0, rapid.IntRange(0, 20*minutes).Draw(t, "moment"), 0, 0, time.UTC)
}

// Next is the first minute that is open, as a walk through the minutes finds it.
func TestNextIsTheFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, from := anyCalendar(t), anyMoment(t)
		next := c.Next(from)
		if next.IsZero() {
			next = from.AddDate(0, 0, 30)
		} else if !c.Open(next) {
			t.Fatalf("closed at %s, when it opens", next)
		}
		for m := from; m.Before(next); m = m.Add(time.Minute) {
			if c.Open(m) {
				t.Fatalf("open at %s already, not only at %s", m, next)
			}
		}
	})
}

// WorkingAfter passes exactly as many open minutes as it is asked to.
func TestWorkingAfterCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, from := anyCalendar(t), anyMoment(t)
		want := rapid.IntRange(1, 3*minutes).Draw(t, "minutes")
		until := c.WorkingAfter(from, time.Duration(want)*time.Minute)
		if until.IsZero() {
			t.Skip("it never opens")
		}
		if until.Sub(from) > 20*24*time.Hour {
			t.Skip("too far to walk")
		}
		open := 0
		for m := from; m.Before(until); m = m.Add(time.Minute) {
			if c.Open(m) {
				open++
			}
		}
		if open != want {
			t.Fatalf("from %s to %s it is open for %d minutes, not %d", from, until, open, want)
		}
	})
}

// It goes up with both, and can be asked in two steps.
func TestWorkingAfterIsOrderly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, from := anyCalendar(t), anyMoment(t)
		a := time.Duration(rapid.IntRange(1, 2000).Draw(t, "a")) * time.Minute
		b := time.Duration(rapid.IntRange(1, 2000).Draw(t, "b")) * time.Minute
		first, both := c.WorkingAfter(from, a), c.WorkingAfter(from, a+b)
		if first.IsZero() || both.IsZero() {
			t.Skip("it never opens for so long")
		}
		if first.Before(from) || !both.After(first) {
			t.Fatalf("from %s: %s, then %s", from, first, both)
		}
		if again := c.WorkingAfter(first, b); !again.Equal(both) {
			t.Fatalf("in two steps %s, in one %s", again, both)
		}
		if later := c.WorkingAfter(from.Add(time.Minute), a); later.Before(first) {
			t.Fatalf("who asks later is promised %s, not %s", later, first)
		}
	})
}
