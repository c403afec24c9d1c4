package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"wenda/bot/auth"
	"wenda/knowledge"
	"wenda/knowledge/base"
	"wenda/knowledge/exchange"
)

// upload sends a file to /import.
func (v *visitor) upload(name, mode, file string) *httptest.ResponseRecorder {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("mode", mode)
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write([]byte(file))
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		v.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/import", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Cookie", v.cookie)
	return ask(v.handler, r)
}

// tried uploads a file and waits until its dry run is over.
func (v *visitor) tried(name, mode, file string) string {
	v.Helper()
	w := v.upload(name, mode, file)
	at := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(at, "/import/") {
		v.Fatalf("%d to %q", w.Code, at)
	}
	v.over(at)
	return at
}

// over waits until an import needs no waiting any more.
func (v *visitor) over(at string) {
	v.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
		var p progress
		if err := json.Unmarshal(v.get(at+"/progress").Body.Bytes(), &p); err != nil {
			v.Fatal(err)
		}
		if p.Over {
			return
		}
	}
	v.Fatal("the import is never over")
}

const twoEntries = `{"id":"coupon","texts":{"zh-CN":{"question":"优惠券怎么用","answer":"在还款页。"}}}
{"id":"repay-failed","category":"还款","texts":{"zh-CN":{"question":"卡里有钱为什么还款失败","similar":["扣款不成功","扣不了款"],"answer":"请检查银行卡。"}}}
`

func TestImport(t *testing.T) {
	r := newRig(t)
	zhou, li := r.as("zhou", auth.Editor), r.as("li", auth.Supervisor)
	zhou.shows("form", zhou.get("/import"), 200, `enctype="multipart/form-data"`, `value="update" checked`, "/export?format=xlsx")
	at := zhou.tried("我的 base.jsonl", "update", twoEntries)
	zhou.shows("dry run", zhou.get(at), 200, "我的 base.jsonl", "确认导入为草稿", "优惠券怎么用", "<ins>扣不了款</ins>")
	zhou.shows("one kind", zhou.get(at+"?show=changed&from=0"), 200, "!优惠券怎么用", "repay-failed")
	zhou.shows("beyond the end", zhou.get(at+"?show=&from=99"), 200, "没有这样的行")
	li.shows("somebody else's", li.get(at), 404, "请重新上传")
	li.shows("somebody else's", li.post(at, "do", "apply"), 404)
	if _, err := r.hub.Get(t.Context(), "coupon"); !errors.Is(err, base.ErrNone) {
		t.Errorf("a dry run saved: %v", err)
	}
	zhou.goes("confirmed", zhou.post(at, "do", "apply", "why", "新券"), at)
	zhou.over(at)
	zhou.shows("saved", zhou.get(at), 200, "已生成 2 个草稿", "!确认导入为草稿")
	if got := r.head("coupon").Newest; got.State != base.Draft || got.Why != "新券" || got.Author != zhou.id {
		t.Errorf("%+v", got)
	}
	zhou.goes("confirmed twice", zhou.post(at, "do", "apply"), at)
	zhou.goes("put away", zhou.post(at, "do", "drop"), "/import")
	zhou.shows("gone", zhou.get(at), 404)
}

// With one faulty row nothing is saved; the file comes back with what is wrong.
func TestImportFaulty(t *testing.T) {
	r := newRig(t)
	zhou := r.as("zhou", auth.Editor)
	at := zhou.tried("b.csv", "append", "id,question,answer,hot\nok-1,可以的,好,是\n坏 号,问题,答,也许\nrepay-failed,x,y,\n=1+1,x,y,\n")
	zhou.shows("refused", zhou.get(at), 200, "坏 号", "不是此列的取值", "条目已存在", at+"/faulty", "!确认导入为草稿")
	zhou.goes("applied all the same", zhou.post(at, "do", "apply"), at)
	zhou.over(at)
	if _, err := r.hub.Get(t.Context(), "ok-1"); !errors.Is(err, base.ErrNone) {
		t.Errorf("half was saved: %v", err)
	}
	w := zhou.get(at + "/faulty")
	zhou.shows("the file", w, 200, "错误 errors", "不是此列的取值", "'=1+1")
	if got := w.Header().Get("Content-Disposition"); got != `attachment; filename=b-faults.csv` {
		t.Error(got)
	}
	for name, c := range map[string]struct{ file, content, says string }{
		"macros":      {"a.xlsm", "x", "可能带宏"},
		"no format":   {"a.pdf", "x", ".xlsx"},
		"not a sheet": {"a.xlsx", "x", "能打开的 .xlsx"},
		"no entry":    {"a.csv", "id,question\n", "文件里没有条目"},
	} {
		at := zhou.tried(c.file, "update", c.content)
		zhou.shows(name, zhou.get(at), 422, c.says, "!确认导入为草稿")
		zhou.shows(name, zhou.get(at+"/faulty"), 404)
	}
}

func TestUploads(t *testing.T) {
	r := newRig(t)
	zhou := r.as("zhou", auth.Editor)
	zhou.shows("no file", zhou.upload("", "update", ""), 422, "请选择一个文件")
	zhou.shows("no form", zhou.post("/import", "file", "x"), 422, "请选择一个文件")
	large := strings.Repeat("x", int(exchange.ImportLimits.Bytes)+300<<10)
	zhou.shows("too large", zhou.upload("a.csv", "update", large), http.StatusRequestEntityTooLarge, "文件太大")
	zhou.shows("progress of nothing", zhou.get("/import/x/progress"), 200, `"over":true`)
	agent := r.as("agent", auth.Agent)
	agent.shows("an agent", agent.get("/import"), http.StatusForbidden)
}

// The base changed between dry run and confirmation: nothing is saved.
func TestImportStale(t *testing.T) {
	r := newRig(t)
	zhou := r.as("zhou", auth.Editor)
	at := zhou.tried("a.jsonl", "update", twoEntries)
	c := r.head("repay-failed").Newest.Content
	c.Owner = "somebody"
	if _, err := r.hub.Save(t.Context(), "li", "repay-failed", r.head("repay-failed").Version, c, ""); err != nil {
		t.Fatal(err)
	}
	zhou.goes("confirmed", zhou.post(at, "do", "apply"), at)
	zhou.over(at)
	zhou.shows("stale", zhou.get(at), http.StatusConflict, "知识库在此期间有变化", "!确认导入为草稿")
	if _, err := r.hub.Get(t.Context(), "coupon"); !errors.Is(err, base.ErrNone) {
		t.Errorf("half was saved: %v", err)
	}
}

// Places are few: a person's old dry run goes for a new one, another's stays.
func TestImportPlaces(t *testing.T) {
	var all imports
	at := func(by, id string, over bool, age time.Duration) *importing {
		one := &importing{by: by, id: id, began: time.Now().Add(-age)}
		if over {
			one.end()
		}
		return one
	}
	for i, c := range []struct {
		one  *importing
		want bool
	}{
		{at("a", "1", false, 0), true}, {at("a", "2", true, 0), true}, {at("b", "3", true, 0), true}, {at("c", "4", true, 2*importKept), true},
		{at("d", "5", true, 0), true},  // 4 is old
		{at("e", "6", true, 0), false}, // 1 is being worked on, 2, 3 and 5 are young
		{at("a", "7", true, 0), true},  // instead of 2
	} {
		if got := all.add(c.one); got != c.want {
			t.Errorf("%d: %v", i, got)
		}
	}
	if _, found := all.find("a", "2"); found {
		t.Error("2 is still there")
	}
	if _, found := all.find("b", "1"); found {
		t.Error("b finds a's")
	}
}

// What is exported imports as the same.
func TestExport(t *testing.T) {
	r := newRig(t)
	zhou, hu := r.as("zhou", auth.Editor), r.as("hu", auth.Compliance)
	for _, format := range []string{"jsonl", "csv", "xlsx"} {
		w := hu.get("/export?format=" + format)
		hu.shows(format, w, 200)
		if got := w.Header().Get("Content-Disposition"); got != "attachment; filename=wenda."+format {
			t.Error(got)
		}
		at := zhou.tried("x."+format, "replace", w.Body.String())
		zhou.shows(format, zhou.get(at), 200, "<dt>相同</dt><dd>4</dd>", "<dt>修改</dt><dd>0</dd>", "<dt>不能导入</dt><dd>0</dd>", "<dt>新增</dt><dd>0</dd>")
	}
	hu.shows("template", hu.get("/export?format=template"), 200, "PK")
	hu.shows("unknown", hu.get("/export?format=exe"), 404)
}

// A base that is older than the replies agents are shipped with gets them as drafts, if an
// editor wants them, and is asked once.
func TestImportShipped(t *testing.T) {
	r := newRig(t, func(r *rig, p *Parts) {
		for _, id := range []string{"canned.wait", "canned.thanks", "canned.bye"} {
			p.Hub.Replies = append(p.Hub.Replies, knowledge.Entry{ID: id, Texts: map[knowledge.Lang]knowledge.Text{knowledge.Chinese: {Question: "请稍等 " + id, Answer: "请您稍等。"}}})
		}
	})
	content := base.Content{Texts: map[knowledge.Lang]base.Text{knowledge.Chinese: {Question: "再见", Answer: "再见。"}}}
	if _, err := r.hub.Create(t.Context(), "zhou", "canned.bye", content, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := r.hub.Discard(t.Context(), "zhou", "canned.bye", 1, ""); err != nil {
		t.Fatal(err)
	}
	zhou, agent := r.as("zhou", auth.Editor), r.as("an", auth.Agent)
	agent.shows("not for agents", agent.post("/import/shipped"), http.StatusForbidden)
	zhou.shows("the offer", zhou.get("/import"), http.StatusOK, "有 2 条这个库里还没有", `action="/import/shipped"`)
	w := zhou.post("/import/shipped")
	at := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(at, "/import/") {
		t.Fatalf("%d to %q", w.Code, at)
	}
	zhou.over(at)
	zhou.shows("the dry run", zhou.get(at), http.StatusOK, "canned.wait", "canned.thanks", "!canned.bye")
	if _, err := r.hub.Get(t.Context(), "canned.wait"); !errors.Is(err, base.ErrNone) {
		t.Errorf("a dry run made it: %v", err)
	}
	zhou.goes("imported", zhou.post(at, "do", "apply", "why", "随版本"), at)
	zhou.over(at)
	if head := r.head("canned.wait"); head.Newest.State != base.Draft || head.Newest.Author != zhou.id || head.Live != 0 {
		t.Errorf("it is %+v", head)
	}
	zhou.shows("no offer any more", zhou.get("/import"), http.StatusOK, "!/import/shipped")
	zhou.goes("asked again", zhou.post("/import/shipped"), "/import")
}
