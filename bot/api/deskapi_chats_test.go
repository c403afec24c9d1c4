package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"wenda/bot/auth"
	"wenda/internal/audit"
	"wenda/knowledge"
	"wenda/sessions"
)

func TestDeskPacket(t *testing.T) {
	f := newFloor(t)
	v, other := f.agent("wang"), f.agent("zhao")
	f.ends(v, f.claims(v, f.asked("c1")), "resolved")
	s := f.claims(v, f.asked("c1"))
	got := read[packet](t, v.get("/desk/packet/"+s.ID))
	if got.Reason != "customer_request" || got.WaitedMS < 0 || got.WaitedMS > time.Minute.Milliseconds() {
		t.Errorf("%+v", got)
	}
	var owners []string
	for _, one := range got.Segments {
		owners = append(owners, fmt.Sprintf("%d %s %s %s %v", one.No, one.Owner, one.Agent, one.Reason, one.To != ""))
	}
	if want := []string{"1 bot   true", "2 queued  customer_request true", "3 assigned 小wang claimed false"}; !slices.Equal(owners, want) {
		t.Errorf("segments %q", owners)
	}
	if len(got.Intents) != 2 || got.Intents[0].Text != "卡里有钱为什么还款失败" || got.Intents[0].Entry != "repay-failed" || got.Intents[0].Question != "卡里有钱为什么还款失败" ||
		got.Intents[0].Confidence != 0.97 || got.Intents[0].Action != "answer" || got.Intents[1].Text != "转人工" || got.Intents[1].Entry != "limit-raise" || got.Intents[1].Action != "handoff" {
		t.Errorf("intents %+v", got.Intents)
	}
	if len(got.Tried) != 1 || got.Tried[0] != (tried{"repay-failed", 1, "卡里有钱为什么还款失败", -1}) {
		t.Errorf("tried %+v", got.Tried)
	}
	if who := got.Identity; who.Name != "王小明" || !who.Verified || !slices.Equal(who.Fields, []identityField{{"id", "c1"}}) {
		t.Errorf("identity %+v", who)
	}
	if e := got.Earlier; len(e) != 1 || e[0].Reason != "customer_request" || e[0].Wrap != "resolved" || e[0].Preview != "转人工" || e[0].Closed == "" {
		t.Errorf("earlier %+v", e)
	}
	for _, id := range []string{s.ID, "nothing", "%00", got.Earlier[0].Session} {
		if w := other.get("/desk/packet/" + id); w.Code != http.StatusNotFound || strings.TrimSpace(w.Body.String()) != `{"error":"not_found"}` {
			t.Errorf("of %q by a colleague: %d %s", id, w.Code, w.Body)
		}
	}
}

// reads are the chats whose reading is on record, by reader.
func (f *floor) reads() (all []string) {
	f.Helper()
	acts, err := f.staff.Trail(f.Context(), "", 100)
	if err != nil {
		f.Fatal(err)
	}
	for _, act := range acts {
		if act.Did == "chat.read" {
			all = append(all, act.Who+" "+act.About+" "+act.Detail)
		}
	}
	return all
}

func TestDeskHistory(t *testing.T) {
	f := newFloor(t)
	v, other, lead := f.agent("wang"), f.agent("zhao"), f.as("lead", auth.Supervisor)
	before := f.ends(v, f.claims(v, f.asked("c1")), "resolved")
	if w := v.get("/desk/history/" + before.ID); w.Code != http.StatusNotFound {
		t.Errorf("a chat that is over and no longer concerns them: %d", w.Code)
	}
	now := f.claims(other, f.asked("c1"))
	got := read[transcript](t, other.get("/desk/history/"+before.ID))
	if got.Session != before.ID || got.State != sessions.Closed || len(got.Events) != int(before.Seq) || got.Events[0].Text != "卡里有钱为什么还款失败" || got.Events[1].Decision == nil {
		t.Errorf("%+v", got)
	}
	for i, e := range got.Events {
		if e.Seq != int64(i+1) || e.Prev != int64(i) || e.Type != "event" {
			t.Errorf("event %d: %+v", i, e)
		}
	}
	if w := v.get("/desk/history/" + now.ID); w.Code != http.StatusNotFound {
		t.Errorf("another's chat: %d", w.Code)
	}
	f.asked("c2")
	if w := v.get("/desk/history/" + before.ID); w.Code != http.StatusNotFound {
		t.Errorf("of a customer who is another's: %d", w.Code)
	}
	read[transcript](t, lead.get("/desk/history/"+before.ID))
	read[packet](t, other.get("/desk/packet/"+now.ID)) // their own
	read[packet](t, lead.get("/desk/packet/"+now.ID))
	if got, want := f.reads(), []string{lead.id + " " + now.ID + " packet", lead.id + " " + before.ID + " for " + now.ID, other.id + " " + before.ID + " for " + now.ID}; !slices.Equal(got, want) {
		t.Errorf("on record: %q, want %q", got, want)
	}
}

// What cannot be written down is not shown.
func TestDeskHistoryUnwritten(t *testing.T) {
	f := newFloor(t)
	a := &API{Parts: Parts{Auth: f.staff, Desk: Desk{Store: f.store, MayRead: f.desk.MayRead, Audit: func(context.Context, audit.Act) error { return errors.New("disk full") }}}}
	s := f.asked("c1")
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.SetPathValue("session", s.ID)
	u, err := f.staff.ByID(t.Context(), f.agent("wang").id)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := a.deskHistory(r, u); err == nil {
		t.Errorf("shown: %+v", got)
	}
}

// Whatever stands in a log, its packet can be made.
func FuzzPacket(f *testing.F) {
	f.Add([]byte(`[{"seq":1,"kind":"message","from":{"role":"customer"},"text":"还款"},{"seq":2,"kind":"message","from":{"role":"bot"},"decision":{"action":"answer","entry":"x","answers":1}}]`))
	f.Add([]byte(`[{"seq":9,"kind":"handed","move":{"from":"bot","to":"queued"}},{"seq":10,"kind":"vote","about":3,"value":1}]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var events []sessions.Event
		if json.Unmarshal(raw, &events) != nil {
			t.Skip("no events")
		}
		p := packetOf(sessions.Session{ID: "s", State: sessions.Queued, Lang: "en"}, events, func(id string) string { return id }, func(id string, _ knowledge.Lang) string { return id }, time.Now())
		if len(p.Intents) > intentsMost || len(p.Segments) == 0 || p.WaitedMS < 0 {
			t.Errorf("%+v", p)
		}
		if _, err := json.Marshal(p); err != nil {
			t.Error(err)
		}
	})
}
