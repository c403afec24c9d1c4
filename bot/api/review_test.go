package api

import (
	"net/http"
	"strings"
	"testing"

	"wenda/bot/auth"
	"wenda/knowledge"
	"wenda/knowledge/base"
	"wenda/knowledge/gate"
)

// written has somebody write a new revision of repay-failed and send it for review.
func (v *visitor) written(answer string) {
	v.Helper()
	v.goes("writing", v.post("/editor/repay-failed/edit", "version", v.version("repay-failed"), "zh-CN.question", "卡里有钱为什么还款失败",
		"zh-CN.answer", answer, "then", "submit", "why", "请看一下"), "/editor/repay-failed?did=submitted")
}

func TestReview(t *testing.T) {
	r := newRig(t)
	zhou, li := r.as("zhou", auth.Editor), r.as("li", auth.Editor)
	zhou.written("请检查银行卡和余额。")
	zhou.shows("the queue of its author", zhou.get("/review"), http.StatusOK, "/editor/repay-failed", "您写的", "刚刚送审", "请看一下")
	li.shows("the queue of another", li.get("/review"), http.StatusOK, "/editor/repay-failed", "!您写的", "小zhou")
	zhou.shows("its author reads", zhou.get("/editor/repay-failed"), http.StatusOK, "需要另一位同事审核", "!批准</button>")
	li.shows("another reads", li.get("/editor/repay-failed"), http.StatusOK, "批准</button>", "<ins>和余额</ins>")

	version := r.version("repay-failed")
	zhou.shows("own words", zhou.post("/editor/repay-failed/approve", "version", version), http.StatusForbidden, "不能批准自己写的内容")
	li.shows("refusing without a reason", li.post("/editor/repay-failed/refuse", "version", version, "why", " "), http.StatusUnprocessableEntity, "请写明原因")
	li.shows("an old page", li.post("/editor/repay-failed/approve", "version", "2"), http.StatusConflict, "状态刚刚变了")
	li.shows("no version", li.post("/editor/repay-failed/approve"), http.StatusConflict)
	li.goes("refusing", li.post("/editor/repay-failed/refuse", "version", version, "why", "余额不是原因"), "/review?did=refused")
	zhou.shows("the author reads why", zhou.get("/editor/repay-failed"), http.StatusOK, "余额不是原因", "送审</button>")

	zhou.goes("once more", zhou.post("/editor/repay-failed/submit", "version", r.version("repay-failed")), "/editor/repay-failed?did=submitted")
	zhou.goes("withdrawn", zhou.post("/editor/repay-failed/withdraw", "version", r.version("repay-failed")), "/editor/repay-failed?did=withdrawn")
	zhou.goes("and again", zhou.post("/editor/repay-failed/submit", "version", r.version("repay-failed")), "/editor/repay-failed?did=submitted")
	li.goes("approved", li.post("/editor/repay-failed/approve", "version", r.version("repay-failed"), "why", "核对过"), "/review?did=approved")
	if head := r.head("repay-failed"); head.Newest.State != base.Approved || head.Newest.Approver != li.id || head.Live != 1 {
		t.Errorf("it is %s, approved by %q, live r%d", head.Newest.State, head.Newest.Approver, head.Live)
	}
	li.shows("the next step", li.get("/editor/repay-failed"), http.StatusOK, "/publish?entry=repay-failed", "核对过")
	li.shows("an empty queue", li.get("/review"), http.StatusOK, "没有等待审核的词条")
}

// A draft that nobody wants leaves the list, by one person's word; saved again it is back.
func TestDiscard(t *testing.T) {
	r := newRig(t)
	zhou, li := r.as("zhou", auth.Editor), r.as("li", auth.Editor)
	zhou.written("请检查银行卡和余额。")
	zhou.goes("withdrawn", zhou.post("/editor/repay-failed/withdraw", "version", r.version("repay-failed")), "/editor/repay-failed?did=withdrawn")
	zhou.shows("a draft over what is live", zhou.get("/editor/repay-failed"), http.StatusOK, "!/discard")
	zhou.shows("is not discarded", zhou.post("/editor/repay-failed/discard", "version", r.version("repay-failed")), http.StatusConflict)
	content := base.Content{Texts: map[knowledge.Lang]base.Text{knowledge.Chinese: {Question: "能延期吗", Answer: "可以申请。"}}}
	if _, err := r.hub.Create(t.Context(), zhou.id, "extend", content, ""); err != nil {
		t.Fatal(err)
	}
	li.shows("somebody's draft", li.get("/editor/extend"), http.StatusOK, "/editor/extend/discard", "弃用这份草稿")
	li.shows("an old page", li.post("/editor/extend/discard", "version", "7"), http.StatusConflict, "状态刚刚变了")
	li.goes("discarded", li.post("/editor/extend/discard", "version", "1"), "/editor/extend?did=discarded")
	li.shows("its page", li.get("/editor/extend?did=discarded"), http.StatusOK, "草稿已弃用", "就又是草稿", "弃用</strong> <bdi>小li", "!/discard", "!送审</button>")
	li.shows("the list", li.get("/editor"), http.StatusOK, "!/editor/extend")
	li.shows("what was discarded", li.get("/editor?state=discarded"), http.StatusOK, "/editor/extend", "已弃用 <span>1</span>")
}

// What the checks forbid is not approved, though it was sent before they did.
func TestForbiddenMeanwhile(t *testing.T) {
	r := newRig(t)
	zhou, li := r.as("zhou", auth.Editor), r.as("li", auth.Editor)
	zhou.written("三个工作日内一定到账哦。")
	if _, err := r.hub.SaveSheet(t.Context(), "he", base.Forbidden, 0, "block\t到账哦", ""); err != nil {
		t.Fatal(err)
	}
	li.shows("reading", li.get("/editor/repay-failed"), http.StatusOK, "只能退回", "!批准</button>")
	li.shows("approving", li.post("/editor/repay-failed/approve", "version", r.version("repay-failed")), http.StatusUnprocessableEntity, "必须修改")
}

func TestSoloApproves(t *testing.T) {
	r := newRig(t)
	if err := r.staff.SetMode(t.Context(), "test", auth.Solo); err != nil {
		t.Fatal(err)
	}
	zhou := r.as("zhou", auth.Editor)
	zhou.written("请检查银行卡和余额。")
	zhou.shows("reading", zhou.get("/editor/repay-failed"), http.StatusOK, "批准</button>", `class="solo"`)
	zhou.goes("approving", zhou.post("/editor/repay-failed/approve", "version", r.version("repay-failed")), "/review?did=approved")
	if head := r.head("repay-failed"); !head.Newest.Solo {
		t.Error("it is not marked as approved by its author")
	}
}

// A reviewer sees what the labelled set would say.
func TestForesee(t *testing.T) {
	r := newRig(t)
	zhou, li := r.as("zhou", auth.Editor), r.as("li", auth.Editor)
	zhou.post("/editor/repay-failed/edit", "version", r.version("repay-failed"), "zh-CN.question", "扣款没有成功", "zh-CN.answer", "请看。", "then", "submit")
	li.shows("an empty set", li.post("/editor/repay-failed/gate"), http.StatusOK, "还没有可以对照的问法")
	for _, said := range []string{"扣款没有成功", "卡里有钱为什么还款失败"} {
		if _, err := r.cases.Add(t.Context(), li.id, gate.Case{Utterance: said, Expect: "repay-failed", Source: gate.FromChat}); err != nil {
			t.Fatal(err)
		}
	}
	li.shows("one of each", li.post("/editor/repay-failed/gate"), http.StatusOK, "2 句里：变好 1 句，变差 1 句", "<q>卡里有钱为什么还款失败</q> 转人工")
	li.shows("no such entry", li.post("/editor/nowhere/gate"), http.StatusNotFound)
}

func TestCompareRevisions(t *testing.T) {
	r := newRig(t)
	zhou := r.as("zhou", auth.Editor)
	for _, answer := range []string{"请检查银行卡的限额。", "请检查银行卡的余额。"} {
		zhou.post("/editor/repay-failed/edit", "version", r.version("repay-failed"), "category", "还款", "zh-CN.question", "卡里有钱为什么还款失败", "zh-CN.answer", answer, "zh-CN.similar", "扣款不成功")
	}
	zhou.shows("the newest two", zhou.get("/editor/repay-failed/compare"), http.StatusOK, "<del>限</del>", "<ins>余</ins>")
	page := zhou.get("/editor/repay-failed/compare?from=1&to=2")
	zhou.shows("chosen ones", page, http.StatusOK, "<ins>的限额</ins>", "!<del>")
	zhou.shows("equal ones", zhou.get("/editor/repay-failed/compare?from=2&to=2"), http.StatusOK, "两版内容相同")
	zhou.shows("nonsense", zhou.get("/editor/repay-failed/compare?from=99&to=x"), http.StatusOK, "<del>限</del>")
	if strings.Contains(page.Body.String(), "part.category") {
		t.Error("a field without words")
	}
}
