package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"runtime/debug"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

var (
	errBinary = errors.New("binary message")
	errPings  = errors.New("too many websocket pings")

	errParted = errors.New("parted") // of read's own
)

// side is what a socket is for: a customer or an agent.
type side interface {
	// frames are what this side may send, and what only the other side may.
	frames() (may, others map[string]shape)
	// handle carries out a frame other than ping and pong. The first is hello; it is
	// said again until it succeeds.
	handle(frame incoming) *fault
	// language people read on this side.
	language() string
	// head is the newest seq sent, for pings; 0 if it says nothing.
	head() int64
	// heard is called whenever the client gave a sign of life.
	heard()
	// resume goes on with what waited for the client to read.
	resume()
	// gone tidies up. It is called once, by the socket's own goroutine.
	gone()
}

// socket is one connection. Its own goroutine reads, and carries out what it reads, or
// waits while a hand does (hands.go); anybody may write.
type socket struct {
	g      *Gateway
	conn   *websocket.Conn
	name   string // of the side: "customer", "agent"
	side   side
	opened instant
	slot   int    // of the ping wheel
	owner  string // whose sockets of this side are counted together; "" until hello
	pace   Pace   // of frames of any kind

	// Of the socket's own goroutine:
	said   bool // hello was said, successfully
	frames bucket
	faults bucket
	slow   bool    // a message did not come at once: the deadline is that of the message
	moved  instant // when the deadline was moved last

	out sync.Mutex // one writer at a time; held for at most WriteWithin

	mu      sync.Mutex
	busy    bool    // with a frame: a goodbye waits for it
	parting int     // close code, once it is decided
	unread  int     // bytes written since the client showed that it reads
	full    instant // since when the window has been full; zero if it is not
}

func newSocket(g *Gateway, conn *websocket.Conn, name string, limit int64, frames Pace) *socket {
	s := &socket{g: g, conn: conn, name: name, opened: instantOf(time.Now()), pace: frames}
	if w, ok := conn.NetConn().(*wire); ok {
		w.socket = s
	}
	conn.SetReadLimit(limit)
	conn.SetPingHandler(s.pinged)
	conn.SetPongHandler(func(string) error { return s.count() })
	return s
}

// start lets the HTTP handler return, so that its buffers and stack are freed.
func (s *socket) start() {
	if !s.g.sockets.add(s) { // draining began meanwhile
		s.goodbye(CloseRestart)
		s.conn.Close()
		return
	}
	s.g.Meter.Opened(s.name)
	s.until(s.g.Limits.HelloWithin)
	go s.run()
}

// run reads and carries out frames until the socket ends. It is begun afresh behind the
// upgrade, whose stack is a large one.
func (s *socket) run() {
	defer s.g.tasks.Done() // begun by sockets.add
	err := s.read()
	if err == errParted {
		err = nil
	}
	s.side.gone()
	s.g.sockets.remove(s)
	s.end(err)
	s.g.Meter.Closed(s.name, s.opened.before(time.Now()))
}

// read carries out frames until the socket parts (errParted) or fails.
func (s *socket) read() error {
	for {
		kind, r, err := s.conn.NextReader()
		if err != nil {
			return err
		}
		if kind != websocket.TextMessage {
			return errBinary
		}
		buf := buffers.Get().(*bytes.Buffer) // not held while waiting
		err = s.fill(buf, r)
		if err == nil {
			err = s.take(buf.Bytes())
		}
		buffers.Put(buf)
		if err != nil {
			return err
		}
	}
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// fill reads the rest of a message of which the first bytes have come.
func (s *socket) fill(buf *bytes.Buffer, r io.Reader) error {
	buf.Reset()
	_, err := buf.ReadFrom(r)
	return err
}

func (s *socket) until(d time.Duration) { _ = s.conn.SetReadDeadline(time.Now().Add(d)) }

// alive puts off the moment at which the client counts as dead, after a whole frame.
// Before hello nothing does. Moving a deadline costs something, so it is moved only
// if it is worth it.
func (s *socket) alive(now time.Time) {
	dead := s.g.Limits.DeadAfter
	if s.said && (s.slow || s.moved.before(now) >= min(time.Second, dead/16)) {
		s.moved, s.slow = instantOf(now), false
		_ = s.conn.SetReadDeadline(now.Add(dead))
	}
}

// hesitates is called when a part of a message is there and the rest is waited for.
func (s *socket) hesitates() {
	if s.said && !s.slow {
		s.slow = true
		s.until(s.g.Limits.MessageWithin)
	}
}

// count takes a token for a frame of any kind.
func (s *socket) count() error {
	s.side.heard()
	if ok, _ := s.frames.take(s.pace, time.Now()); !ok {
		return errPings
	}
	s.alive(time.Now())
	return nil
}

// pinged answers a ping of the websocket's own.
func (s *socket) pinged(data string) error {
	if err := s.count(); err != nil {
		return err
	}
	_ = s.conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(s.g.Limits.WriteWithin))
	return nil // if it failed, so will the next read
}

// take carries out one frame. It returns errParted if the socket parts.
func (s *socket) take(data []byte) error {
	s.side.heard()
	s.mu.Lock()
	s.busy = s.parting == 0
	busy := s.busy
	s.mu.Unlock()
	if !busy {
		return errParted // the client will send it again, elsewhere
	}
	began := time.Now()
	kind, f := s.deal(data, began)
	ended := time.Now()
	s.alive(ended)
	s.g.Meter.Frame(s.name, kind, ended.Sub(began))
	code := 0
	if f != nil {
		code = s.refuse(f)
	}
	s.mu.Lock()
	s.busy = false
	if s.parting == 0 {
		s.parting = code
	}
	code = s.parting
	s.mu.Unlock()
	if code != 0 {
		s.goodbye(code)
		return errParted
	}
	return nil
}

// deal reads and carries out one frame and returns its type.
func (s *socket) deal(data []byte, now time.Time) (kind string, f *fault) {
	defer s.caught(&kind, &f)
	kind = "unknown"
	if ok, wait := s.frames.take(s.pace, now); !ok {
		return kind, &fault{code: CodeRate, retry: wait}
	}
	may, others := s.side.frames()
	frame, f := decode(data, may, others, s.g.Limits)
	if f != nil {
		return kind, s.beforeHello(f)
	}
	kind, _, _ = frame.about()
	switch frame.(type) {
	case *Hello, *DeskHello:
		if s.said {
			return kind, refuse(CodeHelloFirst).closing(CloseProtocol)
		}
	default:
		if !s.said {
			return kind, refuse(CodeHelloFirst).closing(CloseProtocol)
		}
	}
	switch frame.(type) {
	case *Ping:
		_ = s.write(pong)
		return kind, nil
	case *Pong:
		s.isReading()
		return kind, nil
	}
	s.g.hands.carry(func() {
		defer s.caught(&kind, &f)
		if f = s.side.handle(frame); f != nil {
			f.at(frame)
		}
	})
	return kind, f
}

// caught makes a fault of a panic: it costs this socket and no other. What the panic said
// may hold what the customer said, so it is not logged.
func (s *socket) caught(kind *string, f **fault) {
	if p := recover(); p != nil {
		s.g.Log.Error("panic in a socket", "side", s.name, "frame", *kind, "stack", string(debug.Stack()))
		*f = refuse(CodeInternal).closing(closeInternal)
	}
}

// beforeHello closes a socket that begins with something else.
func (s *socket) beforeHello(f *fault) *fault {
	if !s.said && f.close == 0 && f.code != CodeBadToken {
		f.close = CloseProtocol
	}
	return f
}

// refuse sends the error frame of a fault and returns the code to close with, or 0.
func (s *socket) refuse(f *fault) int {
	if f.cause != nil {
		s.g.Log.Warn("a frame failed", "side", s.name, "err", f.cause)
	}
	s.g.Meter.Refused(s.name, f.code)
	s.send(Error{
		Type: "error", Code: f.code, Text: f.says(s.side.language()), CID: f.cid, Session: f.session, RetryMS: f.retry.Milliseconds(),
	})
	if f.then != nil {
		f.then()
	}
	if f.close == 0 && !f.innocent && !f.code.ours() {
		if ok, _ := s.faults.take(s.g.Limits.Errors, time.Now()); !ok {
			return ClosePolicy
		}
	}
	return f.close
}

var pong = []byte(`{"type":"pong"}`)

// send writes a frame. A failure ends the socket: the reader notices.
func (s *socket) send(frame any) bool {
	data, err := json.Marshal(frame)
	if err != nil {
		s.g.Log.Error("a frame could not be written as JSON", "err", err)
		return false
	}
	return s.write(data)
}

// together writes the frames that do sends at once: one system call instead of
// several. It is called by the socket's own goroutine.
func (s *socket) together(do func()) {
	conn, ok := s.conn.NetConn().(*wire)
	if !ok {
		do()
		return
	}
	s.out.Lock()
	conn.gathered = buffers.Get().(*bytes.Buffer)
	conn.gathered.Reset()
	s.out.Unlock()
	defer s.flush(conn) // whatever happens to do
	do()
}

func (s *socket) flush(conn *wire) {
	s.out.Lock()
	defer s.out.Unlock()
	gathered := conn.gathered
	conn.gathered = nil
	_ = conn.SetWriteDeadline(time.Now().Add(s.g.Limits.WriteWithin))
	if _, err := conn.Conn.Write(gathered.Bytes()); err != nil {
		s.conn.Close()
	}
	buffers.Put(gathered)
}

func (s *socket) write(data []byte) bool {
	s.out.Lock()
	defer s.out.Unlock()
	_ = s.conn.SetWriteDeadline(time.Now().Add(s.g.Limits.WriteWithin))
	if err := s.conn.WriteMessage(websocket.TextMessage, data); err != nil {
		// After a part of a frame nothing sensible can follow, not even a close frame.
		if !errors.Is(err, websocket.ErrCloseSent) {
			s.conn.Close()
		}
		return false
	}
	s.g.Meter.Sent(s.name, len(data))
	s.mu.Lock()
	s.unread += len(data)
	s.mu.Unlock()
	return true
}
