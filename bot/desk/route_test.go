package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"wenda/bot/desk/queue"
	"wenda/bot/desk/roster"
	"wenda/internal/sqldb"
	"wenda/sessions"
	"wenda/sessions/sqlstore"
)

// shift is a desk with a router and agents at work, whose clocks stand until they are told to move.
type shift struct {
	*testing.T
	*Desk
	*Router
	db     *sqldb.DB
	roster *roster.Roster
	now    time.Duration // of the router
	wall   time.Time     // of the nodes
}

// newShift routes the general queue to the least loaded, with the times that are delivered.
func newShift(t *testing.T) *shift { return shiftOn(t, migrated(t, sqldb.Options{Dir: t.TempDir()})) }

func shiftOn(t *testing.T, db *sqldb.DB) *shift {
	t.Helper()
	s := &shift{T: t, db: db, wall: time.Now()}
	s.Desk = deskOn(t, s.db, sqlstore.Clock(func() time.Time { return s.wall }))
	s.Desk.Now = func() time.Time { return s.wall }
	s.roster = roster.New(s.Store, s.Live)
	s.Desk.Colleague = func(ctx context.Context, id string) (Colleague, error) {
		there, err := s.roster.There(ctx, id)
		return Colleague{Agent: sessions.Agent{ID: id, Name: "同事" + id, Capacity: 5}, There: there, Takes: there}, err
	}
	s.Router = s.another()
	return s
}

// another is the router of another node.
func (s *shift) another() *Router {
	q := queue.Plain("")
	q.Routing = queue.Load
	r := s.Desk.Router(s.roster, queue.NewBook([]queue.Queue{q}, nil))
	r.clock = func() time.Duration { return s.now }
	return r
}

// on lets agents sit down and take chats.
func (s *shift) on(agents ...sessions.Agent) {
	s.Helper()
	for _, a := range agents {
		if err := errors.Join(s.roster.Available(s.Context(), a, true), s.roster.Beat(s.Context(), []sessions.Agent{a})); err != nil {
			s.Fatal(err)
		}
	}
}

// passes lets seconds go by, with a round after the first and every four after it.
func (s *shift) passes(seconds int) { s.passesOn(s.Router, seconds) }

func (s *shift) passesOn(r *Router, seconds int) {
	s.Helper()
	step := 1 // what is new is seen at once
	for left := seconds; left > 0; left, step = left-step, min(left-step, 4) {
		s.now += time.Duration(step) * time.Second
		s.wall = s.wall.Add(time.Duration(step) * time.Second)
		if err := r.round(s.Context()); err != nil {
			s.Fatal(err)
		}
	}
}

func (s *shift) load(id string) sessions.Session {
	s.Helper()
	now, err := s.Store.Load(s.Context(), id)
	if err != nil {
		s.Fatal(err)
	}
	return now
}

func (s *shift) heldBy(id, agent string) {
	s.Helper()
	if now := s.load(id); now.State != sessions.Queued || now.Desk.Offer.To != agent {
		s.Errorf("the chat is %s, held out to %q; want to %q", now.State, now.Desk.Offer.To, agent)
	}
}

// away is why the server turned an agent's switch off; "" if it did not.
func (s *shift) away(agent, why string) {
	s.Helper()
	beats, err := s.Store.Beats(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	i := slices.IndexFunc(beats, func(b sessions.Beat) bool { return b.Agent == agent })
	if got := beats[i].Away; got != why || beats[i].Takes != (why == "") {
		s.Errorf("%s is away because of %q, takes chats: %v; want %q", agent, got, beats[i].Takes, why)
	}
}

func (s *shift) audited(did, detail string) {
	s.Helper()
	var n int
	if err := s.db.Read(s.Context()).QueryRow(`SELECT count(*) FROM audit WHERE did = $1 AND detail = $2`, did, detail).Scan(&n); err != nil || n != 1 {
		s.Errorf("%s (%s) is in the audit %d times, %v", did, detail, n, err)
	}
}

func (s *shift) kinds(id string, kind sessions.Kind) (n int) {
	s.Helper()
	for e, err := range sessions.Tail(s.Context(), s.Store, id, 0, sessions.Staff) {
		if err != nil {
			s.Fatal(err)
		}
		if e.Kind == kind {
			n++
		}
	}
	return n
}

func TestOfferedAndAccepted(t *testing.T) {
	s := newShift(t)
	s.on(zhou, li)
	chat := s.queued(t, "a", "")
	s.passes(1)
	s.heldBy(chat.ID, zhou.ID)
	if n := s.load(chat.ID).Seq; n != chat.Seq {
		t.Errorf("%d events tell of an offer", n-chat.Seq)
	}
	if _, err := s.Claim(t.Context(), li, chat.ID, ""); !errors.Is(err, sessions.ErrOffered) {
		t.Errorf("another claims it: %v", err)
	}
	s.passes(10)
	s.heldBy(chat.ID, zhou.ID)
	done, err := s.Claim(t.Context(), zhou, "", "")
	if err != nil || done.Session.ID != chat.ID || done.Events[0].Move.Reason != "accepted" {
		t.Fatalf("accepted: %+v, %v", done, err)
	}
	second := s.queued(t, "b", "")
	s.passes(1)
	s.heldBy(second.ID, li.ID) // who has less to do
	s.audited("chat.offer", "to "+zhou.ID)
	s.away(zhou.ID, "")
}

func TestOfferNotAccepted(t *testing.T) {
	s := newShift(t)
	s.on(zhou, li)
	chat := s.queued(t, "a", "")
	s.passes(30)
	s.heldBy(chat.ID, zhou.ID)
	s.passes(5)
	s.heldBy(chat.ID, li.ID)
	s.away(zhou.ID, "unaccepted")
	s.away(li.ID, "")
	s.audited("chat.pass", "by "+zhou.ID)
	s.audited("desk.away", "unaccepted")
	s.passes(32)
	s.heldBy(chat.ID, "")
	s.away(li.ID, "unaccepted")
	s.on(zhou) // back: they let it pass, but nobody else is free
	s.passes(1)
	s.heldBy(chat.ID, "")
	s.passes(60)
	s.heldBy(chat.ID, zhou.ID)
	if got := s.load(chat.ID); got.Seq != chat.Seq || fmt.Sprint(got.Desk.Offer.Passed) != "[u1 u2]" {
		t.Errorf("the customer was told %d things; passed by %v", got.Seq-chat.Seq, got.Desk.Offer.Passed)
	}
}

// Who fills their places by hand while a chat is held out to them cannot take it, and is
// not blamed for that.
func TestOfferWithoutRoom(t *testing.T) {
	s := newShift(t)
	small := zhou
	small.Capacity = 1
	s.on(small)
	chat := s.queued(t, "a", "")
	s.passes(1)
	s.heldBy(chat.ID, zhou.ID)
	s.queued(t, "b", "vip")
	small.Skills = []string{"vip"}
	other := s.queued(t, "c", "vip")
	if _, err := s.Claim(t.Context(), small, other.ID, ""); err != nil {
		t.Fatal(err)
	}
	s.passes(31)
	s.heldBy(chat.ID, "")
	s.away(zhou.ID, "")
}

func TestRefused(t *testing.T) {
	s := newShift(t)
	s.on(zhou, li)
	chat := s.queued(t, "a", "")
	s.passes(1)
	if _, err := s.Refuse(t.Context(), zhou, Act{Session: chat.ID, Ref: "cid-00001"}, ""); err != nil {
		t.Fatal(err)
	}
	s.passes(1)
	s.heldBy(chat.ID, li.ID)
	s.away(zhou.ID, "") // they said so
	s.passes(31)
	s.away(li.ID, "unaccepted")
	s.heldBy(chat.ID, "") // not at once again
}

// What a colleague passed on comes back to them, or goes to the front of the queue.
func TestPassedOnAndNotAccepted(t *testing.T) {
	for name, there := range map[string]bool{"back": true, "to the front": false} {
		t.Run(name, func(t *testing.T) {
			s := newShift(t)
			s.on(li)
			if there {
				s.on(zhou)
			}
			chat := s.claimed(t, zhou, "a")
			next := chat.Queue("vip", s.wall)
			next.Desk.Offer = sessions.Offer{To: li.ID, From: zhou.ID, At: s.wall, Passed: []string{zhou.ID}}
			chat = s.commit(t, next, actor(zhou), sessions.Event{Kind: sessions.Handed, From: ours, Move: &sessions.Move{Reason: "transferred"}})
			s.passes(30)
			s.heldBy(chat.ID, li.ID)
			s.passes(1)
			now, last := s.load(chat.ID), s.last(t, chat.ID)
			s.away(li.ID, "unaccepted")
			if there && (now.Agent != zhou.ID || last.Move.Reason != "unaccepted" || last.Text == "") {
				t.Errorf("the chat is %+v after %+v", now, last)
			}
			if !there && (now.State != sessions.Queued || now.Desk.Offer.To != "" || now.Priority != frontPriority) {
				t.Errorf("the chat is %+v", now)
			}
		})
	}
}

func TestSilent(t *testing.T) {
	s := newShift(t)
	s.on(zhou)
	chat := s.claimed(t, zhou, "a")
	s.passes(60)
	if n := s.kinds(chat.ID, sessions.Reminded); n != 0 {
		t.Errorf("reminded %d times within a minute", n)
	}
	s.passes(40)
	if n, now := s.kinds(chat.ID, sessions.Reminded), s.load(chat.ID); n != 1 || !now.Reminded() {
		t.Errorf("reminded %d times: %+v", n, now.Desk)
	}
	if _, err := s.Say(t.Context(), zhou, Act{Session: chat.ID, Fence: chat.Fence, Ref: "cid-00001"}, Words{Text: "您好"}); err != nil {
		t.Fatal(err)
	}
	s.passes(200)
	if now := s.load(chat.ID); now.Agent != zhou.ID || s.kinds(chat.ID, sessions.Reminded) != 1 {
		t.Errorf("the customer does not wait, yet the chat is %+v", now)
	}
	s.hears(t, chat.ID, "在吗")
	s.passes(121)
	now, last := s.load(chat.ID), s.last(t, chat.ID)
	if now.State != sessions.Queued || now.Priority != frontPriority || last.Move.Reason != "silent" || last.Text != SayRequeued || s.kinds(chat.ID, sessions.Reminded) != 2 {
		t.Errorf("taken back it is %+v after %+v", now, last)
	}
	s.heldBy(chat.ID, "") // not to them again, at once
	s.away(zhou.ID, "silent")
	s.audited("desk.away", "silent")
}

func TestSnoozedIsNotSilent(t *testing.T) {
	s := newShift(t)
	s.on(zhou)
	chat := s.claimed(t, zhou, "a")
	s.hears(t, chat.ID, "我去找一下合同")
	chat = s.load(chat.ID)
	s.wall = s.wall.Add(time.Millisecond)
	chat.Desk.Snooze = sessions.Snooze{At: s.wall, Until: s.wall.Add(10 * time.Minute)}
	chat = s.commit(t, chat, actor(zhou))
	s.passes(590)
	if now := s.load(chat.ID); now.Agent != zhou.ID || s.kinds(chat.ID, sessions.Reminded) != 0 {
		t.Errorf("put aside it became %+v", now)
	}
	s.passes(60) // the time begins anew
	if now := s.load(chat.ID); now.Agent != zhou.ID || s.kinds(chat.ID, sessions.Reminded) != 0 {
		t.Errorf("taken up again it became %+v", now)
	}
	s.passes(20)
	if s.kinds(chat.ID, sessions.Reminded) != 1 {
		t.Error("nobody was reminded")
	}
}

// The clock of every node jumps an hour forward, and back: that costs nobody a chat.
func TestClocksJump(t *testing.T) {
	for name, jump := range map[string]time.Duration{"forward": time.Hour, "back": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			s := newShift(t)
			s.on(zhou, li)
			mine, waits := s.claimed(t, zhou, "a"), s.queued(t, "b", "")
			s.passes(20)
			held := s.load(waits.ID).Desk.Offer.To
			s.wall = s.wall.Add(jump)
			s.passes(9)
			s.heldBy(waits.ID, held)
			if now := s.load(mine.ID); now.Agent != zhou.ID || s.kinds(mine.ID, sessions.Reminded) != 0 {
				t.Errorf("the chat became %+v", now)
			}
			s.away(held, "")
			s.passes(6) // but what is really late is late
			s.away(held, "unaccepted")
			s.passes(40)
			if now := s.load(mine.ID); s.kinds(mine.ID, sessions.Reminded) != 1 || !now.Reminded() {
				t.Errorf("reminded %d times: %+v", s.kinds(mine.ID, sessions.Reminded), now)
			}
		})
	}
}

// A process that was stopped for a while, or could not read, judges nobody for that time.
func TestRouterWasBlind(t *testing.T) {
	s := newShift(t)
	s.on(zhou)
	mine, waits := s.claimed(t, zhou, "a"), s.queued(t, "b", "")
	s.passes(20)
	s.now += time.Hour
	s.passes(29)
	s.heldBy(waits.ID, zhou.ID)
	if now := s.load(mine.ID); now.Agent != zhou.ID || s.kinds(mine.ID, sessions.Reminded) != 0 {
		t.Errorf("the chat became %+v", now)
	}
	s.passes(2)
	s.heldBy(waits.ID, "")
}

// The node that made an offer dies: another one sees to it.
func TestOfferOutlivesItsNode(t *testing.T) {
	s := newShift(t)
	s.on(zhou, li)
	chat := s.queued(t, "a", "")
	s.passes(3)
	s.heldBy(chat.ID, zhou.ID)
	other := s.another()
	s.passesOn(other, 30)
	s.heldBy(chat.ID, zhou.ID)
	s.passesOn(other, 2)
	s.heldBy(chat.ID, li.ID)
}

// Nothing is offered by hand, to who is not there, or beyond what they can hold.
func TestNothingToOffer(t *testing.T) {
	s := newShift(t)
	vip := s.queued(t, "vip", "vip") // of no queue that routes
	var chats []sessions.Session
	for i := range 7 {
		chats = append(chats, s.queued(t, fmt.Sprint("c", i), ""))
	}
	s.passes(2)
	if held, err := s.Store.Offered(t.Context(), 10); err != nil || len(held) != 0 {
		t.Fatalf("nobody is there, and %d are held out, %v", len(held), err)
	}
	s.on(zhou)
	s.passes(5)
	held, err := s.Store.Offered(t.Context(), 10)
	if err != nil || len(held) != zhou.Capacity {
		t.Errorf("%d are held out to somebody with %d places, %v", len(held), zhou.Capacity, err)
	}
	s.heldBy(vip.ID, "")
	s.heldBy(chats[4].ID, zhou.ID)
	s.heldBy(chats[5].ID, "")
}

// A round that fails is done again, and says so.
func TestRun(t *testing.T) {
	s := newShift(t)
	s.Router = s.Desk.Router(s.roster, s.queues)
	s.on(zhou)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { s.Router.Run(ctx); close(ended) }()
	chat := s.queued(t, "a", "")
	for deadline := time.Now().Add(time.Minute); s.load(chat.ID).Desk.Offer.To == "" && time.Now().Before(deadline); {
		time.Sleep(20 * time.Millisecond)
	}
	s.heldBy(chat.ID, zhou.ID)
	cancel()
	<-ended
}

// emptied is a floor that one agent has left.
type emptied struct {
	*roster.Roster
	agent string
}

func (e emptied) Floor(ctx context.Context) ([]roster.Agent, error) {
	agents, err := e.Roster.Floor(ctx)
	for i := range agents {
		agents[i].There = agents[i].There && agents[i].ID != e.agent
	}
	return agents, err
}

// What is held out to somebody whose desk is gone goes on within seconds, and nobody is blamed.
func TestOfferedToSomebodyWhoIsGone(t *testing.T) {
	s := newShift(t)
	s.on(zhou, li)
	chat := s.queued(t, "a", "")
	s.passes(1)
	s.heldBy(chat.ID, zhou.ID)
	s.floor = emptied{s.roster, zhou.ID}
	s.passes(5)
	s.heldBy(chat.ID, zhou.ID) // it may be only for a moment
	s.passes(5)
	s.heldBy(chat.ID, li.ID)
	s.away(zhou.ID, "")
}
