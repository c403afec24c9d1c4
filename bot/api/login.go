package api

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"wenda/bot/auth"
	"wenda/bot/web"
)

func (a *API) loginForm(w http.ResponseWriter, r *http.Request) {
	a.Site.Login(w, web.LoginPage{Page: a.page(w, r), Next: ours(r.URL.Query().Get("next"))})
}

// login takes the form's login, password and next.
func (a *API) login(w http.ResponseWriter, r *http.Request) {
	next := ours(r.PostFormValue("next"))
	u, err := a.Auth.Login(w, r, r.PostFormValue("login"), r.PostFormValue("password"))
	if err == nil {
		if next == "" {
			next = home(u)
		}
		http.Redirect(w, r, next, http.StatusSeeOther)
		return
	}
	fault := web.LoginWrong
	switch {
	case errors.Is(err, auth.ErrSlow):
		fault = web.LoginSlow
		w.Header().Set("Retry-After", seconds(auth.RetryAfter(err)))
	case !errors.Is(err, auth.ErrLogin):
		a.Log.Error("login failed", "err", err)
		a.fail(w, r, http.StatusServiceUnavailable)
		return
	}
	page := a.pageAt(w, r, "/login", url.Values{"next": {next}})
	a.Site.Login(w, web.LoginPage{Page: page, Login: r.PostFormValue("login"), Next: next, Fault: fault})
}

// seconds writes a wait as HTTP does, rounded up.
func seconds(wait time.Duration) string { return strconv.Itoa(int(math.Ceil(wait.Seconds()))) }

func (a *API) logout(w http.ResponseWriter, r *http.Request) {
	if err := a.Auth.Logout(w, r); err != nil {
		a.Log.Error("logout failed", "err", err)
	}
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

// home is where somebody's work is.
func home(u auth.User) string {
	if u.May(auth.AnswerChats) {
		return "/desk"
	}
	if u.May(auth.ReadEntries) {
		return "/editor"
	}
	return "/"
}

// ours returns a path of this server, or "" for anything that could lead elsewhere.
// Browsers read a backslash as a slash and pass over line ends and tabs.
func ours(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return ""
	}
	return path
}
