package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"modernc.org/sqlite"

	"wenda/internal/sabotage"
)

// groupTx is the connection of the groupWriter and the transaction on it.
type groupTx struct {
	conn   *sql.Conn
	on     *prepared
	wrote  bool // the request that runs may have changed something
	undone bool // SQLite has rolled the transaction back, by itself or because a request said so
}

var (
	// errMixed says that a request failed after it had changed something. Savepoints
	// would have kept it apart from the others; they cost every request a copy of each
	// page it changes, so they are set only when a batch is run again for this reason.
	errMixed  = errors.New("sqldb: a request failed halfway")
	errUndone = errors.New("sqldb: the transaction was rolled back")
)

// try runs a batch in one transaction, each request in a savepoint if it is to be
// careful. It returns an answer for each request, or an error if nothing of it was committed.
func (w *groupWriter) try(batch []*request, careful bool) ([]error, error) {
	if err := w.connect(); err != nil {
		return nil, err
	}
	if err := w.exec(`BEGIN IMMEDIATE`); err != nil {
		return nil, err
	}
	answers, err := w.fill(batch, careful)
	if err == nil {
		sabotage.Point(sabotage.BeforeCommit)
		err = w.exec(`COMMIT`)
	}
	if err != nil {
		w.rollback(err)
		return nil, err
	}
	sabotage.Point(sabotage.AfterCommit)
	return answers, nil
}

// fill runs the requests of a batch inside the open transaction.
func (w *groupWriter) fill(batch []*request, careful bool) ([]error, error) {
	if err := w.stamp(); err != nil {
		return nil, err
	}
	run := w.bare
	if careful {
		run = w.apart
	}
	answers := make([]error, len(batch))
	for i, r := range batch {
		var err error
		if answers[i], err = run(r); err != nil {
			return nil, err
		}
		if sabotage.On(sabotage.AnswerLeavesBatch) {
			r.answer(answers[i])
		}
	}
	return answers, nil
}

// bare runs a request. The second error says that the transaction is lost.
func (w *groupWriter) bare(r *request) (answer, failed error) {
	answer = w.do(r)
	switch {
	case w.undone && answer != nil:
		return nil, answer
	case w.undone:
		return nil, errUndone
	case w.wrote && answer != nil:
		return nil, errMixed
	}
	return answer, nil
}

// apart runs a request in a savepoint: if it fails, what it did is undone.
func (w *groupWriter) apart(r *request) (answer, failed error) {
	if err := w.exec(`SAVEPOINT one`); err != nil {
		return nil, err
	}
	if answer = w.do(r); answer != nil {
		if err := w.exec(`ROLLBACK TO one`); err != nil {
			return nil, answer // it took the whole transaction with it
		}
	}
	return answer, w.exec(`RELEASE one`)
}

// stamp counts the transaction, and checks that nobody has taken our lease.
func (w *groupWriter) stamp() error {
	boot := w.boot.Load()
	if boot == nil {
		return w.exec(`UPDATE stamp SET value = value + 1`)
	}
	done, err := w.on.ExecContext(context.Background(), `UPDATE stamp SET value = value + 1 WHERE EXISTS (SELECT 1 FROM lease WHERE one = 1 AND boot = $1)`, *boot)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		return errors.Join(fmt.Errorf("%w: it took over while this process stood still", ErrServed), err)
	}
	return nil
}

// do runs what a request is for.
func (w *groupWriter) do(r *request) (err error) {
	defer func() {
		if what := recover(); what != nil {
			err = panicked(w.log, debug.Stack(), what)
		}
	}()
	w.wrote = false
	return busy(r.do(Tx{Reader: Reader{context.Background(), watched{w.on, &w.wrote}}}))
}

func (w *groupTx) exec(query string) error {
	_, err := w.on.ExecContext(context.Background(), query)
	return err
}

// watched notes whether statements may have changed something. One that fails has not:
// SQLite undoes what it did.
type watched struct {
	*prepared
	wrote *bool
}

func (w watched) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	w.asked(query)
	return w.prepared.QueryContext(ctx, query, args...)
}

func (w watched) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	w.asked(query)
	return w.prepared.QueryRowContext(ctx, query, args...)
}

func (w watched) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	done, err := w.prepared.ExecContext(ctx, query, args...)
	*w.wrote = *w.wrote || err == nil
	return done, err
}

// asked is called for a statement that returns rows: INSERT … RETURNING does, too.
func (w watched) asked(query string) {
	*w.wrote = *w.wrote || !strings.HasPrefix(query, "SELECT")
}

// connect makes the connection if there is none.
func (w *groupWriter) connect() error {
	if w.conn == nil {
		conn, err := w.pool.Conn(context.Background())
		if err != nil {
			return err
		}
		w.conn, w.on = conn, newPrepared(conn)
		if err := w.hook(func() { w.undone = true }); err != nil {
			w.disconnect()
			return err
		}
	}
	w.undone = false
	return nil
}

// hook has SQLite say when it rolls the transaction back. What is run after that
// would be committed at once, each statement alone.
func (w *groupTx) hook(f func()) error {
	return w.conn.Raw(func(c any) error {
		hooks, ok := c.(sqlite.HookRegisterer)
		if !ok {
			return errors.New("sqldb: the driver has no hooks")
		}
		hooks.RegisterRollbackHook(f)
		return nil
	})
}

// rollback undoes the failed transaction. It gives up the connection with it, unless it
// knows that nothing was wrong there: so the next one starts clean.
func (w *groupTx) rollback(why error) {
	err := w.exec(`ROLLBACK`) // fails if SQLite did so by itself
	if err != nil || !errors.Is(why, errMixed) {
		w.disconnect()
	}
}

func (w *groupTx) disconnect() {
	if w.conn == nil {
		return
	}
	w.on.close()
	_ = w.hook(nil)
	_ = w.conn.Raw(func(any) error { return driver.ErrBadConn }) // so that the pool closes it
	w.conn.Close()
	w.conn, w.on = nil, nil
}
