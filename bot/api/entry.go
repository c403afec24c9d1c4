package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"wenda/bot/auth"
	"wenda/bot/web"
	"wenda/knowledge/base"
	"wenda/knowledge/lint"
)

// entryDeeds are what ?did= may say was done to an entry.
var entryDeeds = []string{"saved", "submitted", "withdrawn", "approved", "refused", "dropped", "discarded"}

// entryPath is where an entry is shown.
func entryPath(id string) string { return web.EntryURL(id) }

// entry shows where an entry stands and what can be done next.
func (a *API) entry(w http.ResponseWriter, r *http.Request) {
	var told web.Told
	if did := r.URL.Query().Get("did"); slices.Contains(entryDeeds, did) {
		told.Done = did
	}
	a.showEntry(w, r, web.EntryPage{Told: told})
}

// showEntry answers with the entry's page. more is what is said on it beside where the
// entry stands: Told, Tried, Foreseen.
func (a *API) showEntry(w http.ResponseWriter, r *http.Request, more web.EntryPage) {
	page, err := a.entryPage(r.Context(), r.PathValue("id"), a.user(r))
	if err != nil {
		a.lost(w, r, err)
		return
	}
	page.Page, page.Told, page.Tried, page.Foreseen = a.here(w, r, "editor"), more.Told, more.Tried, more.Foreseen
	page.Path = entryPath(page.Head.ID)
	a.Site.Entry(w, page)
}

// lost answers for an entry that is not there, or a base that is not.
func (a *API) lost(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, base.ErrNone) {
		a.fail(w, r, http.StatusNotFound)
		return
	}
	a.broken(w, r, err)
}

// entryPage gathers all that is known of an entry.
func (a *API) entryPage(ctx context.Context, id string, reader auth.User) (p web.EntryPage, err error) {
	if p.Head, err = a.Hub.Base.Get(ctx, id); err != nil {
		return p, err
	}
	if p.Revisions, err = a.Hub.Base.Revisions(ctx, id); err != nil {
		return p, err
	}
	if p.Steps, err = a.Hub.Base.Steps(ctx, id); err != nil {
		return p, err
	}
	if p.Findings, err = a.found(ctx, id, p.Head.Newest.Content); err != nil {
		return p, err
	}
	p.Blocked, p.Names = lint.Blocked(p.Findings), a.names(ctx)
	p.Discards = p.Head.Newest.State == base.Draft && !slices.ContainsFunc(p.Revisions, func(r base.Revision) bool { return r.Approver != "" })
	p.Own = wroteWaiting(p.Revisions, reader.ID) && !a.solo(ctx)
	if live := revisionOf(p.Revisions, p.Head.Live); live != nil {
		p.Live, p.Changes = live, web.Compare(live.Content, p.Head.Newest.Content, p.Names)
	}
	return p, nil
}

// wroteWaiting reports whether somebody wrote any of the revisions since the one that
// was approved last: they cannot approve what came of it. Revisions are newest first.
func wroteWaiting(revisions []base.Revision, who string) bool {
	for _, r := range revisions {
		if r.Approver != "" {
			return false
		}
		if r.Author == who {
			return true
		}
	}
	return false
}

func revisionOf(all []base.Revision, number int) *base.Revision {
	i := slices.IndexFunc(all, func(r base.Revision) bool { return r.Number == number })
	if i < 0 {
		return nil
	}
	return &all[i]
}

// compare shows two revisions beside each other: ?from= and ?to=, by default the newest
// and the one before.
func (a *API) compare(w http.ResponseWriter, r *http.Request) {
	ctx, id := r.Context(), r.PathValue("id")
	all, err := a.Hub.Base.Revisions(ctx, id)
	if err != nil {
		a.lost(w, r, err)
		return
	}
	to := chosen(all, r.FormValue("to"), all[0])
	from := chosen(all, r.FormValue("from"), all[min(1, len(all)-1)])
	names := a.names(ctx)
	a.Site.Compare(w, web.ComparePage{
		Page: a.here(w, r, "editor"), ID: id, Question: all[0].Content.Question(), Before: from, After: to,
		Changes: web.Compare(from.Content, to.Content, names), Revisions: all, Names: names,
	})
}

func chosen(all []base.Revision, number string, otherwise base.Revision) base.Revision {
	n, _ := strconv.Atoi(number)
	if r := revisionOf(all, n); r != nil {
		return *r
	}
	return otherwise
}

// stepOf is one step of review: what it does, what is said when it is done, and where
// the browser goes then.
type stepOf struct {
	do   func(ctx context.Context, by, id string, version int64, why string) (base.Head, error)
	did  string
	next func(id string) string
}

func onEntry(id string) string { return entryPath(id) }
func onQueue(_ string) string  { return "/review" }
func (a *API) submits() stepOf { return stepOf{a.submitChecked, "submitted", onEntry} }
func (a *API) withdraws() stepOf {
	return stepOf{a.Hub.Base.Withdraw, "withdrawn", onEntry}
}
func (a *API) discards() stepOf {
	return stepOf{a.Hub.Base.Discard, "discarded", onEntry}
}
func (a *API) refuses() stepOf  { return stepOf{a.Hub.Base.Refuse, "refused", onQueue} }
func (a *API) approves() stepOf { return stepOf{a.approveChecked, "approved", onQueue} }

// errBlocked says that a finding forbids the step.
var errBlocked = errors.New("api: the content checks forbid it")

// clean says errBlocked of an entry with a finding that blocks.
func (a *API) clean(ctx context.Context, id string) error {
	head, err := a.Hub.Base.Get(ctx, id)
	if err != nil {
		return err
	}
	found, err := a.found(ctx, id, head.Newest.Content)
	if err == nil && lint.Blocked(found) {
		err = errBlocked
	}
	return err
}

func (a *API) submitChecked(ctx context.Context, by, id string, version int64, why string) (base.Head, error) {
	if err := a.clean(ctx, id); err != nil {
		return base.Head{}, err
	}
	return a.Hub.Base.Submit(ctx, by, id, version, why)
}

func (a *API) approveChecked(ctx context.Context, by, id string, version int64, why string) (base.Head, error) {
	if err := a.clean(ctx, id); err != nil {
		return base.Head{}, err
	}
	return a.Hub.Base.Approve(ctx, base.Reviewer{ID: by, Solo: a.solo(ctx)}, id, version, why)
}

// step takes the form of a step of review: version and why.
func (a *API) step(of func() stepOf) http.HandlerFunc {
	return a.form(func(w http.ResponseWriter, r *http.Request) {
		s, id, why := of(), r.PathValue("id"), strings.TrimSpace(r.PostFormValue("why"))
		version, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64) // none is 0, which is nobody's
		_, err := s.do(r.Context(), a.user(r).ID, id, version, why)
		if err == nil {
			done(w, r, s.next(id), s.did)
			return
		}
		trouble, known := troubleOf(err)
		if !known {
			a.lost(w, r, err)
			return
		}
		a.showEntry(w, r, web.EntryPage{Told: web.Told{Trouble: trouble, Why: why}})
	})
}

// troubleOf is an error of a step as the page tells it.
func troubleOf(err error) (web.Trouble, bool) {
	for _, t := range []struct {
		err     error
		trouble web.Trouble
	}{
		{errBlocked, web.TroubleBlocked}, {base.ErrChanged, web.TroubleState}, {base.ErrState, web.TroubleState},
		{base.ErrOwnWords, web.TroubleOwn}, {base.ErrInvalid, web.TroubleWhy}, // of a step nothing else can be invalid
	} {
		if errors.Is(err, t.err) {
			return t.trouble, true
		}
	}
	return "", false
}
