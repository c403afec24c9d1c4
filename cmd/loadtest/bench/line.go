package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// outcome is what became of a message.
type outcome int

const (
	none     outcome = iota // not known yet
	answered                // the answer is there
	refused                 // busy: nothing was taken, try again later
	failed                  // anything else
)

// speech is how a server is talked to.
type speech struct {
	// ask writes a message into buf.
	ask func(buf []byte, n int, question string) []byte
	// judge says what a frame means for the message that is on its way.
	judge func(frame []byte) outcome
	// hello is said first and answered by something that holds welcome; "" if nothing is.
	hello, welcome string
}

// plain is for servers that answer each message with one.
var plain = speech{
	ask: func(buf []byte, _ int, question string) []byte { return append(buf, question...) },
	judge: func(frame []byte) outcome {
		if string(frame) == "failed" {
			return failed
		}
		return answered
	},
}

// wendas is what the product's widget says and hears.
var wendas = speech{
	hello: `{"type":"hello","v":1,"lang":"zh-CN","after":0}`, welcome: `"role":"bot"`,
	ask: func(buf []byte, n int, question string) []byte {
		buf = append(buf, `{"type":"send","cid":"bench-`...)
		buf = strconv.AppendInt(buf, int64(n)+1_000_000_000, 10)
		buf = append(buf, `","text":`...)
		buf = strconv.AppendQuote(buf, question)
		return append(buf, '}')
	},
	judge: func(frame []byte) outcome {
		switch {
		case bytes.HasPrefix(frame, []byte(`{"type":"event"`)) && bytes.Contains(frame, []byte(`"role":"bot"`)):
			return answered
		case bytes.HasPrefix(frame, []byte(`{"type":"error","code":"busy"`)):
			return refused
		case bytes.HasPrefix(frame, []byte(`{"type":"error"`)):
			return failed
		}
		return none
	},
}

// pings are the product's frames that need neither search nor commit.
var pings = speech{
	hello: wendas.hello, welcome: wendas.welcome,
	ask: func(buf []byte, _ int, _ string) []byte { return append(buf, `{"type":"ping"}`...) },
	judge: func(frame []byte) outcome {
		if bytes.HasPrefix(frame, []byte(`{"type":"pong"`)) {
			return answered
		}
		return none
	},
}

// line is one connection of ours. A goroutine reads it all the time; at most one
// message is on its way.
type line struct {
	speech *speech
	conn   *websocket.Conn
	out    sync.Mutex
	buf    []byte
	asked  int
	got    chan outcome // of the message on its way
	last   []byte       // the frame that answered, where it is kept
	keep   bool
	again  atomic.Int64 // ms after which the server wants to be asked again, from its last refusal
}

// retry is how long the server wants not to be asked.
func (l *line) retry() time.Duration { return time.Duration(l.again.Load()) * time.Millisecond }

var dialer = websocket.Dialer{ReadBufferSize: 1024, WriteBufferSize: 1024, WriteBufferPool: &sync.Pool{}, HandshakeTimeout: 20 * time.Second}

// patience is how long a message may stay unanswered until it counts as failed.
const patience = 30 * time.Second

func dial(ctx context.Context, c *child, s *speech) (*line, error) {
	conn, answer, err := dialer.DialContext(ctx, "ws://"+c.addr+c.path, map[string][]string{"Origin": {"http://" + c.addr}})
	if err != nil {
		if answer != nil {
			return nil, fmt.Errorf("%s: %w: %s", c.name, err, answer.Status)
		}
		return nil, fmt.Errorf("%s: %w", c.name, err)
	}
	l := &line{speech: s, conn: conn, got: make(chan outcome, 8)}
	if err := l.greet(); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("%s: %w", c.name, err)
	}
	go l.read()
	return l, nil
}

func (l *line) greet() error {
	if l.speech.hello == "" {
		return nil
	}
	if err := l.conn.WriteMessage(websocket.TextMessage, []byte(l.speech.hello)); err != nil {
		return err
	}
	_ = l.conn.SetReadDeadline(time.Now().Add(patience))
	for {
		_, frame, err := l.conn.ReadMessage()
		if err != nil {
			return fmt.Errorf("waiting for the welcome: %w", err)
		}
		if bytes.Contains(frame, []byte(l.speech.welcome)) {
			return l.conn.SetReadDeadline(time.Time{})
		}
	}
}

func (l *line) read() {
	for {
		_, frame, err := l.conn.ReadMessage()
		if err != nil {
			select {
			case l.got <- failed:
			default:
			}
			return
		}
		if bytes.HasPrefix(frame, []byte(`{"type":"ping"`)) && l.speech.hello != "" {
			_ = l.write([]byte(`{"type":"pong"}`))
			continue
		}
		if o := l.speech.judge(frame); o != none {
			if l.keep {
				l.last = frame
			}
			if o == refused {
				l.again.Store(retryAfter(frame))
			}
			select {
			case l.got <- o:
			default:
			}
		}
	}
}

// retryAfter is the retry_after_ms of an error frame, its last key.
func retryAfter(frame []byte) int64 {
	_, rest, _ := bytes.Cut(frame, []byte(`"retry_after_ms":`))
	ms, _ := strconv.ParseInt(string(bytes.TrimSuffix(rest, []byte("}"))), 10, 64)
	return ms
}

func (l *line) write(data []byte) error {
	l.out.Lock()
	defer l.out.Unlock()
	return l.conn.WriteMessage(websocket.TextMessage, data)
}

// ask sends a message.
func (l *line) ask(question string) error {
	l.asked++
	l.buf = l.speech.ask(l.buf[:0], l.asked, question)
	return l.write(l.buf)
}

var errPatience = errors.New("no answer in time")

// talk sends a message and waits for what becomes of it.
func (l *line) talk(question string) (outcome, error) {
	if err := l.ask(question); err != nil {
		return failed, err
	}
	select {
	case o := <-l.got:
		return o, nil
	case <-time.After(patience):
		return failed, errPatience
	}
}

// dialAll opens n connections, some at a time.
func dialAll(ctx context.Context, c *child, s *speech, n int) ([]*line, error) {
	const together = 32
	lines := make([]*line, n)
	errs := make(chan error, together)
	var group sync.WaitGroup
	for part := range together {
		group.Go(func() {
			for i := part; i < n; i += together {
				var err error
				if lines[i], err = dial(ctx, c, s); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	group.Wait()
	select {
	case err := <-errs:
		hangUp(lines)
		return nil, err
	default:
		return lines, nil
	}
}

func hangUp(lines []*line) {
	for _, l := range lines {
		if l != nil {
			_ = l.conn.Close()
		}
	}
}
