// Package auth says who is asking and what they may do.
//
// Two kinds of people ask. Staff have accounts and log in on a web page; customers
// carry a token.
//
// # Staff
//
// An account (User) holds one or more roles, and permission.go holds the one
// table that says what each role may do. Whatever is not in it is refused:
//
//	u, ok := staff.Staff(r) // who sent this request, a page's or a websocket's upgrade
//	if !ok || !u.May(auth.EditEntries) { … }
//
// Login checks a password and sets a cookie, Logout ends it. A login ends after 12 h
// without activity, after 24 h in any case, and at once for everybody who is
// disabled, gets another password or other roles; a socket asks Ended every few
// seconds. Wrong passwords slow down further tries for the account and for the
// address (throttle.go). That memory is each process's own and forgotten at a
// restart: with n nodes somebody has n times the tries.
//
// There is no default password. While there is no account, SetupLink makes a one-time
// token for the page where the first one is made (Setup); that page also asks for
// the Mode: solo, where one person may publish what they wrote themselves, or
// team, where another must.
//
// What is done to accounts, and every login, is written to the audit table in the
// same transaction (audit.go).
//
// # Customers
//
// Tokens issues and verifies what a customer's browser keeps (token.go): signed by
// us, or for a moment by the app in which the widget sits.
package auth

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"wenda/internal/sqldb"
)

// What a caller acts on. Returned errors wrap them.
var (
	ErrLogin   = errors.New("auth: login name or password is wrong") // also for unknown and disabled accounts
	ErrSlow    = errors.New("auth: too many tries; wait")            // see RetryAfter
	ErrTaken   = errors.New("auth: this login name is taken")
	ErrWeak    = errors.New("auth: this password is too easy to guess")
	ErrInvalid = errors.New("auth: not a valid account") // the text says what is wrong
	ErrUnknown = errors.New("auth: no such account")
	ErrLast    = errors.New("auth: this is the last administrator")
	ErrSetup   = errors.New("auth: this set-up link was used or replaced") // or never was one
	ErrToken   = errors.New("auth: not a valid customer token")
)

// Options of Auth. The zero Options are for plain http on one machine.
type Options struct {
	// Secure says that browsers come by https (to us or to the proxy before us).
	// Then the cookie is __Host-wenda: browsers accept it over https only, for this
	// host only, and no neighbouring host can set it. A browser on plain http
	// would drop such a cookie, so there its name is wenda.
	Secure bool

	Idle time.Duration // a login ends after so long without activity; 12 h if 0
	Life time.Duration // and after so long in any case; 24 h if 0

	// Address returns where a request comes from, to slow down wrong logins. If
	// nil it is the other end of the connection; behind a proxy that would be one
	// and the same address for everybody.
	Address func(*http.Request) string

	Now func() time.Time // time.Now if nil
	Log *slog.Logger     // slog.Default() if nil
}

// Auth knows the staff. Its methods are safe for concurrent use.
type Auth struct {
	db       *sqldb.DB
	o        Options
	web      *scs.SessionManager
	accounts *throttle
	places   *throttle
	hashing  chan struct{} // as many as may hash at once
}

// hashers bounds how many passwords are hashed at once: each takes 19 MiB and a
// core, and everybody may ask for it.
const hashers = 2

// New returns the Auth of a database that is migrated.
func New(db *sqldb.DB, o Options) *Auth {
	if o.Idle == 0 {
		o.Idle = 12 * time.Hour
	}
	if o.Life == 0 {
		o.Life = 24 * time.Hour
	}
	if o.Address == nil {
		o.Address = peer
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	a := &Auth{
		db: db, o: o, hashing: make(chan struct{}, hashers),
		accounts: newThrottle(freeByAccount), places: newThrottle(freeByAddress),
	}
	a.web = a.manager()
	return a
}

// peer is the address at the other end of the connection.
func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// now is the time in UTC milliseconds, as it is stored.
func (a *Auth) now() int64 { return a.o.Now().UnixMilli() }

// stored turns a stored time back.
func stored(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// invalid returns an ErrInvalid that says what is wrong.
func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
}
