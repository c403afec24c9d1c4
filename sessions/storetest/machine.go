package storetest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wenda/sessions"
)

var machineTests = map[string]func(*testing.T, sessions.Store){"against a model": testMachine}

// Runs are apart by the names of their customers, agents and queue.
var runs atomic.Int64

// chat is what a session must be: the model of it.
type chat struct {
	id         string
	who        sessions.Customer
	state      sessions.State
	agent      string
	fence, seq int64
	pending    int64
	queued     time.Time
	priority   int
	speaker    sessions.Role // who said the newest message
	newest     int64         // its seq
	copies     []sessions.Session
	refs       map[string]int64 // what they became
}

// machine is some customers and agents, the store, and what must be in it.
type machine struct {
	store  sessions.Store
	skill  string
	cast   []sessions.Customer
	agents []sessions.Agent
	chats  []*chat
	claims map[string]*chat // by agent and ref
	now    time.Time
	ref    int
}

// testMachine does at random whatever can be done to sessions, with copies fresh and
// stale, and compares the store with the model after each step.
func testMachine(t *testing.T, store sessions.Store) {
	checks := flag.Lookup("rapid.checks").Value
	defer checks.Set(checks.String())
	_ = checks.Set(fmt.Sprint(size(t, 15, 500)))
	rapid.Check(t, func(rt *rapid.T) {
		m := newMachine(store)
		rt.Repeat(map[string]func(*rapid.T){
			"": m.check, "open": m.open, "say": m.say, "say again": m.sayAgain, "reply": m.reply, "hand off": m.handOff, "claim": m.claim,
			"agent says": m.agentSays, "requeue": m.requeue, "return": m.giveBack, "close": m.close,
		})
		m.checkLogs(rt)
	})
}

func newMachine(store sessions.Store) *machine {
	run := runs.Add(1)
	m := &machine{store: store, skill: fmt.Sprint("queue ", run), claims: map[string]*chat{}, now: time.Now().UTC().Truncate(time.Second)}
	for i := range 3 {
		m.cast = append(m.cast, sessions.Customer{ID: fmt.Sprintf("customer %d %d", run, i)})
	}
	for i := range 2 {
		m.agents = append(m.agents, sessions.Agent{ID: fmt.Sprintf("agent %d %d", run, i), Skills: []string{m.skill}, Capacity: 2})
	}
	return m
}

func (m *machine) newRef() string { m.ref++; return ref("machine", m.ref) }

// pick draws a chat in one of some states, or skips the step.
func (m *machine) pick(rt *rapid.T, states ...sessions.State) *chat {
	var some []*chat
	for _, c := range m.chats {
		if slices.Contains(states, c.state) {
			some = append(some, c)
		}
	}
	if len(some) == 0 {
		rt.Skip("no such chat")
	}
	return some[rapid.IntRange(0, len(some)-1).Draw(rt, "chat")]
}

func (m *machine) someone(rt *rapid.T) sessions.Agent {
	return m.agents[rapid.IntRange(0, len(m.agents)-1).Draw(rt, "agent")]
}

// copy draws what the caller had read of a chat: mostly the newest.
func (c *chat) copy(rt *rapid.T) (s sessions.Session, fresh bool) {
	back := max(0, rapid.IntRange(-4, 3).Draw(rt, "copies back"))
	s = c.copies[max(0, len(c.copies)-1-back)]
	last := c.copies[len(c.copies)-1]
	return s.Clone(), s.Seq == last.Seq && s.ChangedAt.Equal(last.ChangedAt)
}

// commit commits, and says whether that was accepted; refusals are allowed if the copy
// was stale, and must then be one of those named.
func (m *machine) commit(rt *rapid.T, c *chat, fresh bool, by sessions.Actor, next sessions.Session, lawful []error, events ...sessions.Event) bool {
	done, err := m.store.Commit(context.Background(), by, next, events...)
	switch {
	case err == nil && done.Repeated:
		rt.Fatalf("a new ref is known")
	case err == nil:
		c.seq += int64(len(events))
		c.copies = append(c.copies, done.Session)
		for i, e := range done.Events {
			if e.Ref != "" {
				c.refs[e.Ref] = e.Seq
			}
			if want := c.seq - int64(len(events)) + int64(i) + 1; e.Seq != want {
				rt.Fatalf("event %d got seq %d, want %d", i, e.Seq, want)
			}
			if e.Kind == sessions.Message && e.From.Role != sessions.RoleSystem {
				c.speaker, c.newest = e.From.Role, e.Seq
			}
		}
		return true
	case fresh:
		rt.Fatalf("refused with a fresh copy: %v", err)
	case !slices.ContainsFunc(lawful, func(one error) bool { return errors.Is(err, one) }):
		rt.Fatalf("a stale copy was refused with %v, want one of %v", err, lawful)
	}
	return false
}

// moved is a change of owner, as the model has it.
func (c *chat) moved(to sessions.State, agent string) {
	c.state, c.agent, c.pending = to, agent, 0
	c.fence++
	if to == sessions.Bot {
		c.queued, c.priority = time.Time{}, 0
	}
}

func (m *machine) open(rt *rapid.T) {
	who := m.cast[rapid.IntRange(0, len(m.cast)-1).Draw(rt, "customer")]
	s, err := m.store.Open(context.Background(), who, "widget", "zh-CN")
	if err != nil {
		rt.Fatal(err)
	}
	for _, c := range m.chats {
		if c.who == who && c.state != sessions.Closed {
			if s.ID != c.id {
				rt.Fatalf("a second open session")
			}
			return
		}
		if c.id == s.ID {
			rt.Fatalf("a closed session was opened")
		}
	}
	m.chats = append(m.chats, &chat{id: s.ID, who: who, state: sessions.Bot, fence: 1, copies: []sessions.Session{s}, refs: map[string]int64{}})
}

// say is a plain message: it goes in whoever owns the chat, unless the copy differs in more than the log.
func (m *machine) say(rt *rapid.T) {
	c := m.pick(rt, sessions.Bot, sessions.Queued, sessions.Assigned)
	s, fresh := c.copy(rt)
	by := customer(c.who)
	if m.commit(rt, c, fresh, by, s, []error{sessions.ErrConflict}, said(by, "话", m.newRef())) && c.state == sessions.Bot && c.pending == 0 {
		c.pending = c.seq
	}
}

// sayAgain resends something that is committed, with whatever copy, whatever became of the chat.
func (m *machine) sayAgain(rt *rapid.T) {
	c := m.pick(rt, sessions.Bot, sessions.Queued, sessions.Assigned, sessions.Closed)
	s, _ := c.copy(rt)
	for again, seq := range c.refs {
		done, err := m.store.Commit(context.Background(), customer(c.who), s, said(customer(c.who), "话", again))
		if err != nil || !done.Repeated || done.Events[0].Seq != seq {
			rt.Fatalf("resent: %+v, %v; want seq %d", done, err, seq)
		}
	}
}

// reply answers everything that is pending, or nothing: a reply that missed a line is a conflict.
func (m *machine) reply(rt *rapid.T) {
	c := m.pick(rt, sessions.Bot, sessions.Queued, sessions.Assigned)
	s, fresh := c.copy(rt)
	fresh = fresh && c.state == sessions.Bot
	accepted := m.commit(rt, c, fresh, bot, s, []error{sessions.ErrConflict}, reply("答", ""))
	if accepted && !fresh {
		rt.Fatalf("a bot reply to a stale copy, or to a chat that is %s, went in", c.state)
	}
	if accepted {
		c.pending = 0
	}
}

func (m *machine) handOff(rt *rapid.T) {
	c := m.pick(rt, sessions.Bot)
	s, fresh := c.copy(rt)
	m.now = m.now.Add(time.Second)
	m.move(rt, c, fresh, system, s.Queue(m.skill, m.now), sessions.ErrConflict)
}

// move commits a change of owner, which only a fresh copy may make.
func (m *machine) move(rt *rapid.T, c *chat, fresh bool, by sessions.Actor, next sessions.Session, refusal error) {
	if !m.commit(rt, c, fresh, by, next, []error{refusal, sessions.ErrConflict}, handed("asked")) {
		return
	}
	if !fresh {
		rt.Fatalf("a stale copy changed the owner to %s", next.State)
	}
	c.queued, c.priority = next.QueuedAt, next.Priority
	c.moved(next.State, next.Agent)
	c.pending = next.Pending
}

// head is what ByRank looks at.
func (c *chat) head() sessions.Session {
	return sessions.Session{ID: c.id, QueuedAt: c.queued, Priority: c.priority}
}

// waiting is who waits, whoever must be served next first.
func (m *machine) waiting() []*chat {
	var all []*chat
	for _, c := range m.chats {
		if c.state == sessions.Queued {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b *chat) int {
		return sessions.ByRank(a.head(), b.head())
	})
	return all
}

func (m *machine) owned(agent string) (all []*chat) {
	for _, c := range m.chats {
		if c.state == sessions.Assigned && c.agent == agent {
			all = append(all, c)
		}
	}
	return all
}

// claim takes the next chat or one by name, sometimes with the ref of an earlier claim.
func (m *machine) claim(rt *rapid.T) {
	a := m.someone(rt)
	id, claim := "", m.newRef()
	if len(m.chats) > 0 && rapid.Bool().Draw(rt, "by hand") {
		id = m.chats[rapid.IntRange(0, len(m.chats)-1).Draw(rt, "chat")].id
	}
	if m.ref > 1 && rapid.IntRange(0, 2).Draw(rt, "again") == 0 {
		claim = ref("machine", rapid.IntRange(1, m.ref-1).Draw(rt, "ref"))
	}
	done, err := m.store.Claim(context.Background(), a, id, claim)
	if before := m.claims[a.ID+claim]; before != nil {
		switch {
		case id != "" && id != before.id:
			m.want(rt, err, sessions.ErrRefReuse)
		case err != nil || !done.Repeated || done.Session.ID != before.id:
			rt.Fatalf("claimed again: %+v, %v; want session %s", done, err, before.id)
		}
		return
	}
	c, refusal := m.claimable(a, id)
	if m.want(rt, err, refusal); err != nil {
		return
	}
	if done.Session.ID != c.id || done.Repeated || len(done.Events) != 1 {
		rt.Fatalf("claimed %+v, want session %s", done, c.id)
	}
	c.seq++
	c.moved(sessions.Assigned, a.ID)
	c.copies = append(c.copies, done.Session)
	m.claims[a.ID+claim] = c
}

// claimable is what a claim must get, or how it must be refused.
func (m *machine) claimable(a sessions.Agent, id string) (*chat, error) {
	full, waiting := len(m.owned(a.ID)) >= a.Capacity, m.waiting()
	if id != "" {
		waiting = slices.DeleteFunc(waiting, func(c *chat) bool { return c.id != id })
	}
	switch {
	case id != "" && len(waiting) == 0:
		return nil, sessions.ErrTaken
	case full:
		return nil, sessions.ErrFull
	case len(waiting) == 0:
		return nil, sessions.ErrEmpty
	}
	return waiting[0], nil
}

func (m *machine) want(rt *rapid.T, got, want error) {
	if want == nil && got != nil || !errors.Is(got, want) {
		rt.Fatalf("got error %v, want %v", got, want)
	}
}

// agentSays speaks with whatever fence some copy had: only the newest owner's goes in.
func (m *machine) agentSays(rt *rapid.T) {
	c := m.pick(rt, sessions.Bot, sessions.Queued, sessions.Assigned)
	a := m.someone(rt)
	s, _ := c.copy(rt)
	now := c.copies[len(c.copies)-1]
	owns := c.state == sessions.Assigned && c.agent == a.ID && s.Fence == now.Fence
	fence := s.Fence
	s = now // a page knows the fence; the rest is read when it acts
	s.Fence = fence
	accepted := m.commit(rt, c, owns, agent(a), s, []error{sessions.ErrNotOwner}, said(agent(a), "您好", ""))
	if accepted != owns {
		rt.Fatalf("an agent's word went in: %v, want %v", accepted, owns)
	}
}

// requeue is what a sweep does: to the front, with the old place.
func (m *machine) requeue(rt *rapid.T) {
	c := m.pick(rt, sessions.Assigned)
	s, fresh := c.copy(rt)
	next := s.Queue(m.skill, m.now.Add(time.Hour))
	next.Priority = 100
	m.move(rt, c, fresh && s.State == sessions.Assigned, system, next, sessions.ErrConflict)
}

func (m *machine) giveBack(rt *rapid.T) {
	c := m.pick(rt, sessions.Assigned)
	s, fresh := c.copy(rt)
	next := s.Return()
	if c.speaker == sessions.RoleCustomer {
		next.Pending = c.newest
	}
	m.move(rt, c, fresh, agent(sessions.Agent{ID: c.agent}), next, sessions.ErrNotOwner)
}

func (m *machine) close(rt *rapid.T) {
	c := m.pick(rt, sessions.Bot, sessions.Queued, sessions.Assigned)
	s, fresh := c.copy(rt)
	m.move(rt, c, fresh, customer(c.who), s.Close(m.now), sessions.ErrConflict)
}

// check compares heads, queue and desks with the model.
func (m *machine) check(rt *rapid.T) {
	ctx := context.Background()
	for _, c := range m.chats {
		s, err := m.store.Load(ctx, c.id)
		got := chat{id: s.ID, state: s.State, agent: s.Agent, fence: s.Fence, seq: s.Seq, pending: s.Pending, queued: s.QueuedAt, priority: s.Priority}
		want := chat{id: c.id, state: c.state, agent: c.agent, fence: c.fence, seq: c.seq, pending: c.pending, queued: c.queued, priority: c.priority}
		if g, w := fmt.Sprint(got, s.Segment), fmt.Sprint(want, c.fence); err != nil || g != w {
			rt.Fatalf("the session is (%v)\n%s\nwant\n%s", err, g, w)
		}
		if (s.Pending == 0) != s.PendingAt.IsZero() {
			rt.Fatalf("pending %d since %v", s.Pending, s.PendingAt)
		}
	}
	var want []string
	for _, c := range m.waiting() {
		want = append(want, c.id)
	}
	queue, n, err := m.store.Queue(ctx, m.skill, 10)
	if err != nil || n != len(want) || !slices.Equal(ids(queue), want) {
		rt.Fatalf("the queue is %q (%d, %v), want %q", ids(queue), n, err, want)
	}
	for _, a := range m.agents {
		owned, err := m.store.Owned(ctx, a.ID)
		if want := len(m.owned(a.ID)); err != nil || len(owned) != want || want > a.Capacity {
			rt.Fatalf("%s owns %d chats (%v), want %d, at most %d", a.ID, len(owned), err, want, a.Capacity)
		}
	}
}

// checkLogs reads all logs: no gap, no ref twice, and owners that follow each other.
func (m *machine) checkLogs(rt *rapid.T) {
	for _, c := range m.chats {
		owner, seen := sessions.Bot, map[string]bool{}
		n := int64(0)
		for e, err := range sessions.Tail(context.Background(), m.store, c.id, 0, sessions.Staff) {
			if n++; err != nil || e.Seq != n {
				rt.Fatalf("event %d of the log has seq %d, %v", n, e.Seq, err)
			}
			whose := e.From.ID + " " + e.Ref
			if e.Ref != "" && seen[whose] {
				rt.Fatalf("the ref %q is in the log twice", whose)
			}
			seen[whose] = true
			if e.Move == nil {
				continue
			}
			if e.Move.From != owner {
				rt.Fatalf("a move from %s, but the owner was %s", e.Move.From, owner)
			}
			owner = e.Move.To
		}
		if n != c.seq || owner != c.state {
			rt.Fatalf("the log has %d events and ends with the owner %s; want %d, %s", n, owner, c.seq, c.state)
		}
	}
}
