package api

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"wenda/bot/web"
	"wenda/knowledge/exchange"
)

const (
	importWithin = 10 * time.Minute // for reading, comparing and saving
	importKept   = time.Hour        // a dry run that nobody confirms
	mostImports  = 4                // kept at once; each holds a whole file
	importRows   = 50               // rows on one page
)

var importModes = []exchange.Mode{exchange.Append, exchange.Update, exchange.Replace}

// importing is a file on its way into the base, in this process's memory: a dry run
// first, then drafts if its owner says so.
type importing struct {
	work
	id, by, name string
	mode         exchange.Mode
	began        time.Time

	// Set before work.end, and read behind it.
	plan  *exchange.Plan
	saved int
	isIn  bool
	err   error
}

// imports are those of this process.
type imports struct {
	mu  sync.Mutex
	all []*importing
}

// add makes room for another one: a dry run of the same person goes, and what is old.
// It returns false if others keep all places.
func (i *imports) add(one *importing) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.all = slices.DeleteFunc(i.all, func(old *importing) bool {
		return old.over() && (old.by == one.by || time.Since(old.began) > importKept)
	})
	if len(i.all) >= mostImports {
		return false
	}
	i.all = append(i.all, one)
	return true
}

// find returns an import of that person.
func (i *imports) find(by, id string) (*importing, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	at := slices.IndexFunc(i.all, func(one *importing) bool { return one.id == id && one.by == by })
	if at < 0 {
		return nil, false
	}
	return i.all[at], true
}

func (i *imports) drop(one *importing) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.all = slices.DeleteFunc(i.all, func(other *importing) bool { return other == one })
}

// importForm asks for a file.
func (a *API) importForm(w http.ResponseWriter, r *http.Request) {
	a.showImport(w, r, web.Refusal{})
}

func (a *API) showImport(w http.ResponseWriter, r *http.Request, fault web.Refusal) {
	p := web.ImportPage{Hub: a.hub(w, r, "import"), Modes: importModes, Mode: exchange.Update}
	p.Fault = fault
	lacking, err := a.lacking(r.Context())
	if err != nil {
		a.broken(w, r, err)
		return
	}
	p.Lacking = len(lacking)
	a.Site.Import(w, p)
}

// upload takes a file and begins its dry run.
func (a *API) upload(w http.ResponseWriter, r *http.Request) {
	rc := http.NewResponseController(w)
	_ = rc.SetReadDeadline(time.Now().Add(5 * time.Minute)) // 10 MB over a thin line
	patience(w, 6*time.Minute)
	one, data, fault := a.received(r)
	if fault.Code != "" {
		a.showImport(w, r, fault)
		return
	}
	a.tryImport(w, r, one, data)
}

func newImport(by string, mode exchange.Mode) *importing {
	return &importing{id: strings.ToLower(rand.Text()), by: by, mode: mode, began: time.Now()}
}

// received reads the form with the file.
func (a *API) received(r *http.Request) (*importing, []byte, web.Refusal) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, nil, because("nofile")
	}
	one := newImport(a.user(r).ID, exchange.Update)
	var data []byte
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			data, err = one.take(part, data)
		}
		if err != nil {
			return nil, nil, unreadable(err)
		}
	}
	if one.name == "" || len(data) == 0 {
		return nil, nil, because("nofile")
	}
	return one, data, web.Refusal{}
}

// take reads one part of the form.
func (i *importing) take(part *multipart.Part, data []byte) ([]byte, error) {
	switch part.FormName() {
	case "file":
		i.name = filepath.Base(part.FileName())
		return io.ReadAll(part)
	case "mode":
		mode, err := io.ReadAll(io.LimitReader(part, 20))
		if slices.Contains(importModes, exchange.Mode(mode)) {
			i.mode = exchange.Mode(mode)
		}
		return data, err
	}
	return data, nil
}

func unreadable(err error) web.Refusal {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return web.Refusal{Code: "large", Status: http.StatusRequestEntityTooLarge}
	}
	return web.Refusal{Code: "nofile", Status: http.StatusBadRequest}
}

// imported shows how far an import is, then what it would do, then what it did.
func (a *API) imported(w http.ResponseWriter, r *http.Request) {
	one, found := a.imports.find(a.user(r).ID, r.PathValue("import"))
	if !found {
		a.showImport(w, r, web.Refusal{Code: "gone", Status: http.StatusNotFound})
		return
	}
	a.showImported(w, r, one)
}

func (a *API) showImported(w http.ResponseWriter, r *http.Request, one *importing) {
	p := web.ImportedPage{Hub: a.hub(w, r, "import"), ID: one.id, File: one.name, Why: r.PostFormValue("why")}
	p.Path = "/import/" + one.id
	if at := one.progress(); !at.Over {
		p.Phase = "reading"
		if at.Phase == "saving" {
			p.Phase = at.Phase
		}
		a.Site.Imported(w, p)
		return
	}
	p.Plan, p.Saved, p.Phase = one.plan, one.saved, "planned"
	switch fault, known := refused(one.err); {
	case one.isIn:
		p.Phase = "saved"
	case one.err == nil:
	case !known:
		a.broken(w, r, one.err)
		return
	case one.plan == nil:
		p.Phase, p.Fault = "failed", fault
	default: // the base changed since
		p.Phase, p.Fault = "failed", web.Refusal{Code: "stale", Status: http.StatusConflict}
	}
	if p.Plan != nil {
		p.Shows, p.Rows, p.Next = importView(one, r.URL.Query())
	}
	a.Site.Imported(w, p)
}

// importShows are the kinds of rows, as ?show= names them.
var importShows = []string{"", string(exchange.Refused), string(exchange.New), string(exchange.Changed), string(exchange.Same), "twins"}

// importView is what a page shows of a plan: the rows of ?show=, from ?from= on.
func importView(one *importing, v url.Values) (shows []web.Choice, rows []exchange.Row, next string) {
	show := v.Get("show")
	if !v.Has("show") && one.plan.Counts.Refused > 0 {
		show = string(exchange.Refused)
	}
	for _, code := range importShows {
		shows = append(shows, web.Choice{Code: code, URL: fmt.Sprintf("/import/%s?show=%s", one.id, code), Current: code == show})
	}
	rows = rowsOf(one.plan, show)
	from, _ := strconv.Atoi(v.Get("from"))
	rows = rows[min(max(0, from), len(rows)):]
	if len(rows) > importRows {
		rows = rows[:importRows]
		next = fmt.Sprintf("/import/%s?%s", one.id, url.Values{"show": {show}, "from": {strconv.Itoa(max(0, from) + importRows)}}.Encode())
	}
	return shows, rows, next
}

// rowsOf are the rows of one kind; of all if show is "".
func rowsOf(plan *exchange.Plan, show string) []exchange.Row {
	var rows []exchange.Row
	for _, row := range plan.Rows {
		if show == "" || string(row.Does) == show || show == "twins" && len(row.Twins) > 0 {
			rows = append(rows, row)
		}
	}
	return rows
}
