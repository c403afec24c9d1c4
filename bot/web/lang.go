package web

import (
	"net/http"
	"net/url"
	"strings"

	"wenda/knowledge"
)

// LangCookie keeps the language somebody chose with ?lang= .
const LangCookie = "wenda_lang"

// Lang returns the language to answer in: of ?lang=, which is remembered in a
// cookie on w, else of that cookie, else the first of Accept-Language that we speak,
// else Chinese. Call it before the answer is written.
func (s *Site) Lang(w http.ResponseWriter, r *http.Request) knowledge.Lang {
	if asked := r.URL.Query().Get("lang"); asked != "" {
		lang := knowledge.ParseLang(asked)
		http.SetCookie(w, &http.Cookie{Name: LangCookie, Value: string(lang), Path: "/", MaxAge: 365 * 24 * 3600,
			HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode})
		return lang
	}
	return s.Reads(r)
}

// Reads returns the language of who sent the request, whatever the request asks for: of
// the cookie, else the first of Accept-Language that we speak, else Chinese.
func (*Site) Reads(r *http.Request) knowledge.Lang {
	if c, err := r.Cookie(LangCookie); err == nil {
		return knowledge.ParseLang(c.Value)
	}
	return accepted(r.Header.Get("Accept-Language"))
}

// accepted takes the first tag that we speak; browsers send their favourite first.
func accepted(header string) knowledge.Lang {
	for part := range strings.SplitSeq(header, ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		tag = strings.ToLower(tag)
		if strings.HasPrefix(tag, "zh") {
			return knowledge.Chinese
		}
		if knowledge.ParseLang(tag) == knowledge.English {
			return knowledge.English
		}
	}
	return knowledge.Chinese
}

// inLang is the same page in another language. Whatever is no path of ours becomes "/".
func inLang(path string, lang knowledge.Lang) string {
	u, err := url.Parse(path)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") {
		u = &url.URL{Path: "/"}
	}
	q := u.Query()
	q.Set("lang", string(lang))
	u.RawQuery = q.Encode()
	return u.RequestURI()
}
