package api

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strings"

	"wenda/bot/web"
	"wenda/knowledge"
	"wenda/knowledge/base"
	"wenda/knowledge/lint"
)

// fresh opens the form of an entry that is not there yet, under an id of its own: so
// what is typed can be kept before anybody has thought of a better one. ?kind=canned
// makes it a reply of agents.
func (a *API) fresh(w http.ResponseWriter, r *http.Request) {
	prefix := "e-"
	if base.Kind(r.FormValue("kind")) == base.CannedKind {
		prefix = knowledge.CannedPrefix
	}
	http.Redirect(w, r, entryPath(prefix+strings.ToLower(rand.Text()[:8]))+"/edit", http.StatusSeeOther)
}

// edit shows an entry as a form, with what the reader typed and did not save.
func (a *API) edit(w http.ResponseWriter, r *http.Request) {
	page, err := a.editing(r)
	if err != nil {
		a.lost(w, r, err)
		return
	}
	if did := r.URL.Query().Get("did"); did == "dropped" {
		page.Done = did
	}
	content, version, at, err := a.Hub.Base.Kept(r.Context(), a.user(r).ID, page.ID)
	switch {
	case errors.Is(err, base.ErrNone):
	case err != nil:
		a.broken(w, r, err)
		return
	case !content.Equal(page.Content):
		_, page.Overtaken, err = a.since(r.Context(), page.ID, version)
		if err != nil {
			a.lost(w, r, err)
			return
		}
		page.Content, page.Kept, page.Version = content, at, version
	}
	a.showEdit(w, r, page)
}

// editing is the form of the entry as it was saved last, or an empty one. base.ErrNone of
// what cannot be an id.
func (a *API) editing(r *http.Request) (p web.EditPage, err error) {
	ctx, id := r.Context(), r.PathValue("id")
	if !knowledge.ValidID(id) {
		return p, base.ErrNone
	}
	p = web.EditPage{ID: id, NewID: id}
	head, err := a.Hub.Base.Get(ctx, id)
	if errors.Is(err, base.ErrNone) {
		p.New = true
		return p, nil
	}
	p.Version, p.Content, p.Live, p.State = head.Version, head.Newest.Content, head.Live, head.Newest.State
	return p, err
}

// showEdit answers with the form, with what the checks find in it.
func (a *API) showEdit(w http.ResponseWriter, r *http.Request, p web.EditPage) {
	ctx := r.Context()
	p.Page = a.here(w, r, "editor")
	p.Path = entryPath(p.ID) + "/edit"
	var err error
	if !p.New || len(p.Content.Texts) > 0 { // an empty form needs no blame
		if p.Findings, err = a.found(ctx, p.ID, p.Content); err != nil {
			a.broken(w, r, err)
			return
		}
	}
	if p.Categories, err = a.Hub.Base.Categories(ctx); err != nil {
		a.broken(w, r, err)
		return
	}
	p.Blocked, p.Owners = lint.Blocked(p.Findings), a.owners(ctx, p.Content.Owner)
	a.Site.EditEntry(w, p)
}

// written is the form as it was sent, on the page that it came from.
func (a *API) written(r *http.Request) (web.EditPage, typed, error) {
	page, err := a.editing(r)
	t := readForm(r.PostForm)
	page.Content, page.Version, page.Why = t.content, t.version, t.why
	if page.New {
		page.NewID = t.id
	}
	return page, t, err
}

// saveEntry takes the form of an entry: a new revision, or a new entry.
func (a *API) saveEntry(w http.ResponseWriter, r *http.Request) {
	page, t, err := a.written(r)
	if err != nil {
		a.lost(w, r, err)
		return
	}
	if page.Trouble = misfit(page, t); page.Trouble != "" {
		a.showEdit(w, r, page)
		return
	}
	ctx, by := r.Context(), a.user(r).ID
	head, err := a.put(ctx, by, page, t)
	if err != nil {
		a.unsaved(w, r, page, err)
		return
	}
	if err := a.Hub.Base.Drop(ctx, by, page.ID); err != nil { // what was kept under the id that was suggested
		a.Log.Warn("a working copy could not be dropped", "entry", page.ID, "err", err)
	}
	did := "saved"
	if t.submit && head.Newest.State == base.Draft {
		_, err := a.submitChecked(ctx, by, head.ID, head.Version, t.why)
		switch {
		case err == nil:
			did = "submitted"
		case !errors.Is(err, errBlocked) && !errors.Is(err, base.ErrChanged): // those the entry's page shows
			a.broken(w, r, err)
			return
		}
	}
	done(w, r, entryPath(head.ID), did)
}

// misfit is what keeps a form from being given to the base at all.
func misfit(page web.EditPage, t typed) web.Trouble {
	switch {
	case page.New && !goodID(t.id):
		return web.TroubleID
	case t.badTime:
		return web.TroubleTime
	}
	return ""
}

// put saves the form. That an entry was submitted, approved or published meanwhile is no
// reason to bother its writer, as long as nobody wrote anything else.
func (a *API) put(ctx context.Context, by string, page web.EditPage, t typed) (base.Head, error) {
	if page.New {
		return a.Hub.Base.Create(ctx, by, t.id, t.content, t.why)
	}
	head, err := a.Hub.Base.Save(ctx, by, page.ID, t.version, t.content, t.why)
	if !errors.Is(err, base.ErrChanged) {
		return head, err
	}
	now, rewritten, lost := a.since(ctx, page.ID, t.version)
	if lost != nil || rewritten {
		return head, errors.Join(err, lost)
	}
	return a.Hub.Base.Save(ctx, by, page.ID, now.Version, t.content, t.why)
}

// since returns where an entry stands, and whether somebody saved it since a version.
func (a *API) since(ctx context.Context, id string, version int64) (head base.Head, rewritten bool, err error) {
	if head, err = a.Hub.Base.Get(ctx, id); errors.Is(err, base.ErrNone) {
		return head, false, nil // it is not there yet
	}
	if err != nil || head.Version == version {
		return head, false, err
	}
	steps, err := a.Hub.Base.Steps(ctx, id)
	return head, revisionAt(steps, version) != head.Newest.Number, err
}

// unsaved shows the form again, with all that was typed, and why.
func (a *API) unsaved(w http.ResponseWriter, r *http.Request, page web.EditPage, err error) {
	switch {
	case errors.Is(err, base.ErrInvalid):
		page.Trouble, page.Faults = web.TroubleInvalid, strings.Split(beyond(err, base.ErrInvalid), "\n")
	case errors.Is(err, base.ErrExists):
		page.Trouble = web.TroubleExists
	case errors.Is(err, base.ErrChanged):
		page.Trouble = web.TroubleChanged
		if err := a.threeWays(r.Context(), &page); err != nil {
			a.broken(w, r, err)
			return
		}
	default:
		a.broken(w, r, err)
		return
	}
	a.showEdit(w, r, page)
}

// threeWays shows what both sides made of what the writer began with. The next save
// names the version that they have seen now.
func (a *API) threeWays(ctx context.Context, p *web.EditPage) error {
	head, err := a.Hub.Base.Get(ctx, p.ID)
	if err != nil {
		return err
	}
	steps, err := a.Hub.Base.Steps(ctx, p.ID)
	if err != nil {
		return err
	}
	var common base.Content
	if began := revisionAt(steps, p.Version); began > 0 {
		r, err := a.Hub.Base.Revision(ctx, p.ID, began)
		if err != nil {
			return err
		}
		common = r.Content
	}
	p.Three = web.CompareThree(common, head.Newest.Content, p.Content, a.names(ctx))
	p.Version, p.State, p.Live = head.Version, head.Newest.State, head.Live
	return nil
}

// revisionAt is the entry's newest revision at a version: each version has one step.
// Steps are newest first. 0 if there is no such version.
func revisionAt(steps []base.Step, version int64) int {
	if version < 1 || version > int64(len(steps)) {
		return 0
	}
	then := slices.MaxFunc(steps[int64(len(steps))-version:], func(x, y base.Step) int { return x.Revision - y.Revision })
	return then.Revision
}
