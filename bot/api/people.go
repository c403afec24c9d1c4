package api

import (
	"context"
	"net/http"

	"wenda/bot/auth"
)

// user is who sent the request; routes that ask have let nobody else in.
func (a *API) user(r *http.Request) auth.User {
	u, _ := a.Auth.Staff(r)
	return u
}

// names returns what people are called, by user id. Who has no account, such as the
// clock, keeps their id; if names cannot be read now everybody does.
func (a *API) names(ctx context.Context) func(id string) string {
	people, err := a.Auth.List(ctx)
	if err != nil {
		a.Log.Warn("names of people not known", "err", err)
	}
	byID := make(map[string]string, len(people))
	for _, u := range people {
		byID[u.ID] = u.Name
	}
	return func(id string) string {
		if name, ok := byID[id]; ok {
			return name
		}
		return id
	}
}
