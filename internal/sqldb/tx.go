package sqldb

import (
	"context"
	"database/sql"
	"regexp"
	"strconv"
	"sync"
)

// Reader runs statements that change nothing.
type Reader struct {
	ctx context.Context
	on  statements
}

// Query runs a statement that returns rows, which the caller closes before the
// next statement: mostly by giving both results to Collect.
func (r Reader) Query(query string, args ...any) (*sql.Rows, error) {
	return r.on.QueryContext(r.ctx, query, args...)
}

// QueryRow runs a statement that returns one row; without it Scan returns sql.ErrNoRows.
func (r Reader) QueryRow(query string, args ...any) *sql.Row {
	return r.on.QueryRowContext(r.ctx, query, args...)
}

// Tx is an open transaction. It ends with the function it was given to.
type Tx struct {
	Reader
	serialize string // Dialect's statement, "" if there is nothing to do

	pipe func(func(*pipeline) error) error // PostgreSQL only: works on the connection
}

// Exec runs a statement that returns no rows.
func (tx Tx) Exec(query string, args ...any) (sql.Result, error) {
	return tx.on.ExecContext(tx.ctx, query, args...)
}

// Queue runs a statement whose result does not matter, at the latest before COMMIT
// and in the order of all others. On PostgreSQL it costs no round trip of its own; if
// it fails, then so does a later statement or Write, with its error.
func (tx Tx) Queue(query string, args ...any) error {
	if tx.pipe == nil {
		_, err := tx.Exec(query, args...)
		return err
	}
	return tx.pipe(func(c *pipeline) error { c.wait(query, args); return nil })
}

// Ask is QueryRow that does not wait: on PostgreSQL the statement leaves together
// with the next one that is waited for, or when its answer is scanned. Ask for all
// that a decision needs, then scan: it is one round trip. The statements run in
// order, and each sees what was committed when it began: one after a FOR UPDATE sees
// what the lock was waited for. Scan before changing what was asked about: SQLite
// answers when it is scanned.
func (tx Tx) Ask(query string, args ...any) Scanner {
	if tx.pipe == nil {
		return later{tx.Reader, query, args}
	}
	a := asked{tx: tx}
	a.failed = tx.pipe(func(c *pipeline) error { a.statement = c.wait(query, args); return nil })
	return a
}

// later is a row that is read when it is scanned.
type later struct {
	on    Reader
	query string
	args  []any
}

// Scan implements Scanner.
func (l later) Scan(into ...any) error { return l.on.QueryRow(l.query, l.args...).Scan(into...) }

// asked is an answer that may not be there yet.
type asked struct {
	tx        Tx
	statement *statement
	failed    error
}

// Scan implements Scanner.
func (a asked) Scan(into ...any) error {
	if a.failed != nil {
		return a.failed
	}
	return a.tx.pipe(func(c *pipeline) error {
		if !a.statement.sent {
			_ = c.send(a.tx.ctx) // each statement knows its error
		}
		return a.statement.scan(c.Conn.Conn().TypeMap(), into)
	})
}

// Serialize waits until no other transaction holds the name, and holds it until
// this one ends. For decisions about rows that do not exist yet, or about how many there are.
func (tx Tx) Serialize(name string) error {
	if tx.serialize == "" {
		return nil
	}
	_, err := tx.Exec(tx.serialize, name)
	return err
}

// Scanner is a row to be read: *sql.Row or *sql.Rows.
type Scanner interface {
	Scan(into ...any) error
}

// Collect reads all rows with scan and closes them. Call it with what Query returned:
//
//	names, err := Collect(scanName)(db.Read(ctx).Query(`SELECT name FROM light`))
func Collect[T any](scan func(Scanner) (T, error)) func(*sql.Rows, error) ([]T, error) {
	return func(rows *sql.Rows, err error) ([]T, error) {
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		var all []T
		for rows.Next() {
			one, err := scan(rows)
			if err != nil {
				return nil, err
			}
			all = append(all, one)
		}
		return all, rows.Err()
	}
}

// statements is what sql.DB, sql.Conn and sql.Tx have in common.
type statements interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// preparedMax bounds the statements kept prepared, should somebody build texts
// that are not constant; further ones are parsed each time.
const preparedMax = 512

// prepared keeps statements prepared by their text. SQLite spends more time on
// parsing an insert than on running it; pgx does the same for PostgreSQL itself.
type prepared struct {
	statements
	prepare func(context.Context, string) (*sql.Stmt, error)
	mu      sync.RWMutex
	kept    map[string]*sql.Stmt
}

func newPrepared(on interface {
	statements
	PrepareContext(context.Context, string) (*sql.Stmt, error)
}) *prepared {
	return &prepared{statements: on, prepare: on.PrepareContext, kept: map[string]*sql.Stmt{}}
}

// boundLimit is a limit that is a parameter. SQLite looks at its value to plan with, and
// so compiles the statement anew each time one is bound
// (https://www.sqlite.org/src/file/src/expr.c, sqlite3ExprIsInteger); of a sum it knows none.
var boundLimit = regexp.MustCompile(`LIMIT (\$[0-9]+)`)

var place = regexp.MustCompile(`\$[0-9]+`)

// nameless takes the names off parameters that come in order, each once: the driver looks
// every name up, and copies it, for each value it binds.
func nameless(query string) string {
	n, ordered := 0, true
	bare := place.ReplaceAllStringFunc(query, func(name string) string {
		n++
		ordered = ordered && name == "$"+strconv.Itoa(n)
		return "?"
	})
	if !ordered {
		return query
	}
	return bare
}

// statement returns nil if the text is to be run unprepared, which then also gives the error.
func (p *prepared) statement(ctx context.Context, query string) *sql.Stmt {
	p.mu.RLock()
	kept, full := p.kept[query], len(p.kept) >= preparedMax
	p.mu.RUnlock()
	if kept != nil || full {
		return kept
	}
	made, err := p.prepare(context.WithoutCancel(ctx), nameless(boundLimit.ReplaceAllString(query, "LIMIT $1+0")))
	if err != nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if kept = p.kept[query]; kept != nil {
		made.Close()
		return kept
	}
	p.kept[query] = made
	return made
}

func (p *prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if s := p.statement(ctx, query); s != nil {
		return s.QueryContext(ctx, args...)
	}
	return p.statements.QueryContext(ctx, query, args...)
}

func (p *prepared) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if s := p.statement(ctx, query); s != nil {
		return s.QueryRowContext(ctx, args...)
	}
	return p.statements.QueryRowContext(ctx, query, args...)
}

func (p *prepared) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if s := p.statement(ctx, query); s != nil {
		return s.ExecContext(ctx, args...)
	}
	return p.statements.ExecContext(ctx, query, args...)
}

// close forgets all statements.
func (p *prepared) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.kept {
		s.Close()
	}
	clear(p.kept)
}
