package gateway

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"wenda/bot/desk/roster"
	"wenda/internal/privacy"
	"wenda/sessions"
)

// typists are a customer, the agent who owns the chat and a supervisor who reads along,
// each on a node of their own.
func typists(t *testing.T, preview bool) (r *rig, c, owner, lead *client) {
	t.Helper()
	with := func(o *Options) { o.Preview = preview }
	r = newRig(t, with)
	r.desk.Audit = func(context.Context, string, string, string) error { return nil }
	node := func() *rig {
		return newRig(t, with, func(o *Options) {
			o.Store, o.Live, o.Desk, o.Roster, o.Staff = r.store, r.live, r.desk, roster.New(r.store, r.live), r.staff
		})
	}
	near, far := node(), node()
	near.staff, far.staff = r.staff, r.staff
	c = r.waiting("a/d/阿明", "")
	owner = near.agent(zhou)
	owner.send(Claim{Type: "claim", CID: "cid-claim", Session: c.session})
	owner.until("ack", is("ack"))
	lead = far.agent(sessions.Agent{ID: "u9", Name: "周主管", ReadsAll: true, MovesAll: true})
	for _, desk := range []*client{owner, lead} {
		desk.send(Watch{Type: "watch", Session: c.session})
		desk.until("the talk", func(f frame) bool { return f.kind() == "event" && strings.HasPrefix(f.text("text"), "system.assigned") })
	}
	c.until("state", func(f frame) bool { return f.kind() == "state" && f.text("state") == "assigned" })
	return r, c, owner, lead
}

// types has a customer's page say what is being written.
func (c *client) types(text string) {
	c.t.Helper()
	c.send(Typing{Type: "typing", Text: text})
}

func TestDraftsReachTheOwnerAndNobodyElse(t *testing.T) {
	r, c, owner, lead := typists(t, true)
	c.types("我的手机号是13800138000，想问")
	f := owner.until("typing", is("typing"))
	if f.text("text") != "我的手机号是138****8000，想问" || f.text("session") != c.session {
		t.Errorf("the owner got %v", f)
	}
	if f := lead.until("typing", is("typing")); f["text"] != nil {
		t.Errorf("who reads along got %v", f)
	}
	s, err := r.store.Load(t.Context(), c.session)
	if err != nil {
		t.Fatal(err)
	}
	log, err := r.store.Transcript(t.Context(), s.ID, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range log {
		if strings.Contains(e.Text, "想问") {
			t.Errorf("kept: %+v", e)
		}
	}
}

func TestDraftsAreLeftOutWhereNobodyAskedForThem(t *testing.T) {
	r, c, owner, _ := typists(t, false)
	c.types("还没想好")
	if f := owner.until("typing", is("typing")); f["text"] != nil {
		t.Errorf("the owner got %v", f)
	}
	again := r.open("/ws", nil)
	again.send(Hello{Type: "hello", V: 1, Token: c.token})
	if w := again.welcomed(); w["preview"] != nil {
		t.Errorf("welcomed with %v", w)
	}
}

func TestWelcomeSaysThatDraftsAreSeen(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Preview = true })
	c := r.open("/ws", nil)
	c.send(Hello{Type: "hello", V: 1})
	if w := c.welcomed(); w["preview"] != true {
		t.Errorf("welcomed with %v", w)
	}
}

// Who waits is read by many; what they type is shown once somebody owns the chat.
func TestDraftsOfWhoWaitsAreNotShown(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Preview = true })
	c := r.waiting("a/d/阿明", "")
	a := r.agent(zhou)
	a.send(Watch{Type: "watch", Session: c.session})
	a.until("the talk", func(f frame) bool { return f.kind() == "event" && f.text("text") == "queued" })
	c.types("还没想好")
	if f := a.until("typing", is("typing")); f["text"] != nil {
		t.Errorf("got %v", f)
	}
}

func TestDraft(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "",
		"  额度 \x00":                    "额度",
		"卡号6222 0212":                  "卡号****",
		"卡号 6222-0212-3":               "卡号 ****",
		"身份证11010119900307":            "身份证****",
		"转了12000元":                     "转了12000元",
		"手机13800138000":                "手机138****8000",
		"<b>&":                         "<b>&",
		strings.Repeat("前", 600):       strings.Repeat("前", 500),
		"头" + strings.Repeat("尾", 500): strings.Repeat("尾", 500),
	} {
		if got := draft(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}

func FuzzDraft(f *testing.F) {
	for _, text := range []string{"", "卡号6222021234567890123", "13800138000", "a@b.cn", strings.Repeat("1", 700), "验证码 123456", "\u202e7 7-7 7-7 7-7"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := draft(text)
		if utf8.ValidString(text) && (!utf8.ValidString(got) || utf8.RuneCountInString(got) > sessions.DraftMost) {
			t.Errorf("%q became %q", text, got)
		}
		if _, found := privacy.Mask(got); len(found) > 0 && !strings.Contains(got, "*") {
			t.Errorf("%q became %q, which holds %v", text, got, found)
		}
	})
}
