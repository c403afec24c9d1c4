package sqldb

// Dialect holds what the two engines cannot say alike. There are these five and
// no others; a sixth needs a better reason than convenience.
type Dialect struct {
	// Name is "sqlite" or "postgres".
	Name string

	// ForUpdate, after a SELECT, locks its rows until the transaction ends.
	// SQLite has one writer, so there it is empty.
	ForUpdate string

	// SkipLocked is ForUpdate for a SELECT that passes over rows others hold.
	SkipLocked string

	// Stamp is an expression for the number to store in a row for feeds: all rows
	// of a transaction get the same, later transactions get higher ones.
	Stamp string

	// Horizon is an expression for the number below which no more rows will
	// appear: a feed reads Stamp < Horizon, and so skips no transaction that
	// began earlier and commits later.
	Horizon string

	// serialize holds a name until the transaction ends: see Tx.Serialize.
	serialize string
}

// A stamp on SQLite is a counter that the one writer raises once in each
// transaction. On PostgreSQL it is the transaction's own id: ids are given in
// order of start, and pg_snapshot_xmin is the lowest that is still running
// (https://www.postgresql.org/docs/current/functions-info.html, "Transaction ID
// and Snapshot Information"). To it is added stamp.value, see rebase.
var (
	sqliteDialect = Dialect{
		Name:    "sqlite",
		Stamp:   `(SELECT value FROM stamp)`,
		Horizon: `(SELECT value + 1 FROM stamp)`,
	}
	postgresDialect = Dialect{
		Name:       "postgres",
		ForUpdate:  ` FOR UPDATE`,
		SkipLocked: ` FOR UPDATE SKIP LOCKED`,
		Stamp:      `(SELECT value + pg_current_xact_id()::text::bigint FROM stamp)`,
		Horizon:    `(SELECT value + pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM stamp)`,
		serialize:  `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`,
	}
)
