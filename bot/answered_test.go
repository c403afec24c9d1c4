package bot_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"wenda/bot"
	"wenda/bot/desk"
	"wenda/knowledge"
	"wenda/knowledge/sample"
	"wenda/sessions"
)

// guess is a matcher that knows four words, until a test breaks it.
type guess struct {
	release *knowledge.Release
	before  func(ctx context.Context) error // done first in every match
	asked   atomic.Int64
}

func (g *guess) Match(ctx context.Context, utterance string, _ int) (knowledge.Result, error) {
	g.asked.Add(1)
	if g.before != nil {
		if err := g.before(ctx); err != nil {
			return knowledge.Result{}, err
		}
	}
	for _, known := range []struct {
		word, entry string
		confidence  float64
	}{{"还款失败", "repay-failed", 0.95}, {"额度", "limit-raise", 0.9}, {"提前", "settle-early", 0.5}, {"你好", "chat-hello", 0.99}} {
		if strings.Contains(utterance, known.word) {
			e, _ := g.release.Entry(known.entry)
			return knowledge.Result{Release: g.release.ID, Matches: []knowledge.Match{{Entry: e.ID, Revision: 1, Answer: e.Answer(knowledge.Chinese), Confidence: known.confidence}}}, nil
		}
	}
	return knowledge.Result{Release: g.release.ID}, nil
}

func guessing(t *testing.T) (*stage, *guess) {
	t.Helper()
	release, err := sample.Release(1)
	if err != nil {
		t.Fatal(err)
	}
	g := &guess{release: release}
	return newStage(t, g, release), g
}

func (s *stage) says(text string) { s.hear(sessions.Event{Kind: sessions.Message, Text: text}) }

func (s *stage) later(d time.Duration) { s.now.Add(d.Milliseconds()) }

func (s *stage) head() sessions.Session {
	s.t.Helper()
	head, err := s.store.Load(s.t.Context(), s.session.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return head
}

// replies are what the bot said that answers something.
func (s *stage) replies() (out []sessions.Event) {
	s.t.Helper()
	for e, err := range sessions.Tail(s.t.Context(), s.store, s.session.ID, 0, sessions.Staff) {
		if err != nil {
			s.t.Fatal(err)
		}
		if isReply(e) {
			out = append(out, e)
		}
	}
	return out
}

func isReply(e sessions.Event) bool {
	return e.From.Role == sessions.RoleBot && e.Decision != nil && e.Decision.Answers > 0
}

var breaks = map[string]func(context.Context) error{
	"panics": func(context.Context) error { panic("卡里有钱") },
	"hangs": func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	},
	"fails": func(context.Context) error { return errDown },
}

// However the matcher breaks, at once or when the bot comes back to a line: a person,
// never silence, and never twice.
func TestMatcherBreaks(t *testing.T) {
	for how, breaking := range breaks {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s, g := guessing(t)
			g.before = breaking
			s.says("还款失败")
			s.handedOff(1)
		})
		t.Run(how+" later", func(t *testing.T) {
			t.Parallel()
			s, g := guessing(t)
			s.says("嗯")
			if p := s.head().Pending; p != 1 {
				t.Fatalf("pending is %d, want 1", p)
			}
			g.before = breaking
			s.later(3 * time.Second)
			s.sweep()
			s.handedOff(1)
		})
	}
}

func (s *stage) handedOff(answers int64) {
	s.t.Helper()
	s.sweep()
	replies := s.replies()
	if len(replies) != 1 || replies[0].Decision.Action != string(bot.Handoff) || replies[0].Decision.Reason != bot.ReasonFault || replies[0].Decision.Answers != answers {
		s.t.Errorf("replies are %+v", replies)
	}
	if head := s.head(); head.State != sessions.Queued || head.Pending != 0 {
		s.t.Errorf("the chat is %s, pending %d", head.State, head.Pending)
	}
}

// refusing is a store that does not take what a test names.
type refusing struct {
	sessions.Store
	refuse func(events []sessions.Event) error
}

func (r *refusing) Commit(ctx context.Context, by sessions.Actor, next sessions.Session, events ...sessions.Event) (sessions.Committed, error) {
	if r.refuse != nil {
		if err := r.refuse(events); err != nil {
			return sessions.Committed{}, err
		}
	}
	return r.Store.Commit(ctx, by, next, events...)
}

// A message that nobody can answer and live is begun twice, then goes to a person
// without being looked at again.
func TestPoison(t *testing.T) {
	s, g := guessing(t)
	store := &refusing{Store: s.store}
	s.bot.Store = store
	s.says("嗯")
	store.refuse = func(events []sessions.Event) error {
		if len(events) > 0 && events[0].Kind != sessions.Handed {
			return errDown // as good as dying: nothing is written
		}
		return nil
	}
	for try := 1; try <= 2; try++ {
		s.later(3 * time.Second)
		if err := s.bot.SweepOnce(t.Context()); !errors.Is(err, errDown) {
			t.Fatalf("try %d: %v", try, err)
		}
		if err := s.bot.SweepOnce(t.Context()); err != nil { // no other node begins while one is at it
			t.Fatalf("a second sweep during try %d: %v", try, err)
		}
	}
	g.before = func(context.Context) error {
		t.Error("looked at a third time")
		return nil
	}
	s.later(3 * time.Second)
	s.handedOff(1)
}

// While nothing can be committed the chat is not closed as idle: somebody waits.
func TestPendingIsNotIdle(t *testing.T) {
	s, _ := guessing(t)
	store := &refusing{Store: s.store}
	s.bot.Store = store
	s.says("你好")
	store.refuse = func([]sessions.Event) error { return sessions.ErrBusy }
	for range 5 {
		s.later(10 * time.Minute)
		_ = s.bot.SweepOnce(t.Context())
	}
	if head := s.head(); head.State != sessions.Bot || head.Pending != 1 || head.Memory.Hints != 0 {
		t.Fatalf("the chat became %+v", head)
	}
	store.refuse = nil
	s.sweep()
	if r := s.replies(); len(r) != 1 || r[0].Decision.Entry != "chat-hello" {
		t.Errorf("answered with %+v", r)
	}
}

// An agent takes the chat while the bot thinks: the message is kept, the bot silent.
func TestClaimedWhileThinking(t *testing.T) {
	for _, swept := range []bool{false, true} {
		t.Run(map[bool]string{false: "heard", true: "swept"}[swept], func(t *testing.T) {
			s, g := guessing(t)
			if swept {
				s.says("嗯")
				s.later(3 * time.Second)
			}
			g.before = func(context.Context) error {
				g.before = nil
				other := sessions.Actor{Role: sessions.RoleCustomer, ID: "c1", Device: "d2"}
				if _, err := s.bot.Hear(t.Context(), s.session.ID, other, sessions.Event{Kind: sessions.Message, Ref: "other-tab", Text: "转人工"}); err != nil {
					t.Error(err)
				}
				if _, err := s.desk.Claim(t.Context(), s.agent, s.session.ID, ""); err != nil {
					t.Error(err)
				}
				return nil
			}
			if swept {
				s.sweep()
			} else {
				s.says("还款失败")
			}
			head := s.head()
			if r := s.replies(); len(r) != 1 || r[0].Kind != sessions.Handed || head.State != sessions.Assigned || head.Pending != 0 {
				t.Errorf("the chat is %s, pending %d, replies %+v", head.State, head.Pending, r)
			}
			last, err := s.store.Transcript(t.Context(), s.session.ID, head.Seq-1, 1)
			if err != nil || !swept && last[0].Text != "还款失败" {
				t.Errorf("the last line is %+v, %v", last, err)
			}
		})
	}
}

// The node that took a line answers it, long before a sweep would; what ends with
// Sweep leaves nothing behind.
func TestTimers(t *testing.T) {
	s, _ := guessing(t)
	s.bot.Now = func() time.Time { return time.UnixMilli(s.now.Load()) }
	s.bot.Policy.Gather = 20 * time.Millisecond
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.bot.Sweep(ctx)
	}()
	for n := 1; n <= 5; n++ {
		s.says("嗯")
		s.says("你好")
		end := time.Now().Add(time.Minute)
		for len(s.replies()) < n {
			s.now.Add(5) // so that the sweeper never finds anything due
			if time.Now().After(end) {
				t.Fatalf("%d answers to %d bursts: %+v", len(s.replies()), n, s.head())
			}
			time.Sleep(time.Millisecond)
		}
	}
	s.says("嗯")
	cancel()
	<-ended
	if len(s.replies()) > 6 {
		t.Errorf("%d answers", len(s.replies()))
	}
}

// ---- everything at random

// shaky is a store on which any commit may fail, before or after it was written.
type shaky struct {
	sessions.Store
	next func() string
}

var errLost = errors.New("the node is gone")

func (s shaky) Commit(ctx context.Context, by sessions.Actor, next sessions.Session, events ...sessions.Event) (sessions.Committed, error) {
	switch s.next() {
	case "before":
		return sessions.Committed{}, errLost
	case "after":
		if _, err := s.Store.Commit(ctx, by, next, events...); err != nil {
			return sessions.Committed{}, err
		}
		return sessions.Committed{}, errLost
	}
	return s.Store.Commit(ctx, by, next, events...)
}

// Whatever happens in whatever order, nodes dying in between: each message that the bot
// owned is covered by exactly one reply or a change of owner. WENDA_PROVE=1 tries a
// thousand lives; each commit is on disk, so the ordinary run has fewer.
func TestAnsweredOnce(t *testing.T) {
	rounds, lives := 1, 40
	if os.Getenv("WENDA_PROVE") == "1" {
		rounds, lives = 10, 100
	}
	for range rounds {
		answeredOnce(t, lives)
	}
}

func answeredOnce(t *testing.T, lives int) {
	s, _ := guessing(t)
	truth, fate := s.store, func() string { return "" }
	s.bot.Store = shaky{truth, func() string { return fate() }}
	cases, broken := 0, false
	rapid.Check(t, func(t *rapid.T) {
		if cases++; cases > lives && !broken {
			return
		}
		before := broken
		broken = true // until this life has ended well, so that a bad one can be lived again
		c := &chat{stage: s, by: sessions.Actor{Role: sessions.RoleCustomer, ID: fmt.Sprintf("c-%d", cases), Device: "d1"}}
		var err error
		if c.session, err = truth.Open(s.t.Context(), sessions.Customer{ID: c.by.ID}, "dialogue", "zh-CN"); err != nil {
			t.Fatal(err)
		}
		fate = func() string { return rapid.SampledFrom([]string{"", "", "", "", "before", "after"}).Draw(t, "fate") }
		t.Repeat(map[string]func(*rapid.T){
			"hear": c.hears, "soon": c.soon, "late": c.late, "timer": c.timer, "sweep": c.sweeps,
			"claim": c.claim, "say": c.speak, "return": c.giveBack, "close": c.close, "end": c.end,
		})
		fate = func() string { return "" }
		for range 4 {
			s.later(5 * time.Second)
			c.sweeps(t)
		}
		c.judge(t)
		if _, err := s.bot.End(s.t.Context(), c.session.ID, c.by, "end-of-case"); err != nil { // or it is swept in all that follow
			t.Fatal(err)
		}
		broken = before
	})
}

// chat is one customer's at a stage that all share.
type chat struct {
	*stage
	session sessions.Session
	by      sessions.Actor
	said    int
}

// hears sends a line until it is acked, as a widget does.
func (c *chat) hears(t *rapid.T) {
	text := rapid.SampledFrom([]string{"你好", "嗯", "还款失败", "额度", "提前", "转人工", "我的手机号是13812345678", "不用了"}).Draw(t, "text")
	c.said++
	said := sessions.Event{Kind: sessions.Message, Text: text, Ref: fmt.Sprintf("said-%04d", c.said)}
	for {
		_, err := c.bot.Hear(c.t.Context(), c.session.ID, c.by, said)
		if err == nil || errors.Is(err, sessions.ErrClosed) {
			return
		}
		if !errors.Is(err, errLost) {
			t.Fatal(err)
		}
	}
}

func (c *chat) soon(t *rapid.T) {
	c.later(time.Duration(rapid.IntRange(1, 900).Draw(t, "ms")) * time.Millisecond)
}

func (c *chat) late(t *rapid.T) {
	c.later(time.Duration(rapid.IntRange(1, 5).Draw(t, "s")) * time.Second)
}

func (c *chat) timer(t *rapid.T) { c.mayBeLost(t, c.bot.Gathered(c.t.Context(), c.session.ID)) }

func (c *chat) sweeps(t *rapid.T) { c.mayBeLost(t, c.bot.SweepOnce(c.t.Context())) }

func (*chat) mayBeLost(t *rapid.T, err error) {
	if err != nil && !errors.Is(err, errLost) {
		t.Fatal(err)
	}
}

func (c *chat) claim(*rapid.T) {
	agent := c.agent
	agent.Capacity = 1 << 20
	_, _ = c.desk.Claim(c.t.Context(), agent, c.session.ID, "")
}

func (c *chat) act(act func(ctx context.Context, fence int64, ref string) error) {
	head, err := c.store.Load(c.t.Context(), c.session.ID)
	if err != nil || head.State != sessions.Assigned {
		return
	}
	c.said++
	_ = act(c.t.Context(), head.Fence, fmt.Sprintf("agent-%s-%d", c.by.ID, c.said))
}

func (c *chat) speak(*rapid.T) {
	c.act(func(ctx context.Context, fence int64, ref string) error {
		_, err := c.desk.Say(ctx, c.agent, desk.Act{Session: c.session.ID, Fence: fence, Ref: ref}, desk.Words{Text: "您好"})
		return err
	})
}

func (c *chat) giveBack(*rapid.T) {
	c.act(func(ctx context.Context, fence int64, ref string) error {
		_, err := c.desk.Return(ctx, c.agent, desk.Act{Session: c.session.ID, Fence: fence, Ref: ref}, desk.Leaving{})
		return err
	})
}

// close and end come last in most chats, or nothing else would happen.
func (c *chat) close(t *rapid.T) {
	if rapid.IntRange(0, 9).Draw(t, "really") > 0 {
		return
	}
	c.act(func(ctx context.Context, fence int64, ref string) error {
		_, err := c.desk.Close(ctx, c.agent, desk.Act{Session: c.session.ID, Fence: fence, Ref: ref}, desk.Leaving{})
		return err
	})
}

func (c *chat) end(t *rapid.T) {
	if rapid.IntRange(0, 9).Draw(t, "really") > 0 {
		return
	}
	c.said++
	_, err := c.bot.End(c.t.Context(), c.session.ID, c.by, fmt.Sprintf("end-%s-%d", c.by.ID, c.said))
	c.mayBeLost(t, err)
}

// judge reads the log as an auditor would.
func (c *chat) judge(t *rapid.T) {
	var log []string
	wrong := func(e sessions.Event, what string) {
		t.Fatalf("event %d: %s\n%s", e.Seq, what, strings.Join(log, "\n"))
	}
	owner, owed := sessions.Bot, []int64(nil) // lines that the bot must answer
	returned := false                         // with lines from before: one answer is due, or none
	covered := map[int64]int64{}              // first line → fence it was answered in
	fence := int64(1)
	for e, err := range sessions.Tail(c.t.Context(), c.store, c.session.ID, 0, sessions.Staff) {
		if err != nil {
			t.Fatal(err)
		}
		log = append(log, fmt.Sprintf("%d %s %s %s %q %+v", e.Seq, e.At.Format("05.000"), e.From.Role, e.Kind, e.Text, e.Decision))
		if e.Kind == sessions.Message && e.From.Role == sessions.RoleCustomer && owner == sessions.Bot {
			owed = append(owed, e.Seq)
		}
		if isReply(e) && owner == sessions.Bot {
			first := e.Decision.Answers
			if covered[first] == fence {
				wrong(e, "answers a line for the second time")
			}
			if len(owed) > 0 && first != owed[0] && (!returned || first > owed[0]) {
				wrong(e, fmt.Sprintf("answers from %d on, but %v wait", first, owed))
			}
			if len(owed) == 0 && !returned {
				wrong(e, "answers where nothing was asked")
			}
			covered[first], owed, returned = fence, nil, false
		}
		if e.Move != nil {
			owner, owed, fence = e.Move.To, nil, fence+1
			returned = owner == sessions.Bot
		}
	}
	if len(owed) > 0 {
		t.Fatalf("%v were never answered\n%s", owed, strings.Join(log, "\n"))
	}
	head, err := c.store.Load(c.t.Context(), c.session.ID)
	if err != nil || head.Pending != 0 {
		t.Fatalf("still pending: %+v, %v", head, err)
	}
}
