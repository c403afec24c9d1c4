package main

import (
	"context"
	"log/slog"

	"wenda/bot/desk"
	"wenda/bot/desk/queue"
	"wenda/bot/desk/roster"
	"wenda/internal/sqldb"
)

// queues are where chats wait for people.
type queues struct {
	store *queue.Store
	book  *queue.Book
}

// openQueues reads the queues; a new database gets those that are delivered.
func openQueues(ctx context.Context, db *sqldb.DB, log *slog.Logger) (q queues, err error) {
	q.store = queue.NewStore(db)
	if err := q.store.Seed(ctx); err != nil {
		return q, err
	}
	all, err := q.store.All(ctx)
	q.book = queue.NewBook(all, log)
	return q, err
}

// route keeps the queues up to date and brings chats to people.
func (n *node) route(q queues, d *desk.Desk, present *roster.Roster) {
	n.sweepers.Go(func() { q.book.Follow(n.background, q.store) })
	n.sweepers.Go(func() { d.Router(present, q.book).Run(n.background) })
}
