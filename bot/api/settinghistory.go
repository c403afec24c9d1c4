package api

import (
	"net/http"
	"strconv"
	"time"

	"wenda/bot/desk/queue"
	"wenda/bot/web"
	"wenda/internal/audit"
)

// historyLines is how many changes of a setting a page shows: the newest.
const historyLines = 50

// queueHistory is who changed a queue, in the reader's language.
func (a *API) queueHistory(r *http.Request, id string, all []queue.Queue, h web.Hub) ([]web.Changed, error) {
	changes, err := a.Queues.History(r.Context(), id, historyLines)
	lang := string(h.Lang)
	names, calendars := queueNames(all, lang), a.calendarNames(lang)
	return changed(changes, h, func(f audit.Field) web.ChangedPart {
		part := web.ChangedPart{Word: "queues." + f.Name, To: f.Value}
		switch f.Name {
		case "escalates":
			part.To, part.ToWord = nameIn(names, f.Value), wordOf(f.Value, "queues.top")
		case "calendar":
			part.To, part.ToWord = nameIn(calendars, f.Value), wordOf(f.Value, "queues.always")
		case "routing":
			part.ToWord = "queues.routing." + f.Value
		case "accept", "remind", "takeback":
			part.To = counted(f.Value, time.Second)
		}
		return part
	}), err
}

// removedQueue shows what is left of a queue that was removed: who did it, and when. Of one
// that never was there is nothing.
func (a *API) removedQueue(w http.ResponseWriter, r *http.Request) {
	p := web.QueuePage{Hub: a.hub(w, r, ""), URL: "/queues/" + r.PathValue("queue"), Name: queueID(r), Removed: true}
	all, err := a.Queues.All(r.Context())
	if err == nil {
		p.History, err = a.queueHistory(r, queueID(r), all, p.Hub)
	}
	switch {
	case err != nil:
		a.broken(w, r, err)
	case len(p.History) == 0:
		a.fail(w, r, http.StatusNotFound)
	default:
		p.Path = p.URL
		a.Site.Queue(w, p)
	}
}

// calendarHistory is who changed a calendar.
func (a *API) calendarHistory(r *http.Request, id string, h web.Hub) ([]web.Changed, error) {
	changes, err := a.Hours.History(r.Context(), id, historyLines)
	return changed(changes, h, func(f audit.Field) web.ChangedPart {
		part := web.ChangedPart{Word: "hours." + f.Name, To: f.Value}
		if f.Name == "promise" {
			part.To = counted(f.Value, time.Hour)
		}
		return part
	}), err
}

// changed puts changes into lines; part says how a field is shown.
func changed(changes []audit.Change, h web.Hub, part func(audit.Field) web.ChangedPart) []web.Changed {
	lines := make([]web.Changed, len(changes))
	for i, c := range changes {
		lines[i] = web.Changed{At: c.At, Who: h.Name(c.Who), Version: c.Version, Removed: c.Did == "queue.remove"}
		for _, f := range c.Fields {
			lines[i].Parts = append(lines[i].Parts, part(f))
		}
	}
	return lines
}

// wordOf is the word for a value that is none.
func wordOf(value, none string) string {
	if value == "" {
		return none
	}
	return ""
}

// counted is a duration as the forms count it.
func counted(duration string, unit time.Duration) string {
	d, _ := time.ParseDuration(duration) // written by us
	return strconv.FormatFloat(float64(d)/float64(unit), 'f', -1, 64)
}
