package queue

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"time"

	"wenda/internal/latest"
	"wenda/sessions"
)

// ReadEvery is how far a Book may be behind the Store.
const ReadEvery = 2 * time.Second

// Book is the queues as this process knows them. Its methods are safe for concurrent
// use and cost nothing.
type Book struct {
	kept latest.Value[[]Queue]
	log  *slog.Logger
}

// NewBook returns a Book with these queues, until Follow reads others; log may be nil.
func NewBook(queues []Queue, log *slog.Logger) *Book {
	b := &Book{log: cmp.Or(log, slog.New(slog.DiscardHandler))}
	b.kept.Set(slices.SortedFunc(slices.Values(queues), byID))
	return b
}

// Follow reads the queues of the Store every ReadEvery until ctx ends. While they
// cannot be read those that were read last stand.
func (b *Book) Follow(ctx context.Context, store *Store) {
	b.kept.Follow(ctx, ReadEvery, store.All, func(err error) {
		b.log.Warn("the queues could not be read; going on with those known", "err", err)
	})
}

func byID(a, b Queue) int { return cmp.Compare(a.ID, b.ID) }

// All returns the queues by id, the general one first. Nobody may change them.
func (b *Book) All() []Queue { return b.kept.Get() }

// Of returns a queue; Plain if there is none of that id.
func (b *Book) Of(id string) Queue {
	for _, q := range b.All() {
		if q.ID == id {
			return q
		}
	}
	return Plain(id)
}

// Next returns the queue to which a chat of this one escalates, false at the top.
func (b *Book) Next(id string) (string, bool) {
	next := b.Of(id).Escalates
	return next, next != ""
}

// Most is the most chats that one agent may hold of each of these skills, as
// sessions.Agent.Most has it.
func (b *Book) Most(skills []string) map[string]int {
	var most map[string]int
	for _, q := range b.All() {
		if q.Capacity > 0 && slices.Contains(skills, q.ID) {
			if most == nil {
				most = map[string]int{}
			}
			most[q.ID] = q.Capacity
		}
	}
	return most
}

// Limited is the agent with what the queues say of how many chats they may hold.
func (b *Book) Limited(agent sessions.Agent) sessions.Agent {
	agent.Most = b.Most(agent.Skills)
	return agent
}
