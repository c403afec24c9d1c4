package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"
)

// pipeline is a connection to PostgreSQL that saves round trips: BEGIN, and what a
// transaction queued or asked, leave together with the next statement that is
// waited for, or with COMMIT. The server still runs them one after another, each
// with a snapshot of its own, and passes over the rest if one fails.
type pipeline struct {
	*stdlib.Conn
	waits []*statement // not sent yet, in order
}

// statement is one that was or will be sent, and what came back.
type statement struct {
	query  string
	args   []any
	fields []pgconn.FieldDescription
	rows   [][][]byte
	tag    pgconn.CommandTag
	err    error
	sent   bool
}

// pipelines makes connections.
type pipelines struct{ driver.Connector }

func newPipelines(config *pgx.ConnConfig) pipelines {
	var after []stdlib.OptionOpenDB
	if config.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement {
		// By this name COMMIT is on the wire for who traces it, or cuts it off.
		after = append(after, stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
			_, err := c.Prepare(ctx, "commit", "COMMIT")
			return err
		}))
	}
	return pipelines{stdlib.GetConnector(*config, after...)}
}

func (p pipelines) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &pipeline{Conn: c.(*stdlib.Conn)}, nil
}

// wait keeps a statement for the next journey.
func (c *pipeline) wait(query string, args []any) *statement {
	s := &statement{query: query, args: args}
	c.waits = append(c.waits, s)
	return s
}

// send sends what waits and reads all answers. The error is that of the first that failed.
func (c *pipeline) send(ctx context.Context) error {
	all := c.waits
	c.waits = nil
	if len(all) == 0 {
		return nil
	}
	err := error(driver.ErrBadConn)
	if conn := c.Conn.Conn(); !conn.IsClosed() {
		batch := &pgx.Batch{}
		for _, s := range all {
			batch.Queue(s.query, s.args...)
		}
		answers := conn.SendBatch(ctx, batch)
		err = nil
		for _, s := range all {
			if err = s.take(answers); err != nil {
				break
			}
		}
		err = errors.Join(err, answers.Close())
	}
	for _, s := range all {
		if !s.sent {
			s.sent, s.err = true, err
		}
	}
	return err
}

// take reads the statement's answer.
func (s *statement) take(answers pgx.BatchResults) error {
	rows, err := answers.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if s.fields == nil {
			s.fields = slices.Clone(rows.FieldDescriptions())
		}
		s.rows = append(s.rows, copied(rows.RawValues()))
	}
	if s.fields == nil {
		s.fields = slices.Clone(rows.FieldDescriptions())
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return err
	}
	s.tag, s.sent = rows.CommandTag(), true
	return nil
}

// copied is a row of its own memory; a NULL stays nil.
func copied(raw [][]byte) [][]byte {
	size := 0
	for _, value := range raw {
		size += len(value)
	}
	memory, row := make([]byte, 0, size), make([][]byte, len(raw))
	for i, value := range raw {
		if value != nil {
			from := len(memory)
			memory = append(memory, value...)
			row[i] = memory[from:len(memory):len(memory)]
		}
	}
	return row
}

// scan reads the first row.
func (s *statement) scan(types *pgtype.Map, into []any) error {
	switch {
	case s.err != nil:
		return s.err
	case len(s.rows) == 0:
		return sql.ErrNoRows
	case len(into) != len(s.fields):
		return fmt.Errorf("sqldb: %d values for %d columns", len(into), len(s.fields))
	}
	for i, f := range s.fields {
		if err := types.Scan(f.DataTypeOID, f.Format, s.rows[0][i], into[i]); err != nil {
			return fmt.Errorf("sqldb: column %s: %w", f.Name, err)
		}
	}
	return nil
}

// BeginTx implements driver.ConnBeginTx, without a journey.
func (c *pipeline) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if o != (driver.TxOptions{}) {
		return c.Conn.BeginTx(ctx, o)
	}
	if c.Conn.Conn().IsClosed() {
		return nil, driver.ErrBadConn
	}
	c.waits = nil
	c.wait("begin", nil)
	return pipedTx{ctx, c}, nil
}

// QueryContext implements driver.QueryerContext. The rows of a statement that takes
// others along are all read before it returns.
func (c *pipeline) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if len(c.waits) == 0 {
		return c.Conn.QueryContext(ctx, query, args)
	}
	s := c.wait(query, plain(args))
	if err := c.send(ctx); err != nil {
		return nil, err
	}
	return &pipedRows{s, c.Conn.Conn().TypeMap()}, nil
}

// ExecContext implements driver.ExecerContext.
func (c *pipeline) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(c.waits) == 0 {
		return c.Conn.ExecContext(ctx, query, args)
	}
	s := c.wait(query, plain(args))
	if err := c.send(ctx); err != nil {
		return nil, err
	}
	return driver.RowsAffected(s.tag.RowsAffected()), nil
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *pipeline) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if err := c.send(ctx); err != nil {
		return nil, err
	}
	return c.Conn.PrepareContext(ctx, query)
}

// ResetSession implements driver.SessionResetter.
func (c *pipeline) ResetSession(ctx context.Context) error {
	c.waits = nil
	return c.Conn.ResetSession(ctx)
}

func plain(named []driver.NamedValue) []any {
	args := make([]any, len(named))
	for i, n := range named {
		args[i] = n.Value
	}
	return args
}

// pipedTx ends a transaction of a pipeline.
type pipedTx struct {
	ctx context.Context
	c   *pipeline
}

// errOpen says that the server is still there and has not committed.
var errOpen = errors.New("sqldb: not committed")

func (t pipedTx) Commit() error {
	if len(t.c.waits) == 1 && t.c.waits[0].query == "begin" { // nothing was done
		t.c.waits = nil
		return nil
	}
	commit := t.c.wait("commit", nil)
	err := t.c.send(t.ctx)
	switch commit.tag.String() {
	case "COMMIT":
		return nil // whatever became of the connection afterwards
	case "ROLLBACK":
		return pgx.ErrTxCommitRollback
	}
	if conn := t.c.Conn.Conn(); err != nil && !conn.IsClosed() && conn.PgConn().TxStatus() != 'I' {
		err = errors.Join(err, errOpen, t.Rollback())
	}
	return err
}

func (t pipedTx) Rollback() error {
	t.c.waits = nil
	conn := t.c.Conn.Conn()
	if conn.IsClosed() {
		return driver.ErrBadConn
	}
	if conn.PgConn().TxStatus() == 'I' { // it had not begun
		return nil
	}
	if _, err := conn.Exec(t.ctx, "rollback"); err != nil {
		return errors.Join(err, t.c.Close())
	}
	return nil
}

// pipedRows are rows that have been read.
type pipedRows struct {
	s     *statement
	types *pgtype.Map
}

func (r *pipedRows) Columns() []string {
	names := make([]string, len(r.s.fields))
	for i, f := range r.s.fields {
		names[i] = f.Name
	}
	return names
}

func (r *pipedRows) Close() error { return nil }

func (r *pipedRows) Next(into []driver.Value) error {
	if len(r.s.rows) == 0 {
		return io.EOF
	}
	row := r.s.rows[0]
	r.s.rows = r.s.rows[1:]
	for i, f := range r.s.fields {
		value, err := decoded(r.types, f, row[i])
		if err != nil {
			return fmt.Errorf("sqldb: column %s: %w", f.Name, err)
		}
		into[i] = value
	}
	return nil
}

// decoded is a value as database/sql wants it, of the types that our tables have.
func decoded(types *pgtype.Map, f pgconn.FieldDescription, raw []byte) (driver.Value, error) {
	if raw == nil {
		return nil, nil
	}
	switch f.DataTypeOID {
	case pgtype.Int8OID, pgtype.Int4OID, pgtype.Int2OID:
		return scanned[int64](types, f, raw)
	case pgtype.BoolOID:
		return scanned[bool](types, f, raw)
	case pgtype.Float8OID, pgtype.Float4OID:
		return scanned[float64](types, f, raw)
	case pgtype.ByteaOID:
		return scanned[[]byte](types, f, raw)
	}
	return scanned[string](types, f, raw)
}

func scanned[T any](types *pgtype.Map, f pgconn.FieldDescription, raw []byte) (driver.Value, error) {
	var value T
	err := types.Scan(f.DataTypeOID, f.Format, raw, &value)
	return value, err
}
