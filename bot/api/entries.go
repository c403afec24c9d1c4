package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"wenda/bot/auth"
	"wenda/bot/web"
	"wenda/knowledge"
	"wenda/knowledge/base"
)

// editorPage is how many entries one page of the list shows.
const editorPage = 50

// states are those that a list can be narrowed to, in the order of the work.
var states = []base.State{base.Draft, base.InReview, base.Approved, base.Live, base.Retired, base.Discarded}

// editor lists entries, see web.EditorURL for what can be asked.
func (a *API) editor(w http.ResponseWriter, r *http.Request) {
	ctx, q := r.Context(), listQuery(r.URL.Query())
	heads, next, err := a.Hub.Base.List(ctx, q)
	counts, err2 := a.Hub.Base.Count(ctx)
	categories, err3 := a.Hub.Base.Categories(ctx)
	tags, err4 := a.Hub.Base.Tags(ctx)
	if err := errors.Join(err, err2, err3, err4); err != nil {
		a.broken(w, r, err)
		return
	}
	page := web.EditorPage{
		Page: a.here(w, r, "editor"), Release: a.Release().ID, Total: counts[base.Live], Query: q,
		Narrowed:   q.Tag != "" || q.Owner != "" || q.Risk != "" || q.Lang != "" || q.Kind != "",
		Categories: categories, Tags: tags, Owners: a.owners(ctx, q.Owner), Entries: heads, Names: a.names(ctx),
	}
	for _, state := range states {
		page.States = append(page.States, web.StateCount{State: state, Count: counts[state]})
	}
	if q.After = next; next != "" {
		page.Next = web.EditorURL(q)
	}
	a.Site.Editor(w, page)
}

// here is what the editors' pages need to know; here is the one that the bar marks.
func (a *API) here(w http.ResponseWriter, r *http.Request, here string) web.Page {
	p := a.page(w, r)
	p.Here = here
	return p
}

// listQuery is what an address asks the list for. What makes no sense asks for nothing.
func listQuery(v url.Values) base.Query {
	get := func(name string) string { return tidy(v.Get(name)) }
	q := base.Query{Text: get("q"), Category: get("category"), Tag: get("tag"), Owner: get("owner"), After: get("after"), Limit: editorPage}
	if state := base.State(get("state")); slices.Contains(states, state) {
		q.State = state
	}
	if risk := base.Risk(get("risk")); slices.Contains([]base.Risk{base.RiskLow, base.RiskNormal, base.RiskHigh}, risk) {
		q.Risk = risk
	}
	if kind := base.Kind(get("kind")); slices.Contains(base.Kinds, kind) {
		q.Kind = kind
	}
	if lang := knowledge.Lang(get("in")); lang == knowledge.Chinese || lang == knowledge.English {
		q.Lang = lang
	}
	return q
}

// tidy is a line of text that any database takes.
func tidy(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, " ")))
}

// owners are those who may keep an entry true, and who does now, whatever they may.
func (a *API) owners(ctx context.Context, now string) []web.Person {
	people, err := a.Auth.List(ctx)
	if err != nil {
		a.Log.Warn("names of people not known", "err", err)
	}
	var all []web.Person
	for _, u := range people {
		if u.May(auth.EditEntries) || u.ID == now {
			all = append(all, web.Person{ID: u.ID, Name: u.Name})
		}
	}
	if now != "" && !slices.ContainsFunc(all, func(p web.Person) bool { return p.ID == now }) {
		all = append(all, web.Person{ID: now, Name: now})
	}
	return all
}
