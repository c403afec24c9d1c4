package auth

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"wenda/internal/sqldb"
)

// Names that stand in place of a user id in the audit.
const (
	Operator = "operator" // somebody with a shell on the server
	Visitor  = "visitor"  // somebody not logged in: first set-up, failed logins
)

// Act is one row of the audit: who did what about whom, and whether it succeeded.
// It holds ids and codes, never names, addresses or what somebody typed. Rows are
// added and never changed: the database itself refuses to.
type Act struct {
	ID     string    // set by Audit; newer ones are greater, within a millisecond in any order
	At     time.Time // set by Audit, whole milliseconds
	Who    string    // user id, Operator or Visitor
	Did    string    // a code: login, logout, user.create, …
	About  string    // id of what it was done to; "" if nothing
	OK     bool      // false: it was tried and refused
	Detail string    // codes, at most 500 bytes
}

// maxDetail bounds Act.Detail, in bytes.
const maxDetail = 500

// Audit writes the row in the transaction of what it records: both are kept, or neither.
func Audit(tx sqldb.Tx, at time.Time, a Act) error {
	if len(a.Detail) > maxDetail {
		a.Detail = strings.ToValidUTF8(a.Detail[:maxDetail], "")
	}
	ms := at.UnixMilli()
	_, err := tx.Exec(`INSERT INTO audit (id, at, who, did, about, ok, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		fmt.Sprintf("%011x-%s", ms, strings.ToLower(rand.Text()[:16])), ms, a.Who, a.Did, a.About, a.OK, a.Detail)
	if err != nil {
		return fmt.Errorf("auth: audit: %w", err)
	}
	return nil
}

// Trail returns at most limit rows of the audit, newest first; those older than
// the row before, if that is not "".
func (a *Auth) Trail(ctx context.Context, before string, limit int) ([]Act, error) {
	if before == "" {
		before = "g" // greater than all hexadecimal digits
	}
	acts, err := sqldb.Collect(scanAct)(a.db.Read(ctx).Query(
		`SELECT id, at, who, did, about, ok, detail FROM audit WHERE id < $1 ORDER BY id DESC LIMIT $2`, before, limit))
	return acts, wrap(err)
}

func scanAct(row sqldb.Scanner) (Act, error) {
	var act Act
	var at int64
	err := row.Scan(&act.ID, &at, &act.Who, &act.Did, &act.About, &act.OK, &act.Detail)
	act.At = stored(at)
	return act, err
}
