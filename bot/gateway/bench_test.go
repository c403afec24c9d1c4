package gateway

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

// BenchmarkPing is the frame path alone: read, strict decode, answer. BenchmarkEcho is
// what a server pays that only echoes; the ratio of the two is what to look at.
func BenchmarkPing(b *testing.B) {
	r := newRig(b)
	c := r.customer("a/d/")
	c.expect("event")
	roundTrips(b, c.conn, []byte(`{"type":"ping"}`))
}

func BenchmarkEcho(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		up := websocket.Upgrader{ReadBufferSize: readBuffer, WriteBufferSize: writeBuffer, WriteBufferPool: &writeBuffers}
		conn, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			for {
				kind, data, err := conn.ReadMessage()
				if err != nil || conn.WriteMessage(kind, data) != nil {
					return
				}
			}
		}()
	}))
	defer server.Close()
	conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(server.URL, "http"), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	roundTrips(b, conn, []byte(`{"type":"ping"}`))
}

func roundTrips(b *testing.B, conn *websocket.Conn, data []byte) {
	b.ReportAllocs()
	for b.Loop() {
		if err := conn.WriteMessage(websocket.TextMessage, data); err != nil {
			b.Fatal(err)
		}
		if _, _, err := conn.ReadMessage(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSay is a message with its reply, committed to SQLite and read back by the
// one who said it.
func BenchmarkSay(b *testing.B) {
	r := newRig(b)
	c := r.customer("a/d/")
	c.expect("event")
	n := 0
	for b.Loop() {
		n++
		c.send(Send{Type: "send", CID: "cid-" + pad(n), Text: "卡里有钱为什么还款失败"})
		for _, kind := range []string{"ack", "event", "event"} {
			c.expect(kind)
		}
	}
}

func pad(n int) string {
	digits := []byte("00000000")
	for i := len(digits) - 1; n > 0; i-- {
		digits[i] = byte('0' + n%10)
		n /= 10
	}
	return string(digits)
}

func BenchmarkDecode(b *testing.B) {
	for name, data := range map[string]string{
		"ping": `{"type":"ping"}`, "send": `{"type":"send","cid":"01J9ZK6W4M8R","text":"卡里有钱为什么还款失败"}`,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, f := decode([]byte(data), fromCustomers, fromAgents, limits); f != nil {
					b.Fatal(f.code)
				}
			}
		})
	}
}
