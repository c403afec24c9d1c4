package web

import (
	"bytes"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"wenda/knowledge"
)

// templates are the pages of one language, by name.
type templates map[string]*template.Template

var pageNames = []string{"demo", "chat", "login", "setup", "desk", "editor", "entry", "docs", "error"}

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
			t, err := template.New("layout.html").Funcs(functions(lang, w, urls)).ParseFS(sources, "pages/layout.html", "pages/parts.html", "pages/"+name+".html")
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
	return template.FuncMap{
		"t": w.say,
		"asset": func(name string) (string, error) {
			if url, ok := urls[name]; ok {
				return url, nil
			}
			return "", fmt.Errorf("web: no asset %q", name)
		},
		"inLang":     inLang,
		"otherWay":   lang.Other,
		"entryURL":   entryURL,
		"in":         func(e knowledge.Entry) knowledge.Text { _, t := e.In(lang); return t },
		"langs":      func(e knowledge.Entry) []knowledge.Lang { return langs(e, lang) },
		"paragraphs": paragraphs,
		"slices":     func(s ...string) []string { return s },
		"errorKey":   errorKey,
	}
}

// paragraphs cuts plain text at its blank lines.
func paragraphs(text string) []string {
	return strings.FieldsFunc(strings.ReplaceAll(text, "\n\n", "\x00"), func(r rune) bool { return r == 0 })
}

// langs are the languages of an entry, the reader's own first.
func langs(e knowledge.Entry, first knowledge.Lang) []knowledge.Lang {
	return slices.SortedFunc(maps.Keys(e.Texts), func(a, b knowledge.Lang) int {
		switch {
		case a == first:
			return -1
		case b == first:
			return 1
		}
		return strings.Compare(string(a), string(b))
	})
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
