package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"wenda/bot/auth"
	"wenda/bot/desk/hours"
	"wenda/bot/desk/queue"
	"wenda/bot/web"
	"wenda/knowledge/base"
	"wenda/knowledge/exchange"
	"wenda/knowledge/gate"
	"wenda/knowledge/inbox"
	"wenda/knowledge/lint"
)

// refusals are the errors that people can do something about: the words for them, the
// status, and whether the error itself says more.
var refusals = []struct {
	err    error
	code   string
	status int
	detail bool
}{
	{base.ErrChanged, "changed", http.StatusPreconditionFailed, false},
	{base.ErrSuperseded, "superseded", http.StatusConflict, false},
	{base.ErrOwnWords, "own", http.StatusConflict, false},
	{base.ErrSignature, "signature", http.StatusUnprocessableEntity, false},
	{base.ErrProtected, "protected", http.StatusConflict, false},
	{base.ErrState, "state", http.StatusConflict, true},
	{base.ErrExists, "exists", http.StatusConflict, true},
	{base.ErrInvalid, "invalid", http.StatusUnprocessableEntity, true},
	{base.ErrNone, "none", http.StatusNotFound, false},
	{inbox.ErrDone, "done", http.StatusConflict, false},
	{inbox.ErrNone, "none", http.StatusNotFound, false},
	{inbox.ErrInvalid, "invalid", http.StatusUnprocessableEntity, true},
	{gate.ErrContradicts, "contradicts", http.StatusConflict, false},
	{gate.ErrFull, "full", http.StatusConflict, false},
	{gate.ErrInvalid, "invalid", http.StatusUnprocessableEntity, true},
	{gate.ErrNone, "none", http.StatusNotFound, false},
	{exchange.ErrRefused, "refused", http.StatusUnprocessableEntity, false},
	{exchange.ErrInvalid, "file", http.StatusUnprocessableEntity, true},
	{lint.ErrSheet, "sheet", http.StatusUnprocessableEntity, true},
	{hours.ErrChanged, "changed", http.StatusPreconditionFailed, false},
	{queue.ErrChanged, "changed", http.StatusPreconditionFailed, false},
	{queue.ErrUsed, "used", http.StatusConflict, false},
	{queue.ErrNone, "none", http.StatusNotFound, false},
	{errNoWhy, "why", http.StatusUnprocessableEntity, false},
	{auth.ErrLogin, "login", http.StatusUnprocessableEntity, false},
	{auth.ErrSlow, "slow", http.StatusTooManyRequests, false},
}

// refused is an error as pages tell it; false if it is not for people but for the log.
func refused(err error) (web.Refusal, bool) {
	for _, r := range refusals {
		if errors.Is(err, r.err) {
			told := web.Refusal{Code: r.code, Status: r.status}
			if r.detail {
				told.Detail = beyond(err, r.err)
			}
			return told, true
		}
	}
	return web.Refusal{}, false
}

// beyond is what an error says besides what it wraps.
func beyond(err, known error) string {
	text := err.Error()
	if i := strings.Index(text, known.Error()); i >= 0 {
		text = text[i+len(known.Error()):]
	}
	return strings.Trim(text, ": \n")
}

// because is a refusal that no package below knows.
func because(code string) web.Refusal {
	return web.Refusal{Code: code, Status: http.StatusUnprocessableEntity}
}

// broken logs what nobody expected and says so.
func (a *API) broken(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // nobody reads the answer
	}
	a.Log.Error("an editors' page failed", "path", r.URL.Path, "err", err)
	a.fail(w, r, http.StatusServiceUnavailable)
}

// hub is what the pages of the knowledge hub have in common; here is the one that the
// bar marks.
func (a *API) hub(w http.ResponseWriter, r *http.Request, here string) web.Hub {
	h := web.Hub{Page: a.page(w, r), Names: a.names(r.Context())}
	h.Here = here
	if did := r.URL.Query().Get("did"); slices.Contains(deeds, did) {
		h.Did = did
	}
	if r.Method != http.MethodGet { // the address that shows the form again
		h.Path = "/" + here
	}
	return h
}

// deeds are what ?did= may say was done.
var deeds = []string{
	"published", "planned", "cancelled", "rolledback", "retired",
	"phrasing", "draft", "outside", "ignored", "undone",
	"imported", "saved", "case", "uncased", "grown", "removed",
}

// patience lets an answer take longer than others: some work takes its time.
func patience(w http.ResponseWriter, most time.Duration) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(most))
}

// done sends the browser to where what was done can be seen.
func done(w http.ResponseWriter, r *http.Request, to, did string) {
	mark := "?"
	if strings.Contains(to, "?") {
		mark = "&"
	}
	http.Redirect(w, r, fmt.Sprintf("%s%sdid=%s", to, mark, did), http.StatusSeeOther)
}
