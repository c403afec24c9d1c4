package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"wenda/bot/auth"
	"wenda/bot/web"
	"wenda/knowledge/base"
	"wenda/knowledge/gate"
)

const (
	releasesPage = 30                 // releases on one page
	mostChanges  = 200                // that a release's page shows
	warnBefore   = 7 * 24 * time.Hour // an entry's end
)

// releases lists what was in force, newest first, behind ?before=, and what is planned.
func (a *API) releases(w http.ResponseWriter, r *http.Request) {
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	a.showReleases(w, r, max(before, 0), web.Refusal{})
}

func (a *API) showReleases(w http.ResponseWriter, r *http.Request, before int64, fault web.Refusal) {
	ctx, u := r.Context(), a.user(r)
	p := web.ReleasesPage{Hub: a.hub(w, r, "releases"), Publish: u.May(auth.PublishEntries), Retire: mayRetire(u)}
	p.Fault = fault
	var err, err2, err3, err4, err5, err6 error
	p.Current, err = a.Hub.Base.Current(ctx)
	p.Releases, err2 = a.Hub.Base.Releases(ctx, before, releasesPage+1)
	p.Plans, err3 = a.Hub.Base.Plans(ctx)
	p.Expiring, err4 = a.Hub.Base.Expiring(ctx, warnBefore)
	p.Waiting, err5 = a.readyCount(r)
	p.Learning, err6 = a.Hub.Learning(ctx)
	if err := errors.Join(err, err2, err3, err4, err5, err6); err != nil {
		a.broken(w, r, err)
		return
	}
	if len(p.Releases) > releasesPage {
		p.Releases = p.Releases[:releasesPage]
		p.Next = fmt.Sprintf("/releases?before=%d", p.Releases[releasesPage-1].ID)
	}
	a.Site.Releases(w, p)
}

// readyCount counts what is approved and not published, as far as one publish shows it.
func (a *API) readyCount(r *http.Request) (int, error) {
	heads, _, err := a.ready(r.Context())
	return len(heads), err
}

// release shows one release.
func (a *API) release(w http.ResponseWriter, r *http.Request) { a.showRelease(w, r, web.Refusal{}) }

func (a *API) showRelease(w http.ResponseWriter, r *http.Request, fault web.Refusal) {
	ctx := r.Context()
	id, _ := strconv.ParseInt(r.PathValue("release"), 10, 64)
	release, err := a.Hub.Base.Release(ctx, id)
	if errors.Is(err, base.ErrNone) {
		a.fail(w, r, http.StatusNotFound)
		return
	}
	p := web.ReleasePage{Hub: a.hub(w, r, "releases"), Release: release, Publish: a.user(r).May(auth.PublishEntries), Why: r.PostFormValue("why")}
	p.Fault, p.Report = fault, reportOf(release)
	if r.Method != http.MethodGet {
		p.Path = fmt.Sprintf("/releases/%d", id)
	}
	var err2, err3, err4 error
	p.Current, err2 = a.Hub.Base.Current(ctx)
	p.Changes, err3 = a.Hub.Base.Changes(ctx, release.Before, release.ID)
	if id != p.Current {
		p.Back, err4 = a.Hub.Base.Changes(ctx, p.Current, release.ID)
	}
	if err := errors.Join(err, err2, err3, err4); err != nil {
		a.broken(w, r, err)
		return
	}
	p.Changed, p.Away = len(p.Changes), len(p.Back)
	p.Changes, p.Back = p.Changes[:min(p.Changed, mostChanges)], p.Back[:min(p.Away, mostChanges)]
	a.Site.Release(w, p)
}

// reportOf is the gate's report that was kept with a release; nil if there is none.
func reportOf(release base.Release) *gate.Report {
	var report gate.Report
	if len(release.Gate) == 0 || json.Unmarshal(release.Gate, &report) != nil {
		return nil
	}
	return &report
}

// rollback puts an older release in force again.
func (a *API) rollback(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.ParseInt(r.PathValue("release"), 10, 64)
	why := strings.TrimSpace(r.PostFormValue("why"))
	switch {
	case why == "":
		a.showRelease(w, r, because("why"))
		return
	case r.PostFormValue("sure") == "":
		a.showRelease(w, r, because("sure"))
		return
	}
	made, err := a.Hub.Base.Rollback(r.Context(), a.user(r).ID, id, why)
	if err != nil {
		a.refuse(w, r, err, a.showRelease)
		return
	}
	a.told()
	done(w, r, fmt.Sprintf("/releases/%d", made.ID), "rolledback")
}

// refuse shows the form again with what was wrong, or that something is broken.
func (a *API) refuse(w http.ResponseWriter, r *http.Request, err error, show func(http.ResponseWriter, *http.Request, web.Refusal)) {
	if fault, known := refused(err); known {
		show(w, r, fault)
		return
	}
	a.broken(w, r, err)
}

// told lets this node look for what is in force now.
func (a *API) told() {
	if a.Hub.Told != nil {
		a.Hub.Told()
	}
}

// cancel takes a plan from the list.
func (a *API) cancel(w http.ResponseWriter, r *http.Request) {
	plan, _ := strconv.ParseInt(r.PathValue("plan"), 10, 64)
	if err := a.Hub.Base.Cancel(r.Context(), a.user(r).ID, plan); err != nil {
		a.refuse(w, r, err, func(w http.ResponseWriter, r *http.Request, fault web.Refusal) { a.showReleases(w, r, 0, fault) })
		return
	}
	done(w, r, "/releases", "cancelled")
}

// mayRetire reports whether somebody may take a live answer back: who publishes, and
// who only vetoes.
func mayRetire(u auth.User) bool { return u.May(auth.PublishEntries) || u.May(auth.VetoEntries) }

// retireForm shows the entry of ?id= as it is in force, and asks for the reason.
func (a *API) retireForm(w http.ResponseWriter, r *http.Request) { a.showRetire(w, r, web.Refusal{}) }

func (a *API) showRetire(w http.ResponseWriter, r *http.Request, fault web.Refusal) {
	if !mayRetire(a.user(r)) {
		a.fail(w, r, http.StatusForbidden)
		return
	}
	id := strings.TrimSpace(r.FormValue("id"))
	p := web.RetirePage{Hub: a.hub(w, r, "releases"), ID: id, Why: r.PostFormValue("why")}
	p.Fault = fault
	if r.Method != http.MethodGet {
		p.Path = "/retire?id=" + id
	}
	if e, live := a.Release().Entry(id); live && !e.System() {
		p.Entry = e
	} else if id != "" && fault.Code == "" {
		p.Fault = because("notlive")
	}
	a.Site.Retire(w, p)
}

// retire takes an entry out of force at once.
func (a *API) retire(w http.ResponseWriter, r *http.Request) {
	u, id, why := a.user(r), r.PostFormValue("id"), strings.TrimSpace(r.PostFormValue("why"))
	switch {
	case !mayRetire(u):
		a.fail(w, r, http.StatusForbidden)
		return
	case why == "":
		a.showRetire(w, r, because("why"))
		return
	}
	made, err := a.Hub.Base.Retire(r.Context(), u.ID, id, why)
	if err != nil {
		a.refuse(w, r, err, a.showRetire)
		return
	}
	a.told()
	done(w, r, fmt.Sprintf("/releases/%d", made.ID), "retired")
}
