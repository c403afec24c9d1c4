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

// updateSession writes what a commit may change.
func updateSession(tx sqldb.Tx, d sqldb.Dialect, s sessions.Session) error {
	return tx.Queue(`UPDATE session SET lang = $2, seq = $3, fence = $4, segment = $5, state = $6, agent = $7, skill = $8,
		priority = $9, queued_at = $10, pending = $11, pending_at = $12, memory = $13, changed_at = $14, heard_at = $15,
		closed_at = $16, hinted = $17, desk = $18, offered = $19, offered_at = $20, await_at = $21, change = `+d.Stamp+` WHERE id = $1`,
		s.ID, s.Lang, s.Seq, s.Fence, s.Segment, s.State, s.Agent, s.Skill,
		s.Priority, millis(s.QueuedAt), s.Pending, millis(s.PendingAt), memoryText(s.Memory), millis(s.ChangedAt), millis(s.HeardAt),
		millis(s.ClosedAt), s.Memory.Hints > 0, deskText(s.Desk), s.Desk.Offer.To, millis(s.Desk.Offer.At), millis(s.AwaitAt))
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
