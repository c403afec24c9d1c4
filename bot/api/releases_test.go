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

// approved has a new revision of an entry approved: it waits to be published.
func (r *rig) approved(by, id, answer string) {
	r.Helper()
	c := base.Content{Texts: map[knowledge.Lang]base.Text{knowledge.Chinese: {Question: "问题 " + id, Similar: []string{"说法 " + id}, Answer: answer}}}
	ctx := r.Context()
	var head base.Head
	old, err := r.hub.Get(ctx, id)
	if err == nil {
		head, err = r.hub.Save(ctx, by, id, old.Version, c, "test")
	} else {
		head, err = r.hub.Create(ctx, by, id, c, "test")
	}
	if err == nil {
		head, err = r.hub.Submit(ctx, by, id, head.Version, "")
	}
	if err == nil {
		_, err = r.hub.Approve(ctx, base.Reviewer{ID: "another"}, id, head.Version, "")
	}
	if err != nil {
		r.Fatal(err)
	}
}

func TestPublishAndBack(t *testing.T) {
	r := newRig(t, func(_ *rig, p *Parts) { p.Hub.Limits = gate.Limits{Recall: 1, Precision: 1} }) // of an empty set
	zhou := r.as("zhou", auth.Editor)
	r.approved("w", "repay-failed", "请换一张卡。")
	r.approved("w", "coupon", "在还款页使用。")
	zhou.shows("nothing is hidden", zhou.get("/releases"), 200, "发布（2 条待发布）", "/releases/1", "已完成 37%", "约剩 50 秒")
	zhou.shows("all are chosen", zhou.get("/publish"), 200, `id="pick-coupon" checked`, `id="pick-repay-failed" checked`)
	zhou.shows("one is chosen", zhou.get("/publish?entry=coupon"), 200, `id="pick-coupon" checked`, `!id="pick-repay-failed" checked`)
	zhou.shows("checked", zhou.post("/publish", "do", "check", "before", "1", "id", "coupon"), 200, `id="gate"`, "标注集是空的")
	zhou.goes("published", zhou.post("/publish", "do", "publish", "before", "1", "id", "coupon", "why", "新"), "/releases/2?did=published")
	if _, live := r.inForce().Entry("coupon"); !live || r.told != 1 || r.inForce().ID != 2 {
		t.Errorf("coupon in force: %v, told %d times, release %d", live, r.told, r.inForce().ID)
	}
	zhou.shows("its page", zhou.get("/releases/2"), 200, "coupon", "新增 第 1 版", "!id=\"rollback\"")
	zhou.shows("somebody was faster", zhou.post("/publish", "do", "publish", "before", "1", "id", "repay-failed"), http.StatusConflict, "别的发布生效", `name="before" value="2"`)
	zhou.shows("gone meanwhile", zhou.post("/publish", "do", "publish", "before", "2", "id", "coupon"), http.StatusConflict, "所选内容有变化")
	zhou.shows("nothing chosen", zhou.post("/publish", "do", "publish", "before", "2"), 422, "至少选一条")

	zhou.shows("before going back", zhou.get("/releases/1"), 200, "将有 1 条变化", "移除 第 1 版")
	zhou.shows("without a reason", zhou.post("/releases/1/rollback", "sure", "yes"), 422, "请写明原因")
	zhou.shows("not sure", zhou.post("/releases/1/rollback", "why", "错了"), 422, "请勾选确认", "错了")
	zhou.shows("no such release", zhou.post("/releases/99/rollback", "why", "错了", "sure", "yes"), 404)
	zhou.goes("back", zhou.post("/releases/1/rollback", "why", "错了", "sure", "yes"), "/releases/3?did=rolledback")
	zhou.shows("told", zhou.get("/releases/3?did=rolledback"), 200, "已回滚", `role="status"`)
	if _, live := r.inForce().Entry("coupon"); live || r.told != 2 {
		t.Errorf("coupon in force: %v, told %d times", live, r.told)
	}
	zhou.shows("no such page", zhou.get("/releases/x"), 404)
}

func TestPlan(t *testing.T) {
	r := newRig(t)
	zhou := r.as("zhou", auth.Editor)
	r.approved("w", "coupon", "在还款页使用。")
	zhou.shows("no time", zhou.post("/publish", "do", "publish", "before", "1", "id", "coupon", "at", "soon"), 422, "正确的时间")
	zhou.shows("in the past", zhou.post("/publish", "do", "publish", "before", "1", "id", "coupon", "at", "2001-01-01T00:00"), 422, "没有保存")
	zhou.goes("planned", zhou.post("/publish", "do", "publish", "before", "1", "id", "coupon", "at", "2900-01-02T03:04"), "/releases?did=planned")
	zhou.shows("listed", zhou.get("/releases"), 200, "2900-01-02 03:04", "/plans/1/cancel")
	zhou.goes("cancelled", zhou.post("/plans/1/cancel"), "/releases?did=cancelled")
	zhou.shows("twice", zhou.post("/plans/1/cancel"), http.StatusConflict)
	zhou.shows("none", zhou.post("/plans/7/cancel"), 404)
}

func TestRetire(t *testing.T) {
	r := newRig(t)
	zhou, hu := r.as("zhou", auth.Editor), r.as("hu", auth.Compliance)
	zhou.shows("asked", zhou.get("/retire?id=repay-failed"), 200, "请检查银行卡")
	zhou.shows("unknown", zhou.get("/retire?id=<b>"), 422, "没有正在生效", "!<b>")
	zhou.shows("the bot's own", zhou.post("/retire", "id", "system.welcome", "why", "x"), http.StatusConflict)
	zhou.shows("without a reason", zhou.post("/retire", "id", "repay-failed", "why", " "), 422, "请写明原因")
	hu.goes("compliance vetoes", hu.post("/retire", "id", "repay-failed", "why", "答错了"), "/releases/2?did=retired")
	if _, live := r.inForce().Entry("repay-failed"); live {
		t.Error("it is still in force")
	}
	agent := r.as("agent", auth.Agent)
	agent.shows("an agent", agent.post("/retire", "id", "limit-raise", "why", "x"), http.StatusForbidden)
}

// What the dictionary forbids today does not go live, whenever it was approved.
func TestPublishBlocked(t *testing.T) {
	r := newRig(t)
	zhou := r.as("zhou", auth.Editor)
	r.approved("w", "promise", "保证通过。")
	zhou.shows("blocked", zhou.post("/publish", "do", "publish", "before", "1", "id", "promise"), 422, "不允许的内容")
	if r.inForce().ID != 1 {
		t.Error("it went live")
	}
}

// Words alone can be published.
func TestPublishWords(t *testing.T) {
	r := newRig(t)
	zhou := r.as("zhou", auth.Editor)
	zhou.goes("saved", zhou.post("/words/synonyms", "version", "0", "text", "还款, 还钱", "why", "常说"), "/words/synonyms?did=saved")
	zhou.shows("offered", zhou.get("/publish"), 200, "同义词已修改")
	zhou.goes("published", zhou.post("/publish", "do", "publish", "before", "1", "why", "词"), "/releases/2?did=published")
	if got := r.inForce().Synonyms(); len(got) != 1 || strings.Join(got[0], " ") != "还款 还钱" {
		t.Errorf("in force: %v", got)
	}
	zhou.shows("its page", zhou.get("/releases/2"), 200, "变的是同义词")
}
