// Package gateway is how browsers talk to Wenda: two websockets, one for customers
// and one for agents. The frames are in frame.go, and in asyncapi.yaml for others.
//
// A socket is a tail. Whoever speaks commits to a session; whoever listens reads on
// from its own cursor when it is woken (follow.go). Nothing is queued for a socket,
// so nothing can overflow, and a lost or doubled wake-up only delays. Reconnecting, a
// second tab, another node and a restart are the same code: tail from n.
//
//	upgrade.go  an HTTP request becomes a socket, or a status that says why not
//	wire.go     what the websocket library lets pass
//	decode.go   bytes become a frame, or a fault (strict.go, text.go)
//	socket.go   one connection: its one goroutine, its write lock, its end
//	customer.go agent.go   what each side may say; act.go: what is done in a chat
//	hello.go    which session a customer goes on with; waiting.go: places, and how long
//	page.go     where a customer writes from; draft.go: what they type, before it is sent
//	hands.go    who carries out frames that go deep
//	turns.go    no more turns and hellos at once than the machine can carry; the rest waits, or is told to
//	instant.go  moments, as small as every socket keeps them
//	follow.go   the tail: {cursor, running, dirty}
//	look.go     one look at queues and desks, for lists.go and board.go (gist.go, tally.go)
//	switches.go mention.go  what else desks are told
//	pulse.go    one ticker for everybody: pings, lost wake-ups, queue places, desk lists
//	drain.go    going down without losing anybody
//
// Between messages a connection is one goroutine that waits in a read. A goroutine
// to write with, or to carry a frame out, is there only while there is something to do.
package gateway

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"wenda/bot/desk"
	"wenda/bot/desk/queue"
	"wenda/bot/desk/roster"
	"wenda/bot/desk/wait"
	"wenda/sessions"
)

// Bot is the part of bot.Bot that customers reach.
type Bot interface {
	// Greet commits the welcome card if the session is empty.
	Greet(ctx context.Context, id string) error
	// Hear commits what the customer said (Message with Text or Choice, Vote, Rating)
	// and mostly a reply with it.
	Hear(ctx context.Context, id string, by sessions.Actor, said sessions.Event) (sessions.Committed, error)
	// Reopens reports whether the customer's next message goes on with a closed chat. Hear
	// says sessions.ErrClosed where it does not.
	Reopens(s sessions.Session) bool
	// End closes the customer's own chat; one that is closed already stays so. Sent again
	// with the same ref it does nothing.
	End(ctx context.Context, id string, by sessions.Actor, ref string) (sessions.Committed, error)
}

// Desk is what agents and supervisors do; desk.Desk.
type Desk interface {
	MayRead(agent sessions.Agent, s sessions.Session) bool
	Watch(ctx context.Context, agent sessions.Agent, id string) (sessions.Session, error)
	Claim(ctx context.Context, agent sessions.Agent, id, ref string) (sessions.Committed, error)

	Say(ctx context.Context, agent sessions.Agent, act desk.Act, words desk.Words) (sessions.Committed, error)
	Note(ctx context.Context, agent sessions.Agent, act desk.Act, text string, mentions ...string) (sessions.Committed, error)
	Return(ctx context.Context, agent sessions.Agent, act desk.Act, leaving desk.Leaving) (sessions.Committed, error)
	Close(ctx context.Context, agent sessions.Agent, act desk.Act, leaving desk.Leaving) (sessions.Committed, error)
	Transfer(ctx context.Context, agent sessions.Agent, act desk.Act, to desk.To, note string) (sessions.Committed, error)
	Escalate(ctx context.Context, agent sessions.Agent, act desk.Act, note string) (sessions.Committed, error)
	Snooze(ctx context.Context, agent sessions.Agent, act desk.Act, pause time.Duration) (sessions.Committed, error)
	Reveal(ctx context.Context, agent sessions.Agent, act desk.Act, about int64, reason string) (contact string, err error)
	Refuse(ctx context.Context, agent sessions.Agent, act desk.Act, note string) (sessions.Committed, error)

	Whisper(ctx context.Context, lead sessions.Agent, act desk.Act, text string) (sessions.Committed, error)
	Join(ctx context.Context, lead sessions.Agent, act desk.Act) (sessions.Committed, error)
	Part(ctx context.Context, lead sessions.Agent, act desk.Act) (sessions.Committed, error)
	Takeover(ctx context.Context, lead sessions.Agent, act desk.Act) (sessions.Committed, error)
	Reassign(ctx context.Context, lead sessions.Agent, act desk.Act, to desk.To, note string) (sessions.Committed, error)
}

// Roster is who is there; roster.Roster.
type Roster interface {
	// Beat says that desks of these agents answered since the last time, or have just opened.
	Beat(ctx context.Context, there []sessions.Agent) error
	// Available keeps the agent's switch: whether they take chats. Takes reads it.
	Available(ctx context.Context, agent sessions.Agent, on bool) error
	Takes(ctx context.Context, agent sessions.Agent) (bool, error)
	// Leave says that the agent went home, and takes no chats any more.
	Leave(ctx context.Context, agent sessions.Agent) error
	// Floor returns everybody who ever was at a desk, by id.
	Floor(ctx context.Context) ([]roster.Agent, error)
}

// Guests says who a customer is.
type Guests interface {
	// Verify reads a token we issued or the host app signed. device is the scope of
	// the customer's refs; it may be empty in a token of the host app.
	Verify(token string) (who sessions.Customer, device string, err error)
	// Anonymous returns a new customer whom nobody knows yet.
	Anonymous() sessions.Customer
	// Issue makes a token that Verify reads.
	Issue(who sessions.Customer, device string) (token string, err error)
}

// Staff says who an agent is.
type Staff interface {
	// Agent reads the login cookie. login names this very login, not the user.
	Agent(r *http.Request) (who sessions.Agent, login string, err error)
	// StillIn returns the agent as they are now; false if the login has ended, or the
	// user may not be an agent any more. While it cannot know it says true and names
	// nobody. It is asked every few seconds for each login that has a socket.
	StillIn(ctx context.Context, login string) (sessions.Agent, bool)
	// Name returns an agent's name as customers see it, "" if there is none.
	Name(ctx context.Context, agent string) string
}

// Options are what a Gateway is made of. All interfaces must be set.
type Options struct {
	Store  sessions.Store
	Live   sessions.Live
	Bot    Bot
	Desk   Desk
	Roster Roster
	Guests Guests
	Staff  Staff

	// Wait says what is known of a skill's queue, to tell those who stand in it how long it
	// takes; but for Oldest, which the gateway sees itself. Nil: they are told their
	// places only.
	Wait func(ctx context.Context, skill string) (wait.Queue, error)

	// Queues are the company's queues now. Nil: chats come in skills that nobody described.
	Queues func() []queue.Queue

	// Origins are the pages that may connect besides this server's own, each as a
	// browser writes it in the Origin header: "https://www.example.com". They are
	// compared exactly. A server behind a proxy that ends TLS must name its own.
	Origins []string
	// DeskOrigins are the same for agents. A page of a host app has no business there.
	DeskOrigins []string
	// AllowNoOrigin lets in clients that send no Origin. Browsers always send one.
	AllowNoOrigin bool

	// Address says whom a request's connects are counted for, "" for nobody. The
	// default is the host of RemoteAddr; behind a proxy that is the proxy.
	Address func(*http.Request) string

	// Preview lets agents see what their customers type before it is sent.
	Preview bool

	Channel string // of customers' sessions; default "widget"
	Limits  Limits // zero fields take the defaults
	Meter   Meter  // nil fields are not called
	Log     *slog.Logger
}

// Gateway holds the sockets of one process. Make it with New and end it with Drain.
type Gateway struct {
	Options
	sockets  registry
	follows  follows
	limiter  limiter
	logins   logins
	waiting  waiting
	turns    turns
	hellos   turns
	hands    hands
	lists    lists
	board    round
	tally    tally
	mentions mentions
	feed     feed
	draining atomic.Bool
	liveDown atomic.Bool

	base     context.Context // of everything done for sockets; ends when draining took too long
	cancel   context.CancelFunc
	jobs     context.Context // of the periodic jobs; ends when draining begins
	stopJobs context.CancelFunc
	tasks    sync.WaitGroup
}

// New starts a gateway.
func New(o Options) (*Gateway, error) {
	if o.Store == nil || o.Live == nil || o.Bot == nil || o.Desk == nil || o.Roster == nil || o.Guests == nil || o.Staff == nil {
		return nil, errors.New("gateway: Store, Live, Bot, Desk, Roster, Guests and Staff must be set")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Address == nil {
		o.Address = remoteHost
	}
	if o.Channel == "" {
		o.Channel = "widget"
	}
	o.Limits = o.Limits.withDefaults()
	o.Meter = o.Meter.withDefaults()
	g := &Gateway{Options: o}
	g.base, g.cancel = context.WithCancel(context.Background())
	g.jobs, g.stopJobs = context.WithCancel(g.base)
	g.sockets.init()
	g.follows.init()
	g.limiter.init(o.Live)
	g.logins.init()
	g.waiting.init()
	g.turns.init(o.Limits.Turns, o.Limits.QuickTurns, o.Limits.TurnWithin)
	// Who comes in waits longer: refused, they would only come again, and ten thousand
	// who do so at once get nobody in.
	g.hellos.init(o.Limits.Turns, o.Limits.QuickTurns, o.Limits.HelloWithin/2)
	g.hands.init(g.base, o.Limits.QuickTurns)
	g.tally.init()
	g.mentions.init(g)
	g.lists.init(g)
	ctx, cancel := g.operation()
	defer cancel()
	if err := g.beginFeed(ctx); err != nil {
		g.Log.Warn("the feed of changes could not be read, trying again", "err", err)
	}
	if err := g.tally.begin(ctx, g.Store); err != nil {
		g.Log.Warn("what became of the chats of the last hour could not be read; the board counts from now on", "err", err)
	}
	g.startPulse()
	return g, nil
}

// operation is how long one thing done for a socket may take.
const operation = 10 * time.Second

func (g *Gateway) operation() (context.Context, context.CancelFunc) {
	return context.WithTimeout(g.base, operation)
}

// Customers serves customers' sockets, usually at /ws.
func (g *Gateway) Customers() http.Handler { return http.HandlerFunc(g.serveCustomer) }

// Agents serves agents' sockets, usually at /desk/ws.
func (g *Gateway) Agents() http.Handler { return http.HandlerFunc(g.serveAgent) }

// Connected returns how many sockets are open.
func (g *Gateway) Connected() int { return g.sockets.count() }

// Draining reports whether the gateway takes no new sockets any more.
func (g *Gateway) Draining() bool { return g.draining.Load() }
