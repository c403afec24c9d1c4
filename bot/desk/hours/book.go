package hours

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"time"

	"wenda/internal/latest"
)

// ReadEvery is how far a Book may be behind the Store.
const ReadEvery = 2 * time.Second

// Book is the calendars as this process knows them. Its methods are safe for concurrent
// use and cost nothing.
type Book struct {
	kept latest.Value[[]Calendar]
	log  *slog.Logger
}

// NewBook returns a Book with these calendars, until Follow reads others; log may be nil.
func NewBook(calendars []Calendar, log *slog.Logger) *Book {
	b := &Book{log: cmp.Or(log, slog.New(slog.DiscardHandler))}
	b.kept.Set(slices.SortedFunc(slices.Values(calendars), byID))
	return b
}

// Follow reads the calendars of the Store every ReadEvery until ctx ends. While they
// cannot be read those that were read last stand.
func (b *Book) Follow(ctx context.Context, store *Store) {
	b.kept.Follow(ctx, ReadEvery, store.All, func(err error) {
		b.log.Warn("the calendars could not be read; going on with those known", "err", err)
	})
}

// All returns the calendars by id. Nobody may change them.
func (b *Book) All() []Calendar { return b.kept.Get() }

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
