package web

import (
	"encoding/xml"
	"errors"
	"html"
	"io"
	"log/slog"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"wenda/knowledge"
)

// hostile is what a page must show as text.
const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>`

// pages are all pages in all their states.
func pages(p Page) map[string]func(s *Site, w *httptest.ResponseRecorder) {
	show := map[string]func(s *Site, w *httptest.ResponseRecorder){
		"demo 200": func(s *Site, w *httptest.ResponseRecorder) {
			s.Demo(w, DemoPage{Page: p, Host: hostile, Docs: "/docs"})
		},
		"demo bare 200": func(s *Site, w *httptest.ResponseRecorder) { s.Demo(w, DemoPage{Page: p, TLS: true}) },
		"docs 200": func(s *Site, w *httptest.ResponseRecorder) {
			s.Docs(w, DocsPage{Page: p, Source: "/asyncapi.yaml", Intro: hostile, Sections: []DocsSection{
				{Key: "from-customer", Address: "/ws", Frames: []DocsFrame{{Name: "hello", Summary: hostile, Examples: []string{hostile}}}},
				{Key: "to-customer"}, {Key: "from-agent"}, {Key: "to-agent"}}})
		},
		"chat 200": func(s *Site, w *httptest.ResponseRecorder) { s.Chat(w, ChatPage{p}) },
		"desk 200": func(s *Site, w *httptest.ResponseRecorder) { s.DeskShell(w, DeskPage{Page: p, UserID: hostile}) },
		"board 200": func(s *Site, w *httptest.ResponseRecorder) {
			s.BoardShell(w, BoardPage{Page: p, UserID: hostile})
		},
		"setup 200": func(s *Site, w *httptest.ResponseRecorder) {
			s.Setup(w, SetupPage{Page: p, Token: hostile, MinPassword: 10})
		},
		"setup gone 410": func(s *Site, w *httptest.ResponseRecorder) {
			s.Setup(w, SetupPage{Page: p, Faults: []SetupFault{SetupToken}})
		},
		"setup wrong 422": func(s *Site, w *httptest.ResponseRecorder) {
			s.Setup(w, SetupPage{Page: p, Mode: "team", Login: hostile, Name: hostile, Faults: []SetupFault{SetupMode, SetupLogin, SetupName, SetupPassword, SetupAgain}})
		},
	}
	for fault, status := range map[LoginFault]string{"": "200", LoginWrong: "401", LoginSlow: "429", LoginExpired: "200"} {
		show["login "+string(fault)+" "+status] = func(s *Site, w *httptest.ResponseRecorder) {
			s.Login(w, LoginPage{Page: p, Login: hostile, Next: hostile, Fault: fault})
		}
	}
	for _, status := range []int{400, 403, 404, 410, 418, 429, 500, 502, 503} {
		show["error "+statusText(status)] = func(s *Site, w *httptest.ResponseRecorder) {
			s.Error(w, ErrorPage{Page: p, Status: status, RequestID: hostile})
		}
	}
	return show
}

func statusText(status int) string {
	return string([]byte{byte('0' + status/100), byte('0' + status/10%10), byte('0' + status%10)})
}

func TestEveryPageInBothLanguages(t *testing.T) {
	s := newSite(t)
	for _, lang := range []knowledge.Lang{knowledge.Chinese, knowledge.English} {
		for _, who := range []Page{{}, {User: hostile, Desk: true, Board: true, Edit: true, Solo: true}} {
			who.Lang, who.Path = lang, "/x?q=1"
			for name, show := range pages(who) {
				t.Run(string(lang)+" "+name, func(t *testing.T) {
					w := httptest.NewRecorder()
					show(s, w)
					page := w.Body.String()
					if !strings.HasSuffix(name, statusText(w.Code)) {
						t.Errorf("status %d", w.Code)
					}
					check(t, page, lang)
					staff := !strings.HasPrefix(name, "chat")
					if solo := strings.Contains(page, `class="solo"`); solo != (who.Solo && staff) {
						t.Errorf("solo note is %v", solo)
					}
				})
			}
		}
	}
}

func check(t *testing.T, page string, lang knowledge.Lang) {
	t.Helper()
	if !strings.Contains(page, `<html lang="`+string(lang)+`">`) {
		t.Error("not in its language")
	}
	if strings.Contains(page, "<script>") || strings.Contains(page, "<img") || strings.Contains(page, "ZgotmplZ") {
		t.Error("text became HTML")
	}
	asked := regexp.MustCompile(`(?s)<pre.*?</pre>`).ReplaceAllString(page, "") // the snippet is for other people's pages
	if m := regexp.MustCompile(`(?:src|href|action)="(?:https?:)?//[^"]*"`).FindString(asked); m != "" {
		t.Errorf("asks another host: %s", m)
	}
	if err := wellFormed(page); err != nil {
		t.Errorf("%v\n%s", err, page)
	}
	if lang == knowledge.English {
		if han := strangers(page); han != "" {
			t.Errorf("Chinese on the English page: %s", han)
		}
	}
}

// What HTML allows and XML does not: void elements, and attributes without a value.
var (
	void = regexp.MustCompile(`<(meta|link|input|br)\b([^>]*)>`)
	bare = regexp.MustCompile(`(<[^>]*\s)(required|autofocus|checked|selected|async|defer|data-wenda-open)([\s/>])`)
)

// wellFormed reads the page as XML: tags are balanced, attributes are quoted.
func wellFormed(page string) error {
	page = strings.Replace(page, "<!doctype html>", "", 1)
	page = void.ReplaceAllString(page, "<$1$2/>")
	for bare.MatchString(page) {
		page = bare.ReplaceAllString(page, `$1$2=""$3`)
	}
	d := xml.NewDecoder(strings.NewReader(page))
	d.Entity = xml.HTMLEntity
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// strangers are Chinese words outside of what is Chinese by nature: the entry's own
// text, the name of the product, the way to the Chinese page.
func strangers(page string) string {
	for _, known := range []string{"问答", "中文", "中", "为什么还款失败", "扣款不成功", "还款成功了吗", "还款", "限额", "说明", "欢迎"} {
		page = strings.ReplaceAll(page, known, "")
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Han, r) {
			return r
		}
		return -1
	}, html.UnescapeString(page))
}

// The names of form fields and routes are what bot/api reads.
func TestForms(t *testing.T) {
	s := newSite(t)
	p := Page{Lang: knowledge.Chinese, User: "u"}
	cases := map[string]struct {
		show   func(w *httptest.ResponseRecorder)
		action string
		fields []string
	}{
		"login":  {func(w *httptest.ResponseRecorder) { s.Login(w, LoginPage{Page: p}) }, `method="post" action="/login"`, []string{"login", "password", "next"}},
		"setup":  {func(w *httptest.ResponseRecorder) { s.Setup(w, SetupPage{Page: p}) }, `method="post" action="/setup"`, []string{"token", "mode", "login", "name", "password", "again"}},
		"editor": {func(w *httptest.ResponseRecorder) { s.Editor(w, EditorPage{Page: p}) }, `method="get" action="/editor"`, []string{"q", "category"}},
		"logout": {func(w *httptest.ResponseRecorder) { s.Editor(w, EditorPage{Page: p}) }, `method="post" action="/logout"`, nil},
	}
	for name, c := range cases {
		w := httptest.NewRecorder()
		c.show(w)
		if !strings.Contains(w.Body.String(), c.action) {
			t.Errorf("%s: no form with %s", name, c.action)
		}
		for _, f := range c.fields {
			if !strings.Contains(w.Body.String(), `name="`+f+`"`) {
				t.Errorf("%s: no field %s", name, f)
			}
		}
	}
}

func TestBrokenTemplateIsNoHalfPage(t *testing.T) {
	broken := *newSite(t)
	var logged strings.Builder
	broken.log = slog.New(slog.NewTextHandler(&logged, nil))
	w := httptest.NewRecorder()
	broken.render(w, 200, Page{Lang: knowledge.Chinese}, "entry", Page{Lang: knowledge.Chinese}) // a page without an entry
	if w.Code != 500 || strings.Contains(w.Body.String(), "<html") || !strings.Contains(logged.String(), "page=entry") {
		t.Errorf("got %d, %q, logged %q", w.Code, w.Body, logged.String())
	}
}

func TestUnknownLanguageIsChinese(t *testing.T) {
	w := httptest.NewRecorder()
	newSite(t).Chat(w, ChatPage{Page{Lang: "fr"}})
	if w.Code != 200 || !strings.Contains(w.Body.String(), "在线客服") {
		t.Errorf("got %d", w.Code)
	}
}
