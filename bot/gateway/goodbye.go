package gateway

import (
	"errors"
	"io"
	"net"
	"time"

	"github.com/gorilla/websocket"
)

// part says goodbye with a close code, after the frame that is being carried out.
// The first code counts. It may take as long as a write.
func (s *socket) part(code int) {
	s.mu.Lock()
	first := s.parting == 0
	if first {
		s.parting = code
	}
	busy := s.busy
	s.mu.Unlock()
	if first && !busy {
		s.goodbye(code)
	}
}

// lingerFor is how long a client may take to hear a goodbye.
const lingerFor = time.Second

func (s *socket) goodbye(code int) {
	_ = s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(lingerFor))
	s.until(lingerFor)
}

// end closes the connection. If a goodbye is on its way it waits for the client to
// hear it: closing while bytes of the client are unread would reset the connection
// and take the goodbye with it.
func (s *socket) end(err error) {
	defer s.conn.Close()
	if code := closeFor(err, s.said); code != 0 {
		s.goodbye(code)
	}
	var hungUp *websocket.CloseError
	if errors.As(err, &hungUp) || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) {
		return
	}
	conn := s.conn.NetConn()
	if w, ok := conn.(*wire); ok {
		conn = w.Conn
	}
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
	_ = conn.SetReadDeadline(time.Now().Add(lingerFor))
	_, _ = io.CopyN(io.Discard, conn, 256<<10)
}
