package hours

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"
)

// ReadEvery is how far a Book may be behind the Store.
const ReadEvery = 2 * time.Second

// Book is the calendars as this process knows them. Its methods are safe for concurrent
// use and cost nothing.
type Book struct {
	calendars atomic.Pointer[[]Calendar]
	log       *slog.Logger
}

// NewBook returns a Book with these calendars, until Follow reads others; log may be nil.
func NewBook(calendars []Calendar, log *slog.Logger) *Book {
	b := &Book{log: cmp.Or(log, slog.New(slog.DiscardHandler))}
	b.set(calendars)
	return b
}

// Follow reads the calendars of the Store every ReadEvery until ctx ends. While they
// cannot be read those that were read last stand.
func (b *Book) Follow(ctx context.Context, store *Store) {
	tick := time.NewTicker(ReadEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			calendars, err := store.All(ctx)
			switch {
			case err == nil:
				b.set(calendars)
			case ctx.Err() == nil:
				b.log.Warn("the calendars could not be read; going on with those known", "err", err)
			}
		}
	}
}

func (b *Book) set(calendars []Calendar) {
	calendars = slices.Clone(calendars)
	slices.SortFunc(calendars, byID)
	b.calendars.Store(&calendars)
}

// All returns the calendars by id. Nobody may change them.
func (b *Book) All() []Calendar { return *b.calendars.Load() }

// Of returns a calendar; Always for "" and for one that is not known: who forgot a
// calendar has an open queue, not a silent one.
func (b *Book) Of(id string) Calendar {
	for _, c := range b.All() {
		if c.ID == id {
			return c
		}
	}
	return Always()
}
