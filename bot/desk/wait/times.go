package wait

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"wenda/internal/audit"
	"wenda/internal/sqldb"
	"wenda/sessions"
)

const (
	lately    = 2 * time.Hour    // how far back chats that ended are looked at
	mostEnded = 50               // of one queue
	mostActs  = 5000             // of the audit that are read
	readEvery = 30 * time.Second // for all who ask
)

// Times knows how long chats took lately, from the audit, which every node writes: from
// when an agent got a chat until they or the customer ended it, or it went to the bot or
// to others. Chats taken away from agents who were gone or silent do not count. Its
// methods are safe for concurrent use.
type Times struct {
	db  *sqldb.DB
	now func() time.Time

	mu   sync.Mutex
	at   time.Time
	took map[string][]time.Duration
}

// NewTimes makes Times that read from db.
func NewTimes(db *sqldb.DB) *Times { return &Times{db: db, now: time.Now} }

// Served returns how long the newest chats of a queue took, at most 50, none that ended
// more than two hours ago. It reads the audit at most twice a minute, whatever the queue;
// the caller leaves what it gets as it is.
func (t *Times) Served(ctx context.Context, skill string) ([]time.Duration, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if age := now.Sub(t.at); t.took != nil && age >= 0 && age < readEvery {
		return t.took[skill], nil
	}
	acts, err := t.read(ctx, now)
	if err != nil {
		return nil, fmt.Errorf("wait: %w", err)
	}
	t.at, t.took = now, ended(acts, now.Add(-lately))
	return t.took[skill], nil
}

// act is a line of the audit about a chat, and what the chat is now.
type act struct {
	audit.Act
	skill  string
	closed time.Time // zero while it is open
}

// read returns the acts of the last hours, the newest first. A chat that ended lately
// began at most as long before.
func (t *Times) read(ctx context.Context, now time.Time) ([]act, error) {
	return sqldb.Collect(scan)(t.db.Read(ctx).Query(`SELECT `+audit.Columns+`, session.skill, session.state, session.closed_at
		FROM audit JOIN session ON session.id = audit.about WHERE audit.id >= $1 AND audit.did IN
		('chat.claim', 'chat.takeover', 'chat.return', 'chat.close', 'chat.requeue', 'chat.transfer', 'chat.escalate') ORDER BY audit.id DESC LIMIT $2`,
		audit.Since(now.Add(-2*lately)), mostActs))
}

func scan(row sqldb.Scanner) (a act, err error) {
	var state sessions.State
	var at, closed int64
	err = row.Scan(&a.ID, &at, &a.Who, &a.Did, &a.About, &a.OK, &a.Detail, &a.skill, &state, &closed)
	a.At = time.UnixMilli(at).UTC()
	if state == sessions.Closed && closed > 0 {
		a.closed = time.UnixMilli(closed).UTC()
	}
	return a, err
}

// ended are the times that chats took which ended after since, by queue, the newest first.
// acts come newest first.
func ended(acts []act, since time.Time) map[string][]time.Duration {
	type chat struct {
		skill string
		took  time.Duration
		end   time.Time
	}
	var all []chat
	begun := map[string]act{} // by session
	add := func(from act, end time.Time) {
		if took := end.Sub(from.At); took > 0 && end.After(since) {
			all = append(all, chat{from.skill, took, end})
		}
	}
	for _, a := range slices.Backward(acts) {
		from, running := begun[a.About]
		switch a.Did {
		case "chat.claim", "chat.takeover":
			begun[a.About] = a
		case "chat.return", "chat.close", "chat.requeue", "chat.transfer", "chat.escalate":
			if running && a.Who != string(sessions.RoleSystem) {
				add(from, a.At)
			}
			delete(begun, a.About)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(begun)) {
		if from := begun[id]; !from.closed.IsZero() { // by its customer
			add(from, from.closed)
		}
	}
	slices.SortStableFunc(all, func(a, b chat) int { return b.end.Compare(a.end) })
	took := map[string][]time.Duration{}
	for _, c := range all {
		if len(took[c.skill]) < mostEnded {
			took[c.skill] = append(took[c.skill], c.took)
		}
	}
	return took
}
