package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"wenda/bot/auth"
	"wenda/bot/web"
)

// setupForm opens with the one-time link that the first start printed.
func (a *API) setupForm(w http.ResponseWriter, r *http.Request) {
	page := web.SetupPage{Page: a.page(w, r), Token: r.URL.Query().Get("token"), MinPassword: auth.MinPassword}
	if page.Token == "" || a.isSetUp(r.Context()) {
		page.Faults = []web.SetupFault{web.SetupToken}
	}
	a.Site.Setup(w, page)
}

// isSetUp reports whether there is an account, as far as can be known now.
func (a *API) isSetUp(ctx context.Context) bool {
	needed, err := a.Auth.SetupNeeded(ctx)
	return err == nil && !needed
}

// setup makes the first account, logs it in and shows where to go.
func (a *API) setup(w http.ResponseWriter, r *http.Request) {
	page := web.SetupPage{
		Page: a.pageAt(w, r, "/setup", url.Values{"token": {r.PostFormValue("token")}}), Token: r.PostFormValue("token"), Mode: r.PostFormValue("mode"),
		Login: r.PostFormValue("login"), Name: r.PostFormValue("name"), MinPassword: auth.MinPassword,
	}
	password := r.PostFormValue("password")
	switch {
	case a.isSetUp(r.Context()):
		page.Faults = []web.SetupFault{web.SetupToken}
	case password != r.PostFormValue("again"):
		page.Faults = []web.SetupFault{web.SetupAgain}
	}
	if page.Faults != nil {
		a.Site.Setup(w, page)
		return
	}
	_, err := a.Auth.Setup(r.Context(), page.Token, auth.Choice{
		Mode: auth.Mode(page.Mode), Login: page.Login, Name: page.Name, Password: password, Roles: founderRoles,
	})
	if err != nil {
		a.setupFailed(w, r, page, err)
		return
	}
	u, err := a.Auth.Login(w, r, page.Login, password)
	if err != nil {
		http.Redirect(w, r, "/login", http.StatusSeeOther)
		return
	}
	http.Redirect(w, r, home(u), http.StatusSeeOther)
}

// founderRoles are what the first account of a team holds beside admin: somebody has
// to be able to work before there are others.
var founderRoles = []auth.Role{auth.Agent, auth.Editor, auth.Supervisor}

func (a *API) setupFailed(w http.ResponseWriter, r *http.Request, page web.SetupPage, err error) {
	switch {
	case errors.Is(err, auth.ErrSetup):
		page.Faults = []web.SetupFault{web.SetupToken}
	case errors.Is(err, auth.ErrWeak):
		page.Faults = []web.SetupFault{web.SetupPassword}
	case errors.Is(err, auth.ErrTaken):
		page.Faults = []web.SetupFault{web.SetupLogin}
	case errors.Is(err, auth.ErrInvalid):
		page.Faults = wrongAnswers(page)
	default:
		a.Log.Error("set-up failed", "err", err)
		a.fail(w, r, http.StatusServiceUnavailable)
		return
	}
	a.Site.Setup(w, page)
}

// wrongAnswers names what auth refuses as invalid.
func wrongAnswers(page web.SetupPage) []web.SetupFault {
	var faults []web.SetupFault
	if page.Mode != string(auth.Solo) && page.Mode != string(auth.Team) {
		faults = append(faults, web.SetupMode)
	}
	if auth.CheckLogin(page.Login) != nil {
		faults = append(faults, web.SetupLogin)
	}
	if auth.CheckName(page.Name) != nil {
		faults = append(faults, web.SetupName)
	}
	return faults
}
