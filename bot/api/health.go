package api

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// livez says that the process answers.
func (a *API) livez(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintln(w, "ok")
}

// readyWithin is how long a part may take to say that it works.
const readyWithin = 2 * time.Second

// readyz says whether this node takes new chats: 200, or 503 with the name of the
// part that does not work. It names no cause: that is in the log.
func (a *API) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
	defer cancel()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	for _, c := range a.Ready {
		if err := c.Check(ctx); err != nil {
			a.Log.Warn("not ready", "part", c.Name, "err", err)
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprintf(w, "not ready: %s\n", c.Name)
			return
		}
	}
	fmt.Fprintln(w, "ready")
}

// Check is one part that must work for this node to be ready.
type Check struct {
	Name  string
	Check func(context.Context) error
}
