package bot_test

import (
	"slices"
	"strings"
	"testing"

	"wenda/bot/desk"
	"wenda/sessions"
)

// alarms are the kinds of danger staff were told of, in order.
func (s *stage) alarms() (out []string) {
	s.t.Helper()
	var last sessions.Event
	for e, err := range sessions.Tail(s.t.Context(), s.store, s.session.ID, 0, sessions.Staff) {
		if err != nil {
			s.t.Fatal(err)
		}
		if e.Kind == sessions.Alarmed {
			if e.Audience != sessions.Staff || e.About != last.Seq || last.From.Role != sessions.RoleCustomer {
				s.t.Errorf("the alarm is %+v, after %+v", e, last)
			}
			out = append(out, strings.Join(e.Reasons, " "))
		}
		last = e
	}
	return out
}

func (s *stage) alarmed(what string, want ...string) {
	s.t.Helper()
	if got := s.alarms(); !slices.Equal(got, want) {
		s.t.Errorf("%s: alarms %q, want %q", what, got, want)
	}
}

// A danger that a customer speaks of to a person is told to those who lead, of each kind
// once while that person has the chat; the bot says nothing of it.
func TestDangerToldToAPerson(t *testing.T) {
	s, _ := guessing(t)
	s.says("转人工")
	if _, err := s.desk.Claim(t.Context(), s.agent, s.session.ID, ""); err != nil {
		t.Fatal(err)
	}
	signals := make(chan sessions.Signal, 100)
	stop, err := s.bot.Live.Watch(sessions.DeskTopic, func(sig sessions.Signal) { signals <- sig })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	before := len(s.replies())
	s.says("还款失败怎么办")
	s.alarmed("nothing bad")
	s.says("我不想活了")
	s.says("真的不想活了，我的手机号是13800138000")
	s.alarmed("said twice", "harm")
	if sig := <-signals; sig.Session != s.session.ID {
		t.Errorf("desks were told of %+v", sig)
	}
	s.says("我把验证码告诉骗子了")
	s.alarmed("another", "harm", "fraud")
	if head := s.head(); head.State != sessions.Assigned || head.Desk.Danger() != "fraud" {
		t.Errorf("the chat is %+v", head)
	}
	if n := len(s.replies()); n != before {
		t.Error("the bot spoke")
	}

	next := sessions.Agent{ID: "u2", Name: "小李", Skills: []string{""}, Capacity: 3}
	act := desk.Act{Session: s.session.ID, Fence: s.head().Fence, Ref: "transfer-1"}
	if _, err := s.desk.Transfer(t.Context(), s.agent, act, desk.To{}, "请接手"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.desk.Claim(t.Context(), next, s.session.ID, ""); err != nil {
		t.Fatal(err)
	}
	if s.head().Desk.Danger() != "fraud" {
		t.Error("who takes the chat does not see that there is danger")
	}
	s.says("我不想活了")
	s.alarmed("to somebody else", "harm", "fraud", "harm")
	if _, err := s.desk.Return(t.Context(), next, desk.Act{Session: s.session.ID, Fence: s.head().Fence, Ref: "return-01"}, desk.Leaving{}); err != nil {
		t.Fatal(err)
	}
	if s.head().Desk.Danger() != "" {
		t.Error("it ends with the bot")
	}
}

// Said while waiting for a person it is told as well, beside the word of safety.
func TestDangerToldInTheQueue(t *testing.T) {
	s, _ := guessing(t)
	s.says("转人工")
	s.says("我被骗子骗走了三万块")
	s.says("钱都被骗走了")
	s.alarmed("in the queue", "fraud")
	if head := s.head(); head.State != sessions.Queued || head.Desk.Danger() != "fraud" {
		t.Errorf("the chat is %+v", head)
	}
}
