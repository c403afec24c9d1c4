// Package client is a customer's widget and an agent's desk without a page: they
// speak the protocol of bot/gateway over websockets, keep what they have to say in an
// outbox until it is acked, come back after whatever happens, and write down in a
// history what they were told. They believe nothing: every line must follow the one
// they have.
//
//	tab := client.NewTab(client.Options{…})     a customer's tab
//	desk := client.NewDesk(client.Options{…}, login, password)
//	go tab.Run(ctx)
//	ref := tab.Send("怎么提前还款")
//	err := tab.Flush(ctx)                       everything is acked
//
// A client is one goroutine while it is connected.
package client

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"wenda/cmd/loadtest/history"
)

// Options are what every client is made of.
type Options struct {
	Who     string          // in the history
	Reader  string          // in the history; must be unique in a run
	Bases   func() []string // gateways as they are reached now, "http://127.0.0.1:8600"; one is taken at random at each connect
	Address string          // whom the gateway shall count its connects for, if it believes X-Forwarded-For
	Rand    *rand.Rand      // the client's own; it is not shared
	Log     *history.Log    // nil forgets
	Figures *Figures        // nil does not count

	// Local is the address to connect from, nil for any: a host has 28,000 ports at each.
	Local net.Addr
}

// Figures count over many clients.
type Figures struct {
	Connects, Refused, Drops, Acked, Delivered, Busy, Rated atomic.Int64

	Ready atomic.Int64 // clients that are welcomed now
}

// Patience. A link that is dead without saying so is noticed by silence.
const (
	dialWithin  = 5 * time.Second
	ackWithin   = 12 * time.Second // of a try
	quietWithin = 26 * time.Second // without any frame: the server pings every 20 s
	slowest     = 3 * time.Second  // between tries to connect
)

// side is what differs between a customer and an agent.
type side interface {
	path() string
	// enter prepares a connection: headers to dial with. An error is tried again.
	enter(ctx context.Context, base string) (http.Header, error)
	// greeting is the hello to begin with.
	greeting() map[string]any
	// handle takes a frame that line does not know. line.mu is held.
	handle(f *frame)
	// where is the session an ack without one is about. line.mu is held.
	where() string
	// final reports whether a refusal ends it; otherwise it is tried again.
	final(code string) bool
	// gone is called when a connection has ended. line.mu is held.
	gone()
}

// line is a connection that comes back, with an outbox.
type line struct {
	Options
	side side

	mu      sync.Mutex
	changed chan struct{} // closed and renewed when anything changed
	conn    *websocket.Conn
	base    string // where it is connected, or was last
	ready   bool   // the server has answered hello
	outbox  []*out
	under   *out // under way: the first of the outbox
	timer   *time.Timer
	away    bool // shall not be connected now
	next    time.Time
	refs    int
	prefix  string

	dead string // of Run's goroutine: the gateway that did not answer the last try
}

func (l *line) init(o Options, s side) {
	l.Options, l.side, l.changed = o, s, make(chan struct{})
	if l.Figures == nil {
		l.Figures = &Figures{}
	}
	l.prefix = "r" + strconv.FormatUint(o.Rand.Uint64(), 36) + "-"
	l.timer = time.AfterFunc(time.Hour, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.pump()
	})
	l.timer.Stop()
}

// tell wakes who waits. l.mu is held.
func (l *line) tell() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// until waits for a condition, which is asked with l.mu held.
func (l *line) until(ctx context.Context, is func() bool) error {
	for {
		l.mu.Lock()
		ok, changed := is(), l.changed
		l.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}

// Run connects, and connects again, until ctx ends.
func (l *line) Run(ctx context.Context) {
	stop := context.AfterFunc(ctx, l.Drop)
	defer stop()
	for fails := 0; ; fails++ {
		if err := l.until(ctx, func() bool { return !l.away }); err != nil {
			return
		}
		began := time.Now()
		err := l.connect(ctx)
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) > 10*time.Second || err == nil {
			fails = 0
		}
		if !l.rest(ctx, fails) {
			return
		}
	}
}

// rest waits before the next connect: a random time that grows with the failures in
// a row, and at least as long as the server asked for.
func (l *line) rest(ctx context.Context, fails int) bool {
	l.mu.Lock()
	most := min(50*time.Millisecond<<min(fails, 8), slowest)
	wait := time.Duration(l.Rand.Int64N(int64(most)))
	wait = max(wait, time.Until(l.next))
	l.mu.Unlock()
	select {
	case <-ctx.Done():
		return false
	case <-time.After(wait):
		return true
	}
}

// writeBuffers are lent for one message, as small as most of them.
var writeBuffers sync.Pool

// connect dials, says hello and reads until the connection ends. It returns nil if
// the server had answered hello.
func (l *line) connect(ctx context.Context) error {
	base := l.pick(l.Bases())
	header, err := l.side.enter(ctx, base)
	if err != nil {
		return err
	}
	header.Set("Origin", base)
	if l.Address != "" {
		header.Set("X-Forwarded-For", l.Address)
	}
	net := net.Dialer{Timeout: dialWithin, LocalAddr: l.Local}
	dialer := websocket.Dialer{NetDialContext: net.DialContext, HandshakeTimeout: dialWithin, ReadBufferSize: 1024, WriteBufferSize: 1024, WriteBufferPool: &writeBuffers}
	conn, response, err := dialer.DialContext(ctx, "ws"+base[len("http"):]+l.side.path(), header)
	if err != nil {
		l.Figures.Refused.Add(1)
		if response != nil {
			l.notBefore(response)
		} else {
			l.dead = base
		}
		return err
	}
	l.dead = ""
	l.Figures.Connects.Add(1)
	defer conn.Close()
	if !l.begin(ctx, conn, base) {
		return context.Canceled
	}
	for {
		_, data, err := conn.ReadMessage()
		if err != nil {
			return l.ended(conn, err)
		}
		if err := l.take(conn, data); err != nil {
			return l.ended(conn, err)
		}
	}
}

// pick takes a gateway at random, but not the one that was just found dead: a load
// balancer would not send anybody there either.
func (l *line) pick(bases []string) string {
	if len(bases) > 1 {
		bases = slices.DeleteFunc(slices.Clone(bases), func(b string) bool { return b == l.dead })
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return bases[l.Rand.IntN(len(bases))]
}

// notBefore keeps to what a refused connect was told.
func (l *line) notBefore(r *http.Response) {
	if seconds, err := strconv.Atoi(r.Header.Get("Retry-After")); err == nil {
		l.mu.Lock()
		l.next = time.Now().Add(time.Duration(seconds)*time.Second + time.Duration(l.Rand.Int64N(int64(time.Second))))
		l.mu.Unlock()
	}
}

func (l *line) begin(ctx context.Context, conn *websocket.Conn, base string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.away || ctx.Err() != nil {
		return false
	}
	l.conn, l.base = conn, base
	l.patience()
	return l.write(l.side.greeting()) == nil
}

// patience sets how long the server may be silent.
func (l *line) patience() {
	within := quietWithin
	if l.under != nil || !l.ready {
		within = ackWithin
	}
	_ = l.conn.SetReadDeadline(time.Now().Add(within))
}

func (l *line) write(body any) error {
	_ = l.conn.SetWriteDeadline(time.Now().Add(dialWithin))
	err := l.conn.WriteJSON(body)
	if err != nil {
		_ = l.conn.Close() // the reader notices
	}
	return err
}

// ended puts the line in order after a connection.
func (l *line) ended(conn *websocket.Conn, err error) error {
	_ = conn.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	was := l.ready
	if was {
		l.Figures.Ready.Add(-1)
	}
	l.conn, l.ready = nil, false
	l.side.gone()
	if l.under != nil {
		l.tried(l.under, history.Unknown, answer{code: "connection"})
		l.under = nil
	}
	l.Figures.Drops.Add(1)
	l.tell()
	if was {
		return nil
	}
	return err
}

var errOdd = errors.New("client: the server broke the protocol")

// take carries out one frame of the server.
func (l *line) take(conn *websocket.Conn, data []byte) error {
	var f frame
	if err := json.Unmarshal(data, &f); err != nil {
		l.odd("", "a frame that is not JSON")
		return errOdd
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != conn {
		return net.ErrClosed
	}
	defer l.tell()
	switch f.Type {
	case "ping":
		_ = l.write(map[string]string{"type": "pong"})
	case "pong", "typing":
	case "ack":
		l.ack(&f)
	case "error":
		l.refused(&f)
	case "draining":
		l.next = time.Now().Add(time.Duration(f.AfterMS) * time.Millisecond)
	case "welcome":
		if !l.ready {
			l.Figures.Ready.Add(1)
		}
		l.ready = true
		l.side.handle(&f)
	default:
		l.side.handle(&f)
	}
	if l.conn != nil {
		l.patience()
		l.pump()
	}
	return nil
}

// Stuck writes down that somebody waited for this client in vain.
func (l *line) Stuck(forWhat string) {
	now := l.Log.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Log.Add(history.Record{Op: history.Stuck, Who: l.Who, Reader: l.Reader, Begin: now, End: now, Session: l.side.where(), Code: forWhat})
}

// Base is the gateway the client is connected to, or was last.
func (l *line) Base() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.base
}

// Drop breaks the connection, as a tunnel does. The client comes back by itself.
func (l *line) Drop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil {
		_ = l.conn.Close()
	}
	l.tell()
}

// Leave breaks the connection and stays away until Comeback.
func (l *line) Leave() {
	l.mu.Lock()
	l.away = true
	l.mu.Unlock()
	l.Drop()
}

// Comeback ends Leave.
func (l *line) Comeback() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.away = false
	l.tell()
}

// Ready waits until the server has welcomed the client.
func (l *line) Ready(ctx context.Context) error {
	return l.until(ctx, func() bool { return l.ready })
}

// Flush waits until the outbox is empty.
func (l *line) Flush(ctx context.Context) error {
	return l.until(ctx, func() bool { return len(l.outbox) == 0 })
}
