package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"wenda/sessions"
)

var qian = sessions.Agent{ID: "lead2", Name: "钱主管", Capacity: 5, ReadsAll: true, MovesAll: true}

func TestWatchingIsOnTheRecord(t *testing.T) {
	d := newDesk(t)
	s := d.claimed(t, zhou, "a")
	if _, err := d.Watch(t.Context(), wu, s.ID); !errors.Is(err, sessions.ErrNotFound) {
		t.Errorf("with nowhere to write it down: %v", err)
	}
	var kept []string
	var fail error
	d.Audit = func(_ context.Context, who, did, about string) error {
		kept = append(kept, who+" "+did+" "+about)
		return fail
	}
	if got, err := d.Watch(t.Context(), wu, s.ID); err != nil || got.ID != s.ID {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := d.Watch(t.Context(), zhou, s.ID); err != nil {
		t.Errorf("one's own: %v", err)
	}
	if _, err := d.Watch(t.Context(), li, s.ID); !errors.Is(err, sessions.ErrNotFound) {
		t.Errorf("a colleague: %v", err)
	}
	if want := []string{"lead chat.watch " + s.ID}; !slices.Equal(kept, want) {
		t.Errorf("kept %q, want %q", kept, want)
	}
	fail = errors.New("full disk")
	if _, err := d.Watch(t.Context(), wu, s.ID); !errors.Is(err, fail) {
		t.Errorf("what cannot be written down is read all the same: %v", err)
	}
	if _, err := d.Close(t.Context(), zhou, in(s, "cid-close1"), Leaving{}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Watch(t.Context(), wu, s.ID); !errors.Is(err, sessions.ErrNotFound) {
		t.Errorf("a closed chat: %v", err)
	}
}

func TestWhisperReachesNoCustomer(t *testing.T) {
	d := newDesk(t)
	s := d.claimed(t, zhou, "a")
	done, err := d.Whisper(t.Context(), wu, in(s, "cid-whisp1"), "先核对13800138000")
	if err != nil {
		t.Fatal(err)
	}
	e := done.Events[0]
	if e.Audience != sessions.Staff || e.Kind != sessions.Note || e.Text != "先核对138****8000" || e.From != (sessions.Speaker{Role: sessions.RoleSupervisor, ID: "lead", Name: "吴主管"}) {
		t.Errorf("got %+v", e)
	}
	if got := d.calm(t, s.ID, s.Seq); len(got) > 0 {
		t.Errorf("the customer reads %q", got)
	}
	if again, err := d.Whisper(t.Context(), wu, in(s, "cid-whisp1"), "先核对13800138000"); err != nil || !again.Repeated {
		t.Errorf("sent again: %+v, %v", again, err)
	}
	if now := d.load(t, s.ID); now.Agent != "u1" || now.Fence != s.Fence || now.AwaitAt.IsZero() {
		t.Errorf("the chat is %+v", now)
	}
}

func TestJoinSpeakAndPart(t *testing.T) {
	d := newDesk(t)
	s := d.claimed(t, zhou, "a")
	if _, err := d.Say(t.Context(), wu, in(s, "cid-00001"), Words{Text: "您好"}); !errors.Is(err, sessions.ErrNotOwner) {
		t.Errorf("spoke without having joined: %v", err)
	}
	done, err := d.Join(t.Context(), wu, in(s, "cid-join1"))
	if err != nil || done.Session.Desk.Joined != "lead" || done.Session.Agent != "u1" || done.Session.Fence != s.Fence {
		t.Fatalf("got %+v, %v", done.Session, err)
	}
	if _, err := d.Join(t.Context(), wu, in(s, "cid-join1")); err != nil {
		t.Errorf("again: %v", err)
	}
	if _, err := d.Join(t.Context(), qian, in(s, "cid-join2")); !errors.Is(err, sessions.ErrTaken) {
		t.Errorf("another one: %v", err)
	}
	for _, agent := range []sessions.Agent{wu, zhou} {
		if _, err := d.Say(t.Context(), agent, in(s, "cid-say-"+agent.ID), Words{Text: "我是" + agent.Name}); err != nil {
			t.Errorf("%s speaks: %v", agent.ID, err)
		}
	}
	if _, err := d.Part(t.Context(), wu, in(s, "cid-part1")); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Part(t.Context(), wu, in(s, "cid-part1")); err != nil {
		t.Errorf("again: %v", err)
	}
	if _, err := d.Say(t.Context(), wu, in(s, "cid-00002"), Words{Text: "还有"}); !errors.Is(err, sessions.ErrNotOwner) {
		t.Errorf("spoke after having parted: %v", err)
	}
	if got, want := d.calm(t, s.ID, s.Seq), []string{SayJoined + "agent=吴主管", "我是吴主管", "我是小周"}; !slices.Equal(got, want) {
		t.Errorf("the customer reads %q, want %q", got, want)
	}
}

func TestTakeover(t *testing.T) {
	d := newDesk(t)
	s := d.claimed(t, zhou, "a")
	done, err := d.Takeover(t.Context(), wu, in(s, "cid-take1"))
	if err != nil || done.Session.Agent != "lead" || done.Events[0].Move.Reason != "taken_over" || len(done.Events) != 1 {
		t.Fatalf("got %+v, %v", done, err)
	}
	if again, err := d.Takeover(t.Context(), wu, in(s, "cid-take1")); err != nil || again.Session.Fence != done.Session.Fence {
		t.Errorf("again: %+v, %v", again.Session, err)
	}
	if _, err := d.Say(t.Context(), zhou, in(s, "cid-00001"), Words{Text: "我还在"}); !errors.Is(err, sessions.ErrNotOwner) {
		t.Errorf("who lost it speaks: %v", err)
	}
	if _, err := d.Say(t.Context(), wu, in(done.Session, "cid-00002"), Words{Text: "您好"}); err != nil {
		t.Errorf("who has it: %v", err)
	}
}

// Of several supervisors who take a chat over at once one gets it, whoever had it.
func TestOneOfManyTakesOver(t *testing.T) {
	for name, open := range map[string]func(*Desk) sessions.Session{
		"an agent's": func(d *Desk) sessions.Session { return d.claimed(t, zhou, "a") },
		"waiting":    func(d *Desk) sessions.Session { return d.queued(t, "a", "") },
		"the bot's": func(d *Desk) sessions.Session {
			s, err := d.Store.Open(t.Context(), sessions.Customer{ID: "a"}, "widget", "zh-CN")
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
	} {
		d := newDesk(t)
		s := open(d)
		var all sync.WaitGroup
		got := make([]error, 6)
		for i := range got {
			lead := sessions.Agent{ID: fmt.Sprint("lead", i), Name: "主管", ReadsAll: true, MovesAll: true}
			all.Go(func() { _, got[i] = d.Takeover(context.Background(), lead, in(s, fmt.Sprintf("cid-take%d", i))) })
		}
		all.Wait()
		now, won := d.load(t, s.ID), 0
		for i, err := range got {
			switch {
			case err == nil:
				won++
				if now.Agent != fmt.Sprint("lead", i) {
					t.Errorf("%s: %s has it, lead%d won", name, now.Agent, i)
				}
			case !errors.Is(err, sessions.ErrTaken):
				t.Errorf("%s: %v", name, err)
			}
		}
		if won != 1 || now.State != sessions.Assigned {
			t.Errorf("%s: %d won, the chat is %s", name, won, now.State)
		}
	}
}

func TestReassign(t *testing.T) {
	d := staffed(newDesk(t))
	s := d.claimed(t, zhou, "a")
	if _, err := d.Reassign(t.Context(), wu, in(s, "cid-give0"), To{Agent: "u1"}, ""); !errors.Is(err, sessions.ErrInvalid) {
		t.Errorf("to who has it: %v", err)
	}
	done, err := d.Reassign(t.Context(), wu, in(s, "cid-give1"), To{Agent: "u2"}, "请小李接")
	if err != nil || done.Session.Desk.Offer.To != "u2" || done.Session.Desk.Offer.From != "" || done.Session.State != sessions.Queued {
		t.Fatalf("got %+v, %v", done.Session, err)
	}
	if e := done.Events[1]; e.From.Role != sessions.RoleSupervisor || e.Text != "请小李接" {
		t.Errorf("the note is %+v", e)
	}
	if done, err := d.Reassign(t.Context(), wu, in(s, "cid-give1"), To{Agent: "u2"}, "请小李接"); err != nil || len(done.Events) > 0 {
		t.Errorf("sent again: %+v, %v", done, err)
	}
	// Nobody was serving the customer: there is nothing to tell them.
	again, err := d.Reassign(t.Context(), wu, in(done.Session, "cid-give2"), To{Skill: "expert"}, "")
	if err != nil || again.Session.Skill != "expert" || again.Session.Desk.Offer.To != "" {
		t.Fatalf("got %+v, %v", again.Session, err)
	}
	if got := d.calm(t, s.ID, s.Seq); !slices.Equal(got, []string{SayTransferred}) {
		t.Errorf("the customer reads %q", got)
	}
	if _, err := d.Reassign(t.Context(), wu, in(s, "cid-give3"), To{Skill: ""}, ""); !errors.Is(err, sessions.ErrTaken) {
		t.Errorf("with an old fence: %v", err)
	}
}

func TestOnlySupervisorsLead(t *testing.T) {
	d := staffed(newDesk(t))
	s := d.claimed(t, zhou, "a")
	for name, err := range map[string]error{
		"whisper":  second(d.Whisper(t.Context(), li, in(s, "cid-00001"), "a")),
		"join":     second(d.Join(t.Context(), li, in(s, "cid-00002"))),
		"part":     second(d.Part(t.Context(), li, in(s, "cid-00003"))),
		"takeover": second(d.Takeover(t.Context(), li, in(s, "cid-00004"))),
		"reassign": second(d.Reassign(t.Context(), li, in(s, "cid-00005"), To{Agent: "lead"}, "")),
	} {
		if !errors.Is(err, sessions.ErrNotOwner) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if now := d.load(t, s.ID); now.Seq != s.Seq {
		t.Errorf("something was written: %+v", now)
	}
}
