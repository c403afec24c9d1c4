package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"errors"

	"wenda/internal/sqldb"
)

// Mode says who may approve whose words.
type Mode string

// The modes.
const (
	Solo Mode = "solo" // one person may publish what they wrote; every page says so
	Team Mode = "team" // somebody else must
)

// Names of rows of setting.
const (
	settingMode  = "mode"
	settingSetup = "setup.token" // hash of the one-time token; gone once it was used
)

// Choice is what is chosen at the first set-up.
type Choice struct {
	Mode     Mode
	Login    string
	Name     string
	Password string
	Roles    []Role // beside Admin; Team only. In Solo mode the one account has every role but Compliance
}

// SetupLink makes the one-time token of the page for the first set-up, while there
// is no account; after that it is not needed. A new token replaces the one
// before: of several nodes that start for the first time, the last one's works.
func (a *Auth) SetupLink(ctx context.Context) (token string, needed bool, err error) {
	made, first := rand.Text(), false
	err = a.db.Write(ctx, func(tx sqldb.Tx) (err error) {
		if first, err = empty(tx.Reader); err != nil || !first {
			return err
		}
		return set(tx, settingSetup, hashToken(made), a.now())
	})
	if err != nil || !first {
		return "", false, wrap(err)
	}
	return made, true, nil
}

// SetupNeeded reports whether there is no account yet.
func (a *Auth) SetupNeeded(ctx context.Context) (bool, error) {
	needed, err := empty(a.db.Read(ctx))
	return needed, wrap(err)
}

// Setup makes the first account and keeps the mode, all or nothing. ErrSetup if
// the token is not the newest of SetupLink or an account is there already; else
// the errors of Create, after which it may be tried again.
func (a *Auth) Setup(ctx context.Context, token string, c Choice) (User, error) {
	if err := checkSetup(a.db.Read(ctx), token); err != nil { // before the work of hashing
		return User{}, err
	}
	account, err := c.account()
	if err != nil {
		return User{}, err
	}
	u, hash, err := a.draft(ctx, c.Login, account, c.Password)
	if err != nil {
		return User{}, err
	}
	err = a.db.Write(ctx, func(tx sqldb.Tx) error {
		if err := tx.Serialize("staff"); err != nil {
			return err
		}
		if err := checkSetup(tx.Reader, token); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM setting WHERE name = $1`, settingSetup); err != nil {
			return err
		}
		if err := a.insert(tx, Visitor, u, hash); err != nil {
			return err
		}
		return a.setMode(tx, u.ID, c.Mode)
	})
	return u, wrap(err)
}

func (c Choice) account() (Account, error) {
	account := Account{Name: c.Name, Skills: []string{""}, Capacity: 5}
	switch c.Mode {
	case Solo:
		account.Roles = []Role{Agent, Editor, Supervisor, Admin}
	case Team:
		account.Roles = append([]Role{Admin}, c.Roles...)
	default:
		return account, invalid("choose solo or team")
	}
	return account, nil
}

// checkSetup says ErrSetup unless the token is the one that opens the first set-up now.
func checkSetup(r sqldb.Reader, token string) error {
	needed, err := empty(r)
	if err != nil {
		return wrap(err)
	}
	want, err := get(r, settingSetup)
	if err != nil {
		return err
	}
	if !needed || want == "" || subtle.ConstantTimeCompare([]byte(hashToken(token)), []byte(want)) != 1 {
		return ErrSetup
	}
	return nil
}

// Mode returns what was chosen; Team, the stricter, if nothing was.
func (a *Auth) Mode(ctx context.Context) (Mode, error) {
	mode, err := get(a.db.Read(ctx), settingMode)
	if Mode(mode) == Solo {
		return Solo, err
	}
	return Team, err
}

// SetMode changes the mode. ErrInvalid.
func (a *Auth) SetMode(ctx context.Context, by string, mode Mode) error {
	if mode != Solo && mode != Team {
		return invalid("choose solo or team")
	}
	return wrap(a.db.Write(ctx, func(tx sqldb.Tx) error { return a.setMode(tx, by, mode) }))
}

func (a *Auth) setMode(tx sqldb.Tx, by string, mode Mode) error {
	if err := set(tx, settingMode, string(mode), a.now()); err != nil {
		return err
	}
	return Audit(tx, a.o.Now(), Act{Who: by, Did: "mode", About: settingMode, OK: true, Detail: string(mode)})
}

// empty reports whether there is no account.
func empty(r sqldb.Reader) (bool, error) {
	var n int
	err := r.QueryRow(`SELECT count(*) FROM staff`).Scan(&n)
	return n == 0, err
}

// get returns a setting, "" if it is not there.
func get(r sqldb.Reader, name string) (string, error) {
	var value string
	err := r.QueryRow(`SELECT value FROM setting WHERE name = $1`, name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, wrap(err)
}

func set(tx sqldb.Tx, name, value string, now int64) error {
	_, err := tx.Exec(`INSERT INTO setting (name, value, changed_at) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at`, name, value, now)
	return wrap(err)
}
