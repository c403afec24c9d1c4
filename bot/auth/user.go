package auth

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"wenda/internal/sqldb"
	"wenda/sessions"
)

// User is a member of staff.
type User struct {
	ID    string // made by us, never used again
	Login string // 2 to 64 of a-z 0-9 . _ - @, unique
	Account
	Disabled bool
	Created  time.Time
	Changed  time.Time

	epoch int64  // goes up when all logins end
	login string // the web login that was asked with, "" if there was none
}

// Agent returns the user as the one who takes chats, or leads those who do.
func (u User) Agent() sessions.Agent {
	return sessions.Agent{
		ID: u.ID, Name: u.Name, Skills: u.Skills, Capacity: u.Capacity,
		ReadsAll: u.May(ReadTeamChats), MovesAll: u.May(MoveTeamChats),
	}
}

const userColumns = `id, login, name, roles, skills, capacity, disabled, epoch, created_at, changed_at`

// Create makes an account. by is the id of who does it, or one of the names of
// audit.go. ErrTaken, ErrWeak, ErrInvalid.
func (a *Auth) Create(ctx context.Context, by, login string, account Account, password string) (User, error) {
	u, hash, err := a.draft(ctx, login, account, password)
	if err != nil {
		return User{}, err
	}
	err = a.db.Write(ctx, func(tx sqldb.Tx) error { return a.insert(tx, by, u, hash) })
	return u, err
}

// draft checks what an account is to be made of.
func (a *Auth) draft(ctx context.Context, login string, account Account, password string) (User, string, error) {
	login, err := tidyLogin(login)
	if err != nil {
		return User{}, "", err
	}
	if account, err = account.tidy(); err != nil {
		return User{}, "", err
	}
	hash, err := a.hash(ctx, login, password)
	if err != nil {
		return User{}, "", err
	}
	now := stored(a.now())
	return User{ID: newID(), Login: login, Account: account, Created: now, Changed: now}, hash, nil
}

func (a *Auth) insert(tx sqldb.Tx, by string, u User, hash string) error {
	roles, skills := u.lists()
	_, err := tx.Exec(`INSERT INTO staff (`+userColumns+`, password) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		u.ID, u.Login, u.Name, roles, skills, u.Capacity, false, 0, u.Created.UnixMilli(), u.Changed.UnixMilli(), hash)
	if sqldb.IsUnique(err) {
		return ErrTaken
	}
	if err != nil {
		return fmt.Errorf("auth: %w", err)
	}
	return Audit(tx, u.Created, Act{Who: by, Did: "user.create", About: u.ID, OK: true, Detail: roles})
}

// List returns all accounts, disabled ones too, by login name.
func (a *Auth) List(ctx context.Context) ([]User, error) {
	users, err := sqldb.Collect(scanUser)(a.db.Read(ctx).Query(`SELECT ` + userColumns + ` FROM staff ORDER BY login`))
	if err != nil {
		return nil, fmt.Errorf("auth: %w", err)
	}
	return users, nil
}

// ByID returns the account with that id. ErrUnknown.
func (a *Auth) ByID(ctx context.Context, id string) (User, error) {
	return readUser(a.db.Read(ctx), `id`, id)
}

// ByLogin returns the account with that login name, in any case. ErrUnknown.
func (a *Auth) ByLogin(ctx context.Context, login string) (User, error) {
	return readUser(a.db.Read(ctx), `login`, strings.ToLower(strings.TrimSpace(login)))
}

// Change sets what others may set of an account. If the roles differ all logins of
// the account end. ErrUnknown, ErrInvalid, ErrLast.
func (a *Auth) Change(ctx context.Context, by, id string, account Account) (User, error) {
	account, err := account.tidy()
	if err != nil {
		return User{}, err
	}
	return a.alter(ctx, id, func(tx sqldb.Tx, u *User) (Act, error) {
		if !slices.Equal(u.Roles, account.Roles) {
			u.epoch++
		}
		u.Account = account
		roles, _ := u.lists()
		return Act{Who: by, Did: "user.change", Detail: roles}, nil
	})
}

// Disable shuts an account out (or lets it in again) and ends its logins. Accounts
// are never deleted: their names stand in transcripts. ErrUnknown, ErrLast.
func (a *Auth) Disable(ctx context.Context, by, id string, disabled bool) (User, error) {
	return a.alter(ctx, id, func(tx sqldb.Tx, u *User) (Act, error) {
		u.Disabled = disabled
		u.epoch++
		if disabled {
			return Act{Who: by, Did: "user.disable"}, nil
		}
		return Act{Who: by, Did: "user.enable"}, nil
	})
}

// SetPassword gives an account another password and ends its logins. ErrUnknown, ErrWeak.
func (a *Auth) SetPassword(ctx context.Context, by, id, password string) error {
	u, err := a.ByID(ctx, id)
	if err != nil {
		return err
	}
	hash, err := a.hash(ctx, u.Login, password)
	if err != nil {
		return err
	}
	_, err = a.alter(ctx, id, func(tx sqldb.Tx, u *User) (Act, error) {
		u.epoch++
		_, err := tx.Exec(`UPDATE staff SET password = $2 WHERE id = $1`, id, hash)
		return Act{Who: by, Did: "user.password"}, err
	})
	return err
}

// alter changes a user in one transaction with its audit row, and forgets the
// logins if they ended.
func (a *Auth) alter(ctx context.Context, id string, change func(sqldb.Tx, *User) (Act, error)) (User, error) {
	var u User
	err := a.db.Write(ctx, func(tx sqldb.Tx) error {
		if err := tx.Serialize("staff"); err != nil { // of two admins, one must remain
			return err
		}
		old, err := readUser(tx.Reader, `id`, id)
		if err != nil {
			return err
		}
		u = old
		act, err := change(tx, &u)
		if err != nil {
			return err
		}
		act.About, act.OK, u.Changed = id, true, stored(a.now())
		if err := u.save(tx, old); err != nil {
			return err
		}
		return Audit(tx, u.Changed, act)
	})
	if err != nil {
		return User{}, wrap(err)
	}
	return u, nil
}

// save stores what changed since old. Logins of an older epoch are dead already;
// they are deleted so that nothing is kept of them.
func (u User) save(tx sqldb.Tx, old User) error {
	if old.May(ManageUsers) && !u.May(ManageUsers) {
		if err := keepAdmin(tx, u.ID); err != nil {
			return err
		}
	}
	roles, skills := u.lists()
	_, err := tx.Exec(`UPDATE staff SET name = $2, roles = $3, skills = $4, capacity = $5, disabled = $6, epoch = $7, changed_at = $8 WHERE id = $1`,
		u.ID, u.Name, roles, skills, u.Capacity, u.Disabled, u.epoch, u.Changed.UnixMilli())
	if err != nil || u.epoch == old.epoch {
		return err
	}
	_, err = tx.Exec(`DELETE FROM login WHERE staff = $1`, u.ID)
	return err
}

// keepAdmin refuses to go on if nobody but id manages accounts.
func keepAdmin(tx sqldb.Tx, id string) error {
	others, err := sqldb.Collect(scanUser)(tx.Query(`SELECT `+userColumns+` FROM staff WHERE id <> $1`, id))
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(others, func(u User) bool { return u.May(ManageUsers) }) {
		return ErrLast
	}
	return nil
}

func readUser(r sqldb.Reader, column, value string) (User, error) {
	u, err := scanUser(r.QueryRow(`SELECT `+userColumns+` FROM staff WHERE `+column+` = $1`, value))
	if errors.Is(err, sql.ErrNoRows) {
		return User{}, ErrUnknown
	}
	return u, wrap(err)
}

func scanUser(row sqldb.Scanner) (User, error) {
	var u User
	var roles, skills string
	var created, changed int64
	if err := row.Scan(&u.ID, &u.Login, &u.Name, &roles, &skills, &u.Capacity, &u.Disabled, &u.epoch, &created, &changed); err != nil {
		return User{}, err
	}
	u.Created, u.Changed = stored(created), stored(changed)
	return u, errors.Join(json.Unmarshal([]byte(roles), &u.Roles), json.Unmarshal([]byte(skills), &u.Skills))
}

// lists returns roles and skills as they are stored.
func (u User) lists() (roles, skills string) {
	r, _ := json.Marshal(u.Roles) // of strings: cannot fail
	s, _ := json.Marshal(u.Skills)
	return string(r), string(s)
}

// newID returns an id of 26 characters with 130 random bits.
func newID() string { return strings.ToLower(rand.Text()) }

// wrap says whose error it is, unless it already does.
func wrap(err error) error {
	if err == nil || strings.HasPrefix(err.Error(), "auth: ") {
		return err
	}
	return fmt.Errorf("auth: %w", err)
}
