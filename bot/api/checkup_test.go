package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"wenda/bot/auth"
	"wenda/knowledge/health"
)

// looks waits until the page of an inspection says something.
func (v *visitor) looks(path, says string) string {
	v.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if page := v.get(path).Body.String(); strings.Contains(page, says) {
			return page
		}
	}
	v.Fatalf("%s never says %q", path, says)
	return ""
}

func TestHealth(t *testing.T) {
	inspections, let := 0, make(chan error)
	r := newRig(t, func(r *rig, p *Parts) {
		p.Hub.Inspect = func(_ context.Context, progress func(done, of int)) (health.Report, error) {
			inspections++
			progress(inspections, 9)
			if err := <-let; err != nil {
				return health.Report{}, err
			}
			return health.Report{Release: 1, Entries: 3, Phrasings: 6, Findings: []health.Finding{
				{Kind: health.Conflict, Entry: "limit-raise", Phrasing: "<b>", Other: "repay-failed", Confidence: 0.94,
					Differ: []health.Difference{{Entry: []string{"1%"}, Other: []string{"2%"}}}},
				{Kind: health.Few, Entry: "settle-early", Lang: "en", Count: 1},
				{Kind: health.Unhelpful, Entry: "gone", Count: 3, Hits: 20},
			}}, nil
		}
	})
	hu := r.as("hu", auth.Compliance)
	hu.shows("begun by the first look", hu.get("/health"), 200, "wenda-progress")
	hu.looks("/health/progress", `"phase":"inspecting","done":1,"of":9`)
	hu.shows("begun once", hu.get("/health"), 200, "wenda-progress")
	let <- nil
	page := hu.looks("/health", "答案冲突")
	for _, says := range []string{"怎么提高额度", "卡里有钱为什么还款失败", "1%", "2%", "&lt;b&gt;", "20 次中 3 次", "gone"} {
		if !strings.Contains(page, says) {
			t.Errorf("the page lacks %q", says)
		}
	}
	hu.shows("over", hu.get("/health/progress"), 200, `"over":true`)
	hu.shows("one kind", hu.get("/health?kind=few"), 200, "怎么提前结清", "!20 次中")
	hu.shows("beyond the end", hu.get("/health?from=999"), 200, "没有发现问题")
	hu.goes("again", hu.post("/health"), "/health")
	hu.looks("/health", "wenda-progress")
	let <- errors.New("no room")
	hu.looks("/health", "暂时无法计算")
	hu.shows("the older one stays", hu.get("/health"), http.StatusServiceUnavailable, "答案冲突", "暂时无法计算")
	if inspections != 2 {
		t.Errorf("%d inspections", inspections)
	}
}

// A panic of an inspection ends the inspection only.
func TestHealthPanics(t *testing.T) {
	r := newRig(t, func(_ *rig, p *Parts) {
		p.Hub.Inspect = func(context.Context, func(done, of int)) (health.Report, error) { panic("secret words") }
	})
	zhou := r.as("zhou", auth.Editor)
	zhou.looks("/health", "暂时无法计算")
}
