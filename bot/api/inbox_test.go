package api

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"wenda/bot/auth"
	"wenda/knowledge"
	"wenda/knowledge/base"
	"wenda/knowledge/inbox"
)

// asked is a rig with an inbox of three questions: 1 asked twice, 2 and 3 once.
func asked(t *testing.T) (*rig, *inbox.Store) {
	t.Helper()
	var box *inbox.Store
	r := newRig(t, func(r *rig, p *Parts) {
		var err error
		box, err = inbox.New(r.db, inbox.Options{
			Vector: apart(), Matcher: sure{r.inForce}, Drafter: inbox.Drafts{Base: r.hub},
		})
		if err != nil {
			t.Fatal(err)
		}
		p.Hub.Inbox = box
	})
	var found inbox.Gleaned
	for i, text := range []string{"额度", "额度", "优惠券<b>", "天气好吗"} {
		found.Items = append(found.Items, inbox.Item{
			Session: fmt.Sprint("s", i), Seq: 1, At: time.Now(), Lang: knowledge.Chinese, Text: text, Kinds: []inbox.Kind{inbox.Missed},
		})
	}
	if err := box.Take(t.Context(), "", "1", found); err != nil {
		t.Fatal(err)
	}
	return r, box
}

// apart makes texts that are not equal as different as can be.
func apart() inbox.Vector {
	seen := map[string]int{}
	return func(text string) []float32 {
		if _, known := seen[text]; !known {
			seen[text] = len(seen)
		}
		v := make([]float32, 16)
		v[seen[text]] = 1
		return v
	}
}

// first is the cluster that a list begins with.
func first(t *testing.T, box *inbox.Store, state inbox.State) inbox.Cluster {
	t.Helper()
	all, _, err := box.List(context.Background(), inbox.Query{State: state})
	if err != nil || len(all) == 0 {
		t.Fatalf("%v %v", all, err)
	}
	return all[0]
}

func TestInbox(t *testing.T) {
	r, box := asked(t)
	zhou, hu := r.as("zhou", auth.Editor), r.as("hu", auth.Compliance)
	zhou.shows("ranked", zhou.get("/inbox"), 200, "3 组问题", "2 次", "limit-raise", "优惠券&lt;b&gt;", `data-key="ignore"`)
	zhou.shows("searched", zhou.get("/inbox?q=%E5%A4%A9%E6%B0%94&kind=missed&in=zh-CN"), 200, "1 组问题", "天气好吗", "!优惠券")
	zhou.shows("nonsense", zhou.get("/inbox?state=x&kind=y&in=z&from=-3&deed=zz&at=99"), 200, "3 组问题")
	hu.shows("reads", hu.get("/inbox"), 200, "额度", "!data-key")
	hu.shows("does nothing", hu.post("/inbox/1", "do", "outside"), http.StatusForbidden)

	c := first(t, box, inbox.Open)
	at := fmt.Sprintf("/inbox/%d", c.ID)
	zhou.shows("no entry", zhou.post(at, "do", "phrasing", "entry", "no-such", "text", "额度多少"), 404, "找不到", "no-such", "额度多少")
	zhou.shows("nothing", zhou.post(at, "do", ""), 422)
	zhou.shows("no reason", zhou.post(at, "do", "ignore"), 422, "no reason")
	zhou.goes("a phrasing", zhou.post(at, "do", "phrasing", "entry", "limit-raise", "at", "0", "back", "/inbox?kind=missed"), "/inbox?at=0&deed=1&kind=missed&did=phrasing")
	if got := r.head("limit-raise").Newest; got.Number != 2 || got.Content.Texts[knowledge.Chinese].Similar[1] != "额度" {
		t.Errorf("the draft is %+v", got)
	}
	zhou.shows("told, with undo", zhou.get("/inbox?at=0&deed=1&did=phrasing"), 200, "已加为问法草稿", "/editor/limit-raise/edit", "/deeds/1/undo", "2 组问题")
	zhou.shows("twice", zhou.post(at, "do", "outside"), http.StatusConflict, "刚刚处理过")
	zhou.shows("done", zhou.get("/inbox?state=done"), 200, "额度", "小zhou", "/deeds/1/undo")
	zhou.goes("undone", zhou.post("/deeds/1/undo", "back", "/inbox?state=done"), "/inbox?state=done&did=undone")
	if got := r.head("limit-raise").Newest.Content.Texts[knowledge.Chinese].Similar; len(got) != 1 {
		t.Errorf("the draft still has %v", got)
	}
	zhou.shows("undone twice", zhou.post("/deeds/1/undo"), http.StatusConflict)
	zhou.shows("no such deed", zhou.post("/deeds/77/undo"), 404)
}

func TestInboxDeeds(t *testing.T) {
	r, box := asked(t)
	zhou := r.as("zhou", auth.Editor)
	for i, c := range []struct{ do, did, why string }{{"draft", "draft", ""}, {"outside", "outside", ""}, {"ignore", "ignored", "闲聊"}} {
		one := first(t, box, inbox.Open)
		to := fmt.Sprintf("/inbox?deed=%d&did=%s", i+1, c.did)
		zhou.goes(c.do, zhou.post(fmt.Sprintf("/inbox/%d", one.ID), "do", c.do, "why", c.why, "back", "https://evil.example/"), to)
		zhou.shows(c.do, zhou.get(to), 200, fmt.Sprintf("/deeds/%d/undo", i+1))
	}
	zhou.shows("all done", zhou.get("/inbox"), 200, "都处理完了")
	if out, err := box.OutOfScope(t.Context()); err != nil || len(out) != 1 {
		t.Errorf("out of scope: %v %v", out, err)
	}
	deeds, err := box.Deeds(t.Context(), 2, 1)
	if err != nil || len(deeds) != 1 {
		t.Fatal(err)
	}
	if _, _, _, err := r.hub.Kept(t.Context(), zhou.id, deeds[0].Entry); err != nil {
		t.Errorf("no working copy of the draft: %v", err)
	}
}

// The labelled set grows from what chats agree on, and from the inbox.
func TestCasesGrow(t *testing.T) {
	r, box := asked(t)
	zhou := r.as("zhou", auth.Editor)
	var found inbox.Gleaned
	say := func(session, text, entry string) {
		found.Confirmed = append(found.Confirmed, inbox.Confirmation{Session: session, Seq: 1, At: time.Now(), Text: text, Entry: entry, Holds: true})
	}
	say("a", "扣不了钱", "repay-failed")
	say("b", "扣不了钱", "repay-failed")
	say("c", "只说一次", "repay-failed")
	say("d", "各说各的", "repay-failed")
	say("e", "各说各的", "repay-failed")
	say("f", "各说各的", "limit-raise")
	say("g", "已经没有", "gone")
	say("h", "已经没有", "gone")
	if err := box.Take(t.Context(), "1", "2", found); err != nil {
		t.Fatal(err)
	}
	if _, err := box.MarkOutside(t.Context(), "zhou", first(t, box, inbox.Open).ID, ""); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		zhou.goes("grown", zhou.post("/cases/grow"), "/cases?did=grown")
		all, err := r.cases.All(t.Context())
		if err != nil || len(all) != 2 || all[0].Utterance != "扣不了钱" || all[0].Expect != "repay-failed" || all[1].Utterance != "额度" || all[1].Expect != "" {
			t.Fatalf("%+v %v", all, err)
		}
	}
}

// Drafts that agents suggested stand before what is asked, until one is in force.
func TestInboxFromDesk(t *testing.T) {
	r, _ := asked(t)
	zhou := r.as("zhou", auth.Editor)
	c := base.Content{Tags: []string{"desk"}, Texts: map[knowledge.Lang]base.Text{knowledge.Chinese: {Question: "换了手机号<b>", Answer: "可以。"}}}
	if _, err := r.hub.Create(t.Context(), "wang", "desk-1", c, "suggested at the desk"); err != nil {
		t.Fatal(err)
	}
	zhou.shows("the inbox", zhou.get("/inbox"), http.StatusOK, "坐席建议收录（1）", "/editor/desk-1", "换了手机号&lt;b&gt;", "额度")
	zhou.shows("another view", zhou.get("/inbox?state=done"), http.StatusOK, "!desk-1")
	zhou.shows("a search", zhou.get("/inbox?q=额度"), http.StatusOK, "!desk-1", "额度")
}
