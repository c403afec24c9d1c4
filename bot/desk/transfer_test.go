package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"wenda/sessions"
)

var wu = sessions.Agent{ID: "lead", Name: "吴主管", Capacity: 5, ReadsAll: true, MovesAll: true}

// staffed gives the desk colleagues, tiers and a list of how chats end.
func staffed(d *Desk, away ...string) *Desk {
	all := []sessions.Agent{zhou, li, wu}
	d.Colleague = func(_ context.Context, id string) (Colleague, error) {
		i := slices.IndexFunc(all, func(a sessions.Agent) bool { return a.ID == id })
		if i < 0 {
			return Colleague{}, sessions.ErrNotFound
		}
		there := !slices.Contains(away, id)
		return Colleague{Agent: all[i], There: there, Takes: there}, nil
	}
	d.Known = func(_ context.Context, skill string) bool { return skill == "" || skill == "expert" }
	d.Next = func(skill string) (string, bool) { return "expert", skill == "" }
	d.Wraps = Wraps
	return d
}

func (d *Desk) load(t *testing.T, id string) sessions.Session {
	t.Helper()
	s, err := d.Store.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// calm returns what a customer reads after an event.
func (d *Desk) calm(t *testing.T, id string, after int64) (lines []string) {
	t.Helper()
	for e, err := range sessions.Tail(t.Context(), d.Store, id, after, sessions.All) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Text != "" {
			lines = append(lines, e.Text)
		}
	}
	return lines
}

func TestTransferToAColleague(t *testing.T) {
	d := staffed(newDesk(t))
	s := d.claimed(t, zhou, "a")
	done, err := d.Transfer(t.Context(), zhou, in(s, "cid-trans1"), To{Agent: "u2"}, "电话13800138000，请接着算")
	if err != nil {
		t.Fatal(err)
	}
	next := done.Session
	if next.State != sessions.Queued || next.Desk.Offer.To != "u2" || next.Desk.Offer.From != "u1" || next.Desk.Offer.At.IsZero() || !next.QueuedAt.Equal(s.QueuedAt) {
		t.Errorf("the chat is %+v", next)
	}
	if move := done.Events[0].Move; move.Reason != "transferred" || done.Events[0].From.ID != "u1" {
		t.Errorf("the move is %+v", done.Events[0])
	}
	if note := done.Events[1]; note.Audience != sessions.Staff || note.Text != "电话138****8000，请接着算" || note.Kind != sessions.Note {
		t.Errorf("the note is %+v", note)
	}
	if got := d.calm(t, s.ID, s.Seq); !slices.Equal(got, []string{SayTransferred}) {
		t.Errorf("the customer reads %q", got)
	}
	if again, err := d.Transfer(t.Context(), zhou, in(s, "cid-trans1"), To{Agent: "u2"}, "电话13800138000，请接着算"); err != nil || !again.Repeated {
		t.Errorf("sent again: %+v, %v", again, err)
	}
	if _, err := d.Claim(t.Context(), zhou, s.ID, ""); !errors.Is(err, sessions.ErrOffered) {
		t.Errorf("taken back by who passed it on: %v", err)
	}
	if !d.MayRead(li, next) {
		t.Error("who is to take it may not read it")
	}
	if done, err = d.Claim(t.Context(), li, s.ID, ""); err != nil || done.Session.Agent != "u2" {
		t.Errorf("accepted: %+v, %v", done.Session, err)
	}
}

func TestWhatCannotBePassedOn(t *testing.T) {
	d := staffed(newDesk(t), "u2")
	s := d.claimed(t, zhou, "a")
	for name, test := range map[string]struct {
		to   To
		want error
	}{
		"to who is away":       {To{Agent: "u2"}, ErrAway},
		"to oneself":           {To{Agent: "u1"}, sessions.ErrInvalid},
		"to nobody":            {To{Agent: "u9"}, sessions.ErrNotFound},
		"to a queue of no one": {To{Skill: "nonsense"}, sessions.ErrNotFound},
	} {
		if _, err := d.Transfer(t.Context(), zhou, in(s, "cid-trans1"), test.to, "看看"); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	if now := d.load(t, s.ID); now.Agent != "u1" || now.Seq != s.Seq {
		t.Errorf("the chat is %+v", now)
	}
}

func TestTransferToAQueueAndUpATier(t *testing.T) {
	d := staffed(newDesk(t))
	s := d.claimed(t, zhou, "a")
	done, err := d.Transfer(t.Context(), zhou, in(s, "cid-trans1"), To{Skill: "expert"}, "合同")
	if err != nil || done.Session.Skill != "expert" || done.Session.Desk.Offer.To != "" || !slices.Equal(done.Session.Desk.Offer.Passed, []string{"u1"}) {
		t.Fatalf("got %+v, %v", done.Session, err)
	}
	if d.MayRead(zhou, done.Session) {
		t.Error("who passed it on still reads it")
	}
	s = d.claimed(t, zhou, "b")
	if done, err = d.Escalate(t.Context(), zhou, in(s, "cid-escal1"), "要专家"); err != nil || done.Session.Skill != "expert" || done.Events[0].Move.Reason != "escalated" {
		t.Fatalf("got %+v, %v", done, err)
	}
	// At the top there is nowhere to go.
	expert := sessions.Agent{ID: "u5", Name: "专家", Skills: []string{"expert"}, Capacity: 5}
	if done, err = d.Claim(t.Context(), expert, s.ID, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Escalate(t.Context(), expert, in(done.Session, "cid-escal2"), "再往上"); !errors.Is(err, sessions.ErrInvalid) {
		t.Errorf("above the top: %v", err)
	}
}

func TestRefusedItGoesBack(t *testing.T) {
	d := staffed(newDesk(t))
	s := d.claimed(t, zhou, "a")
	done, err := d.Transfer(t.Context(), zhou, in(s, "cid-trans1"), To{Agent: "u2"}, "你来")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Refuse(t.Context(), zhou, in(done.Session, "cid-refus0"), ""); !errors.Is(err, sessions.ErrTaken) {
		t.Errorf("refused by somebody else: %v", err)
	}
	after := done.Session.Seq
	if done, err = d.Refuse(t.Context(), li, in(done.Session, "cid-refus1"), "我在开会"); err != nil {
		t.Fatal(err)
	}
	if s := done.Session; s.State != sessions.Assigned || s.Agent != "u1" {
		t.Errorf("the chat is %+v", s)
	}
	if got := d.calm(t, s.ID, after); !slices.Equal(got, []string{SayBack + "agent=小周"}) {
		t.Errorf("the customer reads %q", got)
	}
	if e := d.last(t, s.ID); e.Kind != sessions.Note || e.Text != "我在开会" || e.From.ID != "u2" {
		t.Errorf("the note is %+v", e)
	}
}

func TestRefusedWhenWhoPassedItOnIsGone(t *testing.T) {
	d := staffed(newDesk(t))
	s := d.claimed(t, zhou, "a")
	done, err := d.Transfer(t.Context(), zhou, in(s, "cid-trans1"), To{Agent: "u2"}, "你来")
	if err != nil {
		t.Fatal(err)
	}
	staffed(d, "u1")
	act := in(done.Session, "cid-refus1")
	if done, err = d.Refuse(t.Context(), li, act, ""); err != nil {
		t.Fatal(err)
	}
	if s := done.Session; s.State != sessions.Queued || s.Desk.Offer.To != "" || s.Priority < frontPriority || !slices.Contains(s.Desk.Offer.Passed, "u2") {
		t.Errorf("the chat is %+v", s)
	}
	if _, err := d.Refuse(t.Context(), li, act, ""); err != nil {
		t.Errorf("refused again: %v", err)
	}
}

func TestSnooze(t *testing.T) {
	d := newDesk(t)
	now := time.Now().Add(-time.Second) // what is said later is later by more than a millisecond
	d.Now = func() time.Time { return now }
	s := d.claimed(t, zhou, "a")
	done, err := d.Snooze(t.Context(), zhou, in(s, "cid-snooz1"), time.Hour)
	if err != nil || !done.Session.Snoozing(now) || done.Session.Snoozing(now.Add(2*time.Hour)) || done.Session.Seq != s.Seq {
		t.Fatalf("got %+v, %v", done.Session, err)
	}
	if done, err = d.Snooze(t.Context(), zhou, in(s, "cid-snooz2"), 0); err != nil || done.Session.Snoozing(now) {
		t.Errorf("woken: %+v, %v", done.Session.Desk, err)
	}
	if _, err = d.Snooze(t.Context(), zhou, in(s, "cid-snooz3"), time.Hour); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Minute)
	d.hears(t, s.ID, "在吗")
	if s := d.load(t, s.ID); s.Snoozing(time.Now()) {
		t.Error("the customer spoke, and the chat is still put aside")
	}
	for name, agent := range map[string]sessions.Agent{"somebody else": li, "a supervisor": wu} {
		if _, err := d.Snooze(t.Context(), agent, in(s, "cid-snooz4"), time.Hour); !errors.Is(err, sessions.ErrNotOwner) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHowAChatEnds(t *testing.T) {
	d := staffed(newDesk(t))
	s := d.claimed(t, zhou, "a")
	if _, err := d.Close(t.Context(), zhou, in(s, "cid-close0"), Leaving{}); !errors.Is(err, ErrNeedsWrap) {
		t.Errorf("without a word: %v", err)
	}
	if _, err := d.Close(t.Context(), zhou, in(s, "cid-close0"), Leaving{Wrap: "bored"}); !errors.Is(err, sessions.ErrInvalid) {
		t.Errorf("for a reason of one's own: %v", err)
	}
	done, err := d.Close(t.Context(), zhou, in(s, "cid-close1"), Leaving{Wrap: "no_reply", Note: "没有回复"})
	if err != nil || done.Events[0].Move.Wrap != "no_reply" || done.Events[1].Text != "没有回复" {
		t.Fatalf("got %+v, %v", done, err)
	}
	if len(done.Events) != 2 || len(done.Session.Desk.Surveyed) > 0 {
		t.Errorf("a customer to whom nobody spoke is asked how it was: %+v", done.Events)
	}
}

func TestTheCustomerIsAskedOnce(t *testing.T) {
	d := staffed(newDesk(t))
	s := d.claimed(t, zhou, "a")
	if _, err := d.Say(t.Context(), zhou, in(s, "cid-00001"), Words{Text: "您好"}); err != nil {
		t.Fatal(err)
	}
	done, err := d.Return(t.Context(), zhou, in(s, "cid-back1"), Leaving{Wrap: "resolved"})
	if err != nil {
		t.Fatal(err)
	}
	if e := done.Events[len(done.Events)-1]; e.Kind != sessions.Survey || e.Part != sessions.PartAgent || e.Audience != sessions.All || e.Text != SaySurvey {
		t.Errorf("got %+v", e)
	}
	// Handed over, answered and returned once more: not asked once more.
	s = d.commit(t, done.Session.Queue("", time.Now()), sessions.Actor{Role: sessions.RoleSystem}, sessions.Event{Kind: sessions.Handed, From: ours})
	if done, err = d.Claim(t.Context(), zhou, s.ID, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Say(t.Context(), zhou, in(done.Session, "cid-00002"), Words{Text: "又见面了"}); err != nil {
		t.Fatal(err)
	}
	if done, err = d.Close(t.Context(), zhou, in(done.Session, "cid-close1"), Leaving{Wrap: "resolved"}); err != nil || len(done.Events) != 1 {
		t.Errorf("got %+v, %v", done.Events, err)
	}
}

// A close and a supervisor's giving the chat to others meet: one of them happens.
func TestClosedWhileBeingReassigned(t *testing.T) {
	d := staffed(newDesk(t))
	zhou := zhou
	zhou.Capacity = 20
	for i := range 12 {
		s := d.claimed(t, zhou, fmt.Sprint("c", i))
		var closing, giving error
		var both sync.WaitGroup
		both.Go(func() {
			_, closing = d.Close(context.Background(), zhou, in(s, fmt.Sprintf("cid-close1%d", i)), Leaving{Wrap: "resolved"})
		})
		both.Go(func() {
			_, giving = d.Reassign(context.Background(), wu, in(s, fmt.Sprintf("cid-give1%d", i)), To{Agent: "u2"}, "")
		})
		both.Wait()
		now := d.load(t, s.ID)
		switch {
		case closing == nil && giving != nil:
			if now.State != sessions.Closed || !errors.Is(giving, sessions.ErrClosed) && !errors.Is(giving, sessions.ErrTaken) {
				t.Fatalf("closed: %s, %v", now.State, giving)
			}
		case closing != nil && giving == nil:
			if now.State != sessions.Queued || now.Desk.Offer.To != "u2" || !errors.Is(closing, sessions.ErrNotOwner) {
				t.Fatalf("given: %+v, %v", now, closing)
			}
		default:
			t.Fatalf("closing %v, giving %v", closing, giving)
		}
		moves := 0
		for e, err := range sessions.Tail(t.Context(), d.Store, s.ID, s.Seq, sessions.All) {
			if err != nil {
				t.Fatal(err)
			}
			if e.Kind == sessions.Handed {
				moves++
			}
		}
		if moves != 1 {
			t.Fatalf("%d moves", moves)
		}
	}
}
