package api

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"wenda/bot/desk/queue"
	"wenda/bot/desk/roster"
	"wenda/bot/web"
)

// newQueue is where a queue that is not there yet would be.
const newQueue = "new"

// queueURL is the page of a queue.
func queueURL(id string) string { return "/queues/" + queue.About(id) }

// queueID is the queue of a page.
func queueID(r *http.Request) string {
	if id := r.PathValue("queue"); id != queue.About("") {
		return id
	}
	return ""
}

// queues lists the queues, with who waits and who is there.
func (a *API) queues(w http.ResponseWriter, r *http.Request) {
	all, err := a.Queues.All(r.Context())
	if err != nil {
		a.broken(w, r, err)
		return
	}
	agents, err := a.Desk.Floor(r.Context())
	if err != nil {
		a.broken(w, r, err)
		return
	}
	p := web.QueuesPage{Hub: a.hub(w, r, "")}
	lang := string(p.Lang)
	for _, q := range all {
		_, waiting, err := a.Desk.Store.Queue(r.Context(), q.ID, 0)
		if err != nil {
			a.broken(w, r, err)
			return
		}
		duty := roster.DutyOf(q, agents)
		p.Lines = append(p.Lines, web.QueueLine{
			ID: q.ID, URL: queueURL(q.ID), Name: q.Name(lang), Next: nameIn(queueNames(all, lang), q.Escalates), Routing: string(q.Routing),
			Calendar: nameIn(a.calendarNames(lang), q.Calendar), Waiting: waiting, There: duty.There, Free: duty.Free,
		})
	}
	a.Site.Queues(w, p)
}

func queueNames(all []queue.Queue, lang string) []web.Named {
	names := make([]web.Named, len(all))
	for i, q := range all {
		names[i] = web.Named{ID: q.ID, Name: q.Name(lang)}
	}
	return names
}

func (a *API) calendarNames(lang string) []web.Named {
	var names []web.Named
	for _, c := range a.Calendars() {
		names = append(names, web.Named{ID: c.ID, Name: c.Name(lang)})
	}
	return names
}

// nameIn is what something is called; "" if that is nothing.
func nameIn(all []web.Named, id string) string {
	if i := slices.IndexFunc(all, func(n web.Named) bool { return n.ID == id }); i >= 0 && id != "" {
		return all[i].Name
	}
	return id
}

// queue shows the form of one queue, or of a new one.
func (a *API) queue(w http.ResponseWriter, r *http.Request) {
	q := queue.Plain("")
	if r.PathValue("queue") != newQueue {
		var err error
		if q, err = a.Queues.Load(r.Context(), queueID(r)); errors.Is(err, queue.ErrNone) {
			a.removedQueue(w, r)
			return
		} else if err != nil {
			a.broken(w, r, err)
			return
		}
	}
	a.showQueue(w, r, q, queueForm(q), web.Refusal{}, nil)
}

// showQueue shows the form with what was typed, and what is wrong with it.
func (a *API) showQueue(w http.ResponseWriter, r *http.Request, q queue.Queue, form map[string]string, fault web.Refusal, wrong []string) {
	all, err := a.Queues.All(r.Context())
	if err != nil {
		a.broken(w, r, err)
		return
	}
	fresh := r.PathValue("queue") == newQueue
	p := web.QueuePage{
		Hub: a.hub(w, r, ""), URL: "/queues/" + r.PathValue("queue"), New: fresh, General: !fresh && q.ID == "",
		Form: form, Version: q.Version, Faults: wrong, Calendars: a.calendarNames(string(a.Site.Lang(w, r))),
	}
	p.Path, p.Fault = p.URL, fault
	if !fresh {
		if p.History, err = a.queueHistory(r, q.ID, all, p.Hub); err != nil {
			a.broken(w, r, err)
			return
		}
	}
	for _, n := range queueNames(all, string(p.Lang)) {
		switch {
		case !fresh && n.ID == q.ID:
			p.Name = n.Name
		case n.ID != "": // the front line is where chats come from, not where they go
			p.Queues = append(p.Queues, n)
		}
	}
	for _, routing := range queue.Routings {
		p.Routings = append(p.Routings, string(routing))
	}
	a.Site.Queue(w, p)
}

// saveQueue saves the form as the version after the one it was made from. What is wrong
// is said at its field, and nothing typed is lost.
func (a *API) saveQueue(w http.ResponseWriter, r *http.Request) {
	q, wrong := readQueue(r)
	if q.Calendar != "" && !a.hasCalendar(q.Calendar) {
		wrong = append(wrong, "calendar")
	}
	if len(wrong) == 0 {
		_, err := a.Queues.Save(r.Context(), a.user(r).ID, q)
		if err == nil {
			done(w, r, "/queues", "saved")
			return
		}
		if wrong = queue.Faults(err); r.PathValue("queue") == newQueue && errors.Is(err, queue.ErrChanged) {
			wrong = []string{"id"} // there is one of that name
		}
		if len(wrong) == 0 {
			a.refuse(w, r, err, func(w http.ResponseWriter, r *http.Request, fault web.Refusal) {
				a.showQueue(w, r, a.rebased(r, q), typedQueue(r), fault, nil)
			})
			return
		}
	}
	a.showQueue(w, r, q, typedQueue(r), because("invalid"), wrong)
}

// rebased is q with the version that is stored now: saved again it wins, knowingly.
func (a *API) rebased(r *http.Request, q queue.Queue) queue.Queue {
	if now, err := a.Queues.Load(r.Context(), q.ID); err == nil {
		q.Version = now.Version
	}
	return q
}

func (a *API) hasCalendar(id string) bool {
	for _, c := range a.Calendars() {
		if c.ID == id {
			return true
		}
	}
	return false
}

// removeQueue takes a queue away.
func (a *API) removeQueue(w http.ResponseWriter, r *http.Request) {
	version, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	err := a.Queues.Remove(r.Context(), a.user(r).ID, queueID(r), version)
	if err == nil {
		done(w, r, "/queues", "removed")
		return
	}
	a.refuse(w, r, err, func(w http.ResponseWriter, r *http.Request, fault web.Refusal) {
		q, err := a.Queues.Load(r.Context(), queueID(r))
		if err != nil {
			a.fail(w, r, http.StatusNotFound)
			return
		}
		a.showQueue(w, r, q, queueForm(q), fault, nil)
	})
}

// queueFields are the fields of the form.
var queueFields = []string{"id", "zh", "en", "escalates", "routing", "accept", "remind", "takeback", "capacity", "most", "priority", "calendar"}

// queueForm is what the form of a queue says.
func queueForm(q queue.Queue) map[string]string {
	seconds := func(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }
	return map[string]string{
		"id": q.ID, "zh": q.Names["zh-CN"], "en": q.Names["en"], "escalates": q.Escalates, "routing": string(q.Routing),
		"accept": seconds(q.Accept), "remind": seconds(q.Remind), "takeback": seconds(q.TakeBack),
		"capacity": strconv.Itoa(q.Capacity), "most": strconv.Itoa(q.Most), "priority": strconv.Itoa(q.Priority), "calendar": q.Calendar,
	}
}

func typedQueue(r *http.Request) map[string]string {
	typed := map[string]string{}
	for _, name := range queueFields {
		typed[name] = strings.TrimSpace(r.PostFormValue(name))
	}
	return typed
}

// readQueue reads the form, and names the fields that are no numbers.
func readQueue(r *http.Request) (q queue.Queue, wrong []string) {
	form := typedQueue(r)
	number := func(name string) int {
		n, err := strconv.Atoi(form[name])
		if err != nil || n < 0 || n > 1e6 {
			wrong = append(wrong, name)
		}
		return n
	}
	seconds := func(name string) time.Duration { return time.Duration(number(name)) * time.Second }
	q = queue.Queue{
		ID: queueID(r), Names: map[string]string{"zh-CN": form["zh"], "en": form["en"]}, Escalates: form["escalates"], Routing: queue.Routing(form["routing"]),
		Accept: seconds("accept"), Remind: seconds("remind"), TakeBack: seconds("takeback"),
		Capacity: number("capacity"), Most: number("most"), Priority: number("priority"), Calendar: form["calendar"],
	}
	q.Version, _ = strconv.ParseInt(r.PostFormValue("version"), 10, 64) // none is 0, which is nobody's
	if r.PathValue("queue") == newQueue {
		q.ID, q.Version = form["id"], 0
		if q.ID == "" {
			wrong = append(wrong, "id")
		}
	}
	return q, wrong
}
