package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"wenda/bot/desk"
	"wenda/bot/desk/roster"
	"wenda/internal/leak"
	"wenda/internal/sqldb/sqldbtest"
	"wenda/sessions"
	"wenda/sessions/memlive"
	"wenda/sessions/sqlstore"
)

func TestMain(m *testing.M) { leak.Main(m) }

// bound is how long a test waits for what must happen. It is generous: only a test
// that fails takes so long.
const bound = time.Minute

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
		// A machine that stands still for a while makes nobody late.
		HelloWithin: time.Hour, MessageWithin: time.Hour, DeadAfter: time.Hour, WriteWithin: bound, SlowAfter: time.Hour, TurnWithin: bound,
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
