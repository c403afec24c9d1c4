package auth

import (
	"context"
	"fmt"
	"time"

	"wenda/internal/audit"
	"wenda/internal/sqldb"
)

// Names that stand in place of a user id in the audit.
const (
	Operator = "operator" // somebody with a shell on the server
	Visitor  = "visitor"  // somebody not logged in: first set-up, failed logins
)

// Act is one row of the audit. It holds ids and codes, never names, addresses or
// what somebody typed. Rows are added and never changed: the database itself refuses to.
type Act = audit.Act

// Audit writes the row in the transaction of what it records: both are kept, or neither.
func Audit(tx sqldb.Tx, at time.Time, a Act) error {
	if err := audit.Write(tx, at, a); err != nil {
		return fmt.Errorf("auth: %w", err)
	}
	return nil
}

// Trail returns at most limit rows of the audit, newest first; those older than
// the row before, if that is not "".
func (a *Auth) Trail(ctx context.Context, before string, limit int) ([]Act, error) {
	if before == "" {
		before = "g" // greater than all hexadecimal digits
	}
	acts, err := sqldb.Collect(audit.Scan)(a.db.Read(ctx).Query(
		`SELECT `+audit.Columns+` FROM audit WHERE audit.id < $1 ORDER BY audit.id DESC LIMIT $2`, before, limit))
	return acts, wrap(err)
}
