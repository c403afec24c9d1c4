package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"wenda/bot"
	"wenda/bot/api"
	"wenda/bot/auth"
	"wenda/bot/desk"
	"wenda/bot/desk/roster"
	"wenda/bot/desk/wait"
	"wenda/bot/gateway"
	"wenda/bot/metrics"
	"wenda/bot/web"
	"wenda/cmd/wenda/config"
	"wenda/internal/privacy"
	"wenda/internal/sqldb"
	"wenda/knowledge/inbox"
	"wenda/sessions"
)

// node is one running Wenda: its parts, started in order and stopped in reverse.
type node struct {
	log     *slog.Logger
	public  http.Handler
	private http.Handler
	setup   string // token of the one-time link; "" if there are accounts
	truth   string // where the truth is, for the operator
	hot     string
	broken  <-chan error // says why this process must write nothing any more and end

	gateway *gateway.Gateway
	metrics *metrics.Metrics
	drainIn time.Duration

	background context.Context    // of the sweepers
	stopping   context.CancelFunc // ends it
	sweepers   sync.WaitGroup
	closers    []func()
	once       sync.Once
}

// startNode starts everything but the listeners. newKey accepts that the database's
// key was lost. On an error what was started is stopped.
func startNode(ctx context.Context, c config.Config, newKey bool, log *slog.Logger) (_ *node, err error) {
	n := &node{log: log, metrics: metrics.New(), drainIn: c.Limits.Drain}
	defer func() {
		if err != nil {
			n.stop()
		}
	}()
	db, leave, err := openServed(ctx, c, log)
	if err != nil {
		return nil, err
	}
	n.broken = db.Broken()
	n.closing(func() { _ = db.Close() })
	n.closing(leave)
	n.closing(seal(db, c, log))
	live, err := openLive(ctx, c, log)
	if err != nil {
		return nil, err
	}
	n.closing(func() { _ = live.Close() })
	sealer, err := openSealer(c)
	if err != nil {
		return nil, err
	}
	if err := sameKey(ctx, db, sealer, newKey); err != nil {
		return nil, fmt.Errorf("%s: %w: bring it here from another node or a backup, or name it with --key-file; if it is lost, --new-key goes on without it", keyPath(c), err)
	}
	matcher, err := openBrain(ctx, filepath.Join(c.DataDir, indexDir), db, c, log)
	if err != nil {
		return nil, err
	}
	n.closing(matcher.Close)
	n.describe(c)
	return n, n.assemble(ctx, c, db, live, sealer, matcher)
}

// assemble puts speakers, gateway and pages on the stores.
func (n *node) assemble(ctx context.Context, c config.Config, db *sqldb.DB, live sessions.Live, sealer *privacy.Sealer, matcher *brain) error {
	store := n.metrics.Store(newStore(db))
	present := roster.New(store, live)
	waits, err := openQueues(ctx, db, n.log)
	if err != nil {
		return err
	}
	plans, err := openCalendars(ctx, db, n.log)
	if err != nil {
		return err
	}
	people := floor{store, present, waits.book, plans.book, time.Duration(c.Bot.ReplyHours) * time.Hour, time.Now}
	speak := speakers{
		store: store, live: live, matcher: n.metrics.Matcher(matcher), release: matcher.Release,
		onDuty: people.duty, sealer: sealer, policy: policy(c), within: matchWithin(c), log: n.log,
	}
	talking, err := speak.bot()
	if err != nil {
		return err
	}
	answering := speak.desk()
	answering.Count = n.metrics.Desk
	addresses := api.NewAddresses(c.Proxies)
	staff := auth.New(db, auth.Options{Secure: secure(c), Address: addresses.Of, Log: n.log})
	if n.setup, _, err = staff.SetupLink(ctx); err != nil {
		return err
	}
	colleagues{staff, present, waits}.connect(answering, db)
	guests, err := auth.NewTokens(sealer.Key("customer-token"), hostSecrets(c)...)
	if err != nil {
		return err
	}
	if n.gateway, err = gateway.New(gateway.Options{
		Store: store, Live: live, Bot: talking, Desk: answering, Roster: present, Guests: guests, Staff: door{staff, waits.book.Limited},
		Wait:    people.line(wait.NewTimes(db)),
		Origins: widgetOrigins(c), DeskOrigins: ownOrigins(c), Address: addresses.Of, Meter: n.meter(), Log: n.log,
		Limits: limits(c), Queues: waits.book.All, Preview: c.Desk.TypingPreview,
	}); err != nil {
		return err
	}
	site, err := web.New(web.Options{Log: n.log})
	if err != nil {
		return err
	}
	hub, err := openHub(db, matcher, gateLimits(c), n.beside, n.log)
	if err != nil {
		return err
	}
	answering.Check = outgoing{hub.Book.Rules, store}.check
	if n.public, err = api.New(api.Parts{
		Queues: waits.store, Calendars: plans.book.All, Hours: plans.store,
		Site: site, Auth: staff, Release: matcher.Release, Hub: hub, Desk: assisted(store, live, answering, present, waits, db),
		Customers: n.gateway.Customers(), Agents: n.gateway.Agents(),
		Protocol: gateway.AsyncAPI, Ready: n.checks(db, matcher), Secure: secure(c), Origins: ownOrigins(c), Log: n.log,
	}); err != nil {
		return err
	}
	private := http.NewServeMux()
	private.Handle("GET /metrics", n.metrics.Handler())
	n.metrics.Queues(standing(store, waits, n.gateway))
	n.private = private
	n.sweep(talking, answering, present)
	n.route(waits, answering, present)
	n.sweepers.Go(func() { plans.book.Follow(n.background, plans.store) })
	n.sweepers.Go(func() { strands(n.background, talking, n.log) })
	n.sweepers.Go(func() { matcher.follow(n.background) })
	n.sweepers.Go(func() { matcher.teach(n.background) })
	n.sweepers.Go(func() { collect(n.background, store, hub.Inbox, inbox.Retention, n.log) })
	return nil
}

// beside runs work until the node stops; when it has, the work finds its context ended.
func (n *node) beside(work func(context.Context)) {
	if n.background.Err() != nil {
		work(n.background)
		return
	}
	n.sweepers.Go(func() { work(n.background) })
}

// limits are the gateway's, as far as the operator sets them. A customer's frames of
// any kind are bounded in proportion to the messages.
func limits(c config.Config) gateway.Limits {
	says, knocks := c.Limits.CustomerRate, c.Limits.ConnectRate
	return gateway.Limits{
		TextRunes: c.Limits.MessageRunes, DrainWithin: c.Limits.Drain,
		CustomerSays:   gateway.Pace{PerSecond: float64(says), Burst: 10 * says},
		CustomerFrames: gateway.Pace{PerSecond: 10 * float64(says), Burst: 40 * says},
		Connects:       gateway.Pace{PerSecond: float64(knocks) / 60, Burst: knocks},
	}
}

// checks are what must work for this node to take chats. Redis is not among them:
// without it everything works, only slower.
func (n *node) checks(db *sqldb.DB, matcher *brain) []api.Check {
	return []api.Check{
		{Name: "draining", Check: func(context.Context) error {
			if n.gateway.Draining() {
				return errors.New("this node stops")
			}
			return nil
		}},
		{Name: "database", Check: db.Ping},
		{Name: "matcher", Check: func(ctx context.Context) error {
			_, err := matcher.Match(ctx, "还款", 1)
			return err
		}},
	}
}

// sweep starts what looks after forgotten chats: unanswered, silent, or of agents who are gone.
func (n *node) sweep(b *bot.Bot, d *desk.Desk, present *roster.Roster) {
	n.background, n.stopping = context.WithCancel(context.Background())
	n.sweepers.Go(func() { b.Sweep(n.background) })
	n.sweepers.Go(func() { d.Sweep(n.background, present.Lost) })
}

// meter lets the gateway be counted.
func (n *node) meter() gateway.Meter {
	return gateway.Meter{
		Opened: func(side string) { n.metrics.Socket(side, 1) },
		Closed: func(side string, _ time.Duration) { n.metrics.Socket(side, -1) },
		Frame:  func(side, _ string, _ time.Duration) { n.metrics.Frame(side, "in") },
		Sent:   func(side string, _ int) { n.metrics.Frame(side, "out") },
	}
}

func (n *node) describe(c config.Config) {
	n.truth, n.hot = "SQLite in "+c.DataDir, "in this process (one serve only; --redis-url for several)"
	if c.DatabaseURL != "" {
		n.truth = "PostgreSQL"
	}
	if c.RedisURL != "" {
		n.hot = "Redis"
	}
}

func (n *node) closing(f func()) { n.closers = append(n.closers, f) }

// shutdownWithin bounds how long running requests may take after the sockets are gone.
const shutdownWithin = 5 * time.Second

// drain asks clients to come back elsewhere, ends their sockets and the servers.
func (n *node) drain(servers []*http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), n.drainIn+shutdownWithin)
	defer cancel()
	err := n.gateway.Drain(ctx)
	for _, s := range servers {
		if late := s.Shutdown(ctx); late != nil {
			err = errors.Join(err, late, s.Close())
		}
	}
	if err != nil {
		return fmt.Errorf("stopping: %w", err)
	}
	return nil
}

// stop ends all parts, the last started first. It may be called twice.
func (n *node) stop() {
	n.once.Do(func() {
		if n.gateway != nil {
			ctx, cancel := context.WithTimeout(context.Background(), shutdownWithin)
			defer cancel()
			_ = n.gateway.Drain(ctx) // nothing is left to drain if all went well
		}
		if n.stopping != nil {
			n.stopping()
			n.sweepers.Wait()
		}
		for i := len(n.closers) - 1; i >= 0; i-- {
			n.closers[i]()
		}
	})
}
