package gateway

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"wenda/internal/sabotage"
	"wenda/knowledge"
	"wenda/sessions"
)

// agent is an agent's side of a socket.
type agent struct {
	s     *socket
	login string
	lang  string               // of the socket's own goroutine, as what follows
	typed map[string]time.Time // when typing was passed on, by session
	alive atomic.Bool          // something was heard since the last beat

	mu      sync.Mutex
	who     sessions.Agent
	watches map[string]*watch
	had     map[string]struct{} // sessions this agent owned on this socket: losing one is no secret
	greeted bool                // whether the agent takes chats, by the welcome
	toggle  *toggle             // the switch as the page knows it since; nil: by the welcome
	flips   int                 // how often the page set it

	looks  bool // the page only shows the board: nobody is present by it
	boards bool // the board is wanted

	lists, floor, called whole       // lists, board, unread mentions
	missed               atomic.Bool // which mentions are unread is to be looked at
}

// maxHad bounds what a socket remembers. Forgetting costs a kinder error.
const maxHad = 1000

func newAgent(s *socket, who sessions.Agent, login string) *agent {
	return &agent{
		s: s, login: login, who: who, lang: string(knowledge.Chinese), typed: map[string]time.Time{},
		watches: map[string]*watch{}, had: map[string]struct{}{},
	}
}

func (a *agent) frames() (may, others map[string]shape) { return fromAgents, fromCustomers }
func (a *agent) language() string                       { return a.lang }
func (a *agent) head() int64                            { return 0 }
func (a *agent) heard()                                 { a.alive.Store(true) }

func (a *agent) resume() {
	for _, w := range a.watched() {
		w.follow.wake(0)
	}
}

func (a *agent) gone() {
	for _, w := range a.watched() {
		w.follow.end()
	}
	if a.s.said {
		a.s.g.logins.leave(a)
	}
}

func (a *agent) me() sessions.Agent {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.who
}

// changed takes over what the administrator changed: name, skills, capacity.
func (a *agent) changed(who sessions.Agent) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.who = who
}

func (a *agent) handle(frame incoming) *fault {
	ctx, cancel := a.s.g.operation()
	defer cancel()
	switch f := frame.(type) {
	case *DeskHello:
		return a.hello(ctx, f)
	case *Available:
		return a.available(ctx, f.On)
	case *BoardOn:
		return a.boardOn(f.On)
	case *Watch:
		return a.watch(ctx, f)
	case *Unwatch:
		a.unwatch(f.Session)
		return nil
	case *Typing:
		return a.types(ctx, f.Session)
	case *Claim:
		return a.claim(ctx, f)
	case *Act:
		return a.act(ctx, f)
	case *Seen:
		if f := a.mayAct(ctx); f != nil {
			return f
		}
		return a.looked(ctx, f.Session, f.Seq)
	}
	return refuse(CodeBadFrame)
}

func (a *agent) hello(ctx context.Context, h *DeskHello) *fault {
	g, me := a.s.g, a.me()
	if h.Board && !me.ReadsAll {
		return refuse(CodeForbidden)
	}
	a.lang, a.looks = string(knowledge.ParseLang(h.Lang)), h.Board
	a.s.said = true
	if oldest := g.sockets.own(a.s, me.ID, g.Limits.AgentSockets); oldest != nil {
		g.spawn(func() { oldest.part(ClosePolicy) })
	}
	on, err := g.Roster.Takes(ctx, me)
	if err != nil {
		g.Log.Warn("whether an agent takes chats could not be read", "agent", me.ID, "err", err)
	}
	a.greeted = on // nobody else has a yet
	a.s.send(DeskWelcome{Type: "welcome", V: Version, ID: me.ID, Name: me.Name, Capacity: me.Capacity, Available: on, Hears: heard})
	g.logins.join(ctx, g, a) // and with that gets lists
	if a.looks {
		a.missed.Store(true)
		return a.holds(ctx)
	}
	if err := g.sendLists(ctx, []*agent{a}); err != nil {
		g.Log.Warn("desk lists could not be read", "err", err) // they come with the next round
	}
	a.missed.Store(true)
	g.lists.touch() // it may have read before what a round meanwhile sent
	return nil
}

// holds finds out what the agent has whose page is no desk.
func (a *agent) holds(ctx context.Context) *fault {
	owned, err := a.s.g.Store.Owned(ctx, a.me().ID)
	if err != nil {
		return faultOf(err)
	}
	for _, s := range owned {
		a.owned(s.ID)
	}
	return nil
}

func (a *agent) available(ctx context.Context, on bool) *fault {
	g, me := a.s.g, a.me()
	if err := g.Roster.Available(ctx, me, on); err != nil {
		return &fault{code: CodeBusy, retry: retryBusy, cause: err}
	}
	a.mu.Lock()
	a.toggle, a.flips = &toggle{takes: on}, a.flips+1
	a.mu.Unlock()
	return nil
}

func (a *agent) claim(ctx context.Context, f *Claim) *fault {
	if f := a.mayAct(ctx); f != nil {
		return f
	}
	w := a.holding(f.Session)
	defer w.release()
	done, err := a.s.g.Desk.Claim(ctx, a.me(), f.Session, f.CID)
	if err != nil {
		return a.faultOf(ctx, f.Session, err)
	}
	a.owned(done.Session.ID)
	a.ack(f.CID, done)
	return nil
}

func (a *agent) mayAct(ctx context.Context) *fault {
	if ok, wait := a.s.g.limiter.allow(ctx, "agent:"+a.me().ID, a.s.g.Limits.AgentSays); !ok {
		return &fault{code: CodeRate, retry: wait}
	}
	return nil
}

func (a *agent) ack(cid string, done sessions.Committed) {
	ack := Ack{Type: "ack", CID: cid, Session: done.Session.ID, Fence: done.Session.Fence}
	if len(done.Events) > 0 {
		ack.Seq = done.Events[0].Seq
	}
	sabotage.Point(sabotage.BeforeAck)
	a.s.send(ack)
	sabotage.Point(sabotage.AfterAck)
	a.s.g.Meter.Acked(a.s.name)
}

// types passes on that the agent types, to the customer of a chat they speak in.
func (a *agent) types(ctx context.Context, session string) *fault {
	now := time.Now()
	if now.Sub(a.typed[session]) < typingEvery {
		return nil
	}
	g, me := a.s.g, a.me()
	s, err := g.Store.Load(ctx, session)
	if errors.Is(err, sessions.ErrNotFound) || err == nil && (s.State != sessions.Assigned || s.Agent != me.ID && s.Desk.Joined != me.ID) {
		return nil // too late, or not theirs: typing is worth no error
	}
	if err != nil {
		return faultOf(err)
	}
	if len(a.typed) > maxHad {
		clear(a.typed)
	}
	a.typed[session] = now
	_ = g.Live.Signal(ctx, sessions.SessionTopic(session), sessions.Signal{
		Session: session, Typing: sessions.Speaker{Role: sessions.RoleAgent, ID: me.ID, Name: me.Name},
	})
	return nil
}
