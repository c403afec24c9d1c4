package api

import (
	"net/http"

	"wenda/bot/auth"
)

// routes says which address does what. A staff page names the permission it needs;
// whoever is not logged in is sent to /login, whoever may not gets 403.
func (a *API) routes() *http.ServeMux {
	m := http.NewServeMux()

	// For everybody.
	m.HandleFunc("GET /{$}", a.demo)
	m.HandleFunc("GET /chat", a.chat)
	m.Handle("GET /widget.js", a.Site.Assets())
	m.Handle("GET /assets/", a.Site.Assets())
	m.Handle("GET /ws", a.Customers)
	m.HandleFunc("GET /docs", a.docs)
	m.HandleFunc("GET /asyncapi.yaml", a.protocol)
	m.HandleFunc("GET /livez", a.livez)
	m.HandleFunc("GET /readyz", a.readyz)

	// Coming in and going out.
	m.HandleFunc("GET /setup", a.setupForm)
	m.HandleFunc("POST /setup", a.form(a.setup))
	m.HandleFunc("GET /login", a.loginForm)
	m.HandleFunc("POST /login", a.form(a.login))
	m.HandleFunc("POST /logout", a.logout)

	// For staff.
	m.HandleFunc("GET /desk", a.staff(auth.AnswerChats, a.desk))
	m.Handle("GET /desk/ws", a.Agents)
	m.HandleFunc("GET /editor", a.staff(auth.ReadEntries, a.editor))
	m.HandleFunc("GET /editor/{id}", a.staff(auth.ReadEntries, a.entry))

	m.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { a.fail(w, r, http.StatusNotFound) })
	return m
}
