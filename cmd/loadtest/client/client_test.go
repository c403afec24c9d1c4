package client

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"wenda/cmd/loadtest/history"
	"wenda/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

// patience bounds every wait of these tests.
const patience = time.Minute

// server plays a gateway: a test says what it answers.
type server struct {
	*httptest.Server
	lines chan *served
}

// served is one connection of a client.
type served struct {
	t    *testing.T
	conn *websocket.Conn
	gone chan struct{}
	once sync.Once
}

func newServer(t *testing.T) *server {
	s := &server{lines: make(chan *served, 10)}
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		if r.PostFormValue("login") != "zhou" || r.PostFormValue("password") != "lamp" || r.Header.Get("Origin") != "http://"+r.Host {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "login", Value: "yes"})
		w.WriteHeader(http.StatusSeeOther)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if c, err := r.Cookie("login"); r.URL.Path == "/desk/ws" && (err != nil || c.Value != "yes") {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		conn, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		line := &served{t: t, conn: conn, gone: make(chan struct{})}
		s.lines <- line
		<-line.gone
		_ = conn.Close()
	})
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// next is the next connection of the client.
func (s *server) next(t *testing.T) *served {
	t.Helper()
	select {
	case line := <-s.lines:
		t.Cleanup(line.end)
		return line
	case <-time.After(patience):
		t.Fatal("the client does not connect")
		return nil
	}
}

func (l *served) end() { l.once.Do(func() { close(l.gone) }) }

// hears returns the next frame of that type.
func (l *served) hears(kind string) map[string]any {
	l.t.Helper()
	_ = l.conn.SetReadDeadline(time.Now().Add(patience))
	for {
		var f map[string]any
		if err := l.conn.ReadJSON(&f); err != nil {
			l.t.Fatalf("waiting for %s: %v", kind, err)
		}
		if f["type"] == kind {
			return f
		}
	}
}

func (l *served) says(text string) {
	l.t.Helper()
	if err := l.conn.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		l.t.Fatal(err)
	}
}

func (l *served) acks(f map[string]any, seq int64) {
	text, _ := json.Marshal(map[string]any{"type": "ack", "cid": f["cid"], "seq": seq})
	l.says(string(text))
}

const welcome = `{"type":"welcome","v":1,"session":"s1","token":"tok","lang":"zh-CN","head":0,"state":"bot"}`

func options(s *server, log *history.Log) Options {
	return Options{Who: "c1", Reader: "c1.0", Bases: func() []string { return []string{s.URL} }, Rand: rand.New(rand.NewPCG(1, 2)), Log: log, Figures: &Figures{}}
}

// running runs a client until the test ends.
func running(t *testing.T, run func(context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		run(ctx)
	}()
	t.Cleanup(func() { cancel(); <-ended })
}

func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// outcomes are what became of the tries of a ref.
func outcomes(log *history.Log, ref string) (all []history.Outcome) {
	for _, r := range log.Records() {
		if r.Ref == ref && r.Op == history.Send {
			all = append(all, r.Outcome)
		}
	}
	return all
}

// What was not acked when the connection broke is sent again, with the same ref,
// before what came after it; the cursor goes with the hello.
func TestSendsAgain(t *testing.T) {
	s, log := newServer(t), history.New()
	tab := NewTab(options(s, log))
	running(t, tab.Run)
	one := s.next(t)
	if f := one.hears("hello"); f["token"] != nil || f["after"] != 0.0 {
		t.Errorf("a stranger says %v", f)
	}
	one.says(welcome)
	one.says(`{"type":"event","session":"s1","seq":1,"prev":0,"kind":"message","from":{"role":"bot"},"text":"hello","votable":true,"choices":[{"id":"a","label":"A"}]}`)
	first, second := tab.Send("one"), tab.Send("two")
	if f := one.hears("send"); f["cid"] != first || f["text"] != "one" {
		t.Errorf("sent %v first", f)
	}
	if v := tab.See(); v.Cursor != 1 || v.Votable != 1 || !slices.Equal(v.Choices, []string{"a"}) || v.Spoken != 1 {
		if err := tab.Until(soon(t), func(v View) bool { return v.Cursor == 1 }); err != nil {
			t.Errorf("the tab shows %+v", v)
		}
	}
	one.end()

	two := s.next(t)
	if f := two.hears("hello"); f["token"] != "tok" || f["session"] != "s1" || f["after"] != 1.0 {
		t.Errorf("comes back with %v", f)
	}
	two.says(welcome)
	for i, ref := range []string{first, second} {
		f := two.hears("send")
		if f["cid"] != ref {
			t.Fatalf("sent %v, want %s", f, ref)
		}
		two.acks(f, int64(2+i))
	}
	if err := tab.Flush(soon(t)); err != nil {
		t.Fatal(err)
	}
	if got := outcomes(log, first); !slices.Equal(got, []history.Outcome{history.Unknown, history.OK}) {
		t.Errorf("the first: %v", got)
	}
	if got := outcomes(log, second); !slices.Equal(got, []history.Outcome{history.OK}) {
		t.Errorf("the second: %v", got)
	}
}

// Too fast and busy are tried again on the same connection; what is refused for good
// makes room for the next.
func TestRefusals(t *testing.T) {
	for code, want := range map[string][]history.Outcome{
		"rate": {history.Fail, history.OK}, "busy": {history.Unknown, history.OK}, "closed": {history.Fail, history.OK}, "too_long": {history.Fail},
	} {
		t.Run(code, func(t *testing.T) {
			s, log := newServer(t), history.New()
			tab := NewTab(options(s, log))
			running(t, tab.Run)
			line := s.next(t)
			line.hears("hello")
			line.says(welcome)
			ref, other := tab.Send("one"), tab.Send("two")
			line.hears("send")
			line.says(`{"type":"error","code":"` + code + `","text":"","cid":"` + ref + `","retry_after_ms":10}`)
			for _, next := range map[bool][]string{true: {ref, other}, false: {other}}[len(want) == 2] {
				f := line.hears("send")
				if f["cid"] != next {
					t.Fatalf("sent %v, want %s", f, next)
				}
				line.acks(f, 1)
			}
			if err := tab.Flush(soon(t)); err != nil {
				t.Fatal(err)
			}
			if got := outcomes(log, ref); !slices.Equal(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
		})
	}
}

// A hello that is refused is said again on another connection.
func TestHelloRefused(t *testing.T) {
	s := newServer(t)
	tab := NewTab(options(s, history.New()))
	running(t, tab.Run)
	one := s.next(t)
	one.hears("hello")
	one.says(`{"type":"error","code":"busy","text":"","retry_after_ms":10}`)
	two := s.next(t)
	two.hears("hello")
	two.says(welcome)
	if err := tab.Ready(soon(t)); err != nil {
		t.Fatal(err)
	}
}

// What the protocol does not allow is written down.
func TestOdd(t *testing.T) {
	for name, says := range map[string]string{
		"an ack of nothing": `{"type":"ack","cid":"never-sent","seq":1}`, "a cursor beyond the head": `{"type":"error","code":"cursor_ahead","text":""}`, "not JSON": `{`, "unheard of": `{"type":"sing"}`,
	} {
		t.Run(name, func(t *testing.T) {
			s, log := newServer(t), history.New()
			tab := NewTab(options(s, log))
			running(t, tab.Run)
			line := s.next(t)
			line.hears("hello")
			line.says(welcome)
			line.says(says)
			line.says(`{"type":"ping"}`)
			if name == "not JSON" {
				s.next(t) // it hangs up
			} else {
				line.hears("pong")
			}
			if !slices.ContainsFunc(log.Records(), func(r history.Record) bool { return r.Op == history.Odd }) {
				t.Error("nothing was written down")
			}
		})
	}
}

// A new session in the middle of a connection is read from its beginning.
func TestAnotherSession(t *testing.T) {
	s, log := newServer(t), history.New()
	tab := NewTab(options(s, log))
	running(t, tab.Run)
	line := s.next(t)
	line.hears("hello")
	line.says(welcome)
	line.says(`{"type":"event","session":"s1","seq":1,"prev":0,"kind":"message","from":{"role":"bot"}}`)
	line.says(`{"type":"welcome","v":1,"session":"s2","token":"tok","lang":"zh-CN","head":0,"state":"bot"}`)
	line.says(`{"type":"event","session":"s2","seq":1,"prev":0,"kind":"message","from":{"role":"bot"}}`)
	line.says(`{"type":"event","session":"s2","seq":3,"prev":1,"kind":"message","from":{"role":"bot"}}`)
	if err := tab.Until(soon(t), func(v View) bool { return v.Session == "s2" && v.Cursor == 3 }); err != nil {
		t.Fatalf("it shows %+v", tab.See())
	}
	var attached []string
	for _, r := range log.Records() {
		if r.Op == history.Attach {
			attached = append(attached, r.Session)
		}
	}
	if !slices.Equal(attached, []string{"s1", "s2"}) {
		t.Errorf("attached to %v", attached)
	}
}

// An agent logs in, claims, watches what is theirs, acts with the fence they know and
// stops acting when it is over.
func TestDesk(t *testing.T) {
	s, log := newServer(t), history.New()
	o := options(s, log)
	o.Who = "u1"
	desk := NewDesk(o, "zhou", "lamp")
	running(t, desk.Run)
	line := s.next(t)
	line.hears("hello")
	line.says(`{"type":"welcome","v":1,"id":"u1","name":"小周","capacity":5,"available":false}`)
	if f := line.hears("available"); f["on"] != true {
		t.Errorf("said %v", f)
	}
	line.says(`{"type":"available","on":true}`)
	line.says(`{"type":"available","on":false,"reason":"unaccepted"}`)
	if f := line.hears("available"); f["on"] != true {
		t.Errorf("said %v", f)
	}
	line.says(`{"type":"chats","waiting":1,"queue":[{"session":"s1","fence":2}],"mine":[]}`)
	if err := desk.Until(soon(t), func(l Lists) bool { return slices.Equal(l.Queue, []string{"s1"}) }); err != nil {
		t.Fatal(err)
	}
	desk.Claim("")
	f := line.hears("claim")
	line.says(`{"type":"ack","cid":"` + f["cid"].(string) + `","seq":3,"session":"s1","fence":3}`)
	if f := line.hears("watch"); f["session"] != "s1" || f["after"] != 0.0 {
		t.Errorf("watches %v", f)
	}
	line.says(`{"type":"state","session":"s1","state":"assigned","fence":3,"mine":true}`)
	desk.Say("s1", "您好")
	f = line.hears("say")
	if f["fence"] != 3.0 || f["session"] != "s1" {
		t.Errorf("said %v", f)
	}
	line.says(`{"type":"error","code":"not_owner","text":"","cid":"` + f["cid"].(string) + `","session":"s1"}`)
	if err := desk.Until(soon(t), func(l Lists) bool { return len(l.Own) == 0 && l.Busy == 0 }); err != nil {
		t.Fatalf("it shows %+v", desk.See())
	}
	desk.Say("s1", "还在吗") // not theirs: nothing is sent
	if l := desk.See(); l.Busy != 0 {
		t.Errorf("it shows %+v", l)
	}
}
