package api

import (
	"net/http"

	"wenda/bot/web"
)

// board is the shell around what /desk/ws says of the whole floor.
func (a *API) board(w http.ResponseWriter, r *http.Request) {
	u, _ := a.Auth.Staff(r)
	a.Site.BoardShell(w, web.BoardPage{Page: a.page(w, r), UserID: u.ID})
}
