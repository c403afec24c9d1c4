package gateway

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"net/http"
)

// Faults of the websocket framing that the library lets pass.
var (
	errCloseBody = errors.New("close frame with a body of one byte")     // RFC 6455, 5.5.1
	errFragments = errors.New("message in too many websocket fragments") // each costs a header, even an empty one
)

const opClose, opContinuation = 0x8, 0x0

// wire is a connection that looks at the headers of the websocket frames that come
// in. It changes nothing.
type wire struct {
	net.Conn
	skip      uint64   // bytes of the current frame still to come
	head      [10]byte // of the next frame, as far as it has come; without its mask
	have      int8
	open      bool  // the current message goes on in another frame
	fragments int16 // of the current message
	most      int16
	broken    error
	socket    *socket       // to tell when a message hesitates; nil while it is none
	gathered  *bytes.Buffer // frames to be written together; nil: each at once
}

// Write implements net.Conn. One writer at a time, as the library wants it.
func (w *wire) Write(p []byte) (int, error) {
	if w.gathered != nil {
		return w.gathered.Write(p)
	}
	return w.Conn.Write(p)
}

func (w *wire) Read(p []byte) (int, error) {
	if w.broken != nil {
		return 0, w.broken
	}
	if w.socket != nil && (w.have > 0 || w.skip > 0 || w.open) {
		w.socket.hesitates()
	}
	n, err := w.Conn.Read(p)
	if w.broken = w.scan(p[:n]); w.broken != nil {
		return 0, w.broken
	}
	return n, err
}

func (w *wire) scan(p []byte) error {
	for len(p) > 0 {
		if w.skip > 0 {
			n := min(w.skip, uint64(len(p)))
			w.skip -= n
			p = p[n:]
			continue
		}
		w.head[w.have] = p[0]
		w.have++
		p = p[1:]
		if w.have < 2 || w.have < headSize(w.head[1]) {
			continue
		}
		if err := w.frame(); err != nil {
			return err
		}
		w.have = 0
	}
	return nil
}

// headSize returns how long a header is, without its mask, by its second byte.
func headSize(b byte) int8 {
	switch b & 0x7F {
	case 126:
		return 4
	case 127:
		return 10
	}
	return 2
}

func (w *wire) frame() error {
	length := uint64(w.head[1] & 0x7F)
	switch w.have {
	case 4:
		length = uint64(binary.BigEndian.Uint16(w.head[2:]))
	case 10:
		length = binary.BigEndian.Uint64(w.head[2:])
	}
	const longest = 1 << 62 // the library refuses it anyway; this keeps the sum below from wrapping
	w.skip = min(length, longest)
	if w.head[1]&0x80 != 0 {
		w.skip += 4
	}
	switch op := w.head[0] & 0xF; {
	case op == opClose && length == 1:
		return errCloseBody
	case op < opClose: // a part of a message
		w.open = w.head[0]&0x80 == 0
		if op != opContinuation {
			w.fragments = 0
		}
		if w.fragments++; w.fragments > w.most {
			return errFragments
		}
	}
	return nil
}

// hijacker hands the library a wire instead of the bare connection.
type hijacker struct {
	http.ResponseWriter
	most int
}

func (h hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, brw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	return &wire{Conn: conn, most: int16(min(h.most, 1<<14))}, brw, nil
}
