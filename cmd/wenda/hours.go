package main

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"wenda/bot"
	"wenda/bot/desk/hours"
	"wenda/bot/desk/queue"
	"wenda/bot/desk/roster"
	"wenda/internal/often"
	"wenda/internal/sqldb"
	"wenda/sessions"
)

// calendars say when queues are served.
type calendars struct {
	store *hours.Store
	book  *hours.Book
}

// openCalendars reads the calendars; a new database gets those that are delivered.
func openCalendars(ctx context.Context, db *sqldb.DB, log *slog.Logger) (c calendars, err error) {
	c.store = hours.NewStore(db)
	if err := c.store.Seed(ctx); err != nil {
		return c, err
	}
	all, err := c.store.All(ctx)
	c.book = hours.NewBook(all, log)
	return c, err
}

// floor is what says how a queue is served now.
type floor struct {
	store     sessions.Store
	present   *roster.Roster
	queues    *queue.Book
	calendars *hours.Book
	promise   time.Duration // within which a message is answered where the calendar says nothing
	now       func() time.Time
}

// duty says what the queue of a skill can do now. A queue's own calendar says when it is
// open; who is there beyond its hours finishes what they have.
func (f floor) duty(ctx context.Context, skill string) (bot.Duty, error) {
	agents, err := f.present.Floor(ctx)
	if err != nil {
		return bot.Duty{}, err
	}
	_, waiting, err := f.store.Queue(ctx, skill, 0)
	if err != nil {
		return bot.Duty{}, err
	}
	q := f.queues.Of(skill)
	people := roster.DutyOf(q, agents)
	d := bot.Duty{
		Skill: skill, There: people.There, Free: people.Free, Waiting: waiting, Full: q.Most > 0 && waiting >= q.Most, Priority: q.Priority,
		Served: slices.ContainsFunc(agents, func(a roster.Agent) bool { return slices.Contains(a.Skills, skill) }),
	}
	planned(&d, f.calendars.Of(q.Calendar), f.now(), f.promise)
	return d, nil
}

// strandedEvery is how often somebody looks for customers who wait where nobody is.
const strandedEvery = 30 * time.Second

// strands tells customers who wait in vain, until ctx ends.
func strands(ctx context.Context, b *bot.Bot, log *slog.Logger) {
	often.Do(ctx, strandedEvery, b.Stranded, func(err error) {
		log.Warn("looking for customers who wait in vain failed, trying again", "err", err)
	})
}

// planned adds what the calendar says: whether it is open, when again, and by when a
// message is answered.
func planned(d *bot.Duty, c hours.Calendar, now time.Time, promise time.Duration) {
	if d.Open = c.Open(now); !d.Open {
		d.Next = c.Next(now)
	}
	if c.Promise > 0 {
		promise = c.Promise
	}
	d.Promised = c.WorkingAfter(now, promise)
}
