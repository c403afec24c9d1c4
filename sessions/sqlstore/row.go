package sqlstore

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"wenda/internal/sqldb"
	"wenda/sessions"
)

const sessionColumns = `id, customer, customer_name, anonymous, channel, lang, seq, fence, segment, state, agent, skill, priority,
	queued_at, pending, pending_at, memory, opened_at, changed_at, heard_at, closed_at, await_at, desk`

const selectSession = `SELECT ` + sessionColumns + ` FROM session `

// scanSession reads sessionColumns, and what else the statement selects.
func scanSession(row sqldb.Scanner, more ...any) (sessions.Session, error) {
	var s sessions.Session
	var memory, desk string
	var queued, pending, opened, changed, heard, closed, await int64
	err := row.Scan(append([]any{&s.ID, &s.Customer.ID, &s.Customer.Name, &s.Customer.Anonymous, &s.Channel, &s.Lang,
		&s.Seq, &s.Fence, &s.Segment, &s.State, &s.Agent, &s.Skill, &s.Priority,
		&queued, &s.Pending, &pending, &memory, &opened, &changed, &heard, &closed, &await, &desk}, more...)...)
	if err != nil {
		return sessions.Session{}, err
	}
	if err := json.Unmarshal([]byte(memory), &s.Memory); err != nil {
		return sessions.Session{}, fmt.Errorf("memory of session %s: %w", s.ID, err)
	}
	if desk != "" {
		if err := json.Unmarshal([]byte(desk), &s.Desk); err != nil {
			return sessions.Session{}, fmt.Errorf("desk of session %s: %w", s.ID, err)
		}
	}
	s.QueuedAt, s.PendingAt = fromMillis(queued), fromMillis(pending)
	s.OpenedAt, s.ChangedAt, s.HeardAt, s.ClosedAt = fromMillis(opened), fromMillis(changed), fromMillis(heard), fromMillis(closed)
	s.AwaitAt = fromMillis(await)
	return s, nil
}

var collectSessions = sqldb.Collect(func(row sqldb.Scanner) (sessions.Session, error) { return scanSession(row) })

// oneSession reads a session, or sessions.ErrNotFound.
func oneSession(row sqldb.Scanner) (sessions.Session, error) {
	s, err := scanSession(row)
	if errors.Is(err, sql.ErrNoRows) {
		return s, sessions.ErrNotFound
	}
	return s, err
}

// insertSession does nothing if the customer has an open session in the channel.
func insertSession(tx sqldb.Tx, d sqldb.Dialect, s sessions.Session) error {
	_, err := tx.Exec(`INSERT INTO session (`+sessionColumns+`, hinted, change) VALUES
		($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, `+d.Stamp+`)
		ON CONFLICT (customer, channel) WHERE state <> 'closed' DO NOTHING`,
		s.ID, s.Customer.ID, s.Customer.Name, s.Customer.Anonymous, s.Channel, s.Lang, s.Seq, s.Fence, s.Segment,
		s.State, s.Agent, s.Skill, s.Priority, millis(s.QueuedAt), s.Pending, millis(s.PendingAt), memoryText(s.Memory),
		millis(s.OpenedAt), millis(s.ChangedAt), millis(s.HeardAt), millis(s.ClosedAt), millis(s.AwaitAt), deskText(s.Desk), s.Memory.Hints > 0)
	return err
}

// update writes what a commit changes, if the row is still the one it was decided about:
// errStale otherwise, where that can be. A row that is locked is not waited for.
func (s *Store) update(tx sqldb.Tx, row, head sessions.Session) error {
	text, values := updated(s.db.Dialect(), row, head)
	values = append(values, row.ID, row.Seq, millis(row.ChangedAt))
	if s.heads == nil {
		return tx.Queue(text, values...)
	}
	done, err := tx.Exec(text, values...)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); n != 1 || err != nil {
		return errors.Join(errStale, err)
	}
	return nil
}

// updated is the statement for a change but for the values that find the row. Most commits
// only say something: then no other column is named, and SQLite leaves their indexes alone.
func updated(d sqldb.Dialect, row, head sessions.Session) (text string, values []any) {
	row.Seq, row.ChangedAt, row.HeardAt = head.Seq, head.ChangedAt, head.HeardAt
	if row.Equal(head) {
		return `UPDATE session SET seq = $1, changed_at = $2, heard_at = $3, change = ` + d.Stamp + ` WHERE id = $4 AND seq = $5 AND changed_at = $6`,
			append(make([]any, 0, 6), head.Seq, millis(head.ChangedAt), millis(head.HeardAt))
	}
	return `UPDATE session SET lang = $1, seq = $2, fence = $3, segment = $4, state = $5, agent = $6, skill = $7,
		priority = $8, queued_at = $9, pending = $10, pending_at = $11, memory = $12, changed_at = $13, heard_at = $14,
		closed_at = $15, hinted = $16, desk = $17, offered = $18, offered_at = $19, await_at = $20, promised_at = $21, hints = $22,
		change = ` + d.Stamp + ` WHERE id = $23 AND seq = $24 AND changed_at = $25`, []any{
			head.Lang, head.Seq, head.Fence, head.Segment, head.State, head.Agent, head.Skill,
			head.Priority, millis(head.QueuedAt), head.Pending, millis(head.PendingAt), memoryText(head.Memory), millis(head.ChangedAt), millis(head.HeardAt),
			millis(head.ClosedAt), head.Memory.Hints > 0, deskText(head.Desk), head.Desk.Offer.To, millis(head.Desk.Offer.At), millis(head.AwaitAt),
			millis(head.Desk.Promised), head.Memory.Hints,
		}
}

// deskText is JSON, or "" for most sessions, which no person has to do with.
func deskText(d sessions.Desk) string {
	if d.Zero() {
		return ""
	}
	return jsonText(d)
}

func memoryText(m sessions.Memory) string { return jsonText(m) }

func jsonText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings, numbers, booleans and times always marshal
	}
	return string(text)
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
