package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
)

// SQLite's result codes (https://www.sqlite.org/rescode.html).
const (
	sqliteBusy         = 5
	sqliteLocked       = 6
	sqliteCorrupt      = 11
	sqliteFull         = 13
	sqliteNotADatabase = 26
	sqlitePrimaryKey   = 1555
	sqliteUnique       = 2067
	sqliteFsync        = 1034
	sqliteDirFsync     = 1290
)

// IsUnique reports whether err says that a row with this key is already there.
func IsUnique(err error) bool {
	code := sqliteCode(err)
	return code == sqliteUnique || code == sqlitePrimaryKey || pgCode(err) == "23505"
}

// busy says ErrBusy where the engine says that it waited in vain: for a lock, for
// a statement that took too long, or for a free connection; and ErrFull where it has no space.
func busy(err error) error {
	code := sqliteCode(err) & 0xff // the low byte is the primary code
	switch {
	case code == sqliteBusy, code == sqliteLocked:
		return fmt.Errorf("%w: %w", ErrBusy, err)
	case code == sqliteFull, pgCode(err) == "53100": // disk_full
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	switch pgCode(err) {
	case "55P03", "57014", "53300": // lock_not_available, query_canceled, too_many_connections
		return fmt.Errorf("%w: %w", ErrBusy, err)
	}
	return err
}

// unsynced reports whether the disk refused to keep what was written. What is in
// the file is then anybody's guess, so nothing may be acknowledged any more.
func unsynced(err error) bool {
	code := sqliteCode(err)
	return code == sqliteFsync || code == sqliteDirFsync
}

// passing reports whether a transaction that failed before its COMMIT was sent
// may well succeed when it is run again.
func passing(err error) bool {
	switch pgCode(err) {
	case "40001", "40P01": // serialization_failure, deadlock_detected
		return true
	case "57P01", "57P02", "57P03": // the server goes down or comes up
		return true
	case "":
		return lost(err)
	}
	return false
}

// undecided reports whether an error of COMMIT leaves open what became of it: an
// answer of the server settles it, anything else does not.
func undecided(err error) bool {
	return pgCode(err) == "" && !errors.Is(err, pgx.ErrTxCommitRollback) && !errors.Is(err, errOpen)
}

func lost(err error) bool {
	var refused *pgconn.ConnectError
	var network net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &refused) || pgconn.SafeToRetry(err) ||
		errors.As(err, &network) && !errors.Is(err, context.DeadlineExceeded)
}

func sqliteCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

func pgCode(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}
