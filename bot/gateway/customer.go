package gateway

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"

	"wenda/internal/sabotage"
	"wenda/knowledge"
	"wenda/sessions"
)

// customer is a customer's side of a socket.
type customer struct {
	s      *socket
	follow follower

	// Of the socket's own goroutine, after hello unchanging:
	who     sessions.Customer
	device  string
	lang    string
	session string
	typedAt instant

	typing atomic.Bool // a typing frame is being written

	tell    sync.Mutex // what follows, and the order of state frames
	told    State      // what the client knows of the owner
	wavered uint8      // how often in a row another wait was foretold
}

func newCustomer(s *socket) *customer {
	c := &customer{s: s, lang: string(knowledge.Chinese)}
	c.follow = follower{s: s, to: c, audience: sessions.All}
	return c
}

func (c *customer) frames() (may, others map[string]shape) { return fromCustomers, fromAgents }
func (c *customer) language() string                       { return c.lang }
func (c *customer) resume()                                { c.follow.wake(0) }

func (c *customer) head() int64 {
	_, prev := c.follow.at()
	return prev
}

func (c *customer) heard() {}

func (c *customer) gone() {
	c.follow.end()
	c.tell.Lock()
	c.told.Session = "" // a run that is still at it tells nothing more
	c.s.g.waiting.leave(c)
	c.tell.Unlock()
}

// by is the customer as sessions know them.
func (c *customer) by() sessions.Actor {
	return sessions.Actor{Role: sessions.RoleCustomer, ID: c.who.ID, Device: c.device, Facts: c.who.Facts}
}

func (c *customer) handle(frame incoming) *fault {
	ctx, cancel := c.s.g.operation()
	defer cancel()
	switch f := frame.(type) {
	case *Hello:
		return c.hello(ctx, f)
	case *Send:
		return c.say(ctx, f.CID, sessions.Event{Kind: sessions.Message, Text: f.Text, Choice: f.Choice, Page: f.page(), Ref: f.CID})
	case *VoteOn:
		return c.say(ctx, f.CID, sessions.Event{Kind: sessions.Vote, About: f.About, Value: f.Value, Reasons: strings.Fields(f.Reasons), Ref: f.CID})
	case *Rate:
		return c.say(ctx, f.CID, sessions.Event{Kind: sessions.Rating, Value: f.Value, Part: f.Part, Reasons: strings.Fields(f.Reasons), Ref: f.CID})
	case *End:
		return c.leave(ctx, f.CID)
	case *Sync:
		return c.sync(ctx, f.After)
	case *Typing:
		c.types(ctx, f.Text)
		return nil
	}
	return refuse(CodeBadFrame)
}

// say gives the bot what the customer said, and acks it before anything it led to.
func (c *customer) say(ctx context.Context, cid string, said sessions.Event) *fault {
	if busy := c.s.g.turns.crowded(); busy != nil {
		return busy
	}
	if f := c.mayTalk(ctx); f != nil {
		return f
	}
	said.From = sessions.Speaker{Role: sessions.RoleCustomer, ID: c.who.ID, Name: c.who.Name}
	c.follow.hold()
	defer c.follow.release()
	if sabotage.On(sabotage.AckBeforeCommit) {
		s, _ := c.s.g.Store.Load(ctx, c.session)
		c.ack(cid, sessions.Committed{Events: []sessions.Event{{Seq: s.Seq + 1}}})
	}
	done, f := c.turn(ctx, said)
	if f != nil {
		return f
	}
	c.s.together(func() {
		if !sabotage.On(sabotage.AckBeforeCommit) {
			c.ack(cid, done)
		}
		c.follow.give(ctx, done)
	})
	return nil
}

// turn has the bot hear what was said, when it is its turn; in another session if this
// one was closed for good.
func (c *customer) turn(ctx context.Context, said sessions.Event) (sessions.Committed, *fault) {
	leave, busy := c.s.g.turns.enter(ctx)
	if busy != nil {
		return sessions.Committed{}, busy
	}
	defer leave()
	done, err := c.s.g.Bot.Hear(ctx, c.session, c.by(), said)
	if errors.Is(err, sessions.ErrClosed) && said.Kind == sessions.Message {
		if err = c.renew(ctx); err == nil {
			done, err = c.s.g.Bot.Hear(ctx, c.session, c.by(), said)
		}
	}
	if err != nil {
		return done, faultOf(err)
	}
	return done, nil
}

// renew goes on in a new session, because this one was closed.
func (c *customer) renew(ctx context.Context) error {
	s, err := c.open(ctx)
	if err != nil {
		return err
	}
	token, err := c.s.g.Guests.Issue(c.who, c.device)
	if err != nil {
		return err
	}
	c.attach(s, 0)
	c.welcome(s, token)
	return nil
}

func (c *customer) leave(ctx context.Context, cid string) *fault {
	if f := c.mayTalk(ctx); f != nil {
		return f
	}
	c.follow.hold()
	defer c.follow.release()
	done, err := c.s.g.Bot.End(ctx, c.session, c.by(), cid)
	if err != nil {
		return faultOf(err)
	}
	c.ack(cid, done)
	return nil
}

func (c *customer) mayTalk(ctx context.Context) *fault {
	if ok, wait := c.s.g.limiter.allow(ctx, c.who.ID, c.s.g.Limits.CustomerSays); !ok {
		return &fault{code: CodeRate, retry: wait}
	}
	return nil
}

func (c *customer) ack(cid string, done sessions.Committed) {
	ack := Ack{Type: "ack", CID: cid}
	if len(done.Events) > 0 {
		ack.Seq = done.Events[0].Seq
	}
	sabotage.Point(sabotage.BeforeAck)
	c.s.send(ack)
	sabotage.Point(sabotage.AfterAck)
	c.s.g.Meter.Acked(c.s.name)
}

// sync sends again what comes after a seq.
func (c *customer) sync(ctx context.Context, after int64) *fault {
	if f := c.mayTalk(ctx); f != nil {
		return f
	}
	s, err := c.s.g.Store.Load(ctx, c.session)
	if err != nil {
		return faultOf(err)
	}
	if after > s.Seq {
		c.s.refuse(refuse(CodeCursor))
		after = 0
	}
	c.follow.turn(s.ID, after, false)
	c.follow.wake(0)
	return nil
}
