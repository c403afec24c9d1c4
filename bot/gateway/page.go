package gateway

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"wenda/internal/privacy"
	"wenda/sessions"
)

const (
	pageBytes  = 2048 // of an address that is looked at
	pageRunes  = 200  // of one that is kept
	titleRunes = 80
	stepRunes  = 40 // of a part of its path: what is longer names somebody or something
)

// page is where the customer writes from, as it may be kept; nil if nothing is known.
func (f *Send) page() *sessions.Page {
	p := sessions.Page{Title: pageTitle(f.Title), URL: pageURL(f.Page)}
	if p == (sessions.Page{}) {
		return nil
	}
	return &p
}

// pageTitle is a title on one line, masked and bounded.
func pageTitle(title string) string {
	if len(title) > pageBytes {
		return ""
	}
	masked, _ := privacy.Mask(strings.Join(strings.Fields(strings.Map(visible, title)), " "))
	return head(masked, titleRunes)
}

// visible leaves out what shows nothing, or turns the direction of what follows.
func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case invisible(r) || r == unicode.ReplacementChar:
		return -1
	}
	return r
}

// pageURL is scheme, host and path of a page on the web, "" for all else. Whatever stands
// behind them may be a session, a name, a number; so may a part of the path.
func pageURL(address string) string {
	if len(address) > pageBytes || strings.ContainsFunc(address, func(r rune) bool { return unicode.IsControl(r) || invisible(r) }) {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Opaque != "" {
		return ""
	}
	return head(u.Scheme+"://"+strings.ToLower(u.Host)+pagePath(u.Path), pageRunes)
}

func pagePath(path string) string {
	steps := strings.Split(path, "/")
	for i, step := range steps {
		steps[i] = pageStep(strings.Join(strings.Fields(strings.Map(visible, step)), " "))
	}
	return strings.Join(steps, "/")
}

// numbered are orders, contracts, customers, and keys.
var numbered = regexp.MustCompile(`(?:[0-9][^0-9]?){6,}`)

func pageStep(step string) string {
	masked, found := privacy.Mask(step)
	if len(found) > 0 || numbered.MatchString(step) || len([]rune(step)) > stepRunes {
		return "…"
	}
	return masked
}
