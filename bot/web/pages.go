package web

import (
	"net/http"
	"net/url"

	"wenda/knowledge"
)

// Page is what every page needs to know.
type Page struct {
	Lang  knowledge.Lang // from Site.Lang
	Path  string         // what was asked for, r.URL.RequestURI(): the language switch leads back to it
	User  string         // display name of who is logged in; "" if nobody is
	Desk  bool           // may use the desk: the link is shown
	Board bool           // may see the floor: the link is shown
	Run   bool           // may say how the desk is run: the link is shown
	Edit  bool           // may use the editor: the link is shown
	Solo  bool           // one person may approve their own entries; said on every staff page
	Can   Can            // what else they may on the editors' pages
	Here  string         // which of the editors' pages this is: editor, review, inbox, releases, health, import, words; "": none
}

// DemoPage is "/": a lender's page that explains what this is, with the widget on it.
type DemoPage struct {
	Page
	Host string // r.Host, for the embed snippet
	TLS  bool   // the snippet says https
	Docs string // where the API docs are; "" shows no link
}

// Demo renders "/".
func (s *Site) Demo(w http.ResponseWriter, p DemoPage) { s.render(w, http.StatusOK, p.Page, "demo", p) }

// ChatPage is "/chat": the widget alone, filling the window, for mobile webviews.
type ChatPage struct{ Page }

// Chat renders "/chat".
func (s *Site) Chat(w http.ResponseWriter, p ChatPage) { s.render(w, http.StatusOK, p.Page, "chat", p) }

// LoginFault says why a login did not work.
type LoginFault string

// What can be wrong with a login.
const (
	LoginWrong   LoginFault = "wrong"   // login name or password
	LoginSlow    LoginFault = "slow"    // too many tries
	LoginExpired LoginFault = "expired" // was logged in, is not any more
)

// LoginPage is the form that posts login, password and next to /login.
type LoginPage struct {
	Page
	Login string     // as typed, to be shown again
	Next  string     // where to go after; must be a path of ours
	Fault LoginFault // "" at first
}

// Login renders /login: 200, 401 if the login was wrong, 429 if there were too many tries.
func (s *Site) Login(w http.ResponseWriter, p LoginPage) {
	status := map[LoginFault]int{LoginWrong: http.StatusUnauthorized, LoginSlow: http.StatusTooManyRequests}[p.Fault]
	if status == 0 {
		status = http.StatusOK
	}
	s.render(w, status, p.Page, "login", p)
}

// SetupFault says which answer of the set-up form is wrong.
type SetupFault string

// What can be wrong with a set-up.
const (
	SetupMode     SetupFault = "mode"     // neither solo nor team
	SetupLogin    SetupFault = "login"    // not a login name, or taken
	SetupName     SetupFault = "name"     // empty or too long
	SetupPassword SetupFault = "password" // too short
	SetupAgain    SetupFault = "again"    // the two passwords differ
	SetupToken    SetupFault = "token"    // link used or expired
)

// SetupPage is the form that posts token, mode (solo or team), login, name,
// password and again to /setup.
type SetupPage struct {
	Page
	Token       string // of the one-time link
	Mode        string // as chosen, to be shown again
	Login       string
	Name        string
	MinPassword int // shortest password, in characters
	Faults      []SetupFault
}

// Wrong reports whether that answer is wrong, for the template.
func (p SetupPage) Wrong(fault string) bool {
	for _, f := range p.Faults {
		if string(f) == fault {
			return true
		}
	}
	return false
}

// Setup renders /setup: 200, 422 if answers were wrong, 410 if the link is.
func (s *Site) Setup(w http.ResponseWriter, p SetupPage) {
	status := http.StatusOK
	switch {
	case p.Wrong(string(SetupToken)):
		status = http.StatusGone
	case len(p.Faults) > 0:
		status = http.StatusUnprocessableEntity
	}
	s.render(w, status, p.Page, "setup", p)
}

// DeskPage is /desk: the shell around the live part, which talks to /desk/ws.
type DeskPage struct {
	Page
	UserID string // keeps drafts of different people on one computer apart
}

// DeskShell renders /desk.
func (s *Site) DeskShell(w http.ResponseWriter, p DeskPage) {
	s.render(w, http.StatusOK, p.Page, "desk", p)
}

// BoardPage is /board: the shell around the live part, which talks to /desk/ws.
type BoardPage struct {
	Page
	UserID string // keeps what different people wrote on one computer apart
}

// BoardShell renders /board.
func (s *Site) BoardShell(w http.ResponseWriter, p BoardPage) {
	s.render(w, http.StatusOK, p.Page, "board", p)
}

// ErrorPage says in plain words that something did not work.
type ErrorPage struct {
	Page
	Status    int    // of HTTP; 403, 404, 410, 429 and 503 have words of their own
	RequestID string // what to quote to an operator; may be empty
}

// Error renders an error with its status.
func (s *Site) Error(w http.ResponseWriter, p ErrorPage) {
	s.render(w, p.Status, p.Page, "error", p)
}

// EntryURL is where an entry's page is.
func EntryURL(id string) string { return "/editor/" + url.PathEscape(id) }
