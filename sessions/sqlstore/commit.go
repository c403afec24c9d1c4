package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"wenda/internal/sabotage"
	"wenda/internal/sqldb"
	"wenda/sessions"
)

// Open implements sessions.Store.
func (s *Store) Open(ctx context.Context, who sessions.Customer, channel, lang string) (sessions.Session, error) {
	if who.ID == "" || channel == "" || !storable(who.ID, who.Name, channel, lang) {
		return sessions.Session{}, fmt.Errorf("%w: a session needs a customer and a channel", sessions.ErrInvalid)
	}
	for try := 1; ; try++ {
		found, err := openSession(s.db.Read(ctx), who.ID, channel)
		if !errors.Is(err, sessions.ErrNotFound) {
			return found, failure(err)
		}
		made, err := write(ctx, s, func(tx sqldb.Tx) (sessions.Session, error) {
			if err := s.insert(tx, who, channel, lang); err != nil {
				return sessions.Session{}, err
			}
			return openSession(tx.Reader, who.ID, channel) // ours or a rival's
		})
		// Not found: a rival's was there, and closed before it could be read.
		again := errors.Is(err, sessions.ErrNotFound) || errors.Is(err, sqldb.ErrUnknown)
		if !again || try == lostTries {
			return made, err
		}
	}
}

func (s *Store) insert(tx sqldb.Tx, who sessions.Customer, channel, lang string) error {
	id, err := uuid.NewV7() // sorts by time, so that new rows stand together
	if err != nil {
		return err
	}
	now := s.now()
	return insertSession(tx, s.db.Dialect(), sessions.Session{
		ID: id.String(), Customer: who, Channel: channel, Lang: lang, State: sessions.Bot, Fence: 1, Segment: 1,
		OpenedAt: now, ChangedAt: now, HeardAt: now,
	})
}

func openSession(r sqldb.Reader, customer, channel string) (sessions.Session, error) {
	return oneSession(r.QueryRow(selectSession+`WHERE customer = $1 AND channel = $2 AND state <> 'closed'`, customer, channel))
}

// Commit implements sessions.Store.
func (s *Store) Commit(ctx context.Context, by sessions.Actor, next sessions.Session, events ...sessions.Event) (sessions.Committed, error) {
	if err := acceptable(by, next, events); err != nil {
		return sessions.Committed{}, err
	}
	// Own copies: the commit may outlive a caller whose context ended.
	next, events = next.Clone(), slices.Clone(events)
	row, remembered := s.heads.get(next.ID)
	lost, doubled := false, false
	for try := 1; ; try++ {
		done, err := write(ctx, s, func(tx sqldb.Tx) (sessions.Committed, error) {
			if remembered {
				return s.commitOn(tx, row, by, next, events)
			}
			return s.commit(tx, by, next, events)
		})
		switch {
		case err == nil:
			s.heads.put(done.Session)
			done.Repeated = done.Repeated && !lost // what is found after a lost answer is what this call wrote
			return done, nil
		case remembered && (errors.Is(err, errStale) || sqldb.IsUnique(err)):
			remembered = false // or the ref is known: look
		case errors.Is(err, sqldb.ErrUnknown) && len(events) > 0 && events[0].Ref != "" && try < lostTries:
			lost = true // run again: it waits for the row if the lost one is still at work, then looks for the ref
		case sqldb.IsUnique(err) && !doubled:
			// Two sessions got the same ref at once, or one was opened while another was
			// reopened; the other's is committed now.
			doubled = true
		case sqldb.IsUnique(err):
			return sessions.Committed{}, fmt.Errorf("%w: not that of the first event", sessions.ErrRefReuse)
		default:
			return sessions.Committed{}, err
		}
	}
}

// acceptable refuses what no session can take, before anybody waits for it.
func acceptable(by sessions.Actor, next sessions.Session, events []sessions.Event) error {
	ok := storable(by.ID, by.Device, next.Lang, next.Agent, next.Skill)
	for _, e := range events {
		ok = ok && storable(string(e.Kind), string(e.From.Role), e.From.ID, e.From.Name, string(e.Audience), e.Text, e.Lang, e.Ref)
	}
	if !ok {
		return fmt.Errorf("%w: text that is not UTF-8 or holds U+0000", sessions.ErrInvalid)
	}
	return nil
}

func (s *Store) commit(tx sqldb.Tx, by sessions.Actor, next sessions.Session, events []sessions.Event) (sessions.Committed, error) {
	// The row first, so that a repeat waits for the original; both in one round trip.
	locked, known := s.askLocked(tx, next.ID), askKnown(tx, by, next.ID, events)
	row, missing := oneSession(locked)
	if missing != nil && !errors.Is(missing, sessions.ErrNotFound) {
		return sessions.Committed{}, missing
	}
	if known != nil {
		done, err := became(tx, known, events[0].Text)
		if done.Repeated || err != nil {
			return done, err
		}
	}
	if missing != nil {
		return sessions.Committed{}, missing
	}
	return s.apply(tx, row, by, next, events)
}

// commitOn commits on the row as it is remembered, and reads nothing. It is errStale if the
// row is another, and sqldb.IsUnique if that, too, or the ref is known.
func (s *Store) commitOn(tx sqldb.Tx, row sessions.Session, by sessions.Actor, next sessions.Session, events []sessions.Event) (sessions.Committed, error) {
	head, numbered, err := sessions.Apply(row, by, next, events, s.now())
	if err != nil || row.Open() != head.Open() {
		return s.commit(tx, by, next, events) // what is more than the next turn is decided on the truth
	}
	return s.put(tx, by, row, head, numbered)
}

// lock reads a session that no other transaction may change until this one ends.
func (s *Store) lock(tx sqldb.Tx, id string) (sessions.Session, error) {
	return oneSession(s.askLocked(tx, id))
}

func (s *Store) askLocked(tx sqldb.Tx, id string) sqldb.Scanner {
	if !storable(id) {
		return nothing{}
	}
	return tx.Ask(selectSession+`WHERE id = $1`+s.db.Dialect().ForUpdate, id)
}

// nothing is a row that is not there.
type nothing struct{}

func (nothing) Scan(...any) error { return sql.ErrNoRows }

// askKnown asks what the ref of the first event became; nil if there is none.
func askKnown(tx sqldb.Tx, by sessions.Actor, id string, events []sessions.Event) sqldb.Scanner {
	if len(events) == 0 || events[0].Ref == "" {
		return nil
	}
	return tx.Ask(`SELECT session, first, text FROM event WHERE ref = $1 AND ref <> '' AND scope = $2`, events[0].Ref, scope(by, id, events[0]))
}

// repeated finds what the ref of a first event became, if it is known.
func repeated(tx sqldb.Tx, by sessions.Actor, id string, e sessions.Event) (sessions.Committed, error) {
	known := askKnown(tx, by, id, []sessions.Event{e})
	if known == nil {
		return sessions.Committed{}, nil
	}
	return became(tx, known, e.Text)
}

// became reads the answer to askKnown.
func became(tx sqldb.Tx, known sqldb.Scanner, said string) (sessions.Committed, error) {
	var in, text string
	var first int64
	err := known.Scan(&in, &first, &text)
	if errors.Is(err, sql.ErrNoRows) {
		return sessions.Committed{}, nil
	}
	if err != nil {
		return sessions.Committed{}, err
	}
	if text != said {
		return sessions.Committed{}, sessions.ErrRefReuse
	}
	events, err := collectEvents(tx.Query(selectEvents+`AND seq >= $2 AND first = $2 ORDER BY seq`, in, first))
	if err != nil {
		return sessions.Committed{}, err
	}
	now, err := oneSession(tx.QueryRow(selectSession+`WHERE id = $1`, in))
	return sessions.Committed{Session: now, Events: events, Repeated: err == nil}, err
}

// apply decides and writes.
func (s *Store) apply(tx sqldb.Tx, row sessions.Session, by sessions.Actor, next sessions.Session, events []sessions.Event) (sessions.Committed, error) {
	head, numbered, err := sessions.Apply(row, by, next, events, s.now())
	if err != nil {
		return sessions.Committed{}, err
	}
	if !row.Open() && head.Open() {
		if _, err := openSession(tx.Reader, row.Customer.ID, row.Channel); !errors.Is(err, sessions.ErrNotFound) {
			return sessions.Committed{}, cmp.Or(err, sessions.ErrClosed) // they go on in that one
		}
	}
	return s.put(tx, by, row, head, numbered)
}

// put writes what was decided about the row; by is whose the refs are. The events first:
// if one of them is there already, nothing was changed.
func (s *Store) put(tx sqldb.Tx, by sessions.Actor, row, head sessions.Session, numbered []sessions.Event) (sessions.Committed, error) {
	s.heads.drop(head.ID)
	sabotage.Point(sabotage.BeforeInsert)
	if err := insertEvents(tx, head.ID, by, numbered); err != nil {
		return sessions.Committed{}, err
	}
	if err := s.update(tx, row, head); err != nil {
		return sessions.Committed{}, err
	}
	if err := audited(tx, row, head, numbered); err != nil {
		return sessions.Committed{}, err
	}
	if err := given(tx, row, head); err != nil {
		return sessions.Committed{}, err
	}
	if err := named(tx, row, head, numbered); err != nil {
		return sessions.Committed{}, err
	}
	sabotage.Point(sabotage.AfterInsert)
	return sessions.Committed{Session: head, Events: numbered}, nil
}
