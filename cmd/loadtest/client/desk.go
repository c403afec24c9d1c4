package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"wenda/cmd/loadtest/history"
	"wenda/sessions"
)

// Desk is an agent's desk. Methods are safe for concurrent use.
type Desk struct {
	line
	login, password string

	// With line.mu:
	cookies  []*http.Cookie
	takes    bool
	own      map[string]int64 // fence by session, of the chats that are the agent's
	queue    []string
	cursors  map[string]int64 // newest seq of each chat that was watched
	watching map[string]bool
}

// NewDesk returns the desk of an account. Run logs in and connects. o.Who is the
// agent's user id.
func NewDesk(o Options, login, password string) *Desk {
	d := &Desk{login: login, password: password, takes: true, own: map[string]int64{}, cursors: map[string]int64{}, watching: map[string]bool{}}
	d.line.init(o, d)
	return d
}

// Lists are what a desk shows.
type Lists struct {
	Own   map[string]int64 // fence by session; the caller's own copy
	Queue []string
	Ready bool
	Busy  int // in the outbox
}

// See returns what the desk shows now.
func (d *Desk) See() Lists {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.see()
}

func (d *Desk) see() Lists {
	l := Lists{Own: make(map[string]int64, len(d.own)), Queue: d.queue, Ready: d.ready, Busy: len(d.outbox)}
	for id, fence := range d.own {
		l.Own[id] = fence
	}
	return l
}

// Until waits until the desk shows something.
func (d *Desk) Until(ctx context.Context, is func(Lists) bool) error {
	return d.until(ctx, func() bool { return is(d.see()) })
}

// Claim takes a chat, or the next one if session is "".
func (d *Desk) Claim(session string) {
	body := map[string]any{"type": "claim"}
	if session != "" {
		body["session"] = session
	}
	d.put(&out{op: history.Claim, chat: session, body: body, done: func(a answer) {
		if a.ok {
			d.own[a.session] = a.fence
			d.watch(a.session)
		}
	}})
}

func (d *Desk) put(o *out) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.line.put(o)
}

// Say says something to the customer of a chat, with the newest fence the desk knows.
func (d *Desk) Say(session, text string) { d.act(history.Say, session, text) }

// Note keeps something for staff.
func (d *Desk) Note(session, text string) { d.act(history.Note, session, text) }

// Return gives a chat back to the bot.
func (d *Desk) Return(session, note string) { d.act(history.Return, session, note) }

// Close ends a chat.
func (d *Desk) Close(session string) { d.act(history.Close, session, "") }

func (d *Desk) act(op history.Op, session, text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	fence := d.own[session]
	if fence == 0 {
		return // not ours any more
	}
	body := map[string]any{"type": string(op), "session": session, "fence": fence}
	if text != "" {
		body["text"] = text
	}
	if op == history.Close {
		body["wrap"] = "resolved" // of the list that is delivered
	}
	o := &out{op: op, chat: session, fence: fence, body: body}
	if op == history.Say || op == history.Note {
		o.hash = history.HashText(text)
	}
	parting := op == history.Return || op == history.Close
	o.done = func(a answer) {
		if parting || a.code == "not_owner" || a.code == "closed" || a.code == "not_found" {
			delete(d.own, session)
		}
	}
	d.line.put(o)
}

// Forget makes the desk act on a fence that may be over, as a page that slept does.
func (d *Desk) Forget(session string, fence int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.own[session] = fence
}

// Take says whether the agent takes new chats.
func (d *Desk) Take(on bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.takes = on
	if d.ready {
		_ = d.write(map[string]any{"type": "available", "on": on})
	}
}

func (d *Desk) path() string           { return "/desk/ws" }
func (d *Desk) where() string          { return "" }
func (d *Desk) final(code string) bool { return code != "rate" }
func (d *Desk) gone()                  { clear(d.watching) }

func (d *Desk) greeting() map[string]any { return map[string]any{"type": "hello", "v": 1} }

// enter logs in once; the login counts on all nodes.
func (d *Desk) enter(ctx context.Context, base string) (http.Header, error) {
	d.mu.Lock()
	cookies := d.cookies
	d.mu.Unlock()
	if cookies == nil {
		var err error
		if cookies, err = d.logIn(ctx, base); err != nil {
			return nil, err
		}
		d.mu.Lock()
		d.cookies = cookies
		d.mu.Unlock()
	}
	header := http.Header{}
	for _, c := range cookies {
		header.Add("Cookie", c.Name+"="+c.Value)
	}
	return header, nil
}

// logIn sends the form that the login page sends.
func (d *Desk) logIn(ctx context.Context, base string) ([]*http.Cookie, error) {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	form := url.Values{"login": {d.login}, "password": {d.password}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/login", strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", base)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if d.Address != "" {
		r.Header.Set("X-Forwarded-For", d.Address)
	}
	browser := http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	answer, err := browser.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	if answer.StatusCode != http.StatusSeeOther || len(answer.Cookies()) == 0 {
		d.notBefore(answer)
		return nil, fmt.Errorf("client: login as %s: %s", d.login, answer.Status)
	}
	return answer.Cookies(), nil
}

func (d *Desk) handle(f *frame) {
	switch f.Type {
	case "welcome":
		_ = d.write(map[string]any{"type": "available", "on": d.takes})
	case "chats":
		d.lists(f)
	case "event":
		d.event(f)
	case "state":
		d.stateOf(f)
	case "available":
		if f.Reason != "" && d.takes { // set away for letting somebody wait: here they are
			_ = d.write(map[string]any{"type": "available", "on": true})
		}
	case "error": // of a watch that came too late
		delete(d.watching, f.Session)
	default:
		d.odd("", "a frame of type "+f.Type)
	}
}

// lists takes over what is the agent's. What is being let go of is not taken back.
func (d *Desk) lists(f *frame) {
	d.queue = d.queue[:0:0]
	for _, c := range f.Queue {
		d.queue = append(d.queue, c.Session)
	}
	own := make(map[string]int64, len(f.Mine.list))
	for _, c := range f.Mine.list {
		own[c.Session] = c.Fence
	}
	d.own = own
	for id := range own {
		d.watch(id)
	}
}

// watch asks for the transcript of an own chat, from where it was read to.
func (d *Desk) watch(session string) {
	if d.conn == nil || !d.ready || d.watching[session] {
		return
	}
	d.watching[session] = true
	after := d.cursors[session]
	now := d.Log.Now()
	d.Log.Add(history.Record{Op: history.Attach, Who: d.Who, Reader: d.Reader, Begin: now, End: now, Session: session, Seq: after, Staff: true})
	_ = d.write(map[string]any{"type": "watch", "session": session, "after": after})
}

func (d *Desk) event(f *frame) {
	now := d.Log.Now()
	d.Log.Add(history.Record{
		Op: history.Receive, Who: d.Who, Reader: d.Reader, Begin: now, End: now, Session: f.Session, Ref: f.CID, Staff: true,
		Hash: history.HashText(f.Text), Seq: f.Seq, Prev: f.Prev, Kind: f.Kind, From: string(f.From.Role),
	})
	d.Figures.Delivered.Add(1)
	d.cursors[f.Session] = max(d.cursors[f.Session], f.Seq)
}

// stateOf says who owns a watched chat. The watch of one that the agent may not read
// any more has ended.
func (d *Desk) stateOf(f *frame) {
	switch {
	case f.Mine.yes:
		d.own[f.Session] = f.Fence
	case f.State == sessions.Queued:
		delete(d.own, f.Session)
	default:
		delete(d.own, f.Session)
		delete(d.watching, f.Session)
	}
}
