package web

import (
	"bytes"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"wenda/knowledge"
)

// templates are the pages of one language, by name.
type templates map[string]*template.Template

var pageNames = []string{"demo", "chat", "login", "setup", "desk", "board", "editor", "entry", "edit", "compare", "review", "docs", "error",
	"releases", "release", "retire", "publish", "inbox", "cases", "health", "words", "sheet", "import", "imported", "queues", "queue", "hours", "calendar", "changes"}

// parseTemplates parses every page in every language, each with the layout.
func parseTemplates(urls map[string]string) (map[knowledge.Lang]templates, error) {
	all := map[knowledge.Lang]templates{}
	for _, lang := range []knowledge.Lang{knowledge.Chinese, knowledge.English} {
		w, err := readWords(sources, "pages", lang)
		if err != nil {
			return nil, err
		}
		all[lang] = templates{}
		for _, name := range pageNames {
			t, err := template.New("layout.html").Funcs(functions(lang, w, urls)).Funcs(hubFunctions(lang, w)).ParseFS(sources, "pages/layout.html", "pages/parts.html", "pages/editparts.html", "pages/hubparts.html", "pages/"+name+".html")
			if err != nil {
				return nil, fmt.Errorf("web: %w", err)
			}
			all[lang][name] = t
		}
	}
	return all, nil
}

// functions are what templates may call.
func functions(lang knowledge.Lang, w words, urls map[string]string) template.FuncMap {
	all := template.FuncMap{
		"t": w.say,
		"asset": func(name string) (string, error) {
			if url, ok := urls[name]; ok {
				return url, nil
			}
			return "", fmt.Errorf("web: no asset %q", name)
		},
		"inLang":     inLang,
		"otherWay":   lang.Other,
		"entryURL":   EntryURL,
		"paragraphs": paragraphs,
		"slices":     func(s ...string) []string { return s },
		"errorKey":   errorKey,
		"field":      newField,
		"hoursField": newHoursField,
	}
	maps.Copy(all, entryFunctions(lang, w))
	return all
}

// paragraphs cuts plain text at its blank lines.
func paragraphs(text string) []string {
	return strings.FieldsFunc(strings.ReplaceAll(text, "\n\n", "\x00"), func(r rune) bool { return r == 0 })
}

// errorKey names the words for an HTTP status.
func errorKey(status int) string {
	switch status {
	case http.StatusForbidden, http.StatusNotFound, http.StatusGone, http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return "error." + strconv.Itoa(status)
	}
	if status >= 500 {
		return "error.500"
	}
	return "error.400"
}

// render writes a whole page or, if its template fails, a plain 500; never half a page.
func (s *Site) render(w http.ResponseWriter, status int, p Page, name string, data any) {
	set, ok := s.templates[p.Lang]
	if !ok {
		set = s.templates[knowledge.Chinese]
	}
	var page bytes.Buffer
	if err := set[name].ExecuteTemplate(&page, "layout.html", data); err != nil {
		s.log.Error("page not rendered", "page", name, "err", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(p.Lang))
	h.Set("Cache-Control", "no-store") // who is logged in, and what they see, is nobody else's
	h.Set("Vary", "Accept-Language, Cookie")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes())
}
