package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"wenda/sessions"
)

var commitTests = map[string]func(*testing.T, sessions.Store){
	"everything is kept":                 testCommitKeeps,
	"any text is kept":                   testCommitTexts,
	"text that cannot be kept":           testCommitBadTexts,
	"copies":                             testCommitCopies,
	"guards":                             testCommitGuards,
	"a closed session":                   testCommitClosed,
	"a closed session is reopened":       testCommitReopened,
	"an agent with an old fence":         testCommitOldFence,
	"pending":                            testCommitPending,
	"changes without an event":           testCommitHeadOnly,
	"customer and agent at once":         testCommitTogether,
	"rivals for one change":              testCommitRivals,
	"callers who go away":                testCommitCancelled,
	"a caller who has gone":              testCommitGone,
	"more events than fit one statement": testCommitMany,
}

func testCommitKeeps(t *testing.T, store sessions.Store) {
	s := opened(t, store, wang)
	utterance := said(customer(wang), "卡里有钱为什么还款失败，我的手机号是138****0000", "wang-0001")
	utterance.From.Name, utterance.Masked, utterance.Sealed = "王女士", []string{"phone"}, []byte{0, 1, 0xff, 0}
	utterance.Choice, utterance.Page = "repay-failed", &sessions.Page{Title: "还款", URL: "https://www.example.com/repay"}
	answer := reply("请确认……", "re-wang-0001")
	answer.Choices = []sessions.Choice{{ID: "a", Label: "甲"}, {ID: sessions.ChooseNone, Label: "都不是"}}
	answer.Votable = true
	answer.Decision.Candidates = []sessions.Candidate{{Entry: "repay-failed", Question: "还款失败怎么办", Phrasing: "扣款失败", Confidence: 1.0 / 3}}
	answer.Decision.Release, answer.Decision.Revision, answer.Decision.Variant = 7, 3, "b"
	next := s
	next.Skill, next.Priority, next.Lang = "loans", 5, "en"
	next.Memory = sessions.Memory{Offered: []string{"a", "none"}, Misses: 1, Asked: "contact", Hints: 2, Left: true}
	next.Desk.Facts = &sessions.Facts{Vulnerable: true, VIP: true, Priority: 30, Fields: []sessions.Fact{{Name: "tier", Value: "金卡"}}}

	done := commit(t, store, customer(wang), next, utterance, answer)
	if done.Repeated || len(done.Events) != 2 {
		t.Fatalf("got %d events, repeated %v", len(done.Events), done.Repeated)
	}
	utterance.Seq, utterance.At, utterance.Audience = 1, done.Events[0].At, sessions.All
	answer.Seq, answer.At, answer.Audience = 2, done.Events[0].At, sessions.All
	d := *answer.Decision
	d.Answers = 1
	answer.Decision = &d
	wantSame(t, "events", done.Events, []sessions.Event{utterance, answer})
	wantSame(t, "transcript", transcript(t, store, s.ID), done.Events)
	next.Seq, next.ChangedAt, next.HeardAt = 2, done.Session.ChangedAt, done.Events[0].At
	wantSame(t, "head", done.Session, next)
	wantSame(t, "loaded head", load(t, store, s.ID), done.Session)

	note := sessions.Event{Kind: sessions.Note, From: sessions.Speaker{Role: sessions.RoleSystem}, Audience: sessions.Staff, Text: "内部"}
	vote := sessions.Event{Kind: sessions.Vote, From: sessions.Speaker{Role: sessions.RoleCustomer, ID: wang.ID}, About: 2, Value: -1}
	done = commit(t, store, system, done.Session, note)
	done = commit(t, store, customer(wang), done.Session, vote)
	log := transcript(t, store, s.ID)
	wantSame(t, "vote", log[3:], done.Events)
	if log[2].Audience != sessions.Staff || log[3].About != 2 || log[3].Value != -1 {
		t.Errorf("note and vote came back as %+v", log[2:])
	}
}

func testCommitTexts(t *testing.T, store sessions.Store) {
	s := opened(t, store, wang)
	texts := []string{
		"'; DROP TABLE session; --", "$1 $2 %s {{.}}", "\u202e你好\u2066", "👨‍👩‍👧‍👦🇨🇳", "\ufffd\ufeff", "line\r\nline\t", " 前后空格 ", "㐀𠀀",
		strings.Repeat("问", 2000), `{"a":"\u0000"}`,
	}
	for _, text := range texts {
		s = commit(t, store, customer(wang), s, said(customer(wang), text, "")).Session
	}
	for i, e := range transcript(t, store, s.ID) {
		if e.Text != texts[i] {
			t.Errorf("text %q came back as %q", texts[i], e.Text)
		}
	}
}

func testCommitBadTexts(t *testing.T, store sessions.Store) {
	s := opened(t, store, wang)
	for _, text := range []string{"a\x00b", "\xff", "你\xe5\xa5"} {
		_, err := store.Commit(t.Context(), customer(wang), s, said(customer(wang), "fine", ""), said(customer(wang), text, ""))
		wantError(t, "text that cannot be stored", err, sessions.ErrInvalid)
	}
	_, err := store.Commit(t.Context(), customer(wang), s, said(customer(wang), "text", "short"))
	wantError(t, "a malformed ref", err, sessions.ErrInvalid)
	_, err = store.Commit(t.Context(), system, s.Assign(""), handed("asked"))
	wantError(t, "assigned to nobody", err, sessions.ErrInvalid)
	if log := transcript(t, store, s.ID); len(log) != 0 {
		t.Errorf("refused commits left %d events", len(log))
	}
}

func testCommitCopies(t *testing.T, store sessions.Store) {
	s := opened(t, store, wang)
	next := s
	next.Memory.Offered = []string{"a", "b"}
	events := []sessions.Event{said(customer(wang), "一", "wang-0001")}
	done := commit(t, store, customer(wang), next, events...)
	next.Memory.Offered[0], events[0].Text, done.Session.Memory.Offered[1], done.Events[0].Text = "x", "x", "x", "x"
	wantSame(t, "stored memory", load(t, store, s.ID).Memory.Offered, []string{"a", "b"})
	wantSame(t, "stored text", transcript(t, store, s.ID)[0].Text, "一")
}

func testCommitGuards(t *testing.T, store sessions.Store) {
	s := opened(t, store, wang)
	newer := commit(t, store, customer(wang), s, said(customer(wang), "一", ""), reply("二", "")).Session
	stale := s
	stale.Memory.Misses = 9
	cases := []struct {
		name   string
		by     sessions.Actor
		next   sessions.Session
		events []sessions.Event
		want   error
	}{
		{"a change on a stale copy", system, stale, []sessions.Event{handed("asked")}, sessions.ErrConflict},
		{"a reply on a stale copy", bot, s, []sessions.Event{reply("三", "")}, sessions.ErrConflict},
		{"another customer", customer(li), newer, []sessions.Event{said(customer(li), "三", "")}, sessions.ErrNotFound},
		{"an agent who does not own it", agent(chen), newer, []sessions.Event{said(agent(chen), "三", "")}, sessions.ErrNotOwner},
		{"an agent's words by the bot", bot, newer, []sessions.Event{said(agent(chen), "三", "")}, sessions.ErrInvalid},
		{"no kind", system, newer, []sessions.Event{{Text: "三"}}, sessions.ErrInvalid},
	}
	for _, c := range cases {
		_, err := store.Commit(t.Context(), c.by, c.next, c.events...)
		wantError(t, c.name, err, c.want)
	}
	wantSame(t, "the head after refusals", load(t, store, s.ID), newer)
	if log := transcript(t, store, s.ID); len(log) != 2 {
		t.Errorf("refused commits left %d events", len(log)-2)
	}
	// A person's plain message needs no newest copy.
	commit(t, store, customer(wang), s, said(customer(wang), "三", ""))
}

func testCommitClosed(t *testing.T, store sessions.Store) {
	s := assigned(t, store, wang, chen)
	closed := commit(t, store, agent(chen), s.Close(time.Now()), handed("finished")).Session
	for name, by := range map[string]sessions.Actor{"customer": customer(wang), "agent": agent(chen), "system": system, "bot": bot} {
		_, err := store.Commit(t.Context(), by, closed, said(by, "还在吗", ""))
		wantError(t, "a message by the "+name, err, sessions.ErrClosed)
	}
	_, err := store.Commit(t.Context(), customer(li), closed, said(customer(li), "还在吗", ""))
	wantError(t, "a message by a stranger", err, sessions.ErrNotFound)
	rating := sessions.Event{Kind: sessions.Rating, From: sessions.Speaker{Role: sessions.RoleCustomer, ID: wang.ID}, Value: 5, Ref: "rate-0001"}
	reopened := closed
	reopened.State = sessions.Bot
	_, err = store.Commit(t.Context(), customer(wang), reopened, rating)
	wantError(t, "opening it again", err, sessions.ErrClosed)
	done := commit(t, store, customer(wang), closed, rating)
	if done.Session.State != sessions.Closed || done.Events[0].Value != 5 {
		t.Errorf("a rating of a closed chat became %+v", done)
	}
}

// A customer goes on with what was closed, unless they have something else open.
func testCommitReopened(t *testing.T, store sessions.Store) {
	s := commit(t, store, customer(wang), opened(t, store, wang), said(customer(wang), "一", "")).Session
	closed := commit(t, store, system, s.Close(time.Now()), handed("idle")).Session
	again := commit(t, store, customer(wang), closed.Reopen(), said(customer(wang), "二", ""), handed("reopened")).Session
	if again.State != sessions.Bot || !again.ClosedAt.IsZero() || again.Segment != closed.Segment+1 || again.Pending != again.Seq-1 {
		t.Errorf("reopened it became %+v", again)
	}
	wantSame(t, "the open one", opened(t, store, wang), again)
	closed = commit(t, store, system, again.Close(time.Now()), handed("idle")).Session
	other := opened(t, store, wang)
	_, err := store.Commit(t.Context(), customer(wang), closed.Reopen(), said(customer(wang), "三", ""), handed("reopened"))
	wantError(t, "beside another", err, sessions.ErrClosed)
	wantSame(t, "still the open one", opened(t, store, wang).ID, other.ID)
}

func testCommitOldFence(t *testing.T, store sessions.Store) {
	first := assigned(t, store, wang, chen)
	back := commit(t, store, agent(chen), first.Queue("", time.Now()), handed("returned")).Session
	again := claim(t, store, chen, back.ID)
	if again.Fence <= back.Fence || back.Fence <= first.Fence || again.Segment <= first.Segment {
		t.Errorf("fences %d, %d, %d and segments %d, %d do not go up", first.Fence, back.Fence, again.Fence, first.Segment, again.Segment)
	}
	_, err := store.Commit(t.Context(), agent(chen), first, said(agent(chen), "旧", ""))
	wantError(t, "with the fence of the time before", err, sessions.ErrNotOwner)
	_, err = store.Commit(t.Context(), agent(sessions.Agent{ID: "other"}), again, said(agent(sessions.Agent{ID: "other"}), "别人", ""))
	wantError(t, "by another agent", err, sessions.ErrNotOwner)
	commit(t, store, agent(chen), again, said(agent(chen), "新", ""))
}

func testCommitPending(t *testing.T, store sessions.Store) {
	s := opened(t, store, wang)
	s = commit(t, store, customer(wang), s, said(customer(wang), "在吗", "wang-0001")).Session
	if s.Pending != 1 || s.PendingAt.IsZero() || !s.HeardAt.Equal(s.PendingAt) {
		t.Errorf("unanswered: %+v, want Pending 1 since now", s)
	}
	wantSame(t, "loaded", load(t, store, s.ID), s)
	s = commit(t, store, bot, s, reply("在", "re-wang-0001")).Session
	if s.Pending != 0 || !s.PendingAt.IsZero() {
		t.Errorf("answered: %+v, want nothing pending", s)
	}
	wantSame(t, "loaded", load(t, store, s.ID), s)
}

func testCommitHeadOnly(t *testing.T, store sessions.Store) {
	old := opened(t, store, wang)
	next := old
	next.Priority = 3
	done := commit(t, store, system, next)
	if done.Session.Priority != 3 || done.Session.Seq != 0 || len(done.Events) != 0 {
		t.Errorf("a change without an event became %+v", done)
	}
	next = old
	next.Lang = "en" // from a copy that does not know of the priority
	_, err := store.Commit(t.Context(), system, next)
	wantError(t, "a second one on the old copy", err, sessions.ErrConflict)
	wantSame(t, "loaded", load(t, store, old.ID), done.Session)
}

func testCommitTogether(t *testing.T, store sessions.Store) {
	s := assigned(t, store, wang, chen)
	const each = 40
	together(2, func(i int) {
		by := []sessions.Actor{customer(wang), agent(chen)}[i]
		for n := range each {
			err := patiently(t.Context(), func() error {
				_, err := store.Commit(t.Context(), by, s, said(by, fmt.Sprint(n), ref(by.ID, n)))
				return err
			})
			if err != nil {
				t.Errorf("message %d of the %s: %v", n, by.Role, err)
			}
		}
	})
	count := map[sessions.Role]int{}
	for _, e := range transcript(t, store, s.ID)[s.Seq:] {
		if e.Text != fmt.Sprint(count[e.From.Role]) {
			t.Errorf("message %s of the %s stands where %d should", e.Text, e.From.Role, count[e.From.Role])
		}
		count[e.From.Role]++
	}
	if count[sessions.RoleCustomer] != each || count[sessions.RoleAgent] != each {
		t.Errorf("kept %v, want %d of each", count, each)
	}
}

func testCommitRivals(t *testing.T, store sessions.Store) {
	s := opened(t, store, wang)
	won := make(chan int, 20)
	together(20, func(i int) {
		next := s
		next.Priority = i + 1
		err := patiently(t.Context(), func() error {
			_, err := store.Commit(t.Context(), system, next, handed("asked"))
			return err
		})
		if err == nil {
			won <- i + 1
		} else if !errors.Is(err, sessions.ErrConflict) {
			t.Errorf("a rival got %v", err)
		}
	})
	if len(won) != 1 {
		t.Fatalf("%d of 20 changes of one copy were committed", len(won))
	}
	if s = load(t, store, s.ID); s.Seq != 1 || s.Priority != <-won {
		t.Errorf("the head is not the winner's: %+v", s)
	}
}

// A commit whose caller goes away happens wholly or not at all.
func testCommitCancelled(t *testing.T, store sessions.Store) {
	s := opened(t, store, wang)
	const writers, each = 8, 15
	acknowledged := make(chan string, writers*each)
	together(writers, func(i int) {
		by := customer(wang)
		by.Device = fmt.Sprint(i)
		for n := range each {
			ctx, cancel := context.WithTimeout(t.Context(), rand.N(3*time.Millisecond))
			e := said(by, fmt.Sprintf("%d/%d", i, n), ref("turn", n))
			done, err := sessions.Update(ctx, store, noLive{}, s.ID, by, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
				return s, []sessions.Event{e, reply("re "+e.Text, "")}, nil
			})
			cancel()
			if err == nil {
				acknowledged <- done.Events[0].Text
			}
		}
	})
	close(acknowledged)
	log := transcript(t, store, s.ID)
	kept := map[string]int{}
	for i, e := range log {
		if e.From.Role == sessions.RoleCustomer {
			kept[e.Text]++
			if i+1 == len(log) || log[i+1].Text != "re "+e.Text {
				t.Errorf("%s stands without its reply", e.Text)
			}
		}
	}
	for text, n := range kept {
		if n != 1 {
			t.Errorf("%s is there %d times", text, n)
		}
	}
	for text := range acknowledged {
		if kept[text] != 1 {
			t.Errorf("%s was acknowledged and is not there", text)
		}
	}
}

func testCommitGone(t *testing.T, store sessions.Store) {
	s := opened(t, store, wang)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := store.Commit(ctx, customer(wang), s, said(customer(wang), "一", ""))
	wantError(t, "Commit", err, context.Canceled)
	_, err = store.Claim(ctx, chen, "", "")
	wantError(t, "Claim", err, context.Canceled)
	_, err = store.Open(ctx, li, "widget", "zh-CN")
	wantError(t, "Open", err, context.Canceled)
	if log := transcript(t, store, s.ID); len(log) != 0 {
		t.Errorf("a caller who had gone wrote %d events", len(log))
	}
}

func testCommitMany(t *testing.T, store sessions.Store) {
	s := opened(t, store, wang)
	var events []sessions.Event
	for n := range 50 {
		events = append(events, said(customer(wang), fmt.Sprint(n), ref("wang", n)))
	}
	done := commit(t, store, customer(wang), s, events...)
	wantSame(t, "transcript", transcript(t, store, s.ID), done.Events)
	again := commit(t, store, customer(wang), s, events...)
	wantSame(t, "repeated", again.Events, done.Events)
}

// noLive is a Live that is never reachable.
type noLive struct{ sessions.Live }

var errAway = errors.New("not reachable")

func (noLive) Get(context.Context, string) (sessions.Session, bool, error) {
	return sessions.Session{}, false, errAway
}
func (noLive) Put(context.Context, sessions.Session) error           { return errAway }
func (noLive) Drop(context.Context, string) error                    { return errAway }
func (noLive) Signal(context.Context, string, sessions.Signal) error { return errAway }
func (noLive) Renew(sessions.Session, ...string)                     {}
