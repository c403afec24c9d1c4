package api

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"

	"wenda/bot/desk/queue"
	"wenda/bot/web"
	"wenda/internal/audit"
)

// historyLines is how many changes of settings a page shows.
const historyLines = 50

// queueHistory is who changed a queue, in the reader's language.
func (a *API) queueHistory(r *http.Request, id string, all []queue.Queue, h web.Hub) ([]web.Changed, error) {
	changes, err := a.Queues.History(r.Context(), id, historyLines)
	return changed(changes, h, a.queueParts(all, string(h.Lang))), err
}

// calendarHistory is who changed a calendar.
func (a *API) calendarHistory(r *http.Request, id string, h web.Hub) ([]web.Changed, error) {
	changes, err := a.Hours.History(r.Context(), id, historyLines)
	return changed(changes, h, calendarParts), err
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

// changes lists what was changed in queues and calendars, newest first, behind ?before=.
func (a *API) changes(w http.ResponseWriter, r *http.Request) {
	ctx, before := r.Context(), r.URL.Query().Get("before")
	p := web.ChangesPage{Hub: a.hub(w, r, "")}
	queues, err := a.Queues.Changes(ctx, before, historyLines+1)
	if err != nil {
		a.broken(w, r, err)
		return
	}
	calendars, err := a.Hours.Changes(ctx, before, historyLines+1)
	if err != nil {
		a.broken(w, r, err)
		return
	}
	newest := audit.Latest(append(queues, calendars...), historyLines+1)
	if len(newest) > historyLines {
		newest = newest[:historyLines]
		p.Next = "/changes?before=" + url.QueryEscape(newest[historyLines-1].ID)
	}
	if p.Changes, err = a.changed(r, newest, p.Hub); err != nil {
		a.broken(w, r, err)
		return
	}
	a.Site.Changes(w, p)
}

// changed puts changes of any settings into lines, with what each is about.
func (a *API) changed(r *http.Request, changes []audit.Change, h web.Hub) ([]web.Changed, error) {
	all, err := a.Queues.All(r.Context())
	if err != nil {
		return nil, err
	}
	days, err := a.Hours.All(r.Context())
	if err != nil {
		return nil, err
	}
	lang := string(h.Lang)
	names, parts := map[string]string{}, a.queueParts(all, lang)
	for _, q := range all {
		names["queue."+queue.About(q.ID)] = q.Name(lang)
	}
	for _, c := range days {
		names["calendar."+c.ID] = c.Name(lang)
	}
	lines := changed(changes, h, func(c audit.Change, f audit.Field) []web.ChangedPart {
		if kindOf(c) == "calendar" {
			return calendarParts(c, f)
		}
		return parts(c, f)
	})
	for i, c := range changes {
		kind := kindOf(c)
		lines[i].Kind, lines[i].Of = kind, cmp.Or(names[kind+"."+c.About], c.About)
		lines[i].URL = map[string]string{"queue": "/queues/", "calendar": "/hours/"}[kind] + c.About
	}
	return lines, nil
}

// kindOf is what setting was changed: queue or calendar.
func kindOf(c audit.Change) string {
	kind, _, _ := strings.Cut(c.Did, ".")
	return kind
}

// changed puts changes into lines; parts says how a field is shown. Of what was made anew
// nobody wants to know what it was before.
func changed(changes []audit.Change, h web.Hub, parts func(audit.Change, audit.Field) []web.ChangedPart) []web.Changed {
	lines := make([]web.Changed, len(changes))
	for i, c := range changes {
		lines[i] = web.Changed{At: c.At, Who: h.Name(c.Who), Version: c.Version, Made: c.Version == 1, Removed: c.Did == "queue.remove"}
		for _, f := range c.Fields {
			for _, part := range parts(c, f) {
				if lines[i].Made {
					part.Was = web.ChangedValue{}
				}
				lines[i].Parts = append(lines[i].Parts, part)
			}
		}
	}
	return lines
}
