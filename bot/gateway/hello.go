package gateway

import (
	"context"
	"crypto/rand"
	"errors"

	"wenda/knowledge"
	"wenda/sessions"
)

// hello says who the customer is and which session they go on with.
func (c *customer) hello(ctx context.Context, h *Hello) *fault {
	g := c.s.g
	c.lang = string(knowledge.ParseLang(h.Lang))
	if !c.identify(h.Token) {
		return refuse(CodeBadToken)
	}
	if h.Token != "" {
		if ok, wait := g.limiter.allow(ctx, "hello:"+c.who.ID, g.Limits.Hellos); !ok {
			return &fault{code: CodeRate, retry: wait, close: ClosePolicy}
		}
	}
	token, err := g.Guests.Issue(c.who, c.device)
	if err != nil {
		return faultOf(err)
	}
	leave, busy := g.hellos.enter(ctx)
	if busy != nil {
		return busy
	}
	defer leave()
	c.follow.hold()
	defer func() {
		if !c.s.said {
			c.follow.leave() // it may be somebody else's session
		}
		c.follow.release()
	}()
	if h.Session != "" {
		c.follow.turn(h.Session, h.After, false) // before it is read: so nothing is missed between the two
	}
	s, after, err := c.resumed(ctx, h)
	if err != nil {
		return faultOf(err)
	}
	ahead := after > s.Seq
	if ahead {
		after = 0 // it remembers another life
	}
	c.attach(s, after)
	c.s.said = true
	if oldest := g.sockets.own(c.s, c.who.ID, g.Limits.CustomerSockets); oldest != nil {
		g.spawn(func() { oldest.part(ClosePolicy) })
	}
	c.welcome(s, token)
	if ahead {
		c.s.refuse(refuse(CodeCursor))
	}
	return nil
}

// identify reads the token, or makes a new anonymous customer if there is none.
func (c *customer) identify(token string) bool {
	if token == "" {
		c.who = c.s.g.Guests.Anonymous()
		c.device = rand.Text()
		return true
	}
	who, device, err := c.s.g.Guests.Verify(token)
	if err != nil || who.ID == "" {
		return false
	}
	if device == "" {
		device = rand.Text()
	}
	c.who, c.device = who, device
	return true
}

// resumed returns the session to go on with and the seq the client has of it. That
// is the one open session, or, if the client still shows one that was closed
// meanwhile and there is none newer, that one: what was said last in it must be
// read, and a tab that merely reconnects opens nothing. A page that remembers nothing
// goes on with what was closed not long ago: its next message decides.
func (c *customer) resumed(ctx context.Context, h *Hello) (sessions.Session, int64, error) {
	if h.Session != "" {
		s, err := c.s.g.Store.Load(ctx, h.Session)
		if err != nil && !errors.Is(err, sessions.ErrNotFound) {
			return s, 0, err
		}
		if err == nil && s.Customer.ID == c.who.ID && s.Channel == c.s.g.Channel {
			newest, err := c.newest(ctx, s)
			if newest || err != nil {
				return s, h.After, err
			}
		}
	}
	s, err := c.latest(ctx, h)
	if s.ID != h.Session && h.Session != "" {
		return s, 0, err
	}
	return s, h.After, err
}

func (c *customer) newest(ctx context.Context, s sessions.Session) (bool, error) {
	if s.Open() {
		return true, nil
	}
	of, err := c.s.g.Store.Of(ctx, c.who.ID, 1)
	return len(of) == 1 && of[0].ID == s.ID, err
}

// latest returns the session that was closed last, if a message would reopen it, else
// the open one.
func (c *customer) latest(ctx context.Context, h *Hello) (sessions.Session, error) {
	if h.Token == "" { // nobody knows them
		return c.open(ctx)
	}
	var last sessions.Session
	of, err := c.s.g.Store.Of(ctx, c.who.ID, fewSessions)
	for _, s := range of {
		if s.Channel == c.s.g.Channel && s.Open() {
			return c.open(ctx)
		}
		if s.Channel == c.s.g.Channel && s.ClosedAt.After(last.ClosedAt) {
			last = s
		}
	}
	if err != nil || last.ID != "" && c.s.g.Bot.Reopens(last) {
		return last, err
	}
	return c.open(ctx)
}

// fewSessions is how many of a customer's sessions are looked at for the one that was
// closed last: it need not be the one that was opened last.
const fewSessions = 5

// open returns the open session, with the bot's greeting if it is new.
func (c *customer) open(ctx context.Context) (sessions.Session, error) {
	g := c.s.g
	s, err := g.Store.Open(ctx, c.who, g.Channel, c.lang)
	if err != nil || s.Seq > 0 {
		return s, err
	}
	if err := g.Bot.Greet(ctx, s.ID); err != nil {
		g.Log.Warn("a customer was not greeted", "session", s.ID, "err", err)
	}
	return s, nil
}

// attach makes s the session of this socket; what follows after is read when the
// follower is released.
func (c *customer) attach(s sessions.Session, after int64) {
	c.session = s.ID
	c.tell.Lock()
	c.told = State{Type: "state", Session: s.ID, State: s.State}
	c.s.g.waiting.leave(c)
	c.tell.Unlock()
	heard, _ := c.follow.at()
	c.follow.turn(s.ID, after, s.State != sessions.Bot)
	if heard != s.ID || after < s.Seq || s.State != sessions.Bot {
		c.follow.wake(0)
	}
}

func (c *customer) welcome(s sessions.Session, token string) {
	c.s.send(Welcome{Type: "welcome", V: Version, Session: s.ID, Token: token, Lang: s.Lang, Head: s.Seq, State: s.State, Places: true, Preview: c.s.g.Preview})
}
