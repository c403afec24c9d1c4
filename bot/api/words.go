package api

import (
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

// sheets are the sheets of company words, and who may change each.
var sheets = []struct {
	name  string
	needs auth.Permission
}{
	{base.Synonyms, auth.EditEntries},
	{base.Forbidden, auth.EditWords},
	{base.Links, auth.EditWords},
}

// words lists the sheets.
func (a *API) words(w http.ResponseWriter, r *http.Request) {
	p := web.WordsPage{Hub: a.hub(w, r, "words")}
	for _, s := range sheets {
		sheet, err := a.Hub.Base.Sheet(r.Context(), s.name)
		if err != nil {
			a.broken(w, r, err)
			return
		}
		p.Sheets = append(p.Sheets, sheet)
	}
	a.Site.Words(w, p)
}

// sheet shows one sheet, or its ?version=.
func (a *API) sheet(w http.ResponseWriter, r *http.Request) {
	p, err := a.sheetPage(w, r)
	if err != nil {
		a.sheetFailed(w, r, err)
		return
	}
	if version, err := strconv.ParseInt(r.URL.Query().Get("version"), 10, 64); err == nil && version != p.Sheet.Version {
		old, found := sheetOf(p.History, version)
		if !found {
			a.fail(w, r, http.StatusNotFound)
			return
		}
		p.Text, p.Old = old.Text, version
	}
	a.Site.Sheet(w, p)
}

func (a *API) sheetFailed(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, base.ErrNone) {
		a.fail(w, r, http.StatusNotFound)
		return
	}
	a.broken(w, r, err)
}

// sheetPage is the page of the newest version.
func (a *API) sheetPage(w http.ResponseWriter, r *http.Request) (web.SheetPage, error) {
	ctx, name := r.Context(), r.PathValue("sheet")
	sheet, err := a.Hub.Base.Sheet(ctx, name)
	if err != nil {
		return web.SheetPage{}, err
	}
	history, err := a.Hub.Base.SheetHistory(ctx, name)
	if err != nil {
		return web.SheetPage{}, err
	}
	p := web.SheetPage{Hub: a.hub(w, r, "words"), Sheet: sheet, Text: sheet.Text, History: history, Edit: mayEditSheet(a.user(r), name)}
	if r.Method != http.MethodGet {
		p.Path = "/words/" + name
	}
	if name == base.Forbidden && sheet.Version == 0 {
		p.Text, p.Shipped = lint.Shipped, true
	}
	return p, nil
}

func mayEditSheet(u auth.User, name string) bool {
	for _, s := range sheets {
		if s.name == name {
			return u.May(s.needs)
		}
	}
	return false
}

func sheetOf(history []base.Sheet, version int64) (base.Sheet, bool) {
	i := slices.IndexFunc(history, func(s base.Sheet) bool { return s.Version == version })
	if i < 0 {
		return base.Sheet{}, false
	}
	return history[i], true
}

// saveSheet saves the text as the version after the one it was made from. If somebody
// else was faster both texts are shown, and nothing typed is lost.
func (a *API) saveSheet(w http.ResponseWriter, r *http.Request) {
	p, err := a.sheetPage(w, r)
	if err != nil {
		a.sheetFailed(w, r, err)
		return
	}
	if !p.Edit {
		a.fail(w, r, http.StatusForbidden)
		return
	}
	version, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	text := strings.ReplaceAll(r.PostFormValue("text"), "\r\n", "\n")
	p.Text, p.Why, p.Shipped = text, strings.TrimSpace(r.PostFormValue("why")), false
	if err := a.trySheet(r, p, version); err != nil {
		a.refuse(w, r, err, func(w http.ResponseWriter, _ *http.Request, fault web.Refusal) {
			p.Fault = fault
			if fault.Code == "changed" {
				before, _ := sheetOf(p.History, version)
				p.Theirs, p.Common = p.Sheet.Text, before.Text
			}
			a.Site.Sheet(w, p)
		})
		return
	}
	done(w, r, "/words/"+p.Sheet.Name, "saved")
}

var errNoWhy = errors.New("api: no reason given")

func (a *API) trySheet(r *http.Request, p web.SheetPage, version int64) error {
	if p.Why == "" {
		return errNoWhy
	}
	if err := checkSheet(p.Sheet.Name, p.Text); err != nil {
		return err
	}
	_, err := a.Hub.Base.SaveSheet(r.Context(), a.user(r).ID, p.Sheet.Name, version, p.Text, p.Why)
	return err
}

// checkSheet says which lines cannot be read.
func checkSheet(name, text string) (err error) {
	switch name {
	case base.Forbidden:
		_, err = lint.ReadForbidden(text)
	case base.Links:
		_, err = lint.ReadLinks(text)
	}
	return err
}
