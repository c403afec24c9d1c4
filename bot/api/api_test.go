package api

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"wenda/bot/auth"
	"wenda/bot/web"
	"wenda/internal/sqldb/sqldbtest"
	"wenda/knowledge"
)

// site is bundled once.
var site = sync.OnceValues(func() (*web.Site, error) { return web.New(web.Options{}) })

// newAPI makes an API on a fresh database. Its log is written to the buffer.
func newAPI(t *testing.T, change ...func(*Parts)) (http.Handler, *auth.Auth, *bytes.Buffer) {
	t.Helper()
	db := sqldbtest.New(t)
	pages, err := site()
	if err != nil {
		t.Fatal(err)
	}
	release, err := knowledge.NewRelease(7, known)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	teapot := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	p := Parts{
		Site: pages, Auth: auth.New(db, auth.Options{}), Release: func() *knowledge.Release { return release },
		Customers: teapot, Agents: teapot, Protocol: []byte(document), Log: slog.New(slog.NewTextHandler(&log, nil)),
	}
	for _, c := range change {
		c(&p)
	}
	h, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	return h, p.Auth, &log
}

func ask(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	return ask(h, httptest.NewRequest(http.MethodGet, path, nil))
}

func post(path, form string, headers ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func TestReadyz(t *testing.T) {
	var asked []string
	check := func(name string, err error) Check {
		return Check{Name: name, Check: func(ctx context.Context) error {
			asked = append(asked, name)
			if _, bounded := ctx.Deadline(); !bounded {
				t.Errorf("%s is asked without a limit", name)
			}
			return err
		}}
	}
	fine, broken := check("database", nil), check("matcher", errors.New("secret cause"))
	for _, c := range []struct {
		checks []Check
		status int
		body   string
		asked  string
	}{
		{nil, http.StatusOK, "ready\n", ""},
		{[]Check{fine, fine}, http.StatusOK, "ready\n", "database database"},
		{[]Check{fine, broken, fine}, http.StatusServiceUnavailable, "not ready: matcher\n", "database matcher"},
	} {
		asked = nil
		h, _, log := newAPI(t, func(p *Parts) { p.Ready = c.checks })
		w := get(h, "/readyz")
		if w.Code != c.status || w.Body.String() != c.body || strings.Join(asked, " ") != c.asked {
			t.Errorf("%d %q after asking %v", w.Code, w.Body, asked)
		}
		if told := strings.Contains(log.String(), "secret cause"); told != (c.status != http.StatusOK) {
			t.Errorf("the log says %q", log)
		}
	}
}

// A part that hangs is not waited for longer than it may take.
func TestReadyzHangs(t *testing.T) {
	h, _, _ := newAPI(t, func(p *Parts) {
		p.Ready = []Check{{Name: "database", Check: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond) // less than readyWithin, so that the test is short
	defer cancel()
	if w := ask(h, httptest.NewRequest(http.MethodGet, "/readyz", nil).WithContext(ctx)); w.Code != http.StatusServiceUnavailable {
		t.Errorf("%d %q", w.Code, w.Body)
	}
}

// A panic costs one request, and what it says is not logged: it may be what
// somebody wrote.
func TestContained(t *testing.T) {
	for what, logged := range map[any]string{"secret words": "panic=string", errors.New("secret words"): "errors.errorString"} {
		h, _, log := newAPI(t, func(p *Parts) {
			p.Customers = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(what) })
		})
		w := get(h, "/ws")
		if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "<html") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if !strings.Contains(log.String(), logged) || strings.Contains(log.String(), "secret") {
			t.Errorf("the log says %s", log)
		}
	}
	h, _, log := newAPI(t, func(p *Parts) {
		p.Customers = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			chats, agents := 1, 0
			_ = chats / agents
		})
	})
	if w := get(h, "/ws"); w.Code != http.StatusInternalServerError || !strings.Contains(log.String(), "divide by zero") {
		t.Errorf("%d, the log says %s", w.Code, log)
	}
}

// Our own origin may post even if a proxy hides from us what it is called.
func TestSameOrigin(t *testing.T) {
	h, _, _ := newAPI(t, func(p *Parts) { p.Origins = []string{"https://chat.example.com"} })
	for _, c := range []struct {
		header, value string
		status        int
	}{
		{"Sec-Fetch-Site", "same-origin", http.StatusUnauthorized}, // let in, to be told that the password is wrong
		{"Sec-Fetch-Site", "cross-site", http.StatusForbidden},
		{"Sec-Fetch-Site", "same-site", http.StatusForbidden},
		{"Origin", "http://example.com", http.StatusUnauthorized}, // what httptest asks for
		{"Origin", "https://chat.example.com", http.StatusUnauthorized},
		{"Origin", "https://evil.example", http.StatusForbidden},
		{"Origin", "null", http.StatusForbidden},
	} {
		if w := ask(h, post("/login", "login=zhou&password=x", c.header, c.value)); w.Code != c.status {
			t.Errorf("%s: %s is answered with %d, want %d", c.header, c.value, w.Code, c.status)
		}
	}
	if _, err := sameOrigin([]string{"chat.example.com/path"}, nil); err == nil {
		t.Error("an origin that is none was accepted")
	}
}

func TestForms(t *testing.T) {
	h, _, _ := newAPI(t)
	for name, c := range map[string]struct {
		form   string
		status int
	}{
		"large":     {"login=zhou&password=" + strings.Repeat("x", maxForm), http.StatusRequestEntityTooLarge},
		"malformed": {"login=%zz", http.StatusBadRequest},
		"empty":     {"", http.StatusUnauthorized},
	} {
		if w := ask(h, post("/login", c.form)); w.Code != c.status || !strings.Contains(w.Body.String(), "<html") {
			t.Errorf("%s: %d, want %d", name, w.Code, c.status)
		}
	}
}

// A form that comes back with a fault can be read in the other language without
// losing what it was for.
func TestLanguageAfterFault(t *testing.T) {
	h, staff, _ := newAPI(t)
	token, _, err := staff.SetupLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w := ask(h, post("/setup", url.Values{"token": {token}, "mode": {"solo"}, "password": {"a"}, "again": {"b"}}.Encode()))
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "/setup?lang=en&amp;token="+token) {
		t.Errorf("set-up: %d %s", w.Code, w.Body)
	}
	w = ask(h, post("/login", "login=zhou&password=x&next=/editor"))
	if w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), "/login?lang=en&amp;next=%2Feditor") {
		t.Errorf("login: %d %s", w.Code, w.Body)
	}
}

// While the database is away a login is neither right nor wrong.
func TestDatabaseAway(t *testing.T) {
	h, _, log := newAPI(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // stands for a database that does not answer
	w := ask(h, post("/login", "login=zhou&password=x").WithContext(ctx))
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(log.String(), "login failed") {
		t.Errorf("%d, the log says %s", w.Code, log)
	}
}
