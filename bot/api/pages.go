package api

import (
	"net/http"

	"wenda/bot/web"
)

// demo is a lender's page with the widget on it.
func (a *API) demo(w http.ResponseWriter, r *http.Request) {
	a.Site.Demo(w, web.DemoPage{Page: a.page(w, r), Host: r.Host, TLS: a.Secure, Docs: "/docs"})
}

// chat is the widget alone.
func (a *API) chat(w http.ResponseWriter, r *http.Request) {
	a.Site.Chat(w, web.ChatPage{Page: a.page(w, r)})
}

// desk is the shell around what /desk/ws says.
func (a *API) desk(w http.ResponseWriter, r *http.Request) {
	u, _ := a.Auth.Staff(r)
	a.Site.DeskShell(w, web.DeskPage{Page: a.page(w, r), UserID: u.ID})
}

// protocol is the AsyncAPI document as it is.
func (a *API) protocol(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
	_, _ = w.Write(a.Protocol)
}
