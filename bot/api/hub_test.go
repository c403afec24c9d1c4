package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"wenda/bot/auth"
	"wenda/bot/web"
	"wenda/internal/sqldb"
	"wenda/knowledge"
	"wenda/knowledge/base"
	"wenda/knowledge/gate"
	"wenda/knowledge/lint"
)

func entry(id, category, question, answer string, similar ...string) knowledge.Entry {
	return knowledge.Entry{ID: id, Category: category, Texts: map[knowledge.Lang]knowledge.Text{
		knowledge.Chinese: {Question: question, Answer: answer, Similar: similar},
	}}
}

// known is what the bases of tests are seeded with.
var known = []knowledge.Entry{
	entry("limit-raise", "额度", "怎么提高额度", "按时还款。", "额度太低"),
	entry("repay-failed", "还款", "卡里有钱为什么还款失败", "请检查银行卡。", "扣款不成功"),
	{ID: "settle-early", Category: "提前结清", Texts: map[knowledge.Lang]knowledge.Text{
		knowledge.Chinese: {Question: "怎么提前结清", Answer: "在 App 里办理。"},
		knowledge.English: {Question: "How do I settle early", Answer: "In the app."},
	}},
	entry("system.welcome", "", "欢迎语", "您好。"),
}

// rig is an API on a base of a few entries, with a team of people.
type rig struct {
	*testing.T
	handler http.Handler
	db      *sqldb.DB
	hub     *base.Store
	cases   *gate.Store
	staff   *auth.Auth
	told    int // how often this node was told of a release
}

// newRig starts with the entries of known in force. change completes the parts.
func newRig(t *testing.T, change ...func(*rig, *Parts)) *rig {
	t.Helper()
	db := copied(t)
	r := &rig{T: t, db: db, hub: base.New(db, base.Log(slog.New(slog.DiscardHandler))), cases: gate.New(db), staff: auth.New(db, auth.Options{})}
	r.handler, _, _ = newAPI(t, func(p *Parts) {
		p.Auth, p.Release = r.staff, r.inForce
		p.Hub = Hub{Base: r.hub, Book: lint.NewBook(r.hub), Cases: r.cases, Matcher: sure{r.inForce}, Trial: trialOf, Told: func() { r.told++ },
			Learning: func(context.Context) (*web.Learning, error) {
				return &web.Learning{Done: 3, Of: 8, Left: 41 * time.Second}, nil
			}}
		for _, c := range change {
			c(r, p)
		}
		p.Hub.Judge = &gate.Judge{Cases: r.cases, Live: r.inForce, Matcher: p.Hub.Matcher, Trial: p.Hub.Trial}
	})
	return r
}

// trialOf is a matcher on any release.
func trialOf(_ context.Context, release *knowledge.Release) (knowledge.Matcher, func(), error) {
	return sure{func() *knowledge.Release { return release }}, func() {}, nil
}

// inForce is the newest release.
func (r *rig) inForce() *knowledge.Release {
	id, err := r.hub.Current(context.Background())
	if err != nil {
		r.Fatal(err)
	}
	release, err := r.hub.Load(context.Background(), id)
	if err != nil {
		r.Fatal(err)
	}
	return release
}

func (r *rig) head(id string) base.Head {
	r.Helper()
	head, err := r.hub.Get(r.Context(), id)
	if err != nil {
		r.Fatal(err)
	}
	return head
}

// visitor is somebody at a browser.
type visitor struct {
	*rig
	id     string // of their account; "" if they have none
	cookie string
}

// secret is the password of all who have an account.
const secret = "lamp-and-kettle"

// as is somebody who is logged in, with an account made for it unless they are regular.
func (r *rig) as(login string, roles ...auth.Role) *visitor {
	r.Helper()
	if p, ok := regular[login]; ok && len(roles) == 1 && roles[0] == p.role {
		return &visitor{r, p.id, p.cookie}
	} else if ok {
		login += "2"
	}
	u, err := r.staff.Create(r.Context(), "test", login, auth.Account{Name: "小" + login, Roles: roles}, secret)
	if err != nil {
		r.Fatal(err)
	}
	in := ask(r.handler, post("/login", url.Values{"login": {login}, "password": {secret}}.Encode()))
	if in.Code != http.StatusSeeOther {
		r.Fatalf("login of %s: %d", login, in.Code)
	}
	return &visitor{r, u.ID, in.Header().Get("Set-Cookie")}
}

func (v *visitor) get(path string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(http.MethodGet, path, nil)
	request.Header.Set("Cookie", v.cookie)
	return ask(v.handler, request)
}

// post sends a form of names and values.
func (v *visitor) post(path string, form ...string) *httptest.ResponseRecorder {
	fields := url.Values{}
	for i := 0; i+1 < len(form); i += 2 {
		fields.Add(form[i], form[i+1])
	}
	return ask(v.handler, post(path, fields.Encode(), "Cookie", v.cookie))
}

// shows says that an answer has a status and holds texts; a text that begins with "!" it
// must not hold.
func (v *visitor) shows(what string, w *httptest.ResponseRecorder, status int, texts ...string) {
	v.Helper()
	if w.Code != status {
		v.Errorf("%s: status %d, want %d", what, w.Code, status)
	}
	for _, text := range texts {
		lack, not := strings.CutPrefix(text, "!")
		if strings.Contains(w.Body.String(), lack) == not {
			v.Errorf("%s: holds %q: %v\n%s", what, lack, not, clipped(w.Body.String()))
		}
	}
}

// goes says that an answer leads to a place.
func (v *visitor) goes(what string, w *httptest.ResponseRecorder, to string) {
	v.Helper()
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != to {
		v.Errorf("%s: %d to %q, want %q\n%s", what, w.Code, w.Header().Get("Location"), to, clipped(w.Body.String()))
	}
}

// clipped is the part of a page that says something.
func clipped(page string) string {
	if _, main, found := strings.Cut(page, `<main`); found {
		page = main
	}
	return page[:min(len(page), 3000)]
}
