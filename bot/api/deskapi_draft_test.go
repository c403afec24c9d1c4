package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"wenda/bot/auth"
	"wenda/knowledge"
	"wenda/knowledge/base"
	"wenda/sessions"
)

func TestDeskDraft(t *testing.T) {
	f := newFloor(t)
	v, editor := f.agent("wang"), f.as("zhou", auth.Editor)
	s := f.claims(v, f.asked("c1"))
	s = f.commit(s, sessions.Actor{Role: sessions.RoleCustomer, ID: "c1", Device: "phone"},
		sessions.Event{Kind: sessions.Message, From: sessions.Speaker{Role: sessions.RoleCustomer, ID: "c1"}, Text: "换了手机号 还能登录吗"})
	s = f.commit(s, sessions.Actor{Role: sessions.RoleAgent, ID: v.id, Device: "desk"},
		sessions.Event{Kind: sessions.Message, From: sessions.Speaker{Role: sessions.RoleAgent, ID: v.id}, Text: "可以，用原来的密码登录后改号码。"})
	body := fmt.Sprintf(`{"session":%q,"seq":%d,"question":"","answer":""}`, s.ID, s.Seq)
	got := read[drafted](t, v.sends("/desk/draft", body))
	if got.URL != "" {
		t.Errorf("an agent is sent to %q, which they may not read", got.URL)
	}
	if again := read[drafted](t, v.sends("/desk/draft", body)); again != got {
		t.Errorf("the same line again: %+v, at first %+v", again, got)
	}
	head := f.head(got.Entry)
	text := head.Newest.Content.Texts[knowledge.Chinese]
	if head.Newest.State != base.Draft || head.Newest.Author != v.id || text.Question != "换了手机号 还能登录吗" || text.Answer != "可以，用原来的密码登录后改号码。" ||
		head.Newest.Content.Source != fmt.Sprintf("chat %s, line %d", s.ID, s.Seq) {
		t.Errorf("%+v", head.Newest)
	}
	editor.shows("in the list", editor.get("/editor?q=换了手机号"), http.StatusOK, "坐席建议", got.Entry)
	if w := editor.sends("/desk/draft", body); w.Code != http.StatusNotFound {
		t.Errorf("an editor reads chats by drafting: %d", w.Code)
	}
	lead := f.as("lead", auth.Supervisor)
	own := read[drafted](t, f.takesOver(lead, s, body))
	if own.URL != "/editor/"+got.Entry {
		t.Errorf("who may read it is sent to %q", own.URL)
	}
}

// takesOver lets a supervisor take a chat and suggest the same.
func (f *floor) takesOver(lead *visitor, s sessions.Session, body string) *httptest.ResponseRecorder {
	f.Helper()
	f.commit(s.Assign(lead.id), sessions.Actor{Role: sessions.RoleSupervisor, ID: lead.id, Device: "desk"}, sessions.Event{
		Kind: sessions.Handed, From: sessions.Speaker{Role: sessions.RoleSupervisor, ID: lead.id}, Move: &sessions.Move{Reason: "taken_over"},
	})
	return lead.sends("/desk/draft", body)
}

// What was asked may stand far before what an agent answers.
func TestAskedBefore(t *testing.T) {
	line := func(who sessions.Role, text string) sessions.Event {
		return sessions.Event{Kind: sessions.Message, From: sessions.Speaker{Role: who}, Text: text}
	}
	handed := sessions.Event{Kind: sessions.Handed, From: sessions.Speaker{Role: sessions.RoleBot}, Text: "正在转接"}
	for want, events := range map[string][]sessions.Event{
		"":         nil,
		"房贷怎么还":    {line("customer", "花呗能还房贷吗"), line("bot", "换个说法"), line("customer", "房贷怎么还"), line("bot", "不懂"), line("customer", "转人工"), handed, line("system", "小周为您服务"), line("agent", "您好")},
		"换号 还能登录吗": {line("customer", "转人工"), handed, line("customer", "换号"), line("system", "小周为您服务"), line("customer", "还能登录吗"), line("agent", "稍等")},
		"第二个":      {line("customer", "第一个"), line("agent", "好"), line("customer", "第二个"), line("agent", "一"), line("agent", "二")},
	} {
		if got := askedBefore(events); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// A draft holds no personal data, whoever typed it.
func TestDeskDraftMasks(t *testing.T) {
	events := []sessions.Event{{Seq: 1, Kind: sessions.Message, From: sessions.Speaker{Role: sessions.RoleAgent}, Text: "打13812345678"}}
	got, err := draftOf(sessions.Session{ID: "s", Lang: "zh-CN"}, events, suggested{Seq: 1, Question: "13912345678 怎么改", Answer: ""})
	if text := got.Texts[knowledge.Chinese]; err != nil || text.Question != "139****5678 怎么改" || text.Answer != "打138****5678" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestDeskDraftRefused(t *testing.T) {
	f := newFloor(t)
	v := f.agent("wang")
	s := f.claims(v, f.asked("c1"))
	fine := fmt.Sprintf(`{"session":%q,"seq":%d}`, s.ID, s.Seq)
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"not an agent's line": {fine, http.StatusUnprocessableEntity},
		"no line":             {fmt.Sprintf(`{"session":%q,"seq":0}`, s.ID), http.StatusUnprocessableEntity},
		"no such line":        {fmt.Sprintf(`{"session":%q,"seq":99}`, s.ID), http.StatusUnprocessableEntity},
		"no such chat":        {`{"session":"nothing","seq":1}`, http.StatusNotFound},
		"no JSON":             {"session=x", http.StatusUnprocessableEntity},
		"two":                 {fine + fine, http.StatusUnprocessableEntity},
		"other keys":          {`{"session":"x","entry":"repay-failed"}`, http.StatusUnprocessableEntity},
		"large":               {`{"session":"` + strings.Repeat("x", maxForm) + `"}`, http.StatusRequestEntityTooLarge},
	} {
		if w := v.sends("/desk/draft", c.body); w.Code != c.status {
			t.Errorf("%s: %d, want %d: %s", name, w.Code, c.status, w.Body)
		}
	}
	if w := v.sends("/desk/draft", fine, "Content-Type", "text/plain"); w.Code != http.StatusUnprocessableEntity && w.Code != http.StatusTooManyRequests {
		t.Errorf("as a form of another site could: %d", w.Code)
	}
	if w := v.sends("/desk/draft", fine, "Sec-Fetch-Site", "cross-site"); w.Code != http.StatusForbidden {
		t.Errorf("from another site: %d", w.Code)
	}
}
