package auth

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"wenda/internal/sqldb"
)

// The cookie of a web login: see Options.Secure.
const (
	cookieSecure = "__Host-wenda"
	cookiePlain  = "wenda"
)

// awake is how old the last sign of activity may be before it is written again.
const awake = 5 * time.Minute

// The one place that writes cookies. They last until the browser is closed; how
// long a login lasts is decided here, not there.
func (a *Auth) manager() *scs.SessionManager {
	m := &scs.SessionManager{ // not scs.New, whose own store comes with a goroutine that never ends
		Store: &loginStore{a}, Codec: loginCodec{}, Lifetime: a.o.Life, IdleTimeout: a.o.Idle,
		Cookie: scs.SessionCookie{Name: cookiePlain, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode},
	}
	if a.o.Secure {
		m.Cookie.Name, m.Cookie.Secure = cookieSecure, true
	}
	return m
}

// Login checks a password and sets the cookie; an older login of this browser
// ends. ErrLogin, whatever was wrong, after the same work; ErrSlow.
func (a *Auth) Login(w http.ResponseWriter, r *http.Request, login, password string) (User, error) {
	u, err := a.password(r.Context(), a.o.Address(r), login, password)
	if err != nil {
		return User{}, err
	}
	ctx, err := a.web.Load(r.Context(), "") // a new one: nobody can have set this token
	if err != nil {
		return User{}, wrap(err)
	}
	a.web.Put(ctx, "staff", u.ID)
	a.web.Put(ctx, "epoch", u.epoch)
	token, until, err := a.web.Commit(ctx) // with its audit row
	if err != nil {
		return User{}, wrap(err)
	}
	if old := a.cookie(r); old != "" {
		if err := (&loginStore{a}).DeleteCtx(ctx, old); err != nil {
			return User{}, wrap(err)
		}
	}
	a.web.WriteSessionCookie(ctx, w, token, until)
	u.login = hashToken(token)
	return u, nil
}

// Logout ends the login of the request, if there is one, and takes the cookie away.
// Sockets of this login end with it: see Ended.
func (a *Auth) Logout(w http.ResponseWriter, r *http.Request) error {
	u, ok := a.Staff(r)
	a.web.WriteSessionCookie(r.Context(), w, "", time.Time{})
	if !ok {
		return nil
	}
	return wrap(a.db.Write(r.Context(), func(tx sqldb.Tx) error {
		if _, err := tx.Exec(`DELETE FROM login WHERE token = $1`, u.login); err != nil {
			return err
		}
		return Audit(tx, a.o.Now(), Act{Who: u.ID, Did: "logout", About: u.ID, OK: true})
	}))
}

// Staff returns who sent the request, false if nobody is logged in (or the
// database cannot say). It counts as activity.
func (a *Auth) Staff(r *http.Request) (User, bool) {
	token := a.cookie(r)
	if token == "" {
		return User{}, false
	}
	u, err := a.staff(r.Context(), hashToken(token), true)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		a.o.Log.Error("cannot read a login", "error", err)
	}
	return u, err == nil
}

// Ended reports whether the login that u came from (Staff, Login) has ended: by
// logout, time, or because the account was disabled or got another password or
// other roles. Sockets ask every few seconds: it is one lookup by key. active says
// that the person did something since the last call, which keeps the login awake.
// An error says nothing about the login.
func (a *Auth) Ended(ctx context.Context, u User, active bool) (bool, error) {
	_, err := a.staff(ctx, u.login, active)
	if errors.Is(err, sql.ErrNoRows) {
		return true, nil
	}
	return false, wrap(err)
}

// staff returns the user of a living login. sql.ErrNoRows.
func (a *Auth) staff(ctx context.Context, login string, active bool) (User, error) {
	var ends, expires int64
	now := a.now()
	u, err := scanUser(and(a.db.Read(ctx).QueryRow(`SELECT `+userColumns+`, ends_at, expires_at FROM (
			SELECT s.*, l.ends_at, l.expires_at FROM login l JOIN staff s ON s.id = l.staff AND s.epoch = l.epoch
			WHERE l.token = $1 AND l.expires_at > $2 AND l.ends_at > $2 AND NOT s.disabled) AS living`, login, now), &ends, &expires))
	if err != nil {
		return User{}, err
	}
	u.login = login
	until := min(ends, now+a.o.Idle.Milliseconds())
	if active && until-expires > awake.Milliseconds() {
		err = a.db.Write(ctx, func(tx sqldb.Tx) error {
			_, err := tx.Exec(`UPDATE login SET expires_at = $2 WHERE token = $1`, login, until)
			return err
		})
	}
	return u, err
}

// and scans a row with more columns at its end.
func and(row sqldb.Scanner, more ...any) sqldb.Scanner { return longer{row, more} }

type longer struct {
	row  sqldb.Scanner
	more []any
}

func (l longer) Scan(into ...any) error { return l.row.Scan(append(into, l.more...)...) }

func (a *Auth) cookie(r *http.Request) string {
	c, err := r.Cookie(a.web.Cookie.Name)
	if err != nil {
		return ""
	}
	return c.Value
}

// password returns the user whose password it is.
func (a *Auth) password(ctx context.Context, address, login, password string) (User, error) {
	login, err := tidyLogin(login)
	if err != nil {
		login = "" // nobody's; all such wait together
	}
	if wait := a.places.enter(address, a.o.Now()); wait > 0 {
		return User{}, slow{wait}
	}
	if wait := a.accounts.enter(login, a.o.Now()); wait > 0 {
		return User{}, slow{wait}
	}
	u, err := a.compare(ctx, login, password)
	if !errors.Is(err, ErrLogin) { // right, or our own fault
		a.places.right(address, false)
		a.accounts.right(login, err == nil)
	}
	return u, err
}

// compare reads, hashes and records a failure, whether or not there is such an account.
func (a *Auth) compare(ctx context.Context, login, password string) (User, error) {
	u, hash, err := a.hashOf(ctx, login)
	if err != nil {
		return User{}, err
	}
	ok, outdated, err := a.matches(ctx, password, hash)
	if err != nil {
		return User{}, err
	}
	if !ok || u.ID == "" || u.Disabled {
		return User{}, a.refused(ctx, u)
	}
	if outdated {
		err = a.rehash(ctx, u, password)
	}
	return u, err
}

func (a *Auth) refused(ctx context.Context, u User) error {
	act := Act{Who: Visitor, Did: "login", About: u.ID, Detail: "password"}
	switch {
	case u.ID == "":
		act.Detail = "unknown"
	case u.Disabled:
		act.Detail = "disabled"
	}
	if err := a.db.Write(ctx, func(tx sqldb.Tx) error { return Audit(tx, a.o.Now(), act) }); err != nil {
		return wrap(err)
	}
	return ErrLogin
}

// hashOf returns the account and its hash, or no account and nobody's hash.
func (a *Auth) hashOf(ctx context.Context, login string) (User, string, error) {
	var hash string
	u, err := scanUser(and(a.db.Read(ctx).QueryRow(`SELECT `+userColumns+`, password FROM staff WHERE login = $1`, login), &hash))
	if errors.Is(err, sql.ErrNoRows) {
		return User{}, nobody(), nil
	}
	return u, hash, wrap(err)
}

func (a *Auth) rehash(ctx context.Context, u User, password string) error {
	hash, err := a.hash(ctx, "", password)
	if errors.Is(err, ErrWeak) { // the rules have become stricter: it is theirs to change
		return nil
	}
	if err != nil {
		return err
	}
	return wrap(a.db.Write(ctx, func(tx sqldb.Tx) error {
		_, err := tx.Exec(`UPDATE staff SET password = $2 WHERE id = $1 AND epoch = $3`, u.ID, hash, u.epoch)
		return err
	}))
}
