package api

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"wenda/bot/auth"
	"wenda/knowledge"
	"wenda/knowledge/gate"
)

// strict has one labelled question that "expect" answers now, and lets nothing get worse.
func strict(t *testing.T, expect string) *rig {
	r := newRig(t, func(_ *rig, p *Parts) { p.Hub.Limits = gate.Limits{Worse: 0} })
	if _, err := r.cases.Add(t.Context(), "test", gate.Case{Utterance: "卡里有钱为什么还款失败", Expect: expect, Source: gate.FromEditor}); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSecondSignature(t *testing.T) {
	r := strict(t, "repay-failed")
	zhou, li := r.as("zhou", auth.Editor), r.as("li", auth.Editor)
	r.as("agent", auth.Agent)
	r.approved("w", "repay-failed", "请换一张卡。") // loses the question
	publish := func(more ...string) []string {
		return append([]string{"do", "publish", "before", "1", "id", "repay-failed", "why", "新", "second-why", "下周补问法"}, more...)
	}
	zhou.shows("told before", zhou.post("/publish", "do", "check", "before", "1", "id", "repay-failed"), 200, "变差的 1 句", "卡里有钱为什么还款失败", "second-login")
	for name, c := range map[string]struct {
		login, password string
		status          int
		says            string
	}{
		"nobody":   {"", "", 422, "另一位有发布权限"},
		"wrong":    {"li", "a wrong one", 422, "登录名或密码不对"},
		"no right": {"agent", secret, 422, "另一位有发布权限"},
		"oneself":  {"zhou", secret, http.StatusConflict, "另一位同事签字"},
	} {
		zhou.shows(name, zhou.post("/publish", publish("second-login", c.login, "second-password", c.password)...), c.status, c.says, "下周补问法", "!"+secret)
	}
	if r.inForce().ID != 1 {
		t.Fatal("it went live without a signature")
	}
	zhou.goes("signed", zhou.post("/publish", publish("second-login", "li", "second-password", secret)...), "/releases/2?did=published")
	made, err := r.hub.Release(t.Context(), 2)
	if err != nil || made.Second != li.id || made.SecondWhy != "下周补问法" || len(made.Gate) == 0 {
		t.Errorf("%+v %v", made, err)
	}
	zhou.shows("kept with the release", zhou.get("/releases/2"), 200, "双签", "小li", "变差的 1 句")
}

func TestGatePasses(t *testing.T) {
	r := strict(t, "limit-raise") // is answered wrongly, before and after
	zhou := r.as("zhou", auth.Editor)
	r.approved("w", "coupon", "在还款页使用。")
	zhou.shows("checked", zhou.post("/publish", "do", "check", "before", "1", "id", "coupon"), 200, "通过", "!second-login")
	zhou.goes("published", zhou.post("/publish", "do", "publish", "before", "1", "id", "coupon"), "/releases/2?did=published")
}

// Who checks and then publishes waits once; another choice, or another set, is another question.
func TestJudgedOnce(t *testing.T) {
	trials := 0
	r := strict(t, "repay-failed")
	r.approved("w", "coupon", "在还款页使用。")
	r.approved("w", "other", "好。")
	judge := &gate.Judge{Cases: r.cases, Live: r.inForce, Matcher: sure{r.inForce}}
	a := &API{Parts: Parts{Release: r.inForce, Hub: Hub{Base: r.hub, Judge: judge}}}
	judge.Trial = func(ctx context.Context, release *knowledge.Release) (knowledge.Matcher, func(), error) {
		trials++
		return trialOf(ctx, release)
	}
	for i, c := range []struct {
		ids  []string
		want int
	}{{[]string{"coupon"}, 1}, {[]string{"coupon"}, 1}, {[]string{"coupon", "other"}, 2}, {[]string{"coupon"}, 2}} {
		if _, err := a.judge(t.Context(), c.ids); err != nil || trials != c.want {
			t.Errorf("%d: %d trials, want %d; %v", i, trials, c.want, err)
		}
	}
	if _, err := r.cases.Add(t.Context(), "test", gate.Case{Utterance: "天气", Source: gate.FromEditor}); err != nil {
		t.Fatal(err)
	}
	if v, err := a.judge(t.Context(), []string{"coupon"}); err != nil || trials != 3 || v.Cases != 2 {
		t.Errorf("with another case: %d trials, %d cases, %v", trials, v.Cases, err)
	}
	judge.Trial = func(context.Context, *knowledge.Release) (knowledge.Matcher, func(), error) {
		return nil, nil, errors.New("no room")
	}
	if _, err := a.judge(t.Context(), []string{"other"}); err == nil {
		t.Error("a verdict without a trial")
	}
}

func TestCases(t *testing.T) {
	r := newRig(t)
	zhou := r.as("zhou", auth.Editor)
	zhou.shows("empty", zhou.get("/cases"), 200, "共 0 句")
	zhou.goes("added", zhou.post("/cases", "utterance", "扣不了款 13812345678", "expect", "repay-failed"), "/cases?did=case")
	zhou.shows("masked", zhou.get("/cases?q=%E6%89%A3&of=repay-failed"), 200, "扣不了款", "!13812345678")
	zhou.shows("says something else", zhou.post("/cases", "utterance", "扣不了款 13812345678"), http.StatusConflict, "另一种标注", "扣不了款")
	zhou.shows("unknown entry", zhou.post("/cases", "utterance", "x y", "expect", "no-such"), 404, "no-such")
	zhou.shows("no words", zhou.post("/cases", "utterance", "？"), 422)
	all, err := r.cases.All(t.Context())
	if err != nil || len(all) != 1 || all[0].By != zhou.id {
		t.Fatalf("%v %v", all, err)
	}
	zhou.shows("without a reason", zhou.post("/cases/"+all[0].ID+"/remove"), 422)
	zhou.goes("removed", zhou.post("/cases/"+all[0].ID+"/remove", "why", "旧"), "/cases?did=uncased")
	zhou.shows("twice", zhou.post("/cases/"+all[0].ID+"/remove", "why", "旧"), 404)
	hu := r.as("hu", auth.Compliance)
	hu.shows("reads", hu.get("/cases"), 200, "!name=\"utterance\"")
	hu.shows("does not write", hu.post("/cases", "utterance", "x y"), http.StatusForbidden)
}
