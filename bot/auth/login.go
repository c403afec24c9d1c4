package auth

import (
	"context"
	"database/sql"
	"errors"
)

// LoginKey names the login that u came from (Staff, Login), for Still. It is no
// secret that would let anybody in.
func (u User) LoginKey() string { return u.login }

// Still returns the user of a login as they are now, or that it has ended (see
// Ended). It is no sign of activity. An error says nothing about the login.
func (a *Auth) Still(ctx context.Context, key string) (u User, ended bool, err error) {
	u, err = a.staff(ctx, key, false)
	if errors.Is(err, sql.ErrNoRows) {
		return User{}, true, nil
	}
	return u, false, wrap(err)
}

// CheckLogin says what is wrong with a login name: ErrInvalid or nil.
func CheckLogin(login string) error {
	_, err := tidyLogin(login)
	return err
}

// CheckName says what is wrong with the name customers see: ErrInvalid or nil.
func CheckName(name string) error {
	_, err := tidyName(name)
	return err
}
