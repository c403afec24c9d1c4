package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"wenda/sessions"
)

// strict blocks 保证 and warns of links.
func strict(_ context.Context, _ sessions.Session, text string) (found []Finding, err error) {
	if strings.Contains(text, "保证") {
		found = append(found, Finding{Rule: "promise", Text: "保证", Block: true})
	}
	if strings.Contains(text, "http") {
		found = append(found, Finding{Rule: "link", Text: "http"})
	}
	return found, nil
}

func TestWhatMayNotBeSaid(t *testing.T) {
	d := newDesk(t)
	d.Check = strict
	s := d.claimed(t, zhou, "a")
	var unfit *Unfit
	if _, err := d.Say(t.Context(), zhou, in(s, "cid-00001"), Words{Text: "保证通过", Override: "客户要求"}); !errors.As(err, &unfit) || !Blocked(unfit.Findings) {
		t.Errorf("a promise: %v", err)
	}
	if _, err := d.Say(t.Context(), zhou, in(s, "cid-00002"), Words{Text: "请看 http://x"}); !errors.As(err, &unfit) || Blocked(unfit.Findings) {
		t.Errorf("a link: %v", err)
	}
	if now := d.load(t, s.ID); now.Seq != s.Seq {
		t.Fatal("it was said")
	}
	done, err := d.Say(t.Context(), zhou, in(s, "cid-00003"), Words{Text: "请看 http://x", Override: "官方页面，客户13800138000要的"})
	if err != nil || len(done.Events) != 2 {
		t.Fatalf("got %+v, %v", done, err)
	}
	if e := done.Events[1]; e.Kind != sessions.Note || e.Audience != sessions.Staff || e.Text != "官方页面，客户138****8000要的" || e.Decision.Action != ActionOverride || e.Decision.Reason != "link" {
		t.Errorf("the reason is kept as %+v", e)
	}
	if got := d.calm(t, s.ID, s.Seq); !slices.Equal(got, []string{"请看 http://x"}) {
		t.Errorf("the customer reads %q", got)
	}
	// Who does not have the chat hears of that, not of rules.
	if _, err := d.Say(t.Context(), li, in(s, "cid-00004"), Words{Text: "保证"}); !errors.Is(err, sessions.ErrNotOwner) {
		t.Errorf("somebody else: %v", err)
	}
}

// What cannot be looked at is not sent unseen, but a person stays able to speak: with a
// reason, which is kept. What is known to be wrong stays so.
func TestWhatCannotBeChecked(t *testing.T) {
	d := newDesk(t)
	s := d.claimed(t, zhou, "a")
	d.Check = func(ctx context.Context, s sessions.Session, text string) ([]Finding, error) {
		found, _ := strict(ctx, s, text)
		return found, errors.New("no rules")
	}
	var unfit *Unfit
	_, err := d.Say(t.Context(), zhou, in(s, "cid-00001"), Words{Text: "您好"})
	if !errors.As(err, &unfit) || Blocked(unfit.Findings) || unfit.Findings[0].Rule != RuleUnchecked || unfit.Findings[0].Say["zh-CN"] == "" || unfit.Findings[0].Say["en"] == "" {
		t.Fatalf("got %v", err)
	}
	if _, err := d.Say(t.Context(), zhou, in(s, "cid-00002"), Words{Text: "保证通过", Override: "已核对"}); !errors.As(err, &unfit) || !Blocked(unfit.Findings) {
		t.Errorf("a promise: %v", err)
	}
	done, err := d.Say(t.Context(), zhou, in(s, "cid-00003"), Words{Text: "您好", Override: "已核对"})
	if err != nil || len(done.Events) != 2 || done.Events[1].Decision.Reason != RuleUnchecked {
		t.Errorf("with a reason: %+v, %v", done, err)
	}
	if _, err := d.Say(t.Context(), li, in(s, "cid-00004"), Words{Text: "您好"}); !errors.Is(err, sessions.ErrNotOwner) {
		t.Errorf("somebody else: %v", err)
	}
	d.Check = strict
	if _, err := d.Say(t.Context(), zhou, in(s, "cid-00005"), Words{Text: "再见"}); err != nil {
		t.Errorf("when rules can be read again: %v", err)
	}
}

func TestWhereAnAnswerCameFromIsKept(t *testing.T) {
	d := newDesk(t)
	s := d.claimed(t, zhou, "a")
	done, err := d.Say(t.Context(), zhou, in(s, "cid-00001"), Words{Text: "可以分期", Entry: "repay-split", Revision: 4})
	if err != nil {
		t.Fatal(err)
	}
	if got := *done.Events[0].Decision; got.Action != ActionSaid || got.Entry != "repay-split" || got.Revision != 4 {
		t.Errorf("got %+v", got)
	}
	if !done.Session.AwaitAt.IsZero() || done.Session.Desk.Answered.IsZero() {
		t.Errorf("the customer still waits: %+v", done.Session)
	}
}

func TestMentions(t *testing.T) {
	d := newDesk(t)
	s := d.claimed(t, zhou, "a")
	if d.MayRead(li, s) {
		t.Fatal("a colleague reads what is not theirs")
	}
	heard := make(chan sessions.Signal, 4)
	stop, err := d.Live.Watch(MentionTopic, func(sig sessions.Signal) { heard <- sig })
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	done, err := d.Note(t.Context(), zhou, in(s, "cid-00001"), "@小李 能分期吗", "u2")
	if err != nil || !slices.Equal(done.Events[0].Mentions, []string{"u2"}) {
		t.Fatalf("got %+v, %v", done, err)
	}
	if sig := <-heard; sig.Session != s.ID {
		t.Errorf("signalled %+v", sig)
	}
	now := d.load(t, s.ID)
	if want := []sessions.Mention{{To: "u2", Seq: done.Events[0].Seq}}; !slices.Equal(now.Desk.Mentions, want) || !d.MayRead(li, now) {
		t.Errorf("got %+v, want %+v", now.Desk.Mentions, want)
	}
	// Who was asked may answer, to staff only.
	if done, err = d.Note(t.Context(), li, in(s, "cid-00002"), "可以"); err != nil || done.Events[0].From.ID != "u2" || done.Events[0].From.Role != sessions.RoleAgent {
		t.Errorf("answered: %+v, %v", done, err)
	}
	if again, err := d.Note(t.Context(), li, in(s, "cid-00002"), "可以"); err != nil || !again.Repeated {
		t.Errorf("sent again: %+v, %v", again, err)
	}
	if _, err := d.Say(t.Context(), li, in(s, "cid-00003"), Words{Text: "您好"}); !errors.Is(err, sessions.ErrNotOwner) {
		t.Errorf("spoke to the customer: %v", err)
	}
	if _, err := d.Note(t.Context(), sessions.Agent{ID: "u7"}, in(s, "cid-00004"), "我也看看"); !errors.Is(err, sessions.ErrNotOwner) {
		t.Errorf("who was not asked: %v", err)
	}
	// It ends with the human part.
	if _, err := d.Return(t.Context(), zhou, in(s, "cid-back1"), Leaving{}); err != nil {
		t.Fatal(err)
	}
	if now := d.load(t, s.ID); d.MayRead(li, now) || len(now.Desk.Mentions) > 0 {
		t.Errorf("still mentioned: %+v", now.Desk)
	}
}
