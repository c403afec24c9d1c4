package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// frame is whatever the server says.
type frame map[string]any

func (f frame) text(key string) string { s, _ := f[key].(string); return s }

// list returns the lines of one of the desk's lists.
func (f frame) list(key string) (lines []frame) {
	all, _ := f[key].([]any)
	for _, l := range all {
		lines = append(lines, frame(l.(map[string]any)))
	}
	return lines
}

// socket is a widget's or a desk's connection.
type socket struct {
	t    *testing.T
	conn *websocket.Conn
	cids int
}

func (v *visitor) open(path string) *socket {
	v.t.Helper()
	conn, answer, err := v.dial(path)
	if err != nil {
		v.t.Fatalf("%s: %v (%v)", path, err, answer)
	}
	v.t.Cleanup(func() { _ = conn.Close() })
	return &socket{t: v.t, conn: conn}
}

// openChat opens a widget; token and after are of an earlier one, or "" and 0.
func openChat(t *testing.T, base, token string, after any) (*socket, frame) {
	t.Helper()
	c := newVisitor(t, base).open("/ws")
	hello := frame{"type": "hello", "v": 1, "lang": "zh-CN", "after": after}
	if token != "" {
		hello["token"] = token
	}
	c.send(hello)
	return c, c.until("welcome")
}

func openDesk(t *testing.T, v *visitor) *socket {
	t.Helper()
	d := v.open("/desk/ws")
	d.send(frame{"type": "hello", "v": 1})
	d.until("welcome")
	return d
}

func (s *socket) send(f frame) {
	s.t.Helper()
	if err := s.conn.WriteJSON(f); err != nil {
		s.t.Fatalf("sending %v: %v", f["type"], err)
	}
}

// say sends a frame with a cid and waits until it is acked.
func (s *socket) say(f frame) frame {
	s.t.Helper()
	s.cids++
	f["cid"] = fmt.Sprintf("cid-%05d", s.cids)
	s.send(f)
	return s.next(fmt.Sprint("ack of ", f["type"]), func(got frame) bool {
		if got.text("type") == "error" {
			s.t.Fatalf("%v was answered with %v", f["type"], got)
		}
		return got.text("type") == "ack" && got["cid"] == f["cid"]
	})
}

// types keeps typing until that is heard: a sign of it may be lost on the way.
func (s *socket) types(heard func()) {
	s.t.Helper()
	stop := make(chan struct{})
	var fingers sync.WaitGroup
	fingers.Go(func() {
		for {
			_ = s.conn.WriteJSON(frame{"type": "typing"})
			select {
			case <-stop:
				return
			case <-time.After(200 * time.Millisecond):
			}
		}
	})
	defer fingers.Wait()
	defer close(stop)
	heard()
}

// read returns the next frame, which must come before end.
func (s *socket) read(end time.Time) (frame, error) {
	_ = s.conn.SetReadDeadline(end)
	_, data, err := s.conn.ReadMessage()
	if err != nil {
		return nil, err
	}
	var f frame
	return f, json.Unmarshal(data, &f)
}

// next passes over frames until one is right.
func (s *socket) next(what string, right func(frame) bool) frame {
	s.t.Helper()
	var seen []string
	for end := time.Now().Add(patience); ; {
		f, err := s.read(end)
		if err != nil {
			s.t.Fatalf("waiting for %s: %v; saw %v", what, err, seen)
		}
		if f.text("type") == "ping" {
			s.send(frame{"type": "pong"})
			continue
		}
		if right(f) {
			return f
		}
		seen = append(seen, f.text("type"))
	}
}

func (s *socket) until(kind string) frame {
	s.t.Helper()
	return s.next(kind, func(f frame) bool { return f.text("type") == kind })
}

// hears waits for a line of the transcript.
func (s *socket) hears(part string) frame {
	s.t.Helper()
	return s.next("a line with "+part, func(f frame) bool {
		return f.text("type") == "event" && strings.Contains(f.text("text"), part)
	})
}

// answered waits for a line of the bot.
func (s *socket) answered(part string) {
	s.t.Helper()
	s.next("an answer with "+part, func(f frame) bool {
		from, _ := f["from"].(map[string]any)
		return f.text("type") == "event" && from["role"] == "bot" && strings.Contains(f.text("text"), part)
	})
}

// becomes waits until the chat is in a state.
func (s *socket) becomes(state string) {
	s.t.Helper()
	s.next("state "+state, func(f frame) bool { return f.text("type") == "state" && f.text("state") == state })
}

// closed waits until the server closes the connection, with that code.
func (s *socket) closed(code int) {
	s.t.Helper()
	for end := time.Now().Add(patience); ; {
		_, err := s.read(end)
		if err == nil {
			continue
		}
		var closing *websocket.CloseError
		if !errors.As(err, &closing) || closing.Code != code {
			s.t.Errorf("ended with %v, want close code %d", err, code)
		}
		return
	}
}

// draining: whoever is connected is told to come back, new ones are turned away,
// and readyz says so until all is done.
func (s *served) draining(t *testing.T) {
	v := s.on(t)
	kind, _ := openChat(t, s.base, "", 0)
	silent := v.open("/ws") // never answers, so the server waits for it a little
	s.cancel()
	within(t, "readyz says that it stops", func() bool {
		answer, err := v.client.Get(s.base + "/readyz")
		if err != nil {
			t.Fatalf("it was gone before it said so: %v", err)
		}
		defer answer.Body.Close()
		return answer.StatusCode == http.StatusServiceUnavailable
	})
	if status := v.knock("/ws"); status != "503" {
		t.Errorf("a new chat: %s", status)
	}
	if f := kind.until("draining"); f["after_ms"] == nil {
		t.Errorf("told %v", f)
	}
	kind.closed(1012)
	if code := s.stop(); code != 0 {
		t.Errorf("exit code %d: %s", code, s.log)
	}
	_ = silent.conn.Close()
}
