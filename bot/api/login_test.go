package api

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"wenda/bot/auth"
	"wenda/bot/web"
)

func TestOurs(t *testing.T) {
	for _, path := range []string{"/", "/desk", "/editor?q=还款&after=x", "/editor/repay-failed", "/desk#chat", "/a//b", "/editor?next=https://evil.example/"} {
		if got := ours(path); got != path {
			t.Errorf("%q became %q", path, got)
		}
	}
	for _, path := range []string{
		"", "desk", "https://evil.example/", "//evil.example", "///evil.example", `/\evil.example`, `\/evil.example`, `\\evil.example`,
		"/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "\t//evil.example", " //evil.example", "javascript:alert(1)", "http:evil.example",
		"/%zz", "/\x00/evil.example", "?next=/", "#x",
	} {
		if got := ours(path); got != "" {
			t.Errorf("%q leads to %q", path, got)
		}
	}
}

// FuzzOurs: whatever is asked for, a browser that is sent there stays here.
func FuzzOurs(f *testing.F) {
	for _, seed := range []string{"/desk", "//evil.example", `/\evil`, "/\t/evil", "/.//evil", "/%2f/evil", "/a:b@c/d"} {
		f.Add(seed)
	}
	here, _ := url.Parse("https://chat.example.com/login")
	f.Fuzz(func(t *testing.T, path string) {
		next := ours(path)
		if next == "" {
			return
		}
		w := httptest.NewRecorder()
		http.Redirect(w, httptest.NewRequest("POST", "/login", nil), next, http.StatusSeeOther)
		sent := strings.NewReplacer(`\`, "/", "\t", "", "\n", "", "\r", "").Replace(strings.TrimSpace(w.Header().Get("Location"))) // as browsers read it
		to, err := here.Parse(sent)
		if err != nil || to.Host != here.Host || to.Scheme != here.Scheme {
			t.Errorf("%q leads to %q: %v", path, sent, err)
		}
	})
}

func TestSeconds(t *testing.T) {
	for wait, want := range map[time.Duration]string{0: "0", time.Millisecond: "1", time.Second: "1", 1001 * time.Millisecond: "2", time.Minute: "60"} {
		if got := seconds(wait); got != want {
			t.Errorf("%v: %s, want %s", wait, got, want)
		}
	}
}

func TestHome(t *testing.T) {
	for _, c := range []struct {
		roles []auth.Role
		want  string
	}{
		{[]auth.Role{auth.Agent}, "/desk"},
		{[]auth.Role{auth.Editor}, "/editor"},
		{[]auth.Role{auth.Compliance}, "/editor"},
		{[]auth.Role{auth.Admin}, "/"},
		{[]auth.Role{auth.Admin, auth.Agent, auth.Editor}, "/desk"},
	} {
		if got := home(auth.User{Account: auth.Account{Roles: c.roles}}); got != c.want {
			t.Errorf("%v: %s, want %s", c.roles, got, c.want)
		}
	}
}

func TestWrongAnswers(t *testing.T) {
	right := web.SetupPage{Mode: "solo", Login: "zhou", Name: "小周"}
	for name, c := range map[string]struct {
		change func(*web.SetupPage)
		want   []web.SetupFault
	}{
		"nothing":         {func(*web.SetupPage) {}, nil},
		"team":            {func(p *web.SetupPage) { p.Mode = "team" }, nil},
		"mode":            {func(p *web.SetupPage) { p.Mode = "duo" }, []web.SetupFault{web.SetupMode}},
		"login":           {func(p *web.SetupPage) { p.Login = "小周" }, []web.SetupFault{web.SetupLogin}},
		"name":            {func(p *web.SetupPage) { p.Name = "\u202E周小" }, []web.SetupFault{web.SetupName}},
		"all of them":     {func(p *web.SetupPage) { *p = web.SetupPage{} }, []web.SetupFault{web.SetupMode, web.SetupLogin, web.SetupName}},
		"a name too long": {func(p *web.SetupPage) { p.Name = strings.Repeat("周", 41) }, []web.SetupFault{web.SetupName}},
	} {
		p := right
		c.change(&p)
		got := wrongAnswers(p)
		if len(got) != len(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: %v, want %v", name, got, c.want)
			}
		}
	}
}
