package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"wenda/bot/web"
	"wenda/knowledge/base"
	"wenda/knowledge/gate"
	"wenda/knowledge/lint"
)

// mostWaiting bounds the review page.
const mostWaiting = 100

// review shows what waits for a second person, longest first.
func (a *API) review(w http.ResponseWriter, r *http.Request) {
	ctx, reader := r.Context(), a.user(r)
	heads, next, err := a.Hub.Base.List(ctx, base.Query{State: base.InReview, Limit: mostWaiting})
	if err != nil {
		a.broken(w, r, err)
		return
	}
	page := web.ReviewPage{Page: a.here(w, r, "review"), Now: time.Now(), More: next != "", Names: a.names(ctx)}
	if did := r.URL.Query().Get("did"); slices.Contains(entryDeeds, did) {
		page.Done = did
	}
	for _, head := range heads {
		waiting, err := a.inReview(ctx, head, reader.ID)
		if err != nil {
			a.broken(w, r, err)
			return
		}
		waiting.Own = waiting.Own && !page.Solo
		page.Waiting = append(page.Waiting, waiting)
	}
	slices.SortStableFunc(page.Waiting, func(x, y web.Waiting) int { return x.Since.Compare(y.Since) })
	a.Site.Review(w, page)
}

// inReview is what a reviewer wants to know of an entry before opening it.
func (a *API) inReview(ctx context.Context, head base.Head, reader string) (web.Waiting, error) {
	x := web.Waiting{Head: head, Since: head.Newest.At, Asker: head.Newest.Author}
	steps, err := a.Hub.Base.Steps(ctx, head.ID)
	if err != nil {
		return x, err
	}
	if i := slices.IndexFunc(steps, func(s base.Step) bool { return s.Did == "submitted" }); i >= 0 {
		x.Since, x.Asker, x.Why = steps[i].At, steps[i].Who, steps[i].Why
	}
	revisions, err := a.Hub.Base.Revisions(ctx, head.ID)
	if err != nil {
		return x, err
	}
	x.Own = wroteWaiting(revisions, reader)
	if live := revisionOf(revisions, head.Live); live != nil {
		x.Changed = len(web.Compare(live.Content, head.Newest.Content, nil))
	}
	found, err := a.found(ctx, head.ID, head.Newest.Content)
	x.Warned, x.Blocked = len(found), lint.Blocked(found)
	return x, err
}

// foresee holds what waits for review against the labelled set, as if it were published:
// a hint for the reviewer, who need not wait for it.
func (a *API) foresee(w http.ResponseWriter, r *http.Request) {
	patience(w, judgeWithin+tryWithin)
	report, err := a.foreseen(r.Context(), r.PathValue("id"))
	switch {
	case errors.Is(err, base.ErrNone):
		a.fail(w, r, http.StatusNotFound)
	case err != nil:
		a.Log.Warn("a draft could not be held against the labelled set", "err", err)
		a.showEntry(w, r, web.EntryPage{Told: web.Told{Trouble: web.TroubleUntried}})
	default:
		a.showEntry(w, r, web.EntryPage{Foreseen: &report})
	}
}

func (a *API) foreseen(ctx context.Context, id string) (gate.Report, error) {
	next, err := a.Hub.Base.Preview(ctx, []string{id})
	if err != nil {
		return gate.Report{}, err
	}
	v, err := a.Hub.Judge.Hold(ctx, next, []string{id})
	return v.Report, err
}
