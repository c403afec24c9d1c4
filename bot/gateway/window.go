package gateway

import (
	"strconv"
	"time"
)

// A client that does not read must not make us keep what it does not read, neither
// here nor in the kernel. So a tail writes at most a window of bytes, then a ping,
// and goes on when the pong shows that all of it was read. While the window is full
// there is room for a close frame, which a client that wakes up will understand;
// after a write that timed out there would be none.

// windowFull reports whether a tail must stop. It asks for the pong if that is new.
func (s *socket) windowFull() bool {
	s.mu.Lock()
	full := s.unread >= s.g.Limits.Window
	ask := full && s.full == 0
	if ask {
		s.full = instantOf(time.Now())
	}
	s.mu.Unlock()
	if ask {
		s.ping()
	}
	return full
}

// isReading is called when a pong came.
func (s *socket) isReading() {
	s.mu.Lock()
	waited := s.full != 0
	s.unread, s.full = 0, 0
	s.mu.Unlock()
	if waited {
		s.side.resume()
	}
}

// tooSlow reports whether the window has been full for too long.
func (s *socket) tooSlow(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.full != 0 && s.full.before(now) >= s.g.Limits.SlowAfter
}

func (s *socket) ping() {
	data := append(make([]byte, 0, 48), `{"type":"ping"`...)
	if head := s.side.head(); head > 0 {
		data = strconv.AppendInt(append(data, `,"head":`...), head, 10)
	}
	s.write(append(data, '}'))
}
