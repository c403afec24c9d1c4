// Package audit records who did what, and seals the record so that nobody can edit
// it unseen.
//
//	err := audit.Write(tx, now, audit.Act{Who: user, Did: "login", About: user, OK: true})
//
// A row is written in the transaction of what it records: both are kept, or neither.
// The database refuses to change or delete it (sqldb's triggers). Writers do not wait
// for each other.
//
// # The chain
//
// A person with a shell on the database can take the triggers away. So within
// seconds a Chain, on whichever node comes first, numbers the new rows and writes a
// hash for each into a second append-only table:
//
//	h(n) = SHA-256(h(n-1) ‖ number ‖ row)
//
// where the row is its columns, each with its length before it, and h(0) is the
// hash of a fixed text. Verify computes all of them again and names each row that was changed,
// removed or put in between. Whoever rewrites the whole chain gets another head:
// keep heads (a number and a hash) outside the database and give them to Verify.
// KeepHead writes one a day into a file beside the database; copy it elsewhere.
//
// Rows that are not sealed yet are counted and reported as such: Verify cannot vouch
// for them.
package audit

import (
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"wenda/internal/sqldb"
)

// Act is one row of the audit: who did what about whom, and whether it succeeded.
// It holds ids and codes, never names, addresses or what somebody typed.
type Act struct {
	ID     string    // set by Write; newer ones are greater, within a millisecond in any order
	At     time.Time // set by Write, whole milliseconds
	Who    string    // user id, or a word for who has none: operator, visitor, system
	Did    string    // a code: login, logout, user.create, chat.claim, …
	About  string    // id of what it was done to; "" if nothing
	OK     bool      // false: it was tried and refused
	Detail string    // codes, at most 500 bytes
}

// MaxDetail bounds Act.Detail, in bytes.
const MaxDetail = 500

// Columns are those of an Act in the table audit, as Scan reads them.
const Columns = `audit.id, audit.at, audit.who, audit.did, audit.about, audit.ok, audit.detail`

// Write writes the row in the transaction of what it records. It costs no round trip
// of its own: an error may come with a later statement or the end of the transaction.
func Write(tx sqldb.Tx, at time.Time, a Act) error {
	_, err := write(tx, at, a)
	return err
}

// write returns the id of the row.
func write(tx sqldb.Tx, at time.Time, a Act) (string, error) {
	if len(a.Detail) > MaxDetail {
		a.Detail = strings.ToValidUTF8(a.Detail[:MaxDetail], "")
	}
	id := firstID(at) + "-" + strings.ToLower(rand.Text()[:16])
	err := tx.Queue(`INSERT INTO audit (id, at, who, did, about, ok, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id, at.UnixMilli(), a.Who, a.Did, a.About, a.OK, a.Detail)
	if err != nil {
		return "", fmt.Errorf("audit: %w", err)
	}
	return id, nil
}

// firstID is before the ids of all rows of a moment, and after those of earlier ones.
func firstID(at time.Time) string { return fmt.Sprintf("%011x", at.UnixMilli()) }

// Since is before the ids of all rows from t on, to read no others: id >= $1.
func Since(t time.Time) string { return firstID(t) }

// Scan reads Columns.
func Scan(row sqldb.Scanner) (Act, error) {
	var act Act
	var at int64
	err := row.Scan(&act.ID, &at, &act.Who, &act.Did, &act.About, &act.OK, &act.Detail)
	act.At = time.UnixMilli(at).UTC()
	return act, err
}
