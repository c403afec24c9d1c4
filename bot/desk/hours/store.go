package hours

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"wenda/internal/sqldb"
)

// What a caller acts on, beside ErrInvalid. Store's errors wrap them.
var (
	ErrChanged = errors.New("hours: changed meanwhile") // load again and decide again
	ErrNone    = errors.New("hours: no such calendar")
)

// Store keeps the calendars. Each change is audited (calendar.change). None is ever
// removed: a queue may name it.
type Store struct {
	db  *sqldb.DB
	now func() time.Time
}

// NewStore returns a Store on a database whose schema is up to date.
func NewStore(db *sqldb.DB) *Store { return &Store{db: db, now: time.Now} }

// Seed writes the Delivered calendars if there are none yet.
func (s *Store) Seed(ctx context.Context) error {
	return s.db.Write(ctx, func(tx sqldb.Tx) error {
		if err := tx.Serialize("calendars"); err != nil {
			return err
		}
		there, err := all(tx.Reader)
		if err != nil || len(there) > 0 {
			return err
		}
		for _, c := range Delivered() {
			c.Version = 1
			if err := s.put(tx, "", c); err != nil {
				return err
			}
		}
		return nil
	})
}

// All returns the calendars by id.
func (s *Store) All(ctx context.Context) ([]Calendar, error) { return all(s.db.Read(ctx)) }

// Load returns one calendar. ErrNone.
func (s *Store) Load(ctx context.Context, id string) (Calendar, error) {
	return one(s.db.Read(ctx), id)
}

// Save writes c over the version it is based on, 0 for a new one, and returns it with its
// new version. by is a user id. ErrChanged, ErrInvalid.
func (s *Store) Save(ctx context.Context, by string, c Calendar) (Calendar, error) {
	if err := c.Check(); err != nil {
		return Calendar{}, err
	}
	c = c.Clone()
	err := s.db.Write(ctx, func(tx sqldb.Tx) error {
		if err := tx.Serialize("calendars"); err != nil {
			return err
		}
		was, err := one(tx.Reader, c.ID)
		if err != nil && !errors.Is(err, ErrNone) {
			return err
		}
		if was.Version != c.Version {
			return fmt.Errorf("%w: %s is at version %d, not %d", ErrChanged, c.ID, was.Version, c.Version)
		}
		next := c
		next.Version++
		if err := s.put(tx, by, next); err != nil {
			return err
		}
		return s.changed(tx, by, was, next)
	})
	c.Version++
	return c, err
}

func (s *Store) put(tx sqldb.Tx, by string, c Calendar) error {
	settings, err := json.Marshal(c)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO desk_calendar (id, version, settings, author, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET version = excluded.version, settings = excluded.settings, author = excluded.author, at = excluded.at`,
		c.ID, c.Version, string(settings), by, s.now().UnixMilli())
	return err
}

const selectCalendars = `SELECT version, settings FROM desk_calendar `

func one(r sqldb.Reader, id string) (Calendar, error) {
	c, err := scan(r.QueryRow(selectCalendars+`WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return Calendar{}, fmt.Errorf("%w: %.40q", ErrNone, id)
	}
	return c, err
}

func all(r sqldb.Reader) ([]Calendar, error) {
	calendars, err := sqldb.Collect(scan)(r.Query(selectCalendars))
	slices.SortFunc(calendars, byID) // here, for the engines sort texts each in their own way
	if err != nil {
		return nil, fmt.Errorf("hours: %w", err)
	}
	return calendars, nil
}

func byID(a, b Calendar) int { return cmp.Compare(a.ID, b.ID) }

func scan(row sqldb.Scanner) (Calendar, error) {
	var c Calendar
	var version int64
	var settings string
	if err := row.Scan(&version, &settings); err != nil {
		return c, err
	}
	err := json.Unmarshal([]byte(settings), &c)
	c.Version = version
	return c, err
}
