package api

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"wenda/bot/auth"
	"wenda/knowledge"
	"wenda/knowledge/base"
)

// version is what a form of the entry as it stands names.
func (r *rig) version(id string) string {
	r.Helper()
	return strconv.FormatInt(r.head(id).Version, 10)
}

func TestNewEntry(t *testing.T) {
	r := newRig(t)
	zhou := r.as("zhou", auth.Editor)
	to := zhou.get("/new").Header().Get("Location")
	if !strings.HasPrefix(to, "/editor/e-") || !strings.HasSuffix(to, "/edit") {
		t.Fatalf("led to %q", to)
	}
	zhou.shows("an empty form", zhou.get(to), http.StatusOK, `name="id" value="e-`, `name="version" value="0"`, "!class=\"findings\"")
	zhou.goes("saving", zhou.post(to, "id", "fee-late", "version", "0", "zh-CN.question", "逾期费用多少", "zh-CN.answer", "按合同约定收取。",
		"zh-CN.similar", "逾期费\r\n\r\n 滞纳金多少 \r\n", "zh-CN.not", "没有逾期费吧", "zh-CN.channel.1", "sms", "zh-CN.said.1", "见合同。",
		"category", "费用", "tags", "新规，逾期, 新规", "owner", zhou.id, "source", "2026-12 号文", "risk", "high", "related", "repay-failed",
		"from", "2027-01-01T00:00", "until", "2027-12-31T18:30", "review_by", "2027-06-01", "hot", "yes", "why", "新规定"), "/editor/fee-late?did=saved")
	got := r.head("fee-late").Newest
	want := base.Content{
		Category: "费用", Tags: []string{"新规", "逾期"}, Hot: true, Owner: zhou.id, Source: "2026-12 号文", Risk: base.RiskHigh, Related: []string{"repay-failed"},
		From: got.Content.From, Until: got.Content.Until, ReviewBy: got.Content.ReviewBy,
		Texts: map[knowledge.Lang]base.Text{knowledge.Chinese: {Question: "逾期费用多少", Answer: "按合同约定收取。", Similar: []string{"逾期费", "滞纳金多少"},
			Not: []string{"没有逾期费吧"}, Channels: map[string]string{"sms": "见合同。"}}},
	}
	if !got.Content.Equal(want) || got.Why != "新规定" || got.Author != zhou.id || got.State != base.Draft {
		t.Errorf("saved %s, why %q", got.Content.JSON(), got.Why)
	}
	for at, want := range map[string]string{
		got.Content.From.String(): "2026-12-31 16:00:00 +0000 UTC", got.Content.Until.String(): "2027-12-31 10:30:00 +0000 UTC",
		got.Content.ReviewBy.String(): "2027-05-31 16:00:00 +0000 UTC",
	} {
		if at != want {
			t.Errorf("moment %s, want %s: what is typed is the time in China", at, want)
		}
	}
	zhou.shows("the form again", zhou.get("/editor/fee-late/edit"), http.StatusOK, `value="2027-01-01T00:00"`, `value="2027-06-01"`, "滞纳金多少", `value="sms"`, "见合同。")
}

// What cannot be saved comes back with all that was typed.
func TestRefusedForms(t *testing.T) {
	r := newRig(t)
	zhou := r.as("zhou", auth.Editor)
	long := strings.Repeat("很", base.MaxAnswer+1)
	for name, c := range map[string]struct {
		path   string
		form   []string
		status int
		shows  string
	}{
		"no id":        {"/editor/x1/edit", []string{"id", "", "zh-CN.question", "问"}, http.StatusUnprocessableEntity, "编号只能用"},
		"bad id":       {"/editor/x1/edit", []string{"id", "a b", "zh-CN.question", "问"}, http.StatusUnprocessableEntity, `value="a b"`},
		"dots":         {"/editor/x1/edit", []string{"id", "..", "zh-CN.question", "问"}, http.StatusUnprocessableEntity, "编号只能用"},
		"taken":        {"/editor/x1/edit", []string{"id", "repay-failed", "zh-CN.question", "问"}, http.StatusConflict, "已经用过"},
		"nothing":      {"/editor/x1/edit", []string{"id", "x1"}, http.StatusUnprocessableEntity, "还不能保存"},
		"no question":  {"/editor/repay-failed/edit", []string{"version", "3", "zh-CN.answer", "答"}, http.StatusUnprocessableEntity, "缺少标准问题"},
		"long answer":  {"/editor/repay-failed/edit", []string{"version", "3", "zh-CN.question", "问", "zh-CN.answer", long}, http.StatusUnprocessableEntity, long},
		"bad time":     {"/editor/repay-failed/edit", []string{"version", "3", "zh-CN.question", "问", "from", "tomorrow"}, http.StatusUnprocessableEntity, "时间看不懂"},
		"bad channel":  {"/editor/repay-failed/edit", []string{"version", "3", "zh-CN.question", "问", "zh-CN.said.1", "短答"}, http.StatusUnprocessableEntity, "短答"},
		"too much":     {"/editor/repay-failed/edit", []string{"version", "3", "zh-CN.answer", strings.Repeat("x", 5<<20)}, http.StatusRequestEntityTooLarge, "<html"},
		"hostile text": {"/editor/repay-failed/edit", []string{"version", "3", "zh-CN.answer", "</textarea><script>alert(1)</script>"}, http.StatusUnprocessableEntity, "&lt;script&gt;"},
	} {
		zhou.shows(name, zhou.post(c.path, c.form...), c.status, c.shows, "!<script>alert")
	}
	if r.version("repay-failed") != "3" {
		t.Error("something was saved")
	}
}

// Two save the same entry: the second sees both changes, and loses nothing.
func TestThreeWays(t *testing.T) {
	r := newRig(t)
	zhou, li := r.as("zhou", auth.Editor), r.as("li", auth.Editor)
	began := r.version("repay-failed")
	li.goes("the first", li.post("/editor/repay-failed/edit", "version", began, "category", "还款", "zh-CN.question", "卡里有钱为什么还款失败",
		"zh-CN.answer", "请检查银行卡和限额。", "zh-CN.similar", "扣款不成功"), "/editor/repay-failed?did=saved")
	theirs := r.head("repay-failed")
	form := []string{"version", began, "category", "还款问题", "zh-CN.question", "卡里有钱为什么还款失败", "zh-CN.answer", "请检查银行卡是否有效。", "zh-CN.similar", "扣款不成功\n扣不了款"}
	w := zhou.post("/editor/repay-failed/edit", form...)
	zhou.shows("the second", w, http.StatusPreconditionFailed, "两边都改了", "<ins>和限额</ins>", "<ins>是否有效</ins>", "<ins>扣不了款</ins>",
		"请检查银行卡是否有效。</textarea>", `value="还款问题"`, `name="version" value="`+r.version("repay-failed")+`"`)
	if got := r.head("repay-failed"); got.Version != theirs.Version {
		t.Fatal("something was saved")
	}
	form[1] = r.version("repay-failed")
	zhou.goes("having seen it", zhou.post("/editor/repay-failed/edit", form...), "/editor/repay-failed?did=saved")
	if got := r.head("repay-failed").Newest; got.Content.Texts[knowledge.Chinese].Answer != "请检查银行卡是否有效。" || got.Number != 3 {
		t.Errorf("saved r%d %s", got.Number, got.Content.JSON())
	}
}

// Who writes is not bothered by steps that change no text.
func TestSavingAfterAStep(t *testing.T) {
	r := newRig(t)
	zhou, li := r.as("zhou", auth.Editor), r.as("li", auth.Editor)
	zhou.written("请检查银行卡和余额。")
	began := r.version("repay-failed")
	zhou.shows("keeping", zhou.post("/editor/repay-failed/keep", "version", began, "zh-CN.question", "更好的问题", "zh-CN.answer", "更好的答案。"), http.StatusOK)
	li.goes("approving", li.post("/editor/repay-failed/approve", "version", began), "/review?did=approved")
	zhou.shows("coming back", zhou.get("/editor/repay-failed/edit"), http.StatusOK, "没有保存的修改", "!有别人保存了新版本")
	zhou.goes("saving", zhou.post("/editor/repay-failed/edit", "version", began, "zh-CN.question", "更好的问题", "zh-CN.answer", "更好的答案。"), "/editor/repay-failed?did=saved")
	if head := r.head("repay-failed"); head.Ready != 2 || head.Newest.Number != 3 || head.Newest.State != base.Draft {
		t.Errorf("ready r%d, newest r%d %s", head.Ready, head.Newest.Number, head.Newest.State)
	}
}

func TestWorkingCopy(t *testing.T) {
	r := newRig(t)
	zhou, li := r.as("zhou", auth.Editor), r.as("li", auth.Editor)
	began := r.version("repay-failed")
	w := zhou.post("/editor/repay-failed/keep", "version", began, "zh-CN.question", "还款为什么失", "zh-CN.answer", "")
	zhou.shows("keeping", w, http.StatusOK, `{"at":"`)
	zhou.shows("coming back", zhou.get("/editor/repay-failed/edit"), http.StatusOK, "还款为什么失", "没有保存的修改", "!有别人保存了新版本")
	li.shows("somebody else", li.get("/editor/repay-failed/edit"), http.StatusOK, "!还款为什么失\"")
	li.post("/editor/repay-failed/edit", "version", began, "zh-CN.question", "另一个问题", "zh-CN.answer", "答。")
	zhou.shows("overtaken", zhou.get("/editor/repay-failed/edit"), http.StatusOK, "还款为什么失", "有别人保存了新版本", `name="version" value="`+began+`"`)
	zhou.goes("dropping", zhou.post("/editor/repay-failed/drop"), "/editor/repay-failed/edit?did=dropped")
	zhou.shows("after", zhou.get("/editor/repay-failed/edit"), http.StatusOK, "另一个问题", "!没有保存的修改")

	zhou.shows("a new one", zhou.post("/editor/e-1/keep", "version", "0", "id", "", "zh-CN.question", "新问题"), http.StatusOK)
	zhou.shows("a new one", zhou.get("/editor/e-1/edit"), http.StatusOK, "新问题", `name="version" value="0"`)
	zhou.goes("saved under another id", zhou.post("/editor/e-1/edit", "version", "0", "id", "new-one", "zh-CN.question", "新问题"), "/editor/new-one?did=saved")
	zhou.shows("nothing is left of it", zhou.get("/editor/e-1/edit"), http.StatusOK, "!新问题")
	zhou.shows("too large", zhou.post("/editor/e-1/keep", "zh-CN.answer", strings.Repeat("x", base.MaxWorking)), http.StatusUnprocessableEntity, "not kept")
}

func TestChecksAsItIsTyped(t *testing.T) {
	r := newRig(t)
	zhou := r.as("zhou", auth.Editor)
	form := []string{"version", r.version("limit-raise"), "zh-CN.question", "怎么提高额度", "zh-CN.answer", "保证通过，请打 13812345678", "zh-CN.similar", "额度太低\n扣款不成功"}
	zhou.shows("the form", zhou.post("/editor/limit-raise/check", form...), http.StatusOK,
		"必须修改", "保证通过", "repay-failed", "138****5678", `data-part="zh-CN.answer.found"`)
	zhou.shows("in English", zhou.post("/editor/limit-raise/check?lang=en", form...), http.StatusOK, "Must change", "forbidden wording")
	if r.version("limit-raise") != "3" {
		t.Error("something was saved")
	}
	zhou.goes("saved, not submitted", zhou.post("/editor/limit-raise/edit", append(form, "then", "submit")...), "/editor/limit-raise?did=saved")
	if got := r.head("limit-raise").Newest.State; got != base.Draft {
		t.Errorf("what the checks forbid is %s", got)
	}
	zhou.shows("the entry says why", zhou.get("/editor/limit-raise"), http.StatusOK, "必须修改", "!/submit\"")
	zhou.shows("nor by hand", zhou.post("/editor/limit-raise/submit", "version", r.version("limit-raise")), http.StatusUnprocessableEntity, "改好以后才能送审")
}

func TestTryIt(t *testing.T) {
	r := newRig(t)
	zhou := r.as("zhou", auth.Editor)
	form := []string{"version", r.version("repay-failed"), "zh-CN.question", "扣款没有成功", "zh-CN.answer", "请看。", "said", "扣款没有成功"}
	zhou.shows("a draft that is not saved", zhou.post("/editor/repay-failed/try", form...), http.StatusOK,
		`<p class="zone zone-handoff">`, `<p class="zone zone-answer">`, "97%", "就是这一条", `value="扣款没有成功"`)
	zhou.shows("the entry's page", zhou.post("/editor/repay-failed/try", "said", "卡里有钱为什么还款失败"), http.StatusOK, `<p class="zone zone-answer">`, "!zone zone-handoff")
	zhou.shows("a new entry", zhou.post("/editor/e-1/try", "version", "0", "zh-CN.question", "新问题", "said", "新问题"), http.StatusOK, "zone zone-handoff", "zone zone-answer")
	zhou.shows("nothing written yet", zhou.post("/editor/e-1/try", "version", "0", "said", "新问题"), http.StatusOK, "zone zone-handoff", "!zone zone-answer")
	zhou.shows("nothing said", zhou.post("/editor/e-1/try", "version", "0", "said", " "), http.StatusOK, "!zone zone-handoff")
	if release := r.inForce(); release.ID != 1 || r.told != 0 {
		t.Error("trying has put something in force")
	}
}

// A reply of agents is written like an entry, under its own kind of id, and reaches the
// desk once it is in force.
func TestNewReply(t *testing.T) {
	r := newRig(t)
	zhou, li := r.as("zhou", auth.Editor), r.as("li", auth.Editor)
	zhou.shows("the list", zhou.get("/editor?kind=canned"), http.StatusOK, `href="/new?kind=canned"`, "!limit-raise")
	to := zhou.get("/new?kind=canned").Header().Get("Location")
	if !strings.HasPrefix(to, "/editor/canned.") || !strings.HasSuffix(to, "/edit") {
		t.Fatalf("sent to %q", to)
	}
	zhou.shows("the form", zhou.get(to), http.StatusOK, "新建快捷回复", "{agent}", "填队列编号", "!zh-CN.similar", `!name="said"`)
	form := []string{"version", "0", "id", "canned.hello", "category", "loan", "zh-CN.question", "问候", "zh-CN.answer"}
	zhou.goes("saved", zhou.post(to, append(form, "您好，我是{name}。")...), "/editor/canned.hello?did=saved")
	zhou.shows("who is {name}?", zhou.get("/editor/canned.hello"), http.StatusOK, "必须修改", "{name}")
	form[1] = r.version("canned.hello")
	zhou.goes("saved and sent for review", zhou.post("/editor/canned.hello/edit", append(form, "您好，我是{agent}。", "then", "submit")...), "/editor/canned.hello?did=submitted")
	li.goes("approved", li.post("/editor/canned.hello/approve", "version", r.version("canned.hello")), "/review?did=approved")
	if _, err := r.hub.Publish(r.Context(), base.Publication{By: "li", Why: "new", Entries: []string{"canned.hello"}, GatePassed: true}); err != nil {
		t.Fatal(err)
	}
	want := reply{"canned.hello", 2, "问候", "您好，我是{agent}。"}
	if got := replies(r.inForce(), "loan", knowledge.Chinese); len(got) != 1 || got[0] != want {
		t.Errorf("%+v", got)
	}
}
