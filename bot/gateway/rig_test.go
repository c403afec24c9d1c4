package gateway

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"wenda/bot/desk"
	"wenda/bot/desk/roster"
	"wenda/internal/sqldb/sqldbtest"
	"wenda/sessions"
	"wenda/sessions/memlive"
	"wenda/sessions/sqlstore"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bound is how long a test waits for what must happen. It is generous: only a test
// that fails takes so long.
const bound = 20 * time.Second

// rig is a gateway on a real store and a real desk; only the bot is scripted.
type rig struct {
	t      testing.TB
	g      *Gateway
	store  sessions.Store
	live   sessions.Live
	desk   *desk.Desk
	roster *roster.Roster
	bot    *echoBot
	staff  *fakeStaff
	server *httptest.Server
}

// quiet are limits under which a test meets only what it asks for, and at once.
func quiet() Limits {
	lots := Pace{1e6, 1e6}
	return Limits{
		CustomerSays: lots, AgentSays: lots, CustomerFrames: lots, AgentFrames: lots, Hellos: lots, Connects: lots,
		CustomerSockets: 100, AgentSockets: 100,
		PingEvery: time.Hour, QueueEvery: 20 * time.Millisecond, ListsWithin: 20 * time.Millisecond, ListsEvery: time.Hour,
		PollEvery: 20 * time.Millisecond, ReconcileEvery: time.Hour, LoginEvery: 20 * time.Millisecond, BeatEvery: time.Hour,
	}
}

func newRig(t testing.TB, change ...func(*Options)) *rig {
	t.Helper()
	r := &rig{t: t, store: sqlstore.New(sqldbtest.New(t)), live: memlive.New(), staff: &fakeStaff{in: map[string]sessions.Agent{}}}
	t.Cleanup(func() { _ = r.live.Close() })
	r.roster = roster.New(r.store, r.live)
	r.bot = &echoBot{store: r.store, live: r.live}
	r.desk = desk.New(desk.Parts{Store: r.store, Live: r.live, Mask: mask, Unseal: unseal, Sentence: sentence})
	o := Options{
		Store: r.store, Live: r.live, Bot: r.bot, Desk: r.desk, Roster: r.roster, Guests: fakeGuests{}, Staff: r.staff, Limits: quiet(),
		Log: slog.New(slog.DiscardHandler),
	}
	for _, c := range change {
		c(&o)
	}
	var err error
	if r.g, err = New(o); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/ws", r.g.Customers())
	mux.Handle("/desk/ws", r.g.Agents())
	r.server = httptest.NewServer(mux)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), bound)
		defer cancel()
		if err := r.g.Drain(ctx); err != nil {
			t.Errorf("Drain: %v", err)
		}
		r.server.Close()
	})
	return r
}

func mask(text string) (string, []string) {
	if strings.Contains(text, "13800138000") {
		return strings.ReplaceAll(text, "13800138000", "138****8000"), []string{"phone"}
	}
	return text, nil
}

func unseal(session string, sealed []byte) (string, error) {
	text, ok := strings.CutPrefix(string(sealed), "sealed:")
	if !ok {
		return "", errors.New("not sealed by the test")
	}
	return text, nil
}

func sentence(id, lang string, pairs ...string) string {
	return id + "/" + lang + strings.Join(pairs, "=")
}

// echoBot answers "re: …" to everything, and hands over on "人工".
type echoBot struct {
	store sessions.Store
	live  sessions.Live

	mu     sync.Mutex
	fail   error         // of the next Hear
	panics bool          // of the next Hear
	slow   chan struct{} // Hear waits for it after committing
	reopen bool          // a message goes on with a closed chat
}

func (b *echoBot) script(change func(*echoBot)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change(b)
}

func (b *echoBot) Greet(ctx context.Context, id string) error {
	_, err := sessions.Update(ctx, b.store, b.live, id, sessions.Actor{Role: sessions.RoleBot}, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		if s.Seq > 0 || s.State != sessions.Bot {
			return s, nil, nil
		}
		return s, []sessions.Event{botSays("welcome")}, nil
	})
	return err
}

func botSays(text string) sessions.Event {
	return sessions.Event{
		Kind: sessions.Message, From: sessions.Speaker{Role: sessions.RoleBot, Name: "小问"}, Text: text, Votable: true,
		Decision: &sessions.Decision{Action: "answer", Reason: "secret-reason", Confidence: 0.9},
	}
}

func (b *echoBot) Hear(ctx context.Context, id string, by sessions.Actor, said sessions.Event) (sessions.Committed, error) {
	b.mu.Lock()
	fail, panics, slow := b.fail, b.panics, b.slow
	b.fail, b.panics = nil, false
	b.mu.Unlock()
	if panics {
		panic("secret text: " + said.Text)
	}
	if fail != nil {
		return sessions.Committed{}, fail
	}
	done, err := sessions.Update(ctx, b.store, b.live, id, by, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		return b.turn(s, said)
	})
	if slow != nil {
		<-slow
	}
	return done, err
}

func (b *echoBot) turn(s sessions.Session, said sessions.Event) (sessions.Session, []sessions.Event, error) {
	if said.Choice != "" {
		said.Text = "chose " + said.Choice
	}
	switch {
	case said.Kind != sessions.Message:
		return s, []sessions.Event{said}, nil
	case b.Reopens(s):
		return s.Reopen(), []sessions.Event{said, {Kind: sessions.Handed, From: sessions.Speaker{Role: sessions.RoleSystem}, Move: &sessions.Move{Reason: "reopened"}}, botSays("re: " + said.Text)}, nil
	case !s.Open():
		return s, nil, sessions.ErrClosed
	case s.State != sessions.Bot:
		return s, []sessions.Event{said}, nil
	case strings.HasPrefix(said.Text, "人工"):
		handed := sessions.Event{Kind: sessions.Handed, From: sessions.Speaker{Role: sessions.RoleBot, Name: "小问"}, Text: "queued", Move: &sessions.Move{Reason: "asked"}}
		return s.Queue(strings.TrimPrefix(said.Text, "人工"), time.Now()), []sessions.Event{said, handed}, nil
	case said.Text == "quiet":
		return s, []sessions.Event{said}, nil
	}
	return s, []sessions.Event{said, botSays("re: " + said.Text)}, nil
}

func (b *echoBot) Reopens(s sessions.Session) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.reopen && !s.Open()
}

func (b *echoBot) End(ctx context.Context, id string, by sessions.Actor, ref string) (sessions.Committed, error) {
	return sessions.Update(ctx, b.store, b.live, id, by, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		if !s.Open() {
			return s, nil, nil
		}
		return s.Close(time.Now()), []sessions.Event{{
			Kind: sessions.Handed, Ref: ref, From: sessions.Speaker{Role: sessions.RoleCustomer, ID: by.ID}, Text: "bye",
		}}, nil
	})
}

// fakeGuests has tokens of the form id/device/name.
type fakeGuests struct{}

func (fakeGuests) Verify(token string) (sessions.Customer, string, error) {
	id, rest, ok := strings.Cut(token, "/")
	device, name, ok2 := strings.Cut(rest, "/")
	if !ok || !ok2 || id == "" {
		return sessions.Customer{}, "", errors.New("not a token")
	}
	return sessions.Customer{ID: id, Name: name, Anonymous: strings.HasPrefix(id, "guest-")}, device, nil
}

func (fakeGuests) Anonymous() sessions.Customer {
	return sessions.Customer{ID: "guest-" + strings.ToLower(rand.Text()), Anonymous: true}
}

func (fakeGuests) Issue(who sessions.Customer, device string) (string, error) {
	return who.ID + "/" + device + "/" + who.Name, nil
}

// fakeStaff logs in whoever is in its list, by a cookie that holds the user id.
type fakeStaff struct {
	mu sync.Mutex
	in map[string]sessions.Agent
}

func (s *fakeStaff) set(a sessions.Agent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.in[a.ID] = a
}

func (s *fakeStaff) logOut(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.in, id)
}

func (s *fakeStaff) Agent(r *http.Request) (sessions.Agent, string, error) {
	c, err := r.Cookie("login")
	if err != nil {
		return sessions.Agent{}, "", err
	}
	a, ok := s.StillIn(r.Context(), c.Value)
	if !ok {
		return a, "", errors.New("not logged in")
	}
	return a, c.Value, nil
}

func (s *fakeStaff) StillIn(_ context.Context, login string) (sessions.Agent, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.in[login]
	return a, ok
}

func (s *fakeStaff) Name(_ context.Context, id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.in[id].Name
}

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

func (r *rig) agent(a sessions.Agent) *client {
	r.t.Helper()
	r.staff.set(a)
	c := r.open("/desk/ws", http.Header{"Cookie": {"login=" + a.ID}})
	c.send(DeskHello{Type: "hello", V: 1})
	c.expect("welcome")
	c.expect("chats")
	return c
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

func within(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(bound); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("never happened: %s", what)
}

// waiting brings a customer into the queue of a skill.
func (r *rig) waiting(token, skill string) *client {
	r.t.Helper()
	c := r.customer(token)
	c.event("welcome")
	c.say("cid-human-"+skill, "人工"+skill)
	c.until("queued", func(f frame) bool { return f.kind() == "state" && f.text("state") == "queued" })
	return c
}

var zhou = sessions.Agent{ID: "u1", Name: "小周", Skills: []string{""}, Capacity: 5}

func has(list any, session string) bool {
	lines, _ := list.([]any)
	return slices.ContainsFunc(lines, func(l any) bool { return l.(map[string]any)["session"] == session })
}

func newTestLog(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(&lockedWriter{w: w}, nil))
}

type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

func mustUnmarshal(t testing.TB, data []byte, into *frame) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
}

func contextWithTimeout(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), d)
}
