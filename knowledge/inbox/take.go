package inbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"unicode"

	"wenda/internal/sqldb"
	"wenda/knowledge/segment"
)

// Gleaned is what some chats gave.
type Gleaned struct {
	Items     []Item
	Confirmed []Confirmation
	Ended     []Chat
}

// Worth reports whether a text can be a question at all: it has at least letters letters.
func Worth(text string, letters int) bool {
	for _, r := range text {
		if unicode.IsLetter(r) {
			letters--
		}
	}
	return letters <= 0
}

// Mark returns where to read on; "" at the beginning.
func (s *Store) Mark(ctx context.Context) (mark string, err error) {
	err = s.db.Read(ctx).QueryRow(`SELECT mark FROM inbox_follow WHERE one = 1`).Scan(&mark)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("inbox: mark: %w", err)
	}
	return mark, nil
}

// Take stores what was read between two marks, and moves the mark, in one transaction. An
// item that is known gets further kinds and the agent's answer; its text and cluster stay.
// ErrMoved if the mark is not at from any more; nothing is stored then. Items older than
// Retention are the caller's to leave out.
func (s *Store) Take(ctx context.Context, from, to string, g Gleaned) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.take(ctx, from, to, g)
	if !errors.Is(err, ErrMoved) {
		return err
	}
	// Perhaps only the leaders are others: after Sweep, Forget.
	if mark, err := s.Mark(ctx); err != nil || mark != from {
		return errors.Join(err, ErrMoved)
	}
	return s.take(ctx, from, to, g)
}

func (s *Store) take(ctx context.Context, from, to string, g Gleaned) error {
	if err := s.know(ctx); err != nil {
		return err
	}
	page, err := s.plan(ctx, g.Items)
	if err != nil {
		s.known = nil
		return err
	}
	err = s.write(ctx, "take", func(tx sqldb.Tx) error { return s.store(tx, from, to, page, g) })
	if err != nil {
		s.known = nil // it holds what is not stored, or not what others stored
		return err
	}
	s.known.counter = page.counter
	if s.known.items > s.mostOpen {
		return s.archive(ctx)
	}
	return nil
}

// know reads the leaders if they are not known.
func (s *Store) know(ctx context.Context) (err error) {
	if s.known != nil {
		return nil
	}
	if _, err := s.holding(ctx); err != nil { // the row must be there
		return fmt.Errorf("inbox: take: %w", err)
	}
	s.known, err = s.readLeaders(ctx)
	return err
}

// page is what Take will write, decided before the transaction: on SQLite all
// customers wait for that.
type page struct {
	before, counter int64
	puts            []put
	more            []Item // of items that are known
}

type put struct {
	Item
	number, cluster int64
	begins          bool
	normal          string
}

// plan gives each new item a number and a cluster.
func (s *Store) plan(ctx context.Context, items []Item) (page, error) {
	p := page{before: s.known.counter, counter: s.known.counter}
	seen := map[source]bool{}
	for _, i := range items {
		i.Text, i.Answer = segment.Clip(i.Text, MaxText), segment.Clip(i.Answer, MaxAnswer)
		is := source{i.Session, i.Seq}
		stored, same, err := s.stored(ctx, i)
		switch {
		case err != nil:
			return p, err
		case stored || seen[is]:
			if !same {
				p.more = append(p.more, i)
			}
			continue
		}
		seen[is] = true
		one := put{Item: i, normal: segment.Key(i.Text)}
		p.counter++
		one.number = p.counter
		one.cluster, one.begins = s.known.place(one.normal, unit(s.Vector(i.Text)), s.alike, p.counter+1)
		if one.begins {
			p.counter++
		}
		s.known.items++
		p.puts = append(p.puts, one)
	}
	return p, nil
}

// source is where an item comes from.
type source struct {
	session string
	seq     int64
}

// stored reports whether an item is stored, and already says all that this one does.
func (s *Store) stored(ctx context.Context, i Item) (there, same bool, err error) {
	var kinds int64
	var answer string
	err = s.db.Read(ctx).QueryRow(`SELECT kinds, answer FROM inbox_item WHERE session = $1 AND seq = $2`, i.Session, i.Seq).Scan(&kinds, &answer)
	if errors.Is(err, sql.ErrNoRows) {
		return false, false, nil
	}
	if err != nil {
		return false, false, fmt.Errorf("inbox: take: %w", err)
	}
	return true, kinds|bits(i.Kinds) == kinds && (i.Answer == "" || i.Answer == answer), nil
}

// store writes a page, if nobody else wrote since it was planned.
func (s *Store) store(tx sqldb.Tx, from, to string, p page, g Gleaned) error {
	done, err := tx.Exec(`UPDATE inbox_follow SET mark = $1, counter = $2 WHERE one = 1 AND mark = $3 AND counter = $4`, to, p.counter, from, p.before)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, ErrMoved)
	}
	for _, one := range p.puts {
		if err := insert(tx, one); err != nil {
			return err
		}
	}
	for _, i := range p.more {
		if err := tx.Queue(`UPDATE inbox_item SET kinds = kinds | $3, answer = CASE WHEN $4 <> '' THEN $4 ELSE answer END
			WHERE session = $1 AND seq = $2`, i.Session, i.Seq, bits(i.Kinds), i.Answer); err != nil {
			return err
		}
	}
	for _, c := range g.Confirmed {
		if err := confirm(tx, c); err != nil {
			return err
		}
	}
	for _, c := range g.Ended {
		if err := c.count(tx); err != nil {
			return err
		}
	}
	return nil
}

func insert(tx sqldb.Tx, one put) error {
	if one.begins {
		if err := tx.Queue(`INSERT INTO inbox_cluster (id, lang, state, deed, reopens) VALUES ($1, $2, 'open', 0, 0)`, one.cluster, one.Lang); err != nil {
			return err
		}
	} else if err := tx.Queue(`UPDATE inbox_cluster SET state = 'open', deed = 0, reopens = 0
		WHERE id = $1 AND state = 'done' AND reopens > 0 AND reopens <= $2`, one.cluster, one.At.UnixMilli()); err != nil {
		return err
	}
	return tx.Queue(`INSERT INTO inbox_item (session, seq, number, cluster, at, lang, text, normal, kinds, answer, archived)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, FALSE)`,
		one.Session, one.Seq, one.number, one.cluster, one.At.UnixMilli(), one.Lang, one.Text, one.normal, bits(one.Kinds), one.Answer)
}

// archive takes the oldest items out of lists and memory, a twentieth more than must
// be, so that the leaders are not read again for each item.
func (s *Store) archive(ctx context.Context) error {
	count := s.known.items - s.mostOpen + s.mostOpen/20
	s.known = nil
	return s.write(ctx, "archive", func(tx sqldb.Tx) error {
		if err := tx.Queue(`UPDATE inbox_item SET archived = TRUE WHERE number IN (
			SELECT number FROM inbox_item WHERE NOT archived ORDER BY number LIMIT $1)`, count); err != nil {
			return err
		}
		return tx.Queue(`UPDATE inbox_follow SET counter = counter + 1 WHERE one = 1`)
	})
}
