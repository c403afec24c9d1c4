package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"wenda/bot/auth"
	"wenda/internal/sqldb/sqldbtest"
	"wenda/knowledge"
	"wenda/knowledge/base"
)

// heard is a matcher that notes what it is asked.
type heard struct {
	sure
	asked string
}

func (h *heard) Match(ctx context.Context, utterance string, limit int) (knowledge.Result, error) {
	h.asked = utterance
	return h.sure.Match(ctx, utterance, limit)
}

// A channel's utterance is asked as the bot would: without personal data and long numbers.
func TestAPIMasks(t *testing.T) {
	release, err := knowledge.NewRelease(1, known)
	if err != nil {
		t.Fatal(err)
	}
	now := func() *knowledge.Release { return release }
	h := &heard{sure: sure{now}}
	a := &API{Parts: Parts{Release: now, Hub: Hub{Matcher: h}}}
	if _, err := a.ask(t.Context(), "手机13812345678订单2026112200017为什么还款失败", ""); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(h.asked, "1381234") || strings.Contains(h.asked, "20261122") || !strings.Contains(h.asked, "为什么还款失败") {
		t.Errorf("the matcher was asked %q", h.asked)
	}
}

// What is found in a release that is no longer in force is not said.
func TestAPIAsksOneRelease(t *testing.T) {
	before, err := knowledge.NewRelease(1, known)
	if err != nil {
		t.Fatal(err)
	}
	after, err := knowledge.NewRelease(2, known)
	if err != nil {
		t.Fatal(err)
	}
	a := &API{Parts: Parts{
		Release: func() *knowledge.Release { return after },
		Hub:     Hub{Matcher: sure{func() *knowledge.Release { return before }}},
	}}
	if asked, err := a.ask(t.Context(), "怎么提高额度", ""); !errors.Is(err, knowledge.ErrUnavailable) {
		t.Errorf("%+v, %v", asked, err)
	}
}

// sure is a matcher that finds an entry by its question, and is half sure of two by a word.
type sure struct{ release func() *knowledge.Release }

func (s sure) Match(_ context.Context, utterance string, limit int) (knowledge.Result, error) {
	release := s.release()
	found := knowledge.Result{Release: release.ID}
	for _, e := range release.Entries() {
		t := e.Texts[knowledge.Chinese]
		m := knowledge.Match{Entry: e.ID, Revision: e.Revision, Phrasing: t.Question, Answer: e.Answer(knowledge.Chinese)}
		if t.Question == utterance && e.Matchable() {
			m.Confidence = 0.97
			found.Matches = []knowledge.Match{m}
			return found, nil
		}
		if strings.Contains(t.Question, utterance) && e.Matchable() && len(found.Matches) < limit {
			m.Confidence = 0.4
			found.Matches = append(found.Matches, m)
		}
	}
	return found, nil
}

// channels is an API on a base of a few entries, and a key with all scopes.
func channels(t *testing.T) (http.Handler, *auth.Auth, string) {
	t.Helper()
	db := sqldbtest.New(t)
	entry := func(id, question, answer, ivr string) knowledge.Entry {
		text := knowledge.Text{Question: question, Answer: answer}
		if ivr != "" {
			text.Channels = map[string]string{"ivr": ivr}
		}
		return knowledge.Entry{ID: id, Texts: map[knowledge.Lang]knowledge.Text{knowledge.Chinese: text}}
	}
	hub := base.New(db)
	if err := hub.Seed(t.Context(), []knowledge.Entry{
		entry("repay-failed", "卡里有钱为什么还款失败", "**请检查**银行卡。", "请检查您的银行卡。"),
		entry("repay-how", "怎么还款", "在 App 里还款。", ""),
		entry("system.name", "名字", "智能客服", ""),
	}, "shipped"); err != nil {
		t.Fatal(err)
	}
	release, err := hub.Load(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	now := func() *knowledge.Release { return release }
	h, staff, _ := newAPI(t, func(p *Parts) {
		p.Auth, p.Release, p.Hub = auth.New(db, auth.Options{}), now, Hub{Base: hub, Matcher: sure{now}}
	})
	_ = staff
	a := auth.New(db, auth.Options{})
	_, key, err := a.CreateAPIKey(t.Context(), auth.Operator, "ivr", auth.Scopes)
	if err != nil {
		t.Fatal(err)
	}
	return h, a, key
}

// call sends a request to the API with a key.
func call(h http.Handler, key, request, sent string, headers ...string) *httptest.ResponseRecorder {
	method, address, _ := strings.Cut(request, " ")
	r := httptest.NewRequest(method, address, strings.NewReader(sent))
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return ask(h, r)
}

func TestAskOverTheAPI(t *testing.T) {
	h, _, key := channels(t)
	for _, c := range []struct{ sent, want string }{
		{`{"text":"卡里有钱为什么还款失败"}`, `{"decision":"answer","reason":"matched","release":1,"entry":"repay-failed","revision":1,"confidence":0.97,"answer":{"lang":"zh-CN","question":"卡里有钱为什么还款失败","text":"**请检查**银行卡。"},"choices":[]}`},
		{`{"text":"卡里有钱为什么还款失败","channel":"ivr"}`, `{"decision":"answer","reason":"matched","release":1,"entry":"repay-failed","revision":1,"confidence":0.97,"answer":{"lang":"zh-CN","question":"卡里有钱为什么还款失败","text":"请检查您的银行卡。"},"choices":[]}`},
		{`{"text":"卡里有钱为什么还款失败","channel":"sms"}`, `{"decision":"answer","reason":"matched","release":1,"entry":"repay-failed","revision":1,"confidence":0.97,"answer":{"lang":"zh-CN","question":"卡里有钱为什么还款失败","text":"**请检查**银行卡。"},"choices":[]}`},
		{`{"text":"还款"}`, `{"decision":"clarify","reason":"ambiguous","release":1,"confidence":0.4,"choices":[{"entry":"repay-failed","question":"卡里有钱为什么还款失败","confidence":0.4},{"entry":"repay-how","question":"怎么还款","confidence":0.4}]}`},
		{`{"text":"天气"}`, `{"decision":"handoff","reason":"unknown","release":1,"confidence":0,"choices":[]}`},
		{`{"text":"我要转人工"}`, `{"decision":"handoff","reason":"customer_request","release":1,"confidence":1,"choices":[]}`},
	} {
		w := call(h, key, "POST /api/v1/ask", c.sent)
		if got := strings.TrimSpace(w.Body.String()); w.Code != http.StatusOK || got != c.want {
			t.Errorf("%s: %d\n got %s\nwant %s", c.sent, w.Code, got, c.want)
		}
	}
}

func TestSuggest(t *testing.T) {
	h, _, key := channels(t)
	for typed, want := range map[string]string{"怎么": "repay-how", "还款": "repay-how repay-failed", "卡里": "repay-failed", "名字": "", "天气": ""} {
		w := call(h, key, "GET /api/v1/suggest?q="+typed, "")
		var got []Suggestion
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", typed, w.Code, w.Body)
		}
		var ids []string
		for _, s := range got {
			ids = append(ids, s.Entry)
		}
		if strings.Join(ids, " ") != want {
			t.Errorf("%s: %v, want %s", typed, ids, want)
		}
	}
}

// Whoever may not gets a problem that says why, and nothing changes.
func TestAPIRefuses(t *testing.T) {
	h, a, key := channels(t)
	_, asks, err := a.CreateAPIKey(t.Context(), auth.Operator, "kiosk", []auth.Scope{auth.ScopeAsk})
	if err != nil {
		t.Fatal(err)
	}
	text := func(answer string) string {
		return `{"why":"x","content":{"texts":{"zh-CN":{"question":"怎么还款","answer":"` + answer + `"}}}}`
	}
	for _, c := range []struct {
		key, request, sent string
		headers            []string
		status             int
		says               string
	}{
		{"", "POST /api/v1/ask", `{"text":"还款"}`, nil, 401, "a key is needed"},
		{"wk_x_y", "GET /api/v1/entries", "", nil, 401, "a key is needed"},
		{asks, "GET /api/v1/entries", "", nil, 403, "has not the scope read"},
		{asks, "POST /api/v1/entries", `{}`, nil, 403, "has not the scope draft"},
		{key, "POST /api/v1/ask", `{"text":""}`, nil, 422, "validation failed"},
		{key, "POST /api/v1/ask", `{"text":"` + strings.Repeat("还", 2001) + `"}`, nil, 422, "validation failed"},
		{key, "POST /api/v1/ask", `{"txet":"还款"}`, nil, 422, "validation failed"},
		{key, "POST /api/v1/ask", `{"text":`, nil, 400, ""},
		{key, "POST /api/v1/ask", `{"text":"` + strings.Repeat("x", 70_000) + `"}`, nil, 413, ""},
		{key, "GET /api/v1/suggest", "", nil, 422, "validation failed"},
		{key, "GET /api/v1/suggest?q=a&lmit=1", "", nil, 422, "validation failed"},
		{key, "GET /api/v1/entries/nobody", "", nil, 404, "no such entry"},
		{key, "GET /api/v1/nowhere", "", nil, 404, "no such address"},
		{key, "PUT /api/v1/entries/repay-how", text("a"), nil, 428, "If-Match must name"},
		{key, "PUT /api/v1/entries/repay-how", text("a"), []string{"If-Match", `"1"`}, 412, "somebody changed it meanwhile"},
		{key, "PUT /api/v1/entries/repay-how", text("a"), []string{"If-Match", `W/"x"`}, 412, "names no version"},
		{key, "POST /api/v1/entries", `{"id":"repay-how",` + text("a")[1:], nil, 409, "exists"},
		{key, "POST /api/v1/entries", `{"id":"a b",` + text("a")[1:], nil, 422, ""},
		{key, "PUT /api/v1/entries/system.name", text("a"), []string{"If-Match", `"9"`}, 412, ""},
	} {
		w := call(h, c.key, c.request, c.sent, c.headers...)
		if w.Code != c.status || w.Header().Get("Content-Type") != "application/problem+json" || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s %.60s: %d %s %s, want %d %q", c.request, c.sent, w.Code, w.Header().Get("Content-Type"), w.Body, c.status, c.says)
		}
	}
}

// Every example of the docs works, in the order in which they build on each other; what
// was written is a draft, and what is live did not change.
func TestAPIExamples(t *testing.T) {
	h, _, key := channels(t)
	document := struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]struct{ OperationID string }
	}{}
	if err := json.Unmarshal(get(h, v1Document+".json").Body.Bytes(), &document); err != nil || !strings.HasPrefix(document.OpenAPI, "3.1") {
		t.Fatalf("the document: %v, %q", err, document.OpenAPI)
	}
	var known []string
	for _, item := range document.Paths {
		for _, o := range item {
			known = append(known, o.OperationID)
		}
	}
	slices.Sort(known)
	order := []string{"ask", "suggest", "release", "entries", "entry", "create", "draft"}
	if want := slices.Sorted(slices.Values(order)); !slices.Equal(known, want) {
		t.Errorf("the document describes %v, the examples %v", known, want)
	}
	tag := ""
	for _, id := range order {
		example := v1Examples[id]
		w := call(h, key, example[0], example[1], "If-Match", tag)
		if w.Code >= 300 {
			t.Errorf("%s: %d %s", id, w.Code, w.Body)
		}
		tag = w.Header().Get("ETag")
	}
	var head base.Head
	w := call(h, key, "GET /api/v1/entries/opening-hours", "")
	if err := json.Unmarshal(w.Body.Bytes(), &head); err != nil || head.Newest.State != base.Draft || head.Newest.Number != 2 || head.Live != 0 || !strings.HasPrefix(head.Newest.Author, "key:") {
		t.Errorf("what was written: %s", w.Body)
	}
	if w := call(h, key, "GET /api/v1/entries/opening-hours", "", "If-None-Match", w.Header().Get("ETag")); w.Code != http.StatusNotModified {
		t.Errorf("unchanged: %d", w.Code)
	}
	if docs := get(h, "/docs"); !strings.Contains(docs.Body.String(), "POST /api/v1/ask") {
		t.Error("the docs page lacks the API")
	}
}
