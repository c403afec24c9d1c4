package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"path/filepath"
	"strings"

	"wenda/bot/web"
	"wenda/knowledge/exchange"
)

// dryRun reads the file and compares it with the base.
func (a *API) dryRun(ctx context.Context, one *importing, data []byte) {
	ctx, cancel := context.WithTimeout(ctx, importWithin)
	defer cancel()
	defer one.end()
	defer a.survive(&one.err)
	format, err := exchange.FormatOf(one.name)
	if err != nil {
		one.err = err
		return
	}
	file, err := exchange.Read(ctx, bytes.NewReader(data), format, exchange.ImportLimits, one.tell)
	if err != nil {
		one.err = err
		return
	}
	one.enter("comparing")
	one.plan, one.err = exchange.NewPlan(ctx, file, a.Hub.Base, one.mode, one.tell)
}

// survive turns a panic of work in the background into its error: it must not end the
// process that customers talk to. What a panic says may be what somebody wrote.
func (a *API) survive(err *error) {
	if what := recover(); what != nil {
		a.Log.Error("work in the background panicked", "panic", fmt.Sprintf("%T", what))
		*err = errors.New("api: work in the background panicked")
	}
}

// decideImport does what the owner of a dry run says: apply or drop it.
func (a *API) decideImport(w http.ResponseWriter, r *http.Request) {
	one, found := a.imports.find(a.user(r).ID, r.PathValue("import"))
	switch do := r.PostFormValue("do"); {
	case !found:
		a.showImport(w, r, web.Refusal{Code: "gone", Status: http.StatusNotFound})
		return
	case do == "drop" && one.over():
		a.imports.drop(one)
		http.Redirect(w, r, "/import", http.StatusSeeOther)
		return
	case do == "apply" && a.imports.claim(one):
		why := strings.TrimSpace(r.PostFormValue("why"))
		a.beside(func(ctx context.Context) { a.applyImport(ctx, one, why) })
	}
	http.Redirect(w, r, "/import/"+one.id, http.StatusSeeOther)
}

// claim lets one of several clicks save a plan.
func (i *imports) claim(one *importing) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if !one.over() || one.plan == nil || one.isIn || one.err != nil {
		return false
	}
	one.resume("saving")
	return true
}

// applyImport makes the drafts.
func (a *API) applyImport(ctx context.Context, one *importing, why string) {
	ctx, cancel := context.WithTimeout(ctx, importWithin)
	defer cancel()
	defer one.end()
	defer a.survive(&one.err)
	one.saved, one.err = one.plan.Apply(ctx, a.Hub.Base, one.by, why, one.tell)
	one.isIn = one.err == nil
}

// importProgress says how far an import is.
func (a *API) importProgress(w http.ResponseWriter, r *http.Request) {
	one, found := a.imports.find(a.user(r).ID, r.PathValue("import"))
	if !found {
		writeJSON(w, progress{Over: true})
		return
	}
	writeJSON(w, one.progress())
}

// faulty hands the file back with what is wrong in each row.
func (a *API) faulty(w http.ResponseWriter, r *http.Request) {
	one, found := a.imports.find(a.user(r).ID, r.PathValue("import"))
	if !found || !one.over() || one.plan == nil {
		a.fail(w, r, http.StatusNotFound)
		return
	}
	var file bytes.Buffer
	if err := one.plan.Faulty(&file, a.Site.Lang(w, r)); err != nil {
		a.broken(w, r, err)
		return
	}
	ext := filepath.Ext(one.name)
	download(w, strings.TrimSuffix(one.name, ext)+"-faults"+ext, file.Bytes())
}

// export writes the newest revisions of all entries as a file: ?format=xlsx, csv or
// jsonl; template is an empty table.
func (a *API) export(w http.ResponseWriter, r *http.Request) {
	patience(w, importWithin)
	format := exchange.Format(r.URL.Query().Get("format"))
	var file bytes.Buffer
	var err error
	name := "wenda." + string(format)
	switch format {
	case "template":
		name = "wenda-template.xlsx"
		err = a.template(r.Context(), &file)
	case exchange.XLSX, exchange.CSV, exchange.JSONL:
		err = a.exported(r.Context(), &file, format)
	default:
		a.fail(w, r, http.StatusNotFound)
		return
	}
	if err != nil {
		a.broken(w, r, err)
		return
	}
	download(w, name, file.Bytes())
}

func (a *API) template(ctx context.Context, file *bytes.Buffer) error {
	categories, err := a.Hub.Base.Categories(ctx)
	if err != nil {
		return err
	}
	return exchange.Template(file, categories)
}

func (a *API) exported(ctx context.Context, file *bytes.Buffer, format exchange.Format) error {
	entries, err := exchange.Of(ctx, a.Hub.Base)
	if err != nil {
		return err
	}
	return exchange.Write(file, format, entries)
}

// fileKinds are media types of files that are downloaded.
var fileKinds = map[string]string{
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".csv":  "text/csv; charset=utf-8", ".txt": "text/csv; charset=utf-8",
	".jsonl": "application/x-ndjson", ".ndjson": "application/x-ndjson",
}

// download sends a file to be kept.
func download(w http.ResponseWriter, name string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", fileKinds[strings.ToLower(filepath.Ext(name))])
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(body)
}
