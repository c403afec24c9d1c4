package api

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"wenda/bot/auth"
	"wenda/bot/desk/hours"
	"wenda/internal/audit"
	"wenda/internal/sqldb"
)

// What a calendar was and became is told as a person would say it.
func TestCalendarHistory(t *testing.T) {
	r, calendars := newHours(t)
	chen := r.as("chen", auth.Supervisor)
	c, err := calendars.Load(t.Context(), "office")
	if err != nil {
		t.Fatal(err)
	}
	for day := 1; day < 6; day++ {
		c.Week[day] = []hours.Span{{From: 540, To: 720}, {From: 810, To: 1200}}
	}
	c.Week[6] = []hours.Span{{From: 600, To: 960}}
	c.Names = map[string]string{"zh-CN": "工作日 <b>", "en": c.Names["en"]}
	c.Days = []hours.Day{
		{Date: "2027-10-01", Kind: hours.Holiday, Name: "国庆节"}, {Date: "2027-10-02", Kind: hours.Holiday},
		{Date: "2027-10-09", Kind: hours.Workday, Name: "补班", Hours: []hours.Span{{From: 600, To: 960}}},
	}
	if c, err = calendars.Save(t.Context(), "boss", c); err != nil {
		t.Fatal(err)
	}
	chen.shows("the week and the name", chen.get("/hours/office"), 200, "周一至周五 <bdi>09:00–18:00</bdi> → <bdi>09:00–12:00, 13:30–20:00</bdi>", "周六 休息 → <bdi>10:00–16:00",
		"中文名 <bdi>“工作日”</bdi> → <bdi>“工作日 &lt;b&gt;”", "去掉 <bdi>2026-", "特殊日期 另有 ")
	c.Days = []hours.Day{{Date: "2027-10-02", Kind: hours.Workday}, c.Days[2], {Date: "2027-10-10", Kind: hours.Workday, Name: "补班"}}
	c.Promise /= 2
	if _, err = calendars.Save(t.Context(), "boss", c); err != nil {
		t.Fatal(err)
	}
	chen.shows("dates", chen.get("/hours/office"), 200, "去掉 <bdi>2027-10-01</bdi> 放假 <bdi>国庆节", "日期 <bdi>2027-10-02</bdi> 放假 → 上班<", "增加 <bdi>2027-10-10</bdi> 上班 <bdi>补班",
		"留言回复时限（小时） <bdi>4</bdi> → <bdi>2")
	chen.goes("made", chen.post("/hours/new", week("0")...), "/hours?did=saved")
	chen.shows("what was made anew", chen.get("/hours/night"), 200, "新建</strong>", "周一 → <bdi>18:00–24:00", "特殊日期 → 1 个", "中文名 → <bdi>“夜班”")
}

// What an earlier Wenda wrote of a change is told as far as it is known.
func TestHistoryOfBefore(t *testing.T) {
	r, _ := newHours(t)
	chen := r.as("chen", auth.Supervisor)
	err := r.db.Write(t.Context(), func(tx sqldb.Tx) error {
		return audit.Write(tx, time.Now(), audit.Act{Who: "boss", Did: "calendar.change", About: "office", OK: true, Detail: "version 2, days, names, promise 2h0m0s, week"})
	})
	if err != nil {
		t.Fatal(err)
	}
	chen.shows("names alone", chen.get("/hours/office"), 200, "特殊日期</span>", "名称</span>", "每周</span>", "留言回复时限（小时） → <bdi>2")
}

// All changes of queues and calendars are one list, newest first, in pages.
func TestLatestChanges(t *testing.T) {
	r, calendars := newHours(t)
	chen, agent := r.as("chen", auth.Supervisor), r.as("agent", auth.Agent)
	agent.shows("not for agents", agent.get("/changes"), http.StatusForbidden)
	chen.shows("the queue that was changed", chen.get("/changes"), 200, `队列 <a href="/queues/english">英语客服</a>`, "服务时间 始终开放 → <bdi>工作日")
	chen.shows("the way there", chen.get("/hours"), 200, `href="/changes"`)
	for i := range historyLines + 4 {
		c, err := calendars.Load(t.Context(), "daily")
		if err != nil {
			t.Fatal(err)
		}
		c.Names["en"] = fmt.Sprint("Daily ", i)
		if _, err := calendars.Save(t.Context(), "boss", c); err != nil {
			t.Fatal(err)
		}
	}
	first := chen.get("/changes").Body.String()
	next := regexp.MustCompile(`/changes\?before=[0-9a-z-]+" rel="next`).FindString(first)
	second := chen.get(strings.TrimSuffix(next, `" rel="next`)).Body.String()
	count := func(text string) [2]int { // written in one millisecond, any may be the newer
		return [2]int{strings.Count(first, text), strings.Count(second, text)}
	}
	if n := count("<li><time>"); n != [2]int{historyLines, 5} || strings.Contains(second, `rel="next"`) {
		t.Errorf("the pages have %v changes, the first leads to %q", n, next)
	}
	if n := count(`服务时间 <a href="/hours/daily">每天</a>`); n[0]+n[1] != historyLines+4 {
		t.Errorf("of the calendar there are %v", n)
	}
	chen.shows("of nothing", chen.get("/changes?before=0"), 200, "还没有人改过")
}
