package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"wenda/bot/auth"
	"wenda/bot/desk"
	"wenda/bot/desk/queue"
	"wenda/bot/desk/roster"
	"wenda/internal/audit"
	"wenda/internal/sqldb"
	"wenda/sessions"
	"wenda/sessions/memlive"
	"wenda/sessions/sqlstore"
)

// floor is a rig with chats, and who is at a desk.
type floor struct {
	*rig
	store sessions.Store
	desk  *desk.Desk
	there []roster.Agent
}

func newFloor(t *testing.T) *floor {
	t.Helper()
	f := &floor{}
	live := memlive.New()
	t.Cleanup(func() { _ = live.Close() })
	f.rig = newRig(t, func(r *rig, p *Parts) {
		f.store = sqlstore.New(r.db)
		f.desk = desk.New(desk.Parts{
			Store: f.store, Live: live, Mask: func(text string) (string, []string) { return text, nil },
			Sentence: func(id, _ string, _ ...string) string { return id },
		})
		p.Desk = Desk{
			Store: f.store, Live: live, MayRead: f.desk.MayRead, Queues: queue.Delivered, Wraps: desk.Wraps,
			Floor: func(context.Context) ([]roster.Agent, error) { return f.there, nil },
			Audit: func(ctx context.Context, act audit.Act) error {
				return r.db.Write(ctx, func(tx sqldb.Tx) error { return audit.Write(tx, time.Now(), act) })
			},
		}
	})
	return f
}

// agent is an agent of the general queue, logged in.
func (f *floor) agent(login string) *visitor {
	f.Helper()
	v := f.as(login, auth.Agent)
	if _, err := f.staff.Change(f.Context(), "test", v.id, auth.Account{Name: "小" + login, Roles: []auth.Role{auth.Agent}, Skills: []string{""}, Capacity: 3}); err != nil {
		f.Fatal(err)
	}
	return v
}

// commit writes events in somebody's name.
func (f *floor) commit(s sessions.Session, by sessions.Actor, events ...sessions.Event) sessions.Session {
	f.Helper()
	done, err := f.store.Commit(f.Context(), by, s, events...)
	if err != nil {
		f.Fatal(err)
	}
	return done.Session
}

// asked is a chat in which the bot has answered, and that waits for a person.
func (f *floor) asked(customer string) sessions.Session {
	f.Helper()
	s, err := f.store.Open(f.Context(), sessions.Customer{ID: customer, Name: "王小明"}, "widget", "zh-CN")
	if err != nil {
		f.Fatal(err)
	}
	who := sessions.Actor{Role: sessions.RoleCustomer, ID: customer, Device: "phone"}
	said := func(text string) sessions.Event {
		return sessions.Event{Kind: sessions.Message, From: sessions.Speaker{Role: sessions.RoleCustomer, ID: customer}, Text: text}
	}
	bot := sessions.Speaker{Role: sessions.RoleBot}
	s = f.commit(s, who, said("卡里有钱为什么还款失败"), sessions.Event{
		Kind: sessions.Message, From: bot, Text: "请检查银行卡。", Votable: true,
		Decision: &sessions.Decision{Action: "answer", Reason: "matched", Entry: "repay-failed", Revision: 1, Confidence: 0.97},
	})
	s = f.commit(s, who, sessions.Event{Kind: sessions.Vote, From: said("").From, About: 2, Value: -1})
	next := s.Queue("", time.Now())
	return f.commit(next, who, said("转人工"), sessions.Event{
		Kind: sessions.Handed, From: bot, Text: "正在为您转接", Move: &sessions.Move{Reason: "customer_request"},
		Decision: &sessions.Decision{Action: "handoff", Reason: "asked", Entry: "system.queued", Revision: 1,
			Candidates: []sessions.Candidate{{Entry: "limit-raise", Question: "怎么提高额度", Confidence: 0.3}}},
	})
}

func (f *floor) claims(v *visitor, s sessions.Session) sessions.Session {
	f.Helper()
	u, err := f.staff.ByID(f.Context(), v.id)
	if err != nil {
		f.Fatal(err)
	}
	done, err := f.desk.Claim(f.Context(), u.Agent(), s.ID, "")
	if err != nil {
		f.Fatal(err)
	}
	return done.Session
}

// ends lets the agent close their chat.
func (f *floor) ends(v *visitor, s sessions.Session, wrap string) sessions.Session {
	f.Helper()
	return f.commit(s.Close(time.Now()), sessions.Actor{Role: sessions.RoleAgent, ID: v.id, Device: "desk"}, sessions.Event{
		Kind: sessions.Handed, From: sessions.Speaker{Role: sessions.RoleAgent, ID: v.id}, Move: &sessions.Move{Reason: "finished", Wrap: wrap},
	})
}

// sends posts JSON.
func (v *visitor) sends(path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Cookie", v.cookie)
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return ask(v.handler, r)
}

// read reads a JSON answer into what is wanted.
func read[T any](t *testing.T, w *httptest.ResponseRecorder) (out T) {
	t.Helper()
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" || w.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestDeskColleagues(t *testing.T) {
	f := newFloor(t)
	v, zhao, away := f.agent("wang"), f.agent("zhao"), f.agent("qian")
	f.there = []roster.Agent{{ID: zhao.id, There: true, Takes: true, Owned: map[string]int{"": 2}}, {ID: away.id, Takes: true}}
	got := read[struct {
		Agents []colleague
		Queues []queueName
		Wraps  []wrapName
	}](t, v.get("/desk/colleagues"))
	var people []string
	for _, a := range got.Agents {
		people = append(people, fmt.Sprintf("%s %q %v %d", a.Name, a.Skills, a.Takes, a.Free))
	}
	if want := []string{`小agent [] false 0`, `小qian [""] false 0`, `小zhao [""] true 1`}; !slices.Equal(people, want) {
		t.Errorf("people %q, want %q", people, want)
	}
	if len(got.Queues) != 6 || got.Queues[0] != (queueName{"", "一线客服"}) {
		t.Errorf("queues %+v", got.Queues)
	}
	if !slices.Contains(got.Wraps, wrapName{"resolved", "已解决"}) {
		t.Errorf("wraps %+v", got.Wraps)
	}
}

// Nobody without a login, nobody without the permission, and nobody too fast.
func TestDeskGuard(t *testing.T) {
	f := newFloor(t)
	nobody, editor, v := &visitor{rig: f.rig}, f.as("zhou", auth.Editor), f.agent("wang")
	for _, path := range []string{"/desk/suggest?q=x", "/desk/canned", "/desk/packet/x", "/desk/history/x", "/desk/colleagues"} {
		if w := nobody.get(path); w.Code != http.StatusUnauthorized || strings.TrimSpace(w.Body.String()) != `{"error":"login"}` {
			t.Errorf("%s by nobody: %d %s", path, w.Code, w.Body)
		}
		if w := editor.get(path); w.Code != http.StatusForbidden {
			t.Errorf("%s by an editor: %d", path, w.Code)
		}
	}
	for range drafting.burst {
		v.sends("/desk/draft", `{}`)
	}
	if w := v.sends("/desk/draft", `{}`); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("too fast: %d %v", w.Code, w.Header())
	}
	if w := v.get("/desk/canned"); w.Code != http.StatusOK {
		t.Errorf("something else is slowed down too: %d", w.Code)
	}
}
