package client

import (
	"context"
	"net/http"

	"wenda/cmd/loadtest/history"
	"wenda/sessions"
)

// Tab is a customer's tab: one view of the customer's chats, with an outbox of its
// own. Methods are safe for concurrent use.
type Tab struct {
	line

	// With line.mu:
	token   string
	session string
	cursor  int64 // newest seq it has of the session
	hello   int64 // the cursor it said hello with
	asked   string
	state   sessions.State
	choices []string // of the newest line
	votable int64    // newest reply that may be voted on
	spoken  int      // lines of others so far
}

// NewTab returns a tab of somebody nobody knows yet. Run connects it.
func NewTab(o Options) *Tab {
	t := &Tab{}
	t.line.init(o, t)
	return t
}

// Again returns another tab of the same customer with a reader's name of its own. It
// remembers the customer's token and, of the chat that t shows, everything up to
// cursor: 0 remembers nothing.
func (t *Tab) Again(o Options, cursor int64) *Tab {
	other := NewTab(o)
	t.mu.Lock()
	defer t.mu.Unlock()
	other.token = t.token
	if cursor > 0 {
		other.session, other.cursor = t.session, cursor
	}
	return other
}

// Identify lets the tab begin with a token of the host app's.
func (t *Tab) Identify(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.token = token
}

// View is what a tab shows.
type View struct {
	Session string
	Cursor  int64
	State   sessions.State
	Choices []string
	Votable int64
	Spoken  int // lines of others so far
	Ready   bool
	Waiting int // in the outbox
}

// See returns what the tab shows now.
func (t *Tab) See() View {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.see()
}

func (t *Tab) see() View {
	return View{t.session, t.cursor, t.state, t.choices, t.votable, t.spoken, t.ready, len(t.outbox)}
}

// Until waits until the tab shows something.
func (t *Tab) Until(ctx context.Context, is func(View) bool) error {
	return t.until(ctx, func() bool { return is(t.see()) })
}

// Send says something; it goes behind what is in the outbox.
func (t *Tab) Send(text string) string {
	return t.say(&out{op: history.Send, hash: history.HashText(text), body: map[string]any{"type": "send", "text": text}})
}

// Choose picks a choice of a reply.
func (t *Tab) Choose(choice string) string {
	return t.say(&out{op: history.Send, body: map[string]any{"type": "send", "choice": choice}})
}

// Vote says 1 or -1 about a reply.
func (t *Tab) Vote(about int64, value int) string {
	return t.say(&out{op: history.Vote, body: map[string]any{"type": "vote", "about": about, "value": value}})
}

// Rate gives the chat 1 to 5.
func (t *Tab) Rate(value int) string {
	return t.say(&out{op: history.Rate, body: map[string]any{"type": "rate", "value": value}})
}

// End closes the chat.
func (t *Tab) End() string {
	return t.say(&out{op: history.End, body: map[string]any{"type": "end"}})
}

func (t *Tab) say(o *out) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.put(o)
}

// Level writes down that the tab was given time to read everything.
func (t *Tab) Level() {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.Log.Now()
	if t.session != "" {
		t.Log.Add(history.Record{Op: history.Level, Who: t.Who, Reader: t.Reader, Begin: now, End: now, Session: t.session, Seq: t.cursor})
	}
}

func (t *Tab) path() string  { return "/ws" }
func (t *Tab) where() string { return t.session }
func (t *Tab) gone()         { t.state = "" }

func (t *Tab) enter(context.Context, string) (http.Header, error) { return http.Header{}, nil }

func (t *Tab) greeting() map[string]any {
	hello := map[string]any{"type": "hello", "v": 1, "lang": "zh-CN", "after": t.cursor}
	if t.token != "" {
		hello["token"] = t.token
	}
	if t.session != "" {
		hello["session"] = t.session
	}
	t.hello, t.asked = t.cursor, t.session
	return hello
}

// final: what is closed is opened again by the next try, and too fast is not never.
func (t *Tab) final(code string) bool { return code != "rate" && code != "closed" }

func (t *Tab) handle(f *frame) {
	switch f.Type {
	case "welcome":
		t.welcomed(f)
	case "event":
		t.event(f)
	case "state":
		if f.Session == t.session {
			t.state = f.State
		}
	case "error": // without a cid: of hello
	default:
		t.odd("", "a frame of type "+f.Type)
	}
}

// welcomed: what follows is of that session, from where the tab is if it is the same.
func (t *Tab) welcomed(f *frame) {
	if f.Session != t.session || f.Session != t.asked {
		t.cursor = 0
	}
	t.session, t.state, t.token, t.choices, t.votable = f.Session, f.State, f.Token, nil, 0
	t.asked = "" // another welcome on this connection begins at the beginning
	now := t.Log.Now()
	t.Log.Add(history.Record{Op: history.Attach, Who: t.Who, Reader: t.Reader, Begin: now, End: now, Session: t.session, Seq: t.cursor})
}

func (t *Tab) event(f *frame) {
	now := t.Log.Now()
	t.Log.Add(history.Record{
		Op: history.Receive, Who: t.Who, Reader: t.Reader, Begin: now, End: now, Session: f.Session, Ref: f.CID,
		Hash: history.HashText(f.Text), Seq: f.Seq, Prev: f.Prev, Kind: f.Kind, From: string(f.From.Role),
	})
	t.Figures.Delivered.Add(1)
	if f.Session != t.session || f.Seq <= t.cursor {
		return // the checker says so, as of a gap
	}
	t.cursor = f.Seq
	if f.From.Role == sessions.RoleCustomer {
		return
	}
	t.spoken++
	t.choices = t.choices[:0:0]
	for _, c := range f.Choices {
		t.choices = append(t.choices, c.ID)
	}
	if f.Votable {
		t.votable = f.Seq
	}
}
