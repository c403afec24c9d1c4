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
	m.HandleFunc("GET /desk/suggest", a.deskAPI(auth.AnswerChats, asking, a.deskSuggest))
	m.HandleFunc("GET /desk/canned", a.deskAPI(auth.AnswerChats, reading, a.deskCanned))
	m.HandleFunc("GET /desk/packet/{session}", a.deskAPI(auth.AnswerChats, reading, a.deskPacket))
	m.HandleFunc("GET /desk/history/{session}", a.deskAPI(auth.AnswerChats, reading, a.deskHistory))
	m.HandleFunc("GET /desk/colleagues", a.deskAPI(auth.AnswerChats, reading, a.deskColleagues))
	m.HandleFunc("POST /desk/draft", a.deskAPI(auth.SuggestEntries, drafting, a.deskDraft))
	m.HandleFunc("GET /board", a.staff(auth.ReadTeamChats, a.board))
	m.HandleFunc("GET /queues", a.staff(auth.RunDesk, a.queues))
	m.HandleFunc("GET /queues/{queue}", a.staff(auth.RunDesk, a.queue))
	m.HandleFunc("POST /queues/{queue}", a.staff(auth.RunDesk, a.form(a.saveQueue)))
	m.HandleFunc("POST /queues/{queue}/remove", a.staff(auth.RunDesk, a.form(a.removeQueue)))
	m.HandleFunc("GET /hours", a.staff(auth.RunDesk, a.hours))
	m.HandleFunc("GET /hours/{calendar}", a.staff(auth.RunDesk, a.calendar))
	m.HandleFunc("POST /hours/{calendar}", a.staff(auth.RunDesk, a.form(a.saveCalendar)))
	m.HandleFunc("POST /hours/{calendar}/import", a.staff(auth.RunDesk, a.importDays))
	m.HandleFunc("GET /changes", a.staff(auth.RunDesk, a.changes))
	m.HandleFunc("GET /editor", a.staff(auth.ReadEntries, a.editor))
	m.HandleFunc("GET /new", a.staff(auth.EditEntries, a.fresh))
	m.HandleFunc("GET /review", a.staff(auth.ReadEntries, a.review))
	m.HandleFunc("GET /editor/{id}", a.staff(auth.ReadEntries, a.entry))
	m.HandleFunc("GET /editor/{id}/compare", a.staff(auth.ReadEntries, a.compare))
	m.HandleFunc("GET /editor/{id}/edit", a.staff(auth.EditEntries, a.edit))
	m.HandleFunc("POST /editor/{id}/edit", a.staff(auth.EditEntries, a.form(a.saveEntry)))
	m.HandleFunc("POST /editor/{id}/keep", a.staff(auth.EditEntries, a.form(a.keep)))
	m.HandleFunc("POST /editor/{id}/drop", a.staff(auth.EditEntries, a.form(a.drop)))
	m.HandleFunc("POST /editor/{id}/check", a.staff(auth.EditEntries, a.form(a.check)))
	m.HandleFunc("POST /editor/{id}/try", a.staff(auth.ReadEntries, a.form(a.trial)))
	m.HandleFunc("POST /editor/{id}/gate", a.staff(auth.ReadEntries, a.form(a.foresee)))
	m.HandleFunc("POST /editor/{id}/submit", a.staff(auth.EditEntries, a.step(a.submits)))
	m.HandleFunc("POST /editor/{id}/withdraw", a.staff(auth.EditEntries, a.step(a.withdraws)))
	m.HandleFunc("POST /editor/{id}/discard", a.staff(auth.EditEntries, a.step(a.discards)))
	m.HandleFunc("POST /editor/{id}/approve", a.staff(auth.PublishEntries, a.step(a.approves)))
	m.HandleFunc("POST /editor/{id}/refuse", a.staff(auth.PublishEntries, a.step(a.refuses)))

	// The knowledge hub: what goes live, what is missing, what is wrong, files and words.
	m.HandleFunc("GET /releases", a.staff(auth.ReadEntries, a.releases))
	m.HandleFunc("GET /releases/{release}", a.staff(auth.ReadEntries, a.release))
	m.HandleFunc("POST /releases/{release}/rollback", a.staff(auth.PublishEntries, a.form(a.rollback)))
	m.HandleFunc("GET /retire", a.staff(auth.ReadEntries, a.retireForm))
	m.HandleFunc("POST /retire", a.staff(auth.ReadEntries, a.form(a.retire)))
	m.HandleFunc("GET /publish", a.staff(auth.PublishEntries, a.publishForm))
	m.HandleFunc("POST /publish", a.staff(auth.PublishEntries, a.form(a.publish)))
	m.HandleFunc("POST /plans/{plan}/cancel", a.staff(auth.PublishEntries, a.form(a.cancel)))
	m.HandleFunc("GET /cases", a.staff(auth.ReadEntries, a.cases))
	m.HandleFunc("POST /cases", a.staff(auth.EditEntries, a.form(a.addCase)))
	m.HandleFunc("POST /cases/grow", a.staff(auth.EditEntries, a.form(a.growCases)))
	m.HandleFunc("POST /cases/{case}/remove", a.staff(auth.EditEntries, a.form(a.removeCase)))
	m.HandleFunc("GET /inbox", a.staff(auth.ReadEntries, a.inbox))
	m.HandleFunc("POST /inbox/{cluster}", a.staff(auth.EditEntries, a.form(a.settle)))
	m.HandleFunc("POST /deeds/{deed}/undo", a.staff(auth.EditEntries, a.form(a.undo)))
	m.HandleFunc("GET /health", a.staff(auth.ReadEntries, a.health))
	m.HandleFunc("POST /health", a.staff(auth.ReadEntries, a.form(a.inspectAgain)))
	m.HandleFunc("GET /health/progress", a.staff(auth.ReadEntries, a.inspectProgress))
	m.HandleFunc("GET /import", a.staff(auth.ImportEntries, a.importForm))
	m.HandleFunc("POST /import", a.staff(auth.ImportEntries, a.upload))
	m.HandleFunc("POST /import/shipped", a.staff(auth.ImportEntries, a.form(a.importShipped)))
	m.HandleFunc("GET /import/{import}", a.staff(auth.ImportEntries, a.imported))
	m.HandleFunc("POST /import/{import}", a.staff(auth.ImportEntries, a.form(a.decideImport)))
	m.HandleFunc("GET /import/{import}/progress", a.staff(auth.ImportEntries, a.importProgress))
	m.HandleFunc("GET /import/{import}/faulty", a.staff(auth.ImportEntries, a.faulty))
	m.HandleFunc("GET /export", a.staff(auth.ReadEntries, a.export))
	m.HandleFunc("GET /words", a.staff(auth.ReadEntries, a.words))
	m.HandleFunc("GET /words/{sheet}", a.staff(auth.ReadEntries, a.sheet))
	m.HandleFunc("POST /words/{sheet}", a.staff(auth.ReadEntries, a.form(a.saveSheet)))

	m.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { a.fail(w, r, http.StatusNotFound) })
	return m
}
