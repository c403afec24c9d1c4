package api

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"wenda/bot/web"
	"wenda/knowledge"
	"wenda/knowledge/health"
)

const (
	inspectWithin = 30 * time.Minute
	findingsPage  = 50
)

// checkup is the newest inspection of this process. The zero checkup has none.
type checkup struct {
	work
	mu      sync.Mutex
	running bool
	release int64 // that was inspected, or tried to
	report  health.Report
	err     error
}

// begin reports whether the caller is to inspect the release: nobody does now, and
// nobody did, unless it is to be done again.
func (c *checkup) begin(release int64, again bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running || c.release == release && !again {
		return false
	}
	c.running, c.release = true, release
	c.resume("inspecting")
	return true
}

func (c *checkup) finish(report health.Report, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running, c.err = false, err; err == nil {
		c.report = report
	}
	c.end()
}

func (c *checkup) newest() (report health.Report, running bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.report, c.running, c.err
}

// inspect begins an inspection of the release in force, if there is to be one.
func (a *API) inspect(again bool) {
	if a.Hub.Inspect != nil && a.checkup.begin(a.Release().ID, again) {
		a.beside(a.inspectNow)
	}
}

func (a *API) inspectNow(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, inspectWithin)
	defer cancel()
	var report health.Report
	var err error
	defer func() { a.checkup.finish(report, err) }()
	defer a.survive(&err)
	if report, err = a.Hub.Inspect(ctx, a.checkup.tell); err != nil && ctx.Err() == nil {
		a.Log.Error("an inspection failed", "err", err)
	}
}

// health shows what the newest inspection found: ?kind= selects, ?from= passes over. The
// first look at a release inspects it.
func (a *API) health(w http.ResponseWriter, r *http.Request) {
	a.inspect(false)
	v := r.URL.Query()
	p := web.HealthPage{Hub: a.hub(w, r, "health"), Current: a.Release().ID}
	var err error
	if p.Report, p.Running, err = a.checkup.newest(); err != nil {
		p.Fault = web.Refusal{Code: "match", Status: http.StatusServiceUnavailable}
	}
	p.Counts = map[health.Kind]int{}
	for _, f := range p.Report.Findings {
		p.Counts[f.Kind]++
	}
	p.Kinds, p.Findings, p.Next = healthView(p.Report.Findings, v)
	p.Asked = questions(a.Release(), p.Lang, p.Findings)
	a.Site.Health(w, p)
}

// healthView is what a page shows of the findings.
func healthView(all []health.Finding, v url.Values) (kinds []web.Choice, shown []health.Finding, next string) {
	kind := health.Kind(v.Get("kind"))
	kinds = []web.Choice{{URL: "/health", Current: kind == ""}}
	for _, k := range health.Kinds {
		if slices.ContainsFunc(all, func(f health.Finding) bool { return f.Kind == k }) {
			kinds = append(kinds, web.Choice{Code: string(k), URL: "/health?kind=" + string(k), Current: k == kind})
		}
	}
	for _, f := range all {
		if kind == "" || f.Kind == kind {
			shown = append(shown, f)
		}
	}
	from, _ := strconv.Atoi(v.Get("from"))
	shown = shown[min(max(0, from), len(shown)):]
	if len(shown) > findingsPage {
		shown = shown[:findingsPage]
		next = fmt.Sprintf("/health?%s", url.Values{"kind": {string(kind)}, "from": {strconv.Itoa(max(0, from) + findingsPage)}}.Encode())
	}
	return kinds, shown, next
}

// inspectAgain begins another inspection.
func (a *API) inspectAgain(w http.ResponseWriter, r *http.Request) {
	a.inspect(true)
	http.Redirect(w, r, "/health", http.StatusSeeOther)
}

// inspectProgress says how far the inspection is.
func (a *API) inspectProgress(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, a.checkup.progress())
}

// questions are the standard questions of the entries that findings name.
func questions(release *knowledge.Release, lang knowledge.Lang, found []health.Finding) map[string]string {
	asked := map[string]string{}
	for _, f := range found {
		for _, id := range []string{f.Entry, f.Other} {
			if e, ok := release.Entry(id); ok {
				_, text := e.In(lang)
				asked[id] = text.Question
			}
		}
	}
	return asked
}
