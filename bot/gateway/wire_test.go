package gateway

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"testing"

	"pgregory.net/rapid"
)

// wsFrame is a websocket frame as a client writes it.
func wsFrame(fin bool, op byte, payload []byte) []byte {
	b := []byte{op, 0x80}
	if fin {
		b[0] |= 0x80
	}
	switch n := len(payload); {
	case n < 126:
		b[1] |= byte(n)
	case n < 1<<16:
		b[1] |= 126
		b = binary.BigEndian.AppendUint16(b, uint16(n))
	default:
		b[1] |= 127
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	b = append(b, 0, 0, 0, 0) // a mask of zeros changes nothing
	return append(b, payload...)
}

// pieces is a connection whose reads return what it is given, piece by piece.
type pieces struct {
	net.Conn
	left [][]byte
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.left) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.left[0])
	p.left[0] = p.left[0][n:]
	if len(p.left[0]) == 0 {
		p.left = p.left[1:]
	}
	return n, nil
}

// TestWireSeesFramesHoweverTheyArrive cuts a stream of frames anywhere: what the
// wire finds must not depend on it.
func TestWireSeesFramesHoweverTheyArrive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(1, 5).Draw(t, "most")
		var stream []byte
		var want error
		for want == nil && len(stream) < 100_000 && rapid.IntRange(0, 20).Draw(t, "more") > 0 {
			size := rapid.SampledFrom([]int{0, 1, 2, 125, 126, 127, 65535, 65536}).Draw(t, "size")
			switch rapid.IntRange(0, 2).Draw(t, "what") {
			case 0: // a message in parts
				parts := rapid.IntRange(1, 7).Draw(t, "parts")
				for i := range parts {
					op := byte(0)
					if i == 0 {
						op = 1
					}
					stream = append(stream, wsFrame(i == parts-1, op, make([]byte, size))...)
					stream = append(stream, wsFrame(true, 9, []byte("x"))...) // a ping may stand between
				}
				if parts > most {
					want = errFragments
				}
			case 1:
				stream = append(stream, wsFrame(true, 8, make([]byte, min(size, 125)))...)
				if size == 1 {
					want = errCloseBody
				}
			case 2:
				stream = append(stream, wsFrame(true, 10, make([]byte, min(size, 125)))...)
			}
		}
		w := &wire{Conn: &pieces{left: cut(t, stream)}, most: int16(most)}
		_, err := io.Copy(io.Discard, w)
		if !errors.Is(err, want) {
			t.Fatalf("found %v, want %v", err, want)
		}
	})
}

func cut(t *rapid.T, stream []byte) [][]byte {
	var all [][]byte
	for len(stream) > 0 {
		n := min(rapid.SampledFrom([]int{1, 2, 3, 7, 100, 1 << 20}).Draw(t, "cut"), len(stream))
		all = append(all, stream[:n])
		stream = stream[n:]
	}
	return all
}
