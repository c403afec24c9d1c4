package auth

import (
	"net/http"

	"wenda/internal/sqldb"
)

// Sign checks a password as Login does, and logs nobody in: somebody signs with it
// what another person has on their screen. ErrLogin, ErrSlow.
func (a *Auth) Sign(r *http.Request, login, password string) (User, error) {
	u, err := a.password(r.Context(), a.o.Address(r), login, password)
	if err != nil {
		return User{}, err
	}
	return u, wrap(a.db.Write(r.Context(), func(tx sqldb.Tx) error {
		return Audit(tx, a.o.Now(), Act{Who: u.ID, Did: "sign", About: u.ID, OK: true})
	}))
}
