package main

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"wenda/bot/auth"
)

// One serve on SQLite, from the first start to the last request.
func TestServe(t *testing.T) {
	t.Parallel()
	s := startServe(t)
	t.Run("four addresses", s.fourAddresses)
	t.Run("probes and figures", s.probes)
	t.Run("security headers", s.securityHeaders)
	t.Run("set-up", s.setUp)
	t.Run("a day at the desk", s.day)
	t.Run("forms of other sites", s.otherSites)
	t.Run("next", s.next)
	t.Run("bad forms", s.badForms)
	t.Run("a disabled account", s.disabled)
	t.Run("permissions", s.permissions)
	t.Run("draining", s.draining)
	if strings.Contains(s.log.String(), "ERROR") || strings.Contains(s.log.String(), password) {
		t.Errorf("the log says\n%s", s.log)
	}
}

// on runs the checks of a served below another test.
func (s *served) on(t *testing.T) *visitor {
	s.t = t
	return newVisitor(t, s.base)
}

func (s *served) fourAddresses(t *testing.T) {
	v := s.on(t)
	for what, path := range map[string]string{"demo page with the widget": "/", "agent desk": "/desk", "editor": "/editor", "API docs": "/docs"} {
		if got := s.printed(what + ` +(http://\S+)`); got != s.base+path {
			t.Errorf("%s is said to be at %q", what, got)
		}
	}
	for path, holds := range map[string]string{"/": "widget.js", "/chat": "wenda-chat", "/docs": "asyncapi.yaml", "/asyncapi.yaml": "asyncapi: 3", "/widget.js": "wenda-chat"} {
		if p := v.get(path); p.status != http.StatusOK || !strings.Contains(p.body, holds) {
			t.Errorf("%s: %s, without %q", path, p, holds)
		}
	}
	if !strings.HasPrefix(s.setup, "/setup?token=") {
		t.Errorf("the first start printed %s", s.out)
	}
}

func (s *served) probes(t *testing.T) {
	v := s.on(t)
	for path, want := range map[string]string{"/livez": "ok\n", "/readyz": "ready\n"} {
		if p := v.get(path); p.status != http.StatusOK || p.body != want {
			t.Errorf("%s: %s %q", path, p, p.body)
		}
	}
	if p := v.get("/metrics"); p.status != http.StatusNotFound {
		t.Errorf("figures for everybody: %s", p)
	}
	private := newVisitor(t, strings.TrimSuffix(s.figures, "/metrics"))
	openChat(t, s.base, "", 0)
	for _, figure := range []string{`wenda_sockets{kind="customer"} 1`, `wenda_commits_total{result="ok"} 1`, "wenda_match_seconds_count", `wenda_waiting{queue="care"} 0`, "process_resident_memory_bytes"} {
		if p := private.get("/metrics"); p.status != http.StatusOK || !strings.Contains(p.body, figure) {
			t.Errorf("no %s in the figures: %s", figure, p)
		}
	}
	for _, path := range []string{"/", "/desk", "/readyz", "/ws"} {
		if p := private.get(path); p.status != http.StatusNotFound {
			t.Errorf("the private address serves %s: %s", path, p)
		}
	}
}

func (s *served) securityHeaders(t *testing.T) {
	v := s.on(t)
	for _, path := range []string{"/", "/chat", "/docs", "/login", "/setup", "/nowhere", "/desk", "/livez", "/asyncapi.yaml"} {
		h := v.get(path).header
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", path, name, h.Get(name), want)
			}
		}
		policy := h.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("%s: policy %q", path, policy)
		}
	}
	if got := v.get("/widget.js").header.Get("Cross-Origin-Resource-Policy"); got != "cross-origin" {
		t.Errorf("other pages may not load the widget: %q", got)
	}
}

func (s *served) setUp(t *testing.T) {
	v := s.on(t)
	_, token, _ := strings.Cut(s.setup, "token=")
	form := func(change ...string) []string {
		return append([]string{"token", token, "mode", "solo", "login", "zhou", "name", "小周", "password", password, "again", password}, change...)
	}
	if p := v.get("/setup"); p.status != http.StatusGone {
		t.Errorf("without a token: %s", p)
	}
	if p := v.get(s.setup); p.status != http.StatusOK || !strings.Contains(p.body, token) {
		t.Errorf("with the link: %s", p)
	}
	for name, c := range map[string]struct {
		change []string
		status int
	}{
		"another token":  {[]string{"token", "AAAAAAAAAAAAAAAAAAAAAAAAAA"}, http.StatusGone},
		"no mode":        {[]string{"mode", ""}, http.StatusUnprocessableEntity},
		"no login":       {[]string{"login", ""}, http.StatusUnprocessableEntity},
		"no name":        {[]string{"name", " "}, http.StatusUnprocessableEntity},
		"weak password":  {[]string{"password", "short", "again", "short"}, http.StatusUnprocessableEntity},
		"other password": {[]string{"again", "lamp-and-bottle"}, http.StatusUnprocessableEntity},
	} {
		p := v.post("/setup", form(c.change...)...)
		if p.status != c.status || p.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %s", name, p)
		}
		if c.status != http.StatusGone && !strings.Contains(p.body, "/setup?lang=en&amp;token="+token) {
			t.Errorf("%s: switching the language loses the token", name)
		}
	}
	s.founder("solo")
	if p := v.post("/setup", form("login", "wang")...); p.status != http.StatusGone {
		t.Errorf("a second time: %s", p)
	}
	if p := v.get(s.setup); p.status != http.StatusGone {
		t.Errorf("the link a second time: %s", p)
	}
}

// day is one person's: log in, desk, editor, log out.
func (s *served) day(t *testing.T) {
	v := s.on(t)
	if p := v.get("/desk"); p.String() != "303 /login?next=%2Fdesk" {
		t.Fatalf("the desk, logged out: %s", p)
	}
	if p := v.post("/login", "login", "zhou", "password", "lamp-and-bottle", "next", "/desk"); p.status != http.StatusUnauthorized || !strings.Contains(p.body, `value="/desk"`) {
		t.Errorf("a wrong password: %s", p)
	}
	p := v.post("/login", "login", " Zhou ", "password", password, "next", "/editor?q=x")
	if p.String() != "303 /editor?q=x" {
		t.Fatalf("login: %s", p)
	}
	for _, attribute := range []string{"wenda=", "HttpOnly", "SameSite=Strict", "Path=/"} {
		if cookie := p.header.Get("Set-Cookie"); !strings.Contains(cookie, attribute) {
			t.Errorf("cookie %q lacks %s", cookie, attribute)
		}
	}
	desk := v.get("/desk")
	for _, part := range []string{"<wenda-desk", "小周", `class="solo"`} {
		if desk.status != http.StatusOK || !strings.Contains(desk.body, part) {
			t.Errorf("the desk (%s) lacks %s", desk, part)
		}
	}
	s.searching(t, v)
	if p := v.post("/logout"); p.String() != "303 /login" {
		t.Errorf("logout: %s", p)
	}
	if p := v.get("/desk"); p.status != http.StatusSeeOther {
		t.Errorf("the desk, logged out again: %s", p)
	}
}

// searching looks for an entry in the editor and opens it.
func (s *served) searching(t *testing.T, v *visitor) {
	p := v.get("/editor?q=%E8%BF%98%E6%AC%BE%20%E5%A4%B1%E8%B4%A5") // 还款 失败
	if p.status != http.StatusOK || !strings.Contains(p.body, "/editor/repay-failed") || strings.Contains(p.body, "/editor/borrow-how") {
		t.Errorf("search: %s", p)
	}
	if p := v.get("/editor/repay-failed"); p.status != http.StatusOK || !strings.Contains(p.body, "卡里有钱为什么还款失败") {
		t.Errorf("the entry: %s", p)
	}
	if p := v.get("/editor/nowhere"); p.status != http.StatusNotFound {
		t.Errorf("an entry that is not there: %s", p)
	}
	seen, path := map[string]bool{}, "/editor"
	for path != "" { // page by page: every entry once
		p := v.get(path)
		for _, found := range regexp.MustCompile(`href="/editor/([^"]+)"`).FindAllStringSubmatch(p.body, -1) {
			if seen[found[1]] {
				t.Fatalf("%s shows %s again", path, found[1])
			}
			seen[found[1]] = true
		}
		next := regexp.MustCompile(`href="([^"]+)" rel="next"`).FindStringSubmatch(p.body)
		path = ""
		if next != nil {
			path = strings.ReplaceAll(next[1], "&amp;", "&")
		}
	}
	if len(seen) < 160 {
		t.Errorf("%d entries on all pages", len(seen))
	}
}

func (s *served) otherSites(t *testing.T) {
	v := s.on(t)
	for name, headers := range map[string][2]string{
		"a modern browser": {"Sec-Fetch-Site", "cross-site"},
		"a neighbour":      {"Sec-Fetch-Site", "same-site"},
		"an older browser": {"Origin", "https://evil.example"},
	} {
		r, err := http.NewRequest(http.MethodPost, s.base+"/login", strings.NewReader("login=zhou&password="+password))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set(headers[0], headers[1])
		if p := v.ask(r); p.status != http.StatusForbidden || p.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %s", name, p)
		}
	}
}

// next leads nowhere but to our own pages; bot/api has more such addresses.
func (s *served) next(t *testing.T) {
	v := s.on(t)
	for _, away := range []string{"https://evil.example/", "//evil.example", `/\evil.example`} {
		if p := v.get("/login?next=" + url.QueryEscape(away)); p.status != http.StatusOK || !strings.Contains(p.body, `name="next" value=""`) {
			t.Errorf("the form keeps next=%q: %s", away, p)
		}
		if p := v.post("/login", "login", "zhou", "password", password, "next", away); p.String() != "303 /desk" {
			t.Errorf("next=%q: %s", away, p)
		}
	}
}

func (s *served) badForms(t *testing.T) {
	v := s.on(t)
	if p := v.post("/login", "login", "zhou", "password", strings.Repeat("x", 100<<10)); p.status != http.StatusRequestEntityTooLarge {
		t.Errorf("a form of 100 KiB: %s", p)
	}
	r, err := http.NewRequest(http.MethodPost, s.base+"/login", strings.NewReader("login=%zz"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if p := v.ask(r); p.status != http.StatusBadRequest {
		t.Errorf("a malformed form: %s", p)
	}
	var p page
	for range 12 { // the waits double, so that one of them is longer than a try
		if p = v.post("/login", "login", "somebody", "password", "a guess"); p.status != http.StatusUnauthorized {
			break
		}
	}
	if p.status != http.StatusTooManyRequests || p.header.Get("Retry-After") == "" {
		t.Errorf("after many guesses: %s, Retry-After %q", p, p.header.Get("Retry-After"))
	}
}

// disabled shuts out at once who was logged in.
func (s *served) disabled(t *testing.T) {
	v := s.on(t)
	var id string
	s.staff(func(ctx context.Context, a *auth.Auth) error {
		u, err := a.Create(ctx, operator, "leaver", auth.Account{Name: "Leaver", Roles: []auth.Role{auth.Agent}}, password)
		id = u.ID
		return err
	})
	v.login("leaver")
	if p := v.get("/desk"); p.status != http.StatusOK {
		t.Fatalf("before: %s", p)
	}
	desk := openDesk(t, v)
	s.staff(func(ctx context.Context, a *auth.Auth) error {
		_, err := a.Disable(ctx, operator, id, true)
		return err
	})
	if p := v.get("/desk"); p.status != http.StatusSeeOther {
		t.Errorf("the desk, after: %s", p)
	}
	if p := v.post("/login", "login", "leaver", "password", password); p.status != http.StatusUnauthorized {
		t.Errorf("logging in, after: %s", p)
	}
	desk.closed(4401)
}
