package gateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"wenda/sessions"
)

// frame is what a client reads: any frame of the server.
type frame map[string]any

func (f frame) kind() string { return f.text("type") }
func (f frame) text(k string) string {
	s, _ := f[k].(string)
	return s
}
func (f frame) num(k string) int64 {
	n, _ := f[k].(json.Number)
	i, _ := n.Int64()
	return i
}

// client is a browser.
type client struct {
	t    testing.TB
	conn *websocket.Conn
	// Of the newest welcome:
	session, token string
}

func (r *rig) dial(path string, header http.Header) (*client, *http.Response, error) {
	if header == nil {
		header = http.Header{}
	}
	if header.Get("Origin") == "" {
		header.Set("Origin", r.server.URL)
	}
	conn, resp, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(r.server.URL, "http")+path, header)
	if err != nil {
		return nil, resp, err
	}
	r.t.Cleanup(func() { _ = conn.Close() })
	return &client{t: r.t, conn: conn}, resp, nil
}

// customer says hello and returns when it is welcomed.
func (r *rig) customer(token string, more ...func(*Hello)) *client {
	r.t.Helper()
	c := r.open("/ws", nil)
	h := Hello{Type: "hello", V: 1, Token: token, Lang: "zh-CN"}
	for _, m := range more {
		m(&h)
	}
	c.send(h)
	c.welcomed()
	return c
}

// agent opens a desk and returns when they have their lists.
func (r *rig) agent(a sessions.Agent) *client {
	r.t.Helper()
	c := r.comes(a)
	c.expect("chats")
	return c
}

// comes is an agent who opens a desk; what they are told first is theirs to read.
func (r *rig) comes(a sessions.Agent) *client {
	r.t.Helper()
	c, _ := r.hello(a, DeskHello{Type: "hello", V: 1})
	return c
}

// looks is a supervisor who opens the board, and sits at no desk.
func (r *rig) looks() (c *client, welcome frame) {
	r.t.Helper()
	return r.hello(wu, DeskHello{Type: "hello", V: 1, Board: true})
}

func (r *rig) hello(a sessions.Agent, h DeskHello) (c *client, welcome frame) {
	r.t.Helper()
	r.staff.set(a)
	c = r.open("/desk/ws", http.Header{"Cookie": {"login=" + a.ID}})
	c.send(h)
	return c, c.expect("welcome")
}

func (r *rig) open(path string, header http.Header) *client {
	r.t.Helper()
	c, _, err := r.dial(path, header)
	if err != nil {
		r.t.Fatalf("dialling %s: %v", path, err)
	}
	return c
}

func (c *client) welcomed() frame {
	c.t.Helper()
	w := c.expect("welcome")
	c.session, c.token = w.text("session"), w.text("token")
	return w
}

func (c *client) send(f any) {
	c.t.Helper()
	if err := c.conn.WriteJSON(f); err != nil {
		c.t.Fatalf("sending: %v", err)
	}
}

func (c *client) raw(text string) {
	c.t.Helper()
	if err := c.conn.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		c.t.Fatalf("sending: %v", err)
	}
}

func (c *client) read() (frame, error) {
	for {
		_ = c.conn.SetReadDeadline(time.Now().Add(bound))
		_, data, err := c.conn.ReadMessage()
		if err != nil {
			return nil, err
		}
		d := json.NewDecoder(strings.NewReader(string(data)))
		d.UseNumber()
		var f frame
		if err := d.Decode(&f); err != nil {
			return nil, fmt.Errorf("%w in %s", err, data)
		}
		if f.kind() == "ping" {
			if err := c.conn.WriteMessage(websocket.TextMessage, pong); err != nil {
				return nil, err
			}
			continue
		}
		return f, nil
	}
}

// expect returns the next frame, which must be of that type.
func (c *client) expect(kind string) frame {
	c.t.Helper()
	f, err := c.read()
	if err != nil {
		c.t.Fatalf("waiting for %s: %v", kind, err)
	}
	if f.kind() != kind {
		c.t.Fatalf("got %v, want a frame of type %s", f, kind)
	}
	return f
}

// until passes over frames until one satisfies ok.
func (c *client) until(what string, ok func(frame) bool) frame {
	c.t.Helper()
	var seen []frame
	for {
		f, err := c.read()
		if err != nil {
			c.t.Fatalf("waiting for %s: %v; saw %v", what, err, seen)
		}
		if ok(f) {
			return f
		}
		seen = append(seen, f)
	}
}

func is(kind string) func(frame) bool { return func(f frame) bool { return f.kind() == kind } }

func (c *client) refused(code Code) frame {
	c.t.Helper()
	f := c.expect("error")
	if f.text("code") != string(code) {
		c.t.Fatalf("got %v, want code %s", f, code)
	}
	if f.text("text") == "" {
		c.t.Fatalf("%v says nothing to people", f)
	}
	return f
}

// closed passes over frames until the socket is closed, and compares the code.
func (c *client) closed(code int) {
	c.t.Helper()
	for {
		_, err := c.read()
		if err == nil {
			continue
		}
		var closing *websocket.CloseError
		if !errors.As(err, &closing) || closing.Code != code {
			c.t.Fatalf("ended with %v, want close code %d", err, code)
		}
		return
	}
}

// said sends text and returns the seqs of ack, own event and reply.
func (c *client) say(cid, text string) frame {
	c.t.Helper()
	c.send(Send{Type: "send", CID: cid, Text: text})
	ack := c.expect("ack")
	if ack.text("cid") != cid {
		c.t.Fatalf("acked %v, want %s", ack, cid)
	}
	return ack
}

func (c *client) event(text string) frame {
	c.t.Helper()
	e := c.expect("event")
	if e.text("text") != text {
		c.t.Fatalf("got event %q, want %q", e.text("text"), text)
	}
	return e
}
