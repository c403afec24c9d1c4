package gateway

import (
	"errors"
	"math"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Sizes of buffers, in bytes. Most messages are shorter than one; a longer one takes
// several reads. Write buffers are lent for one message. Measured for 10,000
// connections: 9 KiB each instead of 17, 10 with all that belongs to a session.
const (
	readBuffer  = 256
	writeBuffer = 1024
)

var writeBuffers sync.Pool

func (g *Gateway) serveCustomer(w http.ResponseWriter, r *http.Request) {
	if conn := g.upgrade(w, r, g.Origins); conn != nil {
		s := newSocket(g, conn, "customer", g.Limits.CustomerFrame, g.Limits.CustomerFrames)
		s.side = newCustomer(s)
		s.start()
	}
}

func (g *Gateway) serveAgent(w http.ResponseWriter, r *http.Request) {
	who, login, err := g.Staff.Agent(r)
	if err != nil && websocket.IsWebSocketUpgrade(r) {
		http.Error(w, "log in first", http.StatusUnauthorized)
		return
	}
	if conn := g.upgrade(w, r, g.DeskOrigins); conn != nil {
		s := newSocket(g, conn, "agent", g.Limits.AgentFrame, g.Limits.AgentFrames)
		s.side = newAgent(s, who, login)
		s.start()
	}
}

// upgrade makes a websocket of a request, or answers with a status that says why not.
func (g *Gateway) upgrade(w http.ResponseWriter, r *http.Request, origins []string) *websocket.Conn {
	if status, why := g.unwelcome(w.Header(), r, origins); status != 0 {
		http.Error(w, why, status)
		return nil
	}
	up := websocket.Upgrader{
		HandshakeTimeout: g.Limits.WriteWithin,
		ReadBufferSize:   readBuffer,
		WriteBufferSize:  writeBuffer,
		WriteBufferPool:  &writeBuffers,
		CheckOrigin:      func(*http.Request) bool { return true }, // done above, exactly
	}
	conn, err := up.Upgrade(hijacker{w, g.Limits.Fragments}, r, nil)
	if err != nil {
		return nil // answered by the library
	}
	return conn
}

// unwelcome returns the status a request is answered with if it cannot become a socket.
func (g *Gateway) unwelcome(h http.Header, r *http.Request, origins []string) (int, string) {
	switch {
	case r.Method != http.MethodGet:
		h.Set("Allow", http.MethodGet)
		return http.StatusMethodNotAllowed, "a websocket begins with GET"
	case !websocket.IsWebSocketUpgrade(r):
		h.Set("Upgrade", "websocket")
		h.Set("Connection", "Upgrade")
		return http.StatusUpgradeRequired, "this address speaks websocket only"
	case r.Header.Get("Sec-Websocket-Version") != "13":
		h.Set("Sec-WebSocket-Version", "13")
		return http.StatusUpgradeRequired, "this address speaks websocket version 13 only"
	case !g.mayConnect(r, origins):
		return http.StatusForbidden, "this page may not connect here"
	case r.URL.RawQuery != "":
		// Addresses end up in logs: nothing that matters may stand in one.
		return http.StatusBadRequest, "this address takes no query; a token goes into hello"
	case g.draining.Load():
		h.Set("Retry-After", "1")
		return http.StatusServiceUnavailable, "this server is going down"
	}
	if wait, ok := g.mayKnock(r); !ok {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		return http.StatusTooManyRequests, "too many connections from this address"
	}
	return 0, ""
}

// mayConnect compares the Origin exactly: with the list, and with the address the
// request itself came to.
func (g *Gateway) mayConnect(r *http.Request, origins []string) bool {
	sent := r.Header.Values("Origin")
	if len(sent) != 1 {
		return len(sent) == 0 && g.AllowNoOrigin
	}
	own := "http://" + strings.ToLower(r.Host)
	if r.TLS != nil {
		own = "https://" + strings.ToLower(r.Host)
	}
	return sent[0] == own || slices.Contains(origins, sent[0])
}

func (g *Gateway) mayKnock(r *http.Request) (time.Duration, bool) {
	from := g.Address(r)
	if from == "" {
		return 0, true
	}
	ctx, cancel := g.operation()
	defer cancel()
	ok, wait := g.limiter.allow(ctx, "connect:"+from, g.Limits.Connects)
	return wait, ok
}

func remoteHost(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// Close codes of RFC 6455 that we use beside those of frame.go.
const (
	closeProtocolError = websocket.CloseProtocolError           // 1002
	closeUnsupported   = websocket.CloseUnsupportedData         // 1003
	closeNotUTF8       = websocket.CloseInvalidFramePayloadData // 1007
	closeInternal      = websocket.CloseInternalServerErr       // 1011
)

// closeFor returns the close code to answer an error of reading with; 0 if there is
// nobody to answer or the library has answered.
func closeFor(err error, welcomed bool) int {
	var timeout net.Error
	switch {
	case errors.Is(err, errCloseBody):
		return closeProtocolError
	case errors.Is(err, errFragments):
		return ClosePolicy
	case errors.Is(err, websocket.ErrReadLimit):
		return CloseTooBig
	case errors.Is(err, errBinary):
		return closeUnsupported
	case errors.Is(err, errPings):
		return ClosePolicy
	case errors.As(err, &timeout) && timeout.Timeout() && !welcomed:
		return CloseProtocol
	}
	return 0
}
