package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"wenda/bot/web"
	"wenda/knowledge"
	"wenda/knowledge/segment"
)

// editorPage is how many entries one page of the list shows.
const editorPage = 50

// editor lists the entries of the release in force: ?q= searches question,
// phrasings, answer and id, ?category= filters, ?after= continues behind an id.
func (a *API) editor(w http.ResponseWriter, r *http.Request) {
	release, q := a.Release(), r.URL.Query()
	found := search(release.Entries(), q.Get("q"), q.Get("category"))
	page := web.EditorPage{
		Page: a.page(w, r), Release: release.ID, Query: q.Get("q"), Category: q.Get("category"),
		Categories: categories(release.Entries()), Total: release.Len(), Found: len(found),
	}
	page.Entries = behind(found, q.Get("after"))
	if len(page.Entries) > editorPage {
		page.Entries = page.Entries[:editorPage]
		next := url.Values{"q": {page.Query}, "category": {page.Category}, "after": {page.Entries[editorPage-1].ID}}
		page.Next = "/editor?" + next.Encode()
	}
	a.Site.Editor(w, page)
}

// entry shows one entry whole.
func (a *API) entry(w http.ResponseWriter, r *http.Request) {
	release := a.Release()
	e, ok := release.Entry(r.PathValue("id"))
	if !ok {
		a.fail(w, r, http.StatusNotFound)
		return
	}
	a.Site.Entry(w, web.EntryPage{Page: a.page(w, r), Release: release.ID, Entry: e})
}

// search returns the entries in which all of the words of query stand, in any spelling.
func search(entries []knowledge.Entry, query, category string) []knowledge.Entry {
	words := strings.Fields(segment.Normalise(query))
	var found []knowledge.Entry
	for _, e := range entries {
		if (category == "" || e.Category == category) && holds(e, words) {
			found = append(found, e)
		}
	}
	return found
}

func holds(e knowledge.Entry, words []string) bool {
	if len(words) == 0 {
		return true
	}
	all := []string{e.ID}
	for _, t := range e.Texts {
		all = append(append(all, t.Question, t.Answer), t.Similar...)
	}
	text := segment.Normalise(strings.Join(all, "\n"))
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

func behind(sorted []knowledge.Entry, after string) []knowledge.Entry {
	i, found := slices.BinarySearchFunc(sorted, after, func(e knowledge.Entry, id string) int { return strings.Compare(e.ID, id) })
	if found {
		i++
	}
	return sorted[i:]
}

func categories(entries []knowledge.Entry) []string {
	var all []string
	for _, e := range entries {
		if e.Category != "" {
			all = append(all, e.Category)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
