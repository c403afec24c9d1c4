package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"wenda/bot/desk/hours"
	"wenda/bot/web"
	"wenda/knowledge/exchange"
)

// maxHours bounds what the form of a calendar may send, in bytes: a thousand days and a file.
const maxHours = 1 << 20

// newCalendar is where a calendar that is not there yet would be.
const newCalendar = "new"

// hours lists the calendars: what is open now, and when again.
func (a *API) hours(w http.ResponseWriter, r *http.Request) {
	all, err := a.Hours.All(r.Context())
	if err != nil {
		a.broken(w, r, err)
		return
	}
	p, now := web.HoursPage{Hub: a.hub(w, r, "")}, time.Now()
	for _, c := range all {
		users, err := a.queuesOf(r.Context(), c.ID, string(p.Lang))
		if err != nil {
			a.broken(w, r, err)
			return
		}
		line := web.CalendarLine{ID: c.ID, URL: "/hours/" + c.ID, Name: c.Name(string(p.Lang)), Queues: users, Days: coming(c, now)}
		line.Open, line.Next = opening(c, now)
		if c.Zone != "" && c.Zone != hours.DefaultZone {
			line.Zone = c.Zone
		}
		p.Lines = append(p.Lines, line)
	}
	a.Site.Hours(w, p)
}

// queuesOf are the names of the queues that go by a calendar.
func (a *API) queuesOf(ctx context.Context, calendar, lang string) (names []string, err error) {
	all, err := a.Queues.All(ctx)
	for _, q := range all {
		if q.Calendar == calendar {
			names = append(names, q.Name(lang))
		}
	}
	return names, err
}

// opening says whether a calendar is open, and if not when it is next, in its time zone.
func opening(c hours.Calendar, now time.Time) (open bool, next string) {
	if open = c.Open(now); open {
		return true, ""
	}
	if at := c.Next(now); !at.IsZero() {
		next = at.Format("2006-01-02 15:04")
	}
	return false, next
}

// coming counts the days from today on that are different.
func coming(c hours.Calendar, now time.Time) (n int) {
	today := now.In(c.Location()).Format(time.DateOnly)
	for _, d := range c.Days {
		if d.Date >= today {
			n++
		}
	}
	return n
}

// calendar shows the form of one calendar, or of a new one.
func (a *API) calendar(w http.ResponseWriter, r *http.Request) {
	c := hours.Delivered()[0]
	c.ID, c.Names, c.Days = "", nil, hours.National()
	if id := r.PathValue("calendar"); id != newCalendar {
		var err error
		if c, err = a.Hours.Load(r.Context(), id); errors.Is(err, hours.ErrNone) {
			a.fail(w, r, http.StatusNotFound)
			return
		} else if err != nil {
			a.broken(w, r, err)
			return
		}
	}
	a.showCalendar(w, r, web.CalendarPage{Version: c.Version, Form: calendarForm(c)})
}

// showCalendar shows the form with what was typed, and what is wrong with it.
func (a *API) showCalendar(w http.ResponseWriter, r *http.Request, p web.CalendarPage) {
	fault := p.Fault
	if len(p.Faults) > 0 {
		fault = because("invalid")
	}
	p.Hub = a.hub(w, r, "")
	id := r.PathValue("calendar")
	p.Fault, p.URL, p.New = fault, "/hours/"+id, id == newCalendar
	p.Path = p.URL
	if stored, err := a.Hours.Load(r.Context(), id); err == nil {
		p.Name = stored.Name(string(p.Lang))
		p.Open, p.Next = opening(stored, time.Now())
	}
	var err error
	if p.History, err = a.calendarHistory(r, id, p.Hub); err != nil {
		a.broken(w, r, err)
		return
	}
	a.Site.Calendar(w, p)
}

// saveCalendar saves the form as the version after the one it was made from. What is
// wrong is said at its field, and nothing typed is lost.
func (a *API) saveCalendar(w http.ResponseWriter, r *http.Request) {
	c, wrong := readCalendar(r)
	p := web.CalendarPage{Version: c.Version, Form: typedCalendar(r)}
	if len(wrong) == 0 {
		_, err := a.Hours.Save(r.Context(), a.user(r).ID, c)
		if err == nil {
			done(w, r, "/hours", "saved")
			return
		}
		if errors.Is(err, hours.ErrChanged) && c.Version == 0 {
			err = hours.Faults{{Code: "exists", Value: c.ID}}
		}
		if !errors.As(err, &wrong) {
			a.refuse(w, r, err, func(w http.ResponseWriter, r *http.Request, fault web.Refusal) {
				p.Fault = fault
				if now, err := a.Hours.Load(r.Context(), c.ID); err == nil {
					p.Version = now.Version // saved again it wins, knowingly
				}
				a.showCalendar(w, r, p)
			})
			return
		}
	}
	p.Faults = hoursFaults(wrong)
	a.showCalendar(w, r, p)
}

// importDays puts the days of a file into the form, where they can be looked at before
// they are saved. They win over those of the form.
func (a *API) importDays(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseMultipartForm(maxHours); err != nil {
		a.fail(w, r, http.StatusBadRequest)
		return
	}
	p := web.CalendarPage{Form: typedCalendar(r)}
	p.Version, _ = strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	days, wrong := readFile(r)
	typed, wrongToo := readDays(p.Form["days"])
	if wrong = append(wrong, wrongToo...); len(wrong) == 0 {
		p.Form["days"], p.Read = hours.WriteDays(hours.Merge(typed, days)), len(days)
	}
	p.Faults = hoursFaults(wrong)
	a.showCalendar(w, r, p)
}

// readFile reads the days of the file that was sent.
func readFile(r *http.Request) ([]hours.Day, hours.Faults) {
	file, _, err := r.FormFile("file")
	if err != nil {
		return nil, hours.Faults{{Code: "file"}}
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	if err != nil {
		return nil, hours.Faults{{Code: "file"}}
	}
	days, wrong := readDays(exchange.Text(data))
	if len(days) == 0 && len(wrong) == 0 {
		wrong = hours.Faults{{Code: "file"}}
	}
	return days, wrong
}

func readDays(text string) ([]hours.Day, hours.Faults) {
	days, err := hours.ReadDays(text)
	var wrong hours.Faults
	errors.As(err, &wrong)
	return days, wrong
}

func hoursFaults(wrong hours.Faults) (out []web.HoursFault) {
	for _, f := range wrong {
		out = append(out, web.HoursFault(f))
	}
	return out
}

// calendarFields are the fields of the form.
var calendarFields = []string{"id", "zh", "en", "zone", "promise", "day0", "day1", "day2", "day3", "day4", "day5", "day6", "days"}

// calendarForm is what the form of a calendar says. Its promise is in hours.
func calendarForm(c hours.Calendar) map[string]string {
	form := map[string]string{
		"id": c.ID, "zh": c.Names["zh-CN"], "en": c.Names["en"], "zone": c.Zone, "days": hours.WriteDays(c.Days),
		"promise": strconv.FormatFloat(c.Promise.Hours(), 'f', -1, 64),
	}
	for day, spans := range c.Week {
		form["day"+strconv.Itoa(day)] = hours.WriteSpans(spans)
	}
	return form
}

func typedCalendar(r *http.Request) map[string]string {
	typed := map[string]string{}
	for _, name := range calendarFields {
		typed[name] = strings.TrimSpace(strings.ReplaceAll(r.PostFormValue(name), "\r\n", "\n"))
	}
	return typed
}

// readCalendar reads the form, and says what in it cannot be read.
func readCalendar(r *http.Request) (c hours.Calendar, wrong hours.Faults) {
	form := typedCalendar(r)
	c = hours.Calendar{ID: r.PathValue("calendar"), Names: map[string]string{"zh-CN": form["zh"], "en": form["en"]}, Zone: form["zone"]}
	c.Version, _ = strconv.ParseInt(r.PostFormValue("version"), 10, 64) // none is 0, which is a new one's
	if c.ID == newCalendar {
		c.ID, c.Version = form["id"], 0
		if c.ID == newCalendar {
			wrong = append(wrong, hours.Fault{Code: "id", Value: c.ID})
		}
	}
	promise, err := strconv.ParseFloat("0"+form["promise"], 64)
	if err != nil || promise > hours.MaxPromise.Hours() {
		wrong = append(wrong, hours.Fault{Code: "promise", Value: form["promise"]})
	}
	c.Promise = time.Duration(promise * float64(time.Hour)).Round(time.Minute)
	for day := range c.Week {
		var ok bool
		if c.Week[day], ok = hours.ReadSpans(form["day"+strconv.Itoa(day)]); !ok {
			wrong = append(wrong, hours.Fault{Code: "week", Row: day, Value: form["day"+strconv.Itoa(day)]})
		}
	}
	days, unread := readDays(form["days"])
	c.Days = days
	return c, append(wrong, unread...)
}
