// Package api is all of Wenda's HTTP: which address does what (routes.go, on one
// screen), who may (guard.go), and the forms and pages behind it.
//
// Handlers are named after what people do: entries, edit, try, review, publish, releases,
// inbox, cases, imports, words; v1*.go is the API for other channels, deskapi*.go what the
// desk asks beside its socket. Pages are rendered by
// bot/web, sockets are bot/gateway's, accounts bot/auth's, and what editors do is kept by
// knowledge/base and its neighbours. Only an upload that waits to be confirmed, and a check
// that takes its time, live in this process (work.go); whoever restarts it does them again.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"

	"wenda/bot/auth"
	"wenda/bot/desk/hours"
	"wenda/bot/desk/queue"
	"wenda/bot/web"
	"wenda/knowledge"
)

// Parts are what an API is made of. All but Origins must be set.
type Parts struct {
	Site    *web.Site
	Auth    *auth.Auth
	Release func() *knowledge.Release // in force
	Hub     Hub
	Desk    Desk

	Queues    *queue.Store
	Calendars func() []hours.Calendar // those that a queue may have
	Hours     *hours.Store

	Customers http.Handler // the customers' websocket
	Agents    http.Handler // the agents' websocket
	Protocol  []byte       // the AsyncAPI document of both

	Ready   []Check  // what must work for this node to take chats
	Secure  bool     // browsers come by https
	Origins []string // our own, if a proxy that does not pass Host on stands before; may be empty
	Log     *slog.Logger
}

// API serves everything. Make it with New.
type API struct {
	Parts
	described web.DocsPage                 // Protocol, for people
	asked     derived[map[string][]string] // see phrasings
	questions derived[[]question]
	imports   imports
	checkup   checkup
}

// New returns the handler of all public addresses. It returns an error if the
// protocol's document cannot be read, or an origin is none.
func New(p Parts) (http.Handler, error) {
	described, err := describe(p.Protocol)
	if err != nil {
		return nil, err
	}
	a := &API{Parts: p, described: described}
	routes := a.routes()
	a.described.Sections = append([]web.DocsSection{v1Section(a.v1(routes))}, a.described.Sections...)
	guarded, err := sameOrigin(p.Origins, routes)
	if err != nil {
		return nil, err
	}
	return a.contained(a.Site.Headers(guarded)), nil
}

// page is what every page needs to know about the request.
func (a *API) page(w http.ResponseWriter, r *http.Request) web.Page {
	p := web.Page{Lang: a.Site.Lang(w, r), Path: r.URL.RequestURI()}
	if u, ok := a.Auth.Staff(r); ok {
		p.User, p.Desk, p.Board, p.Edit = u.Name, u.May(auth.AnswerChats), u.May(auth.ReadTeamChats), u.May(auth.ReadEntries)
		p.Run = u.May(auth.RunDesk)
		p.Can = web.Can{
			Write: u.May(auth.EditEntries), Publish: u.May(auth.PublishEntries), Veto: u.May(auth.VetoEntries),
			Words: u.May(auth.EditWords), Import: u.May(auth.ImportEntries),
		}
		p.Solo = a.solo(r.Context())
	}
	return p
}

// pageAt is page for the answer to a form: the address that shows the form again
// takes the place of the one it was sent to, so that the language can be switched.
func (a *API) pageAt(w http.ResponseWriter, r *http.Request, path string, query url.Values) web.Page {
	p := a.page(w, r)
	p.Path = path + "?" + query.Encode()
	return p
}

// solo reports whether one person may approve their own entries. If that cannot be
// known now nothing is said about it.
func (a *API) solo(ctx context.Context) bool {
	mode, err := a.Auth.Mode(ctx)
	if err != nil {
		a.Log.Warn("mode not known", "err", err)
	}
	return err == nil && mode == auth.Solo
}

// fail shows the error page of a status.
func (a *API) fail(w http.ResponseWriter, r *http.Request, status int) {
	a.Site.Error(w, web.ErrorPage{Page: a.page(w, r), Status: status})
}
