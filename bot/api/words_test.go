package api

import (
	"net/http"
	"strings"
	"testing"

	"wenda/bot/auth"
	"wenda/knowledge"
	"wenda/knowledge/base"
	"wenda/knowledge/lint"
)

func TestSheets(t *testing.T) {
	r := newRig(t)
	zhou, hu := r.as("zhou", auth.Editor), r.as("hu", auth.Compliance)
	zhou.shows("all", zhou.get("/words"), 200, "/words/forbidden", "/words/synonyms", "/words/links")
	zhou.shows("read only", zhou.get("/words/forbidden"), 200, "保证 通过", "readonly", "不能修改")
	zhou.shows("an editor", zhou.post("/words/forbidden", "version", "0", "text", "", "why", "x"), http.StatusForbidden)
	zhou.shows("unknown", zhou.get("/words/secret"), 404)
	hu.shows("broken", hu.post("/words/forbidden", "version", "0", "text", "never 保证", "why", "试"), 422, "第 1 行：每行写", "never 保证", "试")
	hu.shows("without a reason", hu.post("/words/forbidden", "version", "0", "text", "block\t包过"), 422, "请写明原因", "包过")
	hu.goes("saved", hu.post("/words/forbidden", "version", "0", "text", "block\t包过\t不能承诺\r\n", "why", "新规"), "/words/forbidden?did=saved")
	sheet, err := r.hub.Sheet(t.Context(), base.Forbidden)
	if err != nil || sheet.Text != "block\t包过\t不能承诺\n" || sheet.By != hu.id {
		t.Errorf("%+v %v", sheet, err)
	}
	hu.shows("history", hu.get("/words/forbidden?did=saved"), 200, "已保存", "新规", "小hu", "!保证 通过")
	hu.shows("no such version", hu.get("/words/forbidden?version=9"), 404)
	zhou.shows("links are compliance's", zhou.post("/words/links", "version", "0", "text", "a.example.com", "why", "x"), http.StatusForbidden)
	hu.shows("no host", hu.post("/words/links", "version", "0", "text", "https://a.example.com/x", "why", "x"), 422, "第 1 行：请写网站名")
	hu.shows("too large", hu.post("/words/links", "version", "0", "text", strings.Repeat("# x\n", base.MaxSheet/4+1), "why", "x"), 422)
}

// Two people change a sheet at once: nobody's text is lost.
func TestSheetsMeet(t *testing.T) {
	r := newRig(t)
	zhou, li := r.as("zhou", auth.Editor), r.as("li", auth.Supervisor)
	zhou.goes("first", zhou.post("/words/synonyms", "version", "0", "text", "还款, 还钱", "why", "a"), "/words/synonyms?did=saved")
	li.goes("faster", li.post("/words/synonyms", "version", "1", "text", "还款, 还钱, 还贷", "why", "b"), "/words/synonyms?did=saved")
	met := zhou.post("/words/synonyms", "version", "1", "text", "额度, 限额", "why", "c")
	zhou.shows("three texts", met, http.StatusPreconditionFailed, "还款, 还钱, 还贷</pre>", "还款, 还钱</pre>", "额度, 限额</textarea>", `name="version" value="2"`, `value="c"`)
	zhou.goes("again", zhou.post("/words/synonyms", "version", "2", "text", "还款, 还钱, 还贷\n额度, 限额", "why", "c"), "/words/synonyms?did=saved")
	zhou.shows("an old one", zhou.get("/words/synonyms?version=1"), 200, "还款, 还钱</textarea>", "正在看第 1 版", `name="version" value="3"`)
}

// The rules follow the sheets.
func TestRules(t *testing.T) {
	r := newRig(t)
	a := &API{Parts: Parts{Hub: Hub{Base: r.hub, Book: lint.NewBook(r.hub)}}}
	c := base.Content{Texts: map[knowledge.Lang]base.Text{"zh-CN": {Question: "能过吗", Answer: "保证通过。见 https://a.example.com/x"}}}
	blocked := func() (found []lint.Rule) {
		rules, err := a.Hub.Book.Rules(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range lint.Check("x", c, rules) {
			if f.Severity == lint.Block {
				found = append(found, f.Rule)
			}
		}
		return found
	}
	save := func(name string, version int64, text string) {
		if _, err := r.hub.SaveSheet(t.Context(), "hu", name, version, text, "test"); err != nil {
			t.Fatal(err)
		}
	}
	for i, c := range []struct {
		do   func()
		want string
	}{
		{func() {}, "forbidden link"},
		{func() { save(base.Links, 0, "a.example.com") }, "forbidden"},
		{func() { save(base.Forbidden, 0, "warn\t别的") }, ""},
		{func() { save(base.Forbidden, 1, "block\t保证 通过") }, "forbidden"},
	} {
		c.do()
		var got []string
		for _, rule := range blocked() {
			got = append(got, string(rule))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%d: %v, want %s", i, got, c.want)
		}
	}
}
