package api

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"

	"wenda/bot/auth"
	"wenda/knowledge/base"
	"wenda/knowledge/exchange"
)

// staff lets in who is logged in and has the permission.
func (a *API) staff(needs auth.Permission, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		u, ok := a.Auth.Staff(r)
		switch {
		case !ok:
			http.Redirect(w, r, "/login?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		case !u.May(needs):
			a.fail(w, r, http.StatusForbidden)
		default:
			next(w, r)
		}
	}
}

// maxForm bounds what a form may send, in bytes, where largeForms says nothing else.
const maxForm = 64 << 10

// largeForms are the addresses, by their beginning, that take more than maxForm bytes.
var largeForms = []struct {
	prefix string
	most   int64
}{
	{"/editor/", 4 << 20},                              // an entry of 500 phrasings
	{"/import", exchange.ImportLimits.Bytes + 256<<10}, // a file, and what stands around it
	{"/publish", 1 << 20},                              // names thousands of entries
	{"/words/", 4 * base.MaxSheet},                     // a sheet, escaped
	{"/hours/", maxHours},
}

// maxBody is how many bytes may be sent to a path.
func maxBody(path string) int64 {
	for _, form := range largeForms {
		if strings.HasPrefix(path, form.prefix) {
			return form.most
		}
	}
	return maxForm
}

// sameOrigin refuses forms that another site's page sends with our cookie. own are
// our origins as browsers see them, beside the one a request names itself.
func sameOrigin(own []string, next http.Handler) (http.Handler, error) {
	protection := http.NewCrossOriginProtection()
	for _, origin := range own {
		if err := protection.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("api: %w", err)
		}
	}
	protected := protection.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody(r.URL.Path))
		protected.ServeHTTP(w, r)
	}), nil
}

// form reads a form before next does, and refuses what is too large or none.
func (a *API) form(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var large *http.MaxBytesError
		switch err := r.ParseForm(); {
		case errors.As(err, &large):
			a.fail(w, r, http.StatusRequestEntityTooLarge)
		case err != nil:
			a.fail(w, r, http.StatusBadRequest)
		default:
			next(w, r)
		}
	}
}

// contained turns a panic into a 500 and a line in the log. The value is not
// logged if it is no runtime error: it may hold what somebody wrote.
func (a *API) contained(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			what := recover()
			if what == nil {
				return
			}
			if what == http.ErrAbortHandler {
				panic(what)
			}
			cause := fmt.Sprintf("%T", what)
			if err, ok := what.(interface{ RuntimeError() }); ok {
				cause = fmt.Sprint(err)
			}
			a.Log.Error("a request panicked", "path", r.URL.Path, "panic", cause, "stack", string(debug.Stack()))
			a.fail(w, r, http.StatusInternalServerError)
		}()
		next.ServeHTTP(w, r)
	})
}
