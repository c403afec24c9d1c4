package queue

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"wenda/internal/audit"
	"wenda/internal/sqldb"
)

// What a caller acts on. Store's errors wrap them.
var (
	ErrInvalid = errors.New("queue: not a queue that can be served") // see Faults
	ErrChanged = errors.New("queue: changed meanwhile")              // load again and decide again
	ErrNone    = errors.New("queue: no such queue")
	ErrUsed    = errors.New("queue: chats wait in it, or another queue leads to it")
)

// Store keeps the queues. Each change is audited (queue.change, queue.remove).
type Store struct {
	db  *sqldb.DB
	now func() time.Time
}

// NewStore returns a Store on a database whose schema is up to date.
func NewStore(db *sqldb.DB) *Store { return &Store{db: db, now: time.Now} }

// Seed writes the Delivered queues if there are none yet. The general one cannot be
// removed, so that happens once.
func (s *Store) Seed(ctx context.Context) error {
	return s.db.Write(ctx, func(tx sqldb.Tx) error {
		if err := tx.Serialize("queues"); err != nil {
			return err
		}
		there, err := all(tx.Reader)
		if err != nil || len(there) > 0 {
			return err
		}
		for _, q := range Delivered() {
			q.Version = 1
			if err := s.put(tx, "", q); err != nil {
				return err
			}
		}
		return nil
	})
}

// All returns the queues by id, the general one first.
func (s *Store) All(ctx context.Context) ([]Queue, error) { return all(s.db.Read(ctx)) }

// Load returns one queue. ErrNone.
func (s *Store) Load(ctx context.Context, id string) (Queue, error) {
	queues, err := all(s.db.Read(ctx))
	if err != nil {
		return Queue{}, err
	}
	i := slices.IndexFunc(queues, func(q Queue) bool { return q.ID == id })
	if i < 0 {
		return Queue{}, ErrNone
	}
	return queues[i], nil
}

// Save writes q over the version it is based on, 0 for a new one, and returns it with
// its new version. by is a user id. ErrChanged, ErrInvalid.
func (s *Store) Save(ctx context.Context, by string, q Queue) (Queue, error) {
	q = q.Clone()
	err := s.db.Write(ctx, func(tx sqldb.Tx) error {
		others, err := s.locked(tx)
		if err != nil {
			return err
		}
		was := others[q.ID] // the zero Queue, of version 0, if it is new
		if was.Version != q.Version {
			return ErrChanged
		}
		if err := q.check(others); err != nil {
			return err
		}
		next := q
		next.Version++
		if err := s.put(tx, by, next); err != nil {
			return err
		}
		return s.changed(tx, by, was, next)
	})
	q.Version++
	return q, err
}

// Remove takes a queue away, as of a version. The general one stays. ErrNone,
// ErrChanged, ErrUsed.
func (s *Store) Remove(ctx context.Context, by, id string, version int64) error {
	return s.db.Write(ctx, func(tx sqldb.Tx) error {
		queues, err := s.locked(tx)
		if err != nil {
			return err
		}
		q, there := queues[id]
		switch {
		case !there:
			return ErrNone
		case q.Version != version:
			return ErrChanged
		}
		if err := unused(tx, id, queues); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM desk_queue WHERE id = $1`, id); err != nil {
			return err
		}
		return audit.Write(tx, s.now(), audit.Act{Who: by, Did: "queue.remove", About: About(id), OK: true})
	})
}

// About names a queue where an empty name would be none.
func About(id string) string {
	if id == "" {
		return "general"
	}
	return id
}

func unused(tx sqldb.Tx, id string, queues map[string]Queue) error {
	for _, q := range queues {
		if id == "" || q.Escalates == id {
			return ErrUsed
		}
	}
	var chat string
	err := tx.QueryRow(`SELECT id FROM session WHERE skill = $1 AND state IN ('queued', 'assigned') LIMIT 1`, id).Scan(&chat)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = ErrUsed
	}
	return err
}

// locked returns the queues by id; until the transaction ends nobody else changes them.
func (s *Store) locked(tx sqldb.Tx) (map[string]Queue, error) {
	if err := tx.Serialize("queues"); err != nil {
		return nil, err
	}
	queues, err := all(tx.Reader)
	byID := make(map[string]Queue, len(queues))
	for _, q := range queues {
		byID[q.ID] = q
	}
	return byID, err
}

const columns = `id, names, escalates, routing, accept, remind, take_back, capacity, most, priority, calendar, version`

func (s *Store) put(tx sqldb.Tx, by string, q Queue) error {
	names, err := json.Marshal(q.Names)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO desk_queue (`+columns+`, changed_at, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		ON CONFLICT (id) DO UPDATE SET names = excluded.names, escalates = excluded.escalates, routing = excluded.routing, accept = excluded.accept,
			remind = excluded.remind, take_back = excluded.take_back, capacity = excluded.capacity, most = excluded.most, priority = excluded.priority,
			calendar = excluded.calendar, version = excluded.version, changed_at = excluded.changed_at, changed_by = excluded.changed_by`,
		q.ID, string(names), q.Escalates, string(q.Routing), q.Accept.Milliseconds(), q.Remind.Milliseconds(), q.TakeBack.Milliseconds(),
		q.Capacity, q.Most, q.Priority, q.Calendar, q.Version, s.now().UnixMilli(), by)
	return err
}

func all(r sqldb.Reader) ([]Queue, error) {
	queues, err := collect(r.Query(`SELECT ` + columns + ` FROM desk_queue`))
	slices.SortFunc(queues, byID) // here, for the engines sort texts each in their own way
	if err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	return queues, nil
}

var collect = sqldb.Collect(func(row sqldb.Scanner) (Queue, error) {
	var q Queue
	var names string
	var accept, remind, takeBack int64
	err := row.Scan(&q.ID, &names, &q.Escalates, &q.Routing, &accept, &remind, &takeBack, &q.Capacity, &q.Most, &q.Priority, &q.Calendar, &q.Version)
	if err == nil {
		err = json.Unmarshal([]byte(names), &q.Names)
	}
	q.Accept, q.Remind, q.TakeBack = ms(accept), ms(remind), ms(takeBack)
	return q, err
})

func ms(n int64) time.Duration { return time.Duration(n) * time.Millisecond }
