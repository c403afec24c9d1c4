package api

import (
	"errors"
	"net/http"
	"strings"

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
	fault := map[bool]web.LoginFault{true: web.LoginSlow, false: web.LoginWrong}[errors.Is(err, auth.ErrSlow)]
	if !errors.Is(err, auth.ErrSlow) && !errors.Is(err, auth.ErrLogin) {
		a.Log.Error("login failed", "err", err)
		a.fail(w, r, http.StatusServiceUnavailable)
		return
	}
	a.Site.Login(w, web.LoginPage{Page: a.page(w, r), Login: r.PostFormValue("login"), Next: next, Fault: fault})
}

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
func ours(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return ""
	}
	return path
}
