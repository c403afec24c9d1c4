package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"wenda/bot/web"
	"wenda/knowledge/base"
)

// keep keeps what is typed in the form of an entry as the reader's working copy, and
// says since when: {"at":"2026-11-22 14:05"}.
func (a *API) keep(w http.ResponseWriter, r *http.Request) {
	page, t, err := a.written(r)
	if err != nil {
		a.lost(w, r, err)
		return
	}
	err = a.Hub.Base.Keep(r.Context(), a.user(r).ID, page.ID, t.content, t.version)
	switch {
	case errors.Is(err, base.ErrInvalid):
		http.Error(w, "not kept", http.StatusUnprocessableEntity)
	case err != nil:
		a.Log.Error("a working copy was not kept", "err", err)
		http.Error(w, "not kept", http.StatusServiceUnavailable)
	default:
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"at": web.When(time.Now())})
	}
}

// drop forgets the reader's working copy.
func (a *API) drop(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	if err := a.Hub.Base.Drop(r.Context(), a.user(r).ID, id); err != nil {
		a.broken(w, r, err)
		return
	}
	done(w, r, entryPath(id)+"/edit", "dropped")
}

// check shows the form as it was sent, with what the checks find. Nothing is saved.
func (a *API) check(w http.ResponseWriter, r *http.Request) {
	page, _, err := a.written(r)
	if err != nil {
		a.lost(w, r, err)
		return
	}
	a.showEdit(w, r, page)
}

// trial puts an utterance to what is in force and to the draft: the form as it was sent,
// or of the entry's own page its newest revision.
func (a *API) trial(w http.ResponseWriter, r *http.Request) {
	patience(w, 2*tryWithin)
	said := strings.TrimSpace(r.PostFormValue("said"))
	if r.PostForm.Has("version") {
		page, t, err := a.written(r)
		if err != nil {
			a.lost(w, r, err)
			return
		}
		page.Tried = a.try(r.Context(), page.ID, t.content, said)
		a.showEdit(w, r, page)
		return
	}
	head, err := a.Hub.Base.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		a.lost(w, r, err)
		return
	}
	a.showEntry(w, r, web.EntryPage{Tried: a.try(r.Context(), head.ID, head.Newest.Content, said)})
}
