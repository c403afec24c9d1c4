package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strconv"
	"time"

	"wenda/bot/auth"
	"wenda/bot/desk"
	"wenda/bot/desk/queue"
	"wenda/bot/desk/roster"
	"wenda/internal/audit"
	"wenda/knowledge"
	"wenda/sessions"
)

// What the desk asks beside its socket (web/desk/queries.ts): the hub's answers, approved
// replies, what came with a handoff, earlier chats, colleagues. Answers are JSON, never
// kept by a cache; what goes wrong is {"error": code} with a status. A chat that the reader
// may not see and one that is not there look alike.

// Desk is what those addresses work on.
type Desk struct {
	Store  sessions.Store
	Live   sessions.Live
	Floor  func(context.Context) ([]roster.Agent, error) // who is there, with what they have
	Queues func() []queue.Queue
	Wraps  func() []desk.Wrap // how a chat may have ended; closing one names it

	// MayRead reports whether somebody may read a chat as it stands now (desk.Desk). Earlier
	// chats of the same customer go with it.
	MayRead func(sessions.Agent, sessions.Session) bool
	// Audit writes down what was read. What cannot be written down is not shown.
	Audit func(context.Context, audit.Act) error
}

// pace is how often one login may ask: so many a second, and so many at once.
type pace struct {
	what      string
	perSecond float64
	burst     int
}

var (
	asking   = pace{"suggest", 5, 20} // while a customer types, in several chats
	reading  = pace{"read", 5, 30}    // whoever switches chats quickly
	drafting = pace{"draft", 0.2, 10} // a person writes that
)

// What a desk's question can be refused with.
var (
	errNotThere = errors.New("api: no such chat, or not yours to read")
	errMeant    = errors.New("api: not a question that can be answered")
)

// deskAPI answers a desk's question with what work returns. Unlike a page it sends nobody
// to the login: a script asks.
func (a *API) deskAPI(needs auth.Permission, at pace, work func(*http.Request, auth.User) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		u, ok := a.Auth.Staff(r)
		switch {
		case !ok:
			deskError(w, http.StatusUnauthorized, "login")
			return
		case !u.May(needs):
			deskError(w, http.StatusForbidden, "forbidden")
			return
		}
		if wait := a.hold(r.Context(), u, at); wait > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(wait.Seconds())+1))
			deskError(w, http.StatusTooManyRequests, "rate")
			return
		}
		answer, err := work(r, u)
		if err != nil {
			a.deskFailed(w, r, err)
			return
		}
		writeJSON(w, answer)
	}
}

// hold is how long a login must wait with its next question. Nobody waits because what
// counts is away.
func (a *API) hold(ctx context.Context, u auth.User, at pace) time.Duration {
	ok, wait, err := a.Desk.Live.Allow(ctx, "desk:"+at.what+":"+u.LoginKey(), at.perSecond, at.burst)
	if ok || err != nil {
		return 0
	}
	return max(wait, time.Millisecond)
}

func (a *API) deskFailed(w http.ResponseWriter, r *http.Request, err error) {
	var large *http.MaxBytesError
	switch {
	case errors.Is(err, errNotThere), errors.Is(err, sessions.ErrNotFound):
		deskError(w, http.StatusNotFound, "not_found")
	case errors.As(err, &large):
		deskError(w, http.StatusRequestEntityTooLarge, "too_long")
	case errors.Is(err, errMeant):
		deskError(w, http.StatusUnprocessableEntity, "invalid")
	case errors.Is(err, context.Canceled) && r.Context().Err() != nil:
	case errors.Is(err, knowledge.ErrUnavailable):
		deskError(w, http.StatusServiceUnavailable, "busy")
	default:
		if told, known := refused(err); known {
			deskError(w, told.Status, told.Code)
			return
		}
		a.Log.Error("a desk's question could not be answered", slog.String("path", r.Pattern), slog.Any("err", err))
		deskError(w, http.StatusServiceUnavailable, "busy")
	}
}

func deskError(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": code})
}

// readJSON reads what a script sent: one object with no other keys than into has.
func readJSON(r *http.Request, into any) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return errMeant // no form of another site can say so
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		if _, more := d.Token(); errors.Is(more, io.EOF) {
			return nil
		}
	}
	return errors.Join(errMeant, err)
}

// langOf is the language that is asked for; otherwise, if it is neither.
func langOf(tag string, otherwise knowledge.Lang) knowledge.Lang {
	if l := knowledge.Lang(tag); l == knowledge.Chinese || l == knowledge.English {
		return l
	}
	return otherwise
}

// readable returns a chat that somebody may read now. errNotThere.
func (a *API) readable(ctx context.Context, u auth.User, id string) (sessions.Session, error) {
	s, err := a.Desk.Store.Load(ctx, id)
	if err == nil && !(u.May(auth.AnswerChats) && a.Desk.MayRead(u.Agent(), s)) {
		err = errNotThere
	}
	return s, err
}

// read writes down that somebody reads a chat that is not in their hands.
func (a *API) read(ctx context.Context, u auth.User, session, because string) error {
	return a.Desk.Audit(ctx, audit.Act{Who: u.ID, Did: "chat.read", About: session, OK: true, Detail: because})
}
