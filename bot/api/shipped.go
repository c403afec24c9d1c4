package api

import (
	"bytes"
	"context"
	"errors"
	"net/http"

	"wenda/bot/web"
	"wenda/knowledge/base"
	"wenda/knowledge/exchange"
)

// shippedName is what the file is called that Wenda is shipped with.
const shippedName = "wenda-replies.jsonl"

// lacking are the shipped replies of agents that the base has never had: one that was
// taken back or discarded is not offered again.
func (a *API) lacking(ctx context.Context) ([]exchange.Entry, error) {
	var all []exchange.Entry
	for _, e := range a.Hub.Replies {
		if _, err := a.Hub.Base.Get(ctx, e.ID); errors.Is(err, base.ErrNone) {
			all = append(all, exchange.Entry{ID: e.ID, Content: base.ContentOf(e)})
		} else if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// importShipped begins the dry run of a file with the replies that the base lacks, as if
// somebody had sent it: what comes of it are drafts.
func (a *API) importShipped(w http.ResponseWriter, r *http.Request) {
	all, err := a.lacking(r.Context())
	if err != nil {
		a.broken(w, r, err)
		return
	}
	if len(all) == 0 { // somebody else has them already
		http.Redirect(w, r, "/import", http.StatusSeeOther)
		return
	}
	var file bytes.Buffer
	if err := exchange.Write(&file, exchange.JSONL, all); err != nil {
		a.broken(w, r, err)
		return
	}
	one := newImport(a.user(r).ID, exchange.Append)
	one.name = shippedName
	a.tryImport(w, r, one, file.Bytes())
}

// tryImport begins the dry run of a file and shows how far it is.
func (a *API) tryImport(w http.ResponseWriter, r *http.Request, one *importing, data []byte) {
	one.enter("reading")
	if !a.imports.add(one) {
		a.showImport(w, r, web.Refusal{Code: "busy", Status: http.StatusServiceUnavailable})
		return
	}
	a.beside(func(ctx context.Context) { a.dryRun(ctx, one, data) })
	http.Redirect(w, r, "/import/"+one.id, http.StatusSeeOther)
}
