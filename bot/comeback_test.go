package bot_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"wenda/bot"
	"wenda/sessions"
)

var c1 = sessions.Actor{Role: sessions.RoleCustomer, ID: "c1", Device: "d1"}

func (s *stage) end() {
	s.t.Helper()
	s.refs++
	if _, err := s.bot.End(s.t.Context(), s.session.ID, c1, fmt.Sprintf("end-%05d", s.refs)); err != nil {
		s.t.Fatal(err)
	}
}

// kinds are the events of the session, as kind and for moves the reason.
func (s *stage) kinds() (out []string) {
	s.t.Helper()
	for e, err := range sessions.Tail(s.t.Context(), s.store, s.session.ID, 0, sessions.Staff) {
		if err != nil {
			s.t.Fatal(err)
		}
		kind := string(e.Kind)
		if e.Move != nil {
			kind += " " + string(e.Move.From) + "→" + string(e.Move.To) + " " + e.Move.Reason
		}
		out = append(out, kind)
	}
	return out
}

// What is said after the end begins a segment of its own, and nothing of before is remembered.
func TestReopenedBeginsAnew(t *testing.T) {
	s, _ := guessing(t)
	s.says("提前") // offers a choice
	s.later(2 * time.Second)
	s.answered()
	before := s.head()
	if len(before.Memory.Offered) == 0 {
		t.Fatalf("nothing was offered: %+v", before.Memory)
	}
	s.end()
	s.says("1") // no choice any more
	now := s.head()
	if now.State != sessions.Bot || now.Segment <= before.Segment || now.Skill != before.Skill || !now.ClosedAt.IsZero() || now.Pending == 0 {
		t.Errorf("the chat became %+v", now)
	}
	if got := s.kinds(); !slices.Equal(got[len(got)-2:], []string{"message", "handed closed→bot reopened"}) {
		t.Errorf("the log ends with %v", got)
	}
}

// An end that was acked is done, also if the chat was closed already: should it come once more,
// from a connection that hung, it does not close what was taken up again.
func TestAnEndThatComesLateEndsNothing(t *testing.T) {
	s, _ := guessing(t)
	s.says("还款失败")
	s.end() // on another tab
	late := func() sessions.Committed {
		done, err := s.bot.End(t.Context(), s.session.ID, c1, "end-late")
		if err != nil {
			t.Fatal(err)
		}
		return done
	}
	first := late()
	s.says("还款失败")
	if now := s.head(); now.State != sessions.Bot {
		t.Fatalf("not taken up again: %+v", now)
	}
	if again := late(); !again.Repeated || again.Events[0].Seq != first.Events[0].Seq || s.head().State != sessions.Bot {
		t.Errorf("an end that was acked before closes the chat: %v", s.kinds())
	}
	if last := first.Events[0]; last.Kind != sessions.Ended || last.Audience != sessions.Staff {
		t.Errorf("kept as %+v", last)
	}
}

func TestReopensOnlyWithinTheWindow(t *testing.T) {
	s, _ := guessing(t)
	s.says("还款失败")
	s.end()
	s.later(bot.DefaultPolicy().Reopen - time.Second)
	if !s.bot.Reopens(s.head()) {
		t.Error("not within the window")
	}
	s.later(time.Second)
	_, err := s.bot.Hear(t.Context(), s.session.ID, c1, sessions.Event{Kind: sessions.Message, Text: "还款失败", Ref: "late-0001"})
	if s.bot.Reopens(s.head()) || !errors.Is(err, sessions.ErrClosed) {
		t.Errorf("beyond the window: %v", err)
	}
	if s.bot.Reopens(sessions.Session{State: sessions.Bot}) {
		t.Error("an open chat is no closed one")
	}
}

// What was said once more after the ack was lost is kept once, also if the chat was closed
// in between.
func TestResentAfterACloseIsKeptOnce(t *testing.T) {
	s, _ := guessing(t)
	said := sessions.Event{Kind: sessions.Message, Text: "还款失败", Ref: "said-9999"}
	first, err := s.bot.Hear(t.Context(), s.session.ID, c1, said)
	if err != nil {
		t.Fatal(err)
	}
	s.end()
	again, err := s.bot.Hear(t.Context(), s.session.ID, c1, said)
	if err != nil || !again.Repeated || again.Events[0].Seq != first.Events[0].Seq {
		t.Errorf("again it became %+v, %v", again, err)
	}
	if head := s.head(); head.Open() {
		t.Errorf("and the chat is %s", head.State)
	}
}

// One tab goes on in the closed chat while another opens a new one: one of the two is open
// in the end, and what was said is in it.
func TestReopenedWhileAnotherIsOpened(t *testing.T) {
	s, _ := guessing(t)
	s.says("还款失败")
	for range 20 {
		s.end()
		closed := s.head().ID
		var wg sync.WaitGroup
		var other sessions.Session
		var hear, open error
		wg.Go(func() {
			_, hear = s.bot.Hear(t.Context(), closed, c1, sessions.Event{Kind: sessions.Message, Text: "还款失败"})
		})
		wg.Go(func() {
			other, open = s.store.Open(t.Context(), sessions.Customer{ID: "c1", Anonymous: true}, "dialogue", "zh-CN")
		})
		wg.Wait()
		switch {
		case open != nil || hear != nil && !errors.Is(hear, sessions.ErrClosed):
			t.Fatalf("heard %v, opened %v", hear, open)
		case (hear == nil) != (other.ID == closed):
			t.Fatalf("heard %v, and the open one is %s, closed was %s", hear, other.ID, closed)
		}
		s.session = other
		s.says("还款失败")
	}
}

func TestRatings(t *testing.T) {
	s, _ := guessing(t)
	s.says("还款失败")
	rate := func(part string, value int, reasons ...string) error {
		s.refs++
		_, err := s.bot.Hear(t.Context(), s.session.ID, c1, sessions.Event{Kind: sessions.Rating, Part: part, Value: value, Reasons: reasons, Ref: fmt.Sprintf("rate-%04d", s.refs)})
		return err
	}
	if err := rate(sessions.PartBot, 5); !errors.Is(err, sessions.ErrInvalid) {
		t.Errorf("before anybody asked: %v", err)
	}
	s.end()
	for name, c := range map[string]struct {
		part    string
		value   int
		reasons []string
		want    error
	}{
		"the whole chat":     {"", 4, nil, nil},
		"the bot's part":     {sessions.PartBot, 2, nil, nil},
		"… and why":          {sessions.PartBot, 2, []string{"slow", "wrong"}, nil},
		"the agent's part":   {sessions.PartAgent, 5, nil, sessions.ErrInvalid},
		"six of five":        {sessions.PartBot, 6, nil, sessions.ErrInvalid},
		"a reason of no one": {sessions.PartBot, 5, []string{"weather"}, sessions.ErrInvalid},
	} {
		if err := rate(c.part, c.value, c.reasons...); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// A customer is asked about each part once, however often the chat ends.
func TestNobodyIsAskedTwice(t *testing.T) {
	s, _ := guessing(t)
	for range 3 {
		s.says("还款失败")
		s.end()
		s.says("转人工")
		if _, err := s.desk.Claim(t.Context(), s.agent, s.session.ID, ""); err != nil {
			t.Fatal(err)
		}
		if err := s.act([]string{"say", "您好"}); err != nil {
			t.Fatal(err)
		}
		s.end()
	}
	asked := map[string]int{}
	for e, err := range sessions.Tail(t.Context(), s.store, s.session.ID, 0, sessions.All) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Kind == sessions.Survey {
			asked[e.Part]++
		}
	}
	if asked[sessions.PartBot] != 1 || asked[sessions.PartAgent] != 1 {
		t.Errorf("asked %v", asked)
	}
}

// Reasons come after a 没用, once it was answered: they say why, and lead to nothing more.
func TestVoteReasons(t *testing.T) {
	s, _ := guessing(t)
	s.says("还款失败")
	about := s.lastReply()
	vote := func(value int, reasons ...string) (sessions.Committed, error) {
		s.refs++
		return s.bot.Hear(t.Context(), s.session.ID, c1, sessions.Event{Kind: sessions.Vote, About: about, Value: value, Reasons: reasons, Ref: fmt.Sprintf("vote-%04d", s.refs)})
	}
	if done, err := vote(-1); err != nil || len(done.Events) != 2 {
		t.Errorf("没用: %d events, %v; want a person offered", len(done.Events), err)
	}
	if done, err := vote(-1, "unclear"); err != nil || len(done.Events) != 1 || !slices.Equal(done.Events[0].Reasons, []string{"unclear"}) {
		t.Errorf("why: %+v, %v", done.Events, err)
	}
	for _, wrong := range [][]string{{"rude"}, {"unclear", "x"}} {
		if _, err := vote(-1, wrong...); !errors.Is(err, sessions.ErrInvalid) {
			t.Errorf("%v: %v", wrong, err)
		}
	}
	if _, err := vote(1, "unclear"); !errors.Is(err, sessions.ErrInvalid) {
		t.Errorf("reasons of a 有用: %v", err)
	}
}
