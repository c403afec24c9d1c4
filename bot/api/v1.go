package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"wenda/bot/auth"
)

// The API for other channels (IVR, mini programs, integrations) is described where it is
// made: the OpenAPI document at v1Document comes from the types below, and /docs shows it.
// A request carries a key, "Authorization: Bearer wk_…"; errors are RFC 9457.
const (
	v1Prefix   = "/api/v1"
	v1Document = v1Prefix + "/openapi" // .json, .yaml
)

const v1About = `The knowledge hub for other channels: one reviewed base answers them all.

Make a key with "wenda key create --name ivr --scope ask" and send it as "Authorization: Bearer wk_…". A key may ask, read entries or write drafts of them; nothing that
a key does goes live before a person has approved it.

Errors are application/problem+json (RFC 9457). What changes an entry names the version it read in If-Match, as GET gave it in ETag; 412 says that somebody else was faster.`

// v1 adds the routes of the API to m and returns their description.
func (a *API) v1(m *http.ServeMux) *huma.OpenAPI {
	config := huma.DefaultConfig("Wenda", "1")
	config.Info.Description = v1About
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = v1Document, "", ""
	config.CreateHooks = nil // no $schema in answers
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"key": {Type: "http", Scheme: "bearer"}}
	h := humago.New(m, config)
	v1Ask(a, h)
	v1Entries(a, h)
	m.HandleFunc(v1Prefix+"/", a.v1NotFound)
	return h.OpenAPI()
}

// v1NotFound answers for addresses that the API does not have, as the API answers.
func (a *API) v1NotFound(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(http.StatusNotFound)
	_ = json.NewEncoder(w).Encode(huma.Error404NotFound("there is no such address; see /docs"))
}

// operation is one of the API, for keys with a scope.
func (a *API) operation(h huma.API, scope auth.Scope, o huma.Operation) huma.Operation {
	o.Path = v1Prefix + o.Path
	o.Security = []map[string][]string{{"key": {}}}
	o.Middlewares = huma.Middlewares{a.keyed(h, scope)}
	o.Errors = append(o.Errors, http.StatusUnauthorized, http.StatusForbidden, http.StatusUnprocessableEntity, http.StatusServiceUnavailable)
	o.RejectUnknownQueryParameters = true
	o.MaxBodyBytes = maxBody(o.Path)
	return o
}

// carrier is the context key of the auth.APIKey.
type carrier struct{}

// keyed lets in who carries a key with the scope.
func (a *API) keyed(h huma.API, scope auth.Scope) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		r, _ := humago.Unwrap(c)
		k, ok := a.Auth.APIKey(r)
		switch {
		case !ok:
			c.SetHeader("WWW-Authenticate", `Bearer realm="wenda"`)
			_ = huma.WriteErr(h, c, http.StatusUnauthorized, "a key is needed: Authorization: Bearer wk_…")
		case !k.May(scope):
			_ = huma.WriteErr(h, c, http.StatusForbidden, "this key has not the scope "+string(scope))
		default:
			next(huma.WithValue(c, carrier{}, k))
		}
	}
}

// actor is who does it, in histories.
func actor(ctx context.Context) string {
	k, _ := ctx.Value(carrier{}).(auth.APIKey)
	return k.Actor()
}

// problem turns an error into an answer, by the table of the pages (refusals). What is not
// in it is the operator's: the caller learns only that it failed.
func (a *API) problem(err error) error {
	if told, known := refused(err); known {
		return huma.NewError(told.Status, strings.TrimPrefix(err.Error(), "base: "))
	}
	a.Log.Error("the API could not answer", "err", err)
	return huma.Error503ServiceUnavailable("not now; try again")
}
