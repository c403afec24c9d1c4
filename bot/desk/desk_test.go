package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"wenda/bot/desk/roster"
	"wenda/internal/sqldb"
	"wenda/internal/sqldb/sqldbtest"
	"wenda/sessions"
	"wenda/sessions/memlive"
	"wenda/sessions/sqlstore"
)

var (
	zhou = sessions.Agent{ID: "u1", Name: "小周", Skills: []string{""}, Capacity: 5}
	li   = sessions.Agent{ID: "u2", Name: "小李", Skills: []string{"", "vip"}, Capacity: 5}
)

func newDesk(t *testing.T) *Desk { return deskOn(t, sqldbtest.New(t)) }

func migrated(t testing.TB, o sqldb.Options) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return db
}

func deskOn(t testing.TB, db *sqldb.DB, options ...sqlstore.Option) *Desk {
	t.Helper()
	live := memlive.New()
	t.Cleanup(func() { _ = live.Close() })
	return New(Parts{
		Store: sqlstore.New(db, options...), Live: live,
		Mask: func(text string) (string, []string) {
			if strings.Contains(text, "13800138000") {
				return strings.ReplaceAll(text, "13800138000", "138****8000"), []string{"phone"}
			}
			return text, nil
		},
		Unseal: func(session string, sealed []byte) (string, error) {
			text, ok := strings.CutPrefix(string(sealed), session+":")
			if !ok {
				return "", errors.New("not sealed for this session")
			}
			return text, nil
		},
		Sentence: func(id, lang string, pairs ...string) string { return id + strings.Join(pairs, "=") },
	})
}

// queued opens a session that waits in a skill.
func (d *Desk) queued(t *testing.T, customer, skill string) sessions.Session {
	t.Helper()
	s, err := d.Store.Open(t.Context(), sessions.Customer{ID: customer}, "widget", "zh-CN")
	if err != nil {
		t.Fatal(err)
	}
	return d.commit(t, s.Queue(skill, time.Now()), sessions.Actor{Role: sessions.RoleSystem}, sessions.Event{
		Kind: sessions.Handed, From: sessions.Speaker{Role: sessions.RoleBot},
	})
}

func (d *Desk) commit(t *testing.T, next sessions.Session, by sessions.Actor, events ...sessions.Event) sessions.Session {
	t.Helper()
	done, err := d.Store.Commit(t.Context(), by, next, events...)
	if err != nil {
		t.Fatal(err)
	}
	_ = d.Live.Put(t.Context(), done.Session)
	return done.Session
}

// hears lets the customer say something.
func (d *Desk) hears(t *testing.T, id, text string) int64 {
	t.Helper()
	s, err := d.Store.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return d.commit(t, s, sessions.Actor{Role: sessions.RoleCustomer, ID: s.Customer.ID, Device: "d"}, sessions.Event{
		Kind: sessions.Message, From: sessions.Speaker{Role: sessions.RoleCustomer, ID: s.Customer.ID}, Text: text,
	}).Seq
}

func (d *Desk) claimed(t *testing.T, agent sessions.Agent, customer string) sessions.Session {
	t.Helper()
	s := d.queued(t, customer, "")
	done, err := d.Claim(t.Context(), agent, s.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	return done.Session
}

// in is an act in a chat as it is.
func in(s sessions.Session, ref string) Act { return Act{Session: s.ID, Fence: s.Fence, Ref: ref} }

func (d *Desk) last(t *testing.T, id string) sessions.Event {
	t.Helper()
	var last sessions.Event
	for e, err := range sessions.Tail(t.Context(), d.Store, id, 0, sessions.Staff) {
		if err != nil {
			t.Fatal(err)
		}
		last = e
	}
	return last
}

func TestClaim(t *testing.T) {
	d := newDesk(t)
	s := d.queued(t, "a", "")
	done, err := d.Claim(t.Context(), zhou, "", "")
	if err != nil || done.Session.ID != s.ID || done.Session.Agent != "u1" || done.Events[0].Kind != sessions.Handed {
		t.Fatalf("got %+v, %v", done, err)
	}
	if e := d.last(t, s.ID); e.Text != "system.assignedagent=小周" || e.From.Role != sessions.RoleSystem || e.Seq != done.Session.Seq {
		t.Errorf("the customer reads %+v; the session is at %d", e, done.Session.Seq)
	}
	if hot, ok, err := d.Live.Get(t.Context(), s.ID); err != nil || !ok || hot.Agent != "u1" {
		t.Errorf("hot copy %+v, %v, %v", hot, ok, err)
	}
	again, err := d.Claim(t.Context(), zhou, s.ID, "")
	if err != nil || again.Session.Fence != done.Session.Fence || again.Session.Seq != done.Session.Seq {
		t.Errorf("claimed again: %+v, %v", again, err)
	}
	for name, test := range map[string]struct {
		agent sessions.Agent
		id    string
		want  error
	}{
		"taken":         {li, s.ID, sessions.ErrTaken},
		"nobody waits":  {zhou, "", sessions.ErrEmpty},
		"not there":     {li, "nowhere", sessions.ErrNotFound},
		"another skill": {zhou, d.queued(t, "b", "vip").ID, sessions.ErrTaken},
		"no room":       {sessions.Agent{ID: "u3", Skills: []string{"vip"}}, "", sessions.ErrFull},
	} {
		if _, err := d.Claim(t.Context(), test.agent, test.id, ""); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

func TestSayAndNote(t *testing.T) {
	d := newDesk(t)
	s := d.claimed(t, zhou, "a")
	done, err := d.Say(t.Context(), zhou, in(s, "cid-00001"), Words{Text: "电话13800138000"})
	if err != nil {
		t.Fatal(err)
	}
	want := sessions.Speaker{Role: sessions.RoleAgent, ID: "u1", Name: "小周"}
	if e := done.Events[0]; e.Text != "电话138****8000" || fmt.Sprint(e.Masked) != "[phone]" || e.From != want || e.Audience != sessions.All {
		t.Errorf("said %+v", e)
	}
	if again, err := d.Say(t.Context(), zhou, in(s, "cid-00001"), Words{Text: "电话13800138000"}); err != nil || !again.Repeated {
		t.Errorf("said again: %+v, %v", again, err)
	}
	if _, err := d.Say(t.Context(), zhou, in(s, "cid-00001"), Words{Text: "别的"}); !errors.Is(err, sessions.ErrRefReuse) {
		t.Errorf("another text under the same ref: %v", err)
	}
	done, err = d.Note(t.Context(), zhou, in(s, "cid-00002"), "难缠13800138000")
	if err != nil || done.Events[0].Audience != sessions.Staff || done.Events[0].Kind != sessions.Note || done.Events[0].Text != "难缠138****8000" {
		t.Errorf("noted %+v, %v", done, err)
	}
	if _, err := d.Say(t.Context(), zhou, in(s, "cid-00003"), Words{Text: " \n"}); !errors.Is(err, sessions.ErrInvalid) {
		t.Errorf("nothing said: %v", err)
	}
}

// TestOnlyTheOwnerActs tries everything with an old fence, as somebody else, and
// after the end, whatever the hot copy says.
func TestOnlyTheOwnerActs(t *testing.T) {
	for name, change := range map[string]struct {
		agent sessions.Agent
		do    func(d *Desk, s sessions.Session)
		want  error
	}{
		"somebody else": {li, func(*Desk, sessions.Session) {}, sessions.ErrNotOwner},
		"lost and claimed anew": {zhou, func(d *Desk, s sessions.Session) {
			if _, err := d.requeue(context.Background(), s.ID, "u1", reasonLost, time.Time{}); err != nil {
				t.Fatal(err)
			}
			if _, err := d.Claim(context.Background(), zhou, s.ID, ""); err != nil {
				t.Fatal(err)
			}
		}, sessions.ErrNotOwner},
		"lost, hot copy stale": {zhou, func(d *Desk, s sessions.Session) {
			if _, err := d.requeue(context.Background(), s.ID, "u1", reasonLost, time.Time{}); err != nil {
				t.Fatal(err)
			}
			_ = d.Live.Drop(context.Background(), s.ID)
			_ = d.Live.Put(context.Background(), s)
		}, sessions.ErrNotOwner},
		"closed": {zhou, func(d *Desk, s sessions.Session) {
			if _, err := d.Close(context.Background(), zhou, in(s, "cid-close"), Leaving{}); err != nil {
				t.Fatal(err)
			}
		}, sessions.ErrClosed},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			s := d.claimed(t, zhou, "a")
			change.do(d, s)
			before := d.last(t, s.ID).Seq
			for act, err := range map[string]error{
				"say":    second(d.Say(t.Context(), change.agent, in(s, "cid-00001"), Words{Text: "a"})),
				"note":   second(d.Note(t.Context(), change.agent, in(s, "cid-00002"), "a")),
				"return": second(d.Return(t.Context(), change.agent, in(s, "cid-00003"), Leaving{Note: "a"})),
				"close":  second(d.Close(t.Context(), change.agent, in(s, "cid-00004"), Leaving{})),
			} {
				if !errors.Is(err, change.want) {
					t.Errorf("%s: %v, want %v", act, err, change.want)
				}
			}
			if after := d.last(t, s.ID).Seq; after != before {
				t.Errorf("%d events were written", after-before)
			}
		})
	}
}

func second[T any](_ T, err error) error { return err }

func TestReturnSetsPendingIfTheCustomerSpokeLast(t *testing.T) {
	for name, test := range map[string]struct {
		talk    func(d *Desk, t *testing.T, s sessions.Session) int64
		pending bool
	}{
		"nobody spoke": {func(*Desk, *testing.T, sessions.Session) int64 { return 0 }, false},
		"customer last": {func(d *Desk, t *testing.T, s sessions.Session) int64 {
			return d.hears(t, s.ID, "在吗")
		}, true},
		"customer, then many notes": {func(d *Desk, t *testing.T, s sessions.Session) int64 {
			seq := d.hears(t, s.ID, "在吗")
			for i := range 2*lookBack + 3 {
				if _, err := d.Note(t.Context(), zhou, in(s, fmt.Sprintf("cid-%05d", i)), "等"); err != nil {
					t.Fatal(err)
				}
			}
			return seq
		}, true},
		"agent last": {func(d *Desk, t *testing.T, s sessions.Session) int64 {
			d.hears(t, s.ID, "在吗")
			if _, err := d.Say(t.Context(), zhou, in(s, "cid-00001"), Words{Text: "在"}); err != nil {
				t.Fatal(err)
			}
			return 0
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			s := d.claimed(t, zhou, "a")
			want := test.talk(d, t, s)
			done, err := d.Return(t.Context(), zhou, in(s, "cid-back1"), Leaving{Note: "转回13800138000"})
			if err != nil {
				t.Fatal(err)
			}
			if got := done.Session; got.State != sessions.Bot || got.Pending != want || (got.Pending != 0) != test.pending {
				t.Errorf("state %s, pending %d, want %d", got.State, got.Pending, want)
			}
			if h, n := done.Events[0], done.Events[1]; h.Text != "system.returned" || h.Move.Reason != "returned" || n.Audience != sessions.Staff || n.Text != "转回138****8000" {
				t.Errorf("committed %+v, %+v", h, n)
			}
			again, err := d.Return(t.Context(), zhou, in(s, "cid-back1"), Leaving{Note: "转回13800138000"})
			if err != nil || !again.Repeated {
				t.Errorf("returned again: %+v, %v", again, err)
			}
		})
	}
}

func TestReveal(t *testing.T) {
	d := newDesk(t)
	s := d.claimed(t, zhou, "a")
	s = d.commit(t, s, sessions.Actor{Role: sessions.RoleCustomer, ID: "a", Device: "d"}, sessions.Event{
		Kind: sessions.Message, From: sessions.Speaker{Role: sessions.RoleCustomer, ID: "a"}, Text: "138****8000", Sealed: []byte(s.ID + ":13800138000"),
	})
	contact, err := d.Reveal(t.Context(), zhou, in(s, "cid-look1"), s.Seq, "回电")
	if err != nil || contact != "13800138000" {
		t.Fatalf("%q, %v", contact, err)
	}
	if e := d.last(t, s.ID); e.Kind != sessions.Revealed || e.About != s.Seq || e.Audience != sessions.Staff || e.From.ID != "u1" || e.Text != "回电" {
		t.Errorf("the record says %+v", e)
	}
	if _, err := d.Reveal(t.Context(), li, in(s, "cid-look2"), s.Seq, "好奇"); !errors.Is(err, sessions.ErrNotOwner) {
		t.Errorf("somebody else: %v", err)
	}
	for _, about := range []int64{1, s.Seq + 10} {
		if _, err := d.Reveal(t.Context(), zhou, in(s, "cid-look3"), about, "回电"); !errors.Is(err, sessions.ErrNotFound) {
			t.Errorf("event %d: %v", about, err)
		}
	}
	if _, err := d.Close(t.Context(), zhou, in(s, "cid-close"), Leaving{}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Reveal(t.Context(), zhou, in(s, "cid-look1"), s.Seq, "回电"); !errors.Is(err, sessions.ErrNotOwner) {
		t.Errorf("asked as before, after the end: %v", err)
	}
}

func TestMayRead(t *testing.T) {
	d := newDesk(t)
	for name, test := range map[string]struct {
		s    sessions.Session
		want bool
	}{
		"own":                {sessions.Session{State: sessions.Assigned, Agent: "u1"}, true},
		"somebody else's":    {sessions.Session{State: sessions.Assigned, Agent: "u2"}, false},
		"waits":              {sessions.Session{State: sessions.Queued}, true},
		"waits for others":   {sessions.Session{State: sessions.Queued, Skill: "vip"}, false},
		"with the bot":       {sessions.Session{State: sessions.Bot}, false},
		"closed, was theirs": {sessions.Session{State: sessions.Closed}, false},
	} {
		if got := d.MayRead(zhou, test.s); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestSweepPutsLostChatsInFront(t *testing.T) {
	d := newDesk(t)
	lost := d.claimed(t, zhou, "a")
	kept := d.claimed(t, li, "b")
	d.queued(t, "c", "")
	// Everybody sweeps at once, as on many nodes.
	var nodes sync.WaitGroup
	for range 4 {
		nodes.Go(func() {
			gone := func(context.Context) ([]string, error) { return []string{"u0", "u1"}, nil }
			if err := d.sweepOnce(context.Background(), gone); err != nil {
				t.Error(err)
			}
		})
	}
	nodes.Wait()
	queue, _, err := d.Store.Queue(t.Context(), "", 10)
	if err != nil || len(queue) != 2 || queue[0].ID != lost.ID || !queue[0].QueuedAt.Equal(lost.QueuedAt) || queue[0].Fence != lost.Fence+1 {
		t.Fatalf("queue %+v, %v", queue, err)
	}
	if e := d.last(t, lost.ID); e.Kind != sessions.Handed || e.Move.Reason != "lost" || e.Text != "system.requeued" {
		t.Errorf("the customer reads %+v", e)
	}
	if s, _ := d.Store.Load(t.Context(), kept.ID); s.State != sessions.Assigned {
		t.Errorf("a chat of somebody who is there is %s", s.State)
	}
}

// A hot copy from before the claim says that there is nothing to give back.
func TestSweepDoesNotBelieveTheHotCopy(t *testing.T) {
	d := newDesk(t)
	waiting := d.queued(t, "a", "")
	if _, err := d.Claim(t.Context(), zhou, waiting.ID, ""); err != nil {
		t.Fatal(err)
	}
	_ = d.Live.Drop(t.Context(), waiting.ID)
	_ = d.Live.Put(t.Context(), waiting)
	if err := d.sweepOnce(t.Context(), func(context.Context) ([]string, error) { return []string{"u1"}, nil }); err != nil {
		t.Fatal(err)
	}
	if s, _ := d.Store.Load(t.Context(), waiting.ID); s.State != sessions.Queued {
		t.Errorf("the lost agent's chat is %s", s.State)
	}
}

func TestSweepTellsThatItCannotSee(t *testing.T) {
	d := newDesk(t)
	blind := errors.New("the store is down")
	if err := d.sweepOnce(t.Context(), func(context.Context) ([]string, error) { return nil, blind }); !errors.Is(err, blind) {
		t.Errorf("got %v, want %v", err, blind)
	}
}

func TestSweepEnds(t *testing.T) {
	d := newDesk(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		d.Sweep(ctx, roster.New(d.Store, d.Live).Lost)
		close(done)
	}()
	cancel()
	<-done
}

func TestClaimAgainWithItsRef(t *testing.T) {
	d := newDesk(t)
	s := d.queued(t, "a", "")
	d.queued(t, "b", "")
	first, err := d.Claim(t.Context(), zhou, "", "cid-claim1")
	if err != nil || first.Session.ID != s.ID {
		t.Fatalf("got %+v, %v", first, err)
	}
	again, err := d.Claim(t.Context(), zhou, "", "cid-claim1")
	if err != nil || !again.Repeated || again.Session.ID != s.ID || again.Session.Seq != first.Session.Seq || again.Events[0].Seq != first.Events[0].Seq {
		t.Errorf("claimed again: %+v, %v", again, err)
	}
	if _, err := d.requeue(t.Context(), s.ID, "u1", reasonLost, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Claim(t.Context(), zhou, "", "cid-claim1"); !errors.Is(err, sessions.ErrTaken) {
		t.Errorf("claimed again after it was lost: %v, want %v", err, sessions.ErrTaken)
	}
}

// ended is a store in which the customer ends a chat at the worst moment: when a claim
// was committed but not answered, or just before the repeated introduction is read.
type ended struct {
	sessions.Store
	t        *testing.T
	answered bool // the claim was: the chat ends behind the introduction
}

func (e ended) end(id string) sessions.Session {
	s, err := e.Load(e.t.Context(), id)
	if err != nil {
		e.t.Fatal(err)
	}
	done, err := e.Store.Commit(e.t.Context(), sessions.Actor{Role: sessions.RoleSystem}, s.Close(time.Now()), sessions.Event{Kind: sessions.Handed, From: sessions.Speaker{Role: sessions.RoleSystem}})
	if err != nil {
		e.t.Fatal(err)
	}
	return done.Session
}

func (e ended) Claim(ctx context.Context, agent sessions.Agent, id, ref string) (sessions.Committed, error) {
	done, err := e.Store.Claim(ctx, agent, id, ref)
	if err == nil && !e.answered {
		done.Session = e.end(done.Session.ID)
	}
	return done, err
}

func (e ended) Commit(ctx context.Context, by sessions.Actor, next sessions.Session, events ...sessions.Event) (sessions.Committed, error) {
	done, err := e.Store.Commit(ctx, by, next, events...)
	if err == nil && e.answered {
		done.Session = e.end(done.Session.ID)
	}
	return done, err
}

// Nobody is told that a chat is theirs which is over.
func TestClaimOfAChatThatEnds(t *testing.T) {
	d := newDesk(t)
	store := d.Store
	s := d.queued(t, "c1", "")
	d.Store = ended{Store: store, t: t}
	if done, err := d.Claim(t.Context(), zhou, s.ID, "claim-0001"); !errors.Is(err, sessions.ErrTaken) {
		t.Errorf("a lost claim of a chat that ended: %+v, %v", done.Session, err)
	}
	d.Store = store
	s = d.queued(t, "c2", "")
	d.Store = ended{Store: store, t: t, answered: true}
	done, err := d.Claim(t.Context(), zhou, s.ID, "claim-0002")
	if err != nil || done.Session.State != sessions.Assigned || done.Session.Fence != s.Fence+1 {
		t.Errorf("claimed, then ended: %+v, %v", done.Session, err)
	}
}
