package api

import (
	"context"
	"net/http"
	"testing"
	"time"

	"wenda/bot/auth"
	"wenda/bot/desk/hours"
	"wenda/bot/desk/queue"
	"wenda/bot/desk/roster"
	"wenda/sessions"
	"wenda/sessions/sqlstore"
)

// newQueues is a rig with the delivered queues, a chat that waits and an agent who is there.
func newQueues(t *testing.T) (*rig, *queue.Store) {
	t.Helper()
	var queues *queue.Store
	r := newRig(t, func(r *rig, p *Parts) {
		queues = queue.NewStore(r.db)
		p.Queues, p.Calendars = queues, func() []hours.Calendar {
			return []hours.Calendar{{ID: "office", Names: map[string]string{"zh-CN": "工作日", "en": "Office hours"}}}
		}
		p.Desk.Store = sqlstore.New(r.db)
		p.Desk.Floor = func(context.Context) ([]roster.Agent, error) {
			return []roster.Agent{{ID: "u1", There: true, Takes: true, Skills: []string{""}, Capacity: 4, Owned: map[string]int{"": 1}}}, nil
		}
		s, err := p.Desk.Store.Open(t.Context(), sessions.Customer{ID: "wang"}, "widget", "zh-CN")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Desk.Store.Commit(t.Context(), sessions.Actor{Role: sessions.RoleSystem}, s.Queue("", time.Now())); err != nil {
			t.Fatal(err)
		}
	})
	if err := queues.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r, queues
}

// form is the form of the general queue, with some fields otherwise.
func form(version string, other ...string) []string {
	pairs := []string{"version", version, "zh", "一线", "en", "Front", "escalates", "expert", "routing", "load", "accept", "20", "remind", "60",
		"takeback", "120", "capacity", "3", "most", "40", "priority", "0", "calendar", "office"}
	for i := 0; i < len(other); i += 2 {
		for j := 0; j < len(pairs); j += 2 {
			if pairs[j] == other[i] {
				pairs[j+1] = other[i+1]
			}
		}
	}
	return pairs
}

func TestQueues(t *testing.T) {
	r, queues := newQueues(t)
	chen, ann, agent := r.as("chen", auth.Supervisor), r.as("ann", auth.Admin), r.as("agent", auth.Agent)
	chen.shows("the list", chen.get("/queues"), 200, "一线客服", "升级时转到“专家岗”", "1 人在等", "1 人在岗，还能接 3 个", "/queues/general", "/queues/care", "手动领取")
	ann.shows("for admins", ann.get("/queues"), 200, "一线客服")
	agent.shows("not for agents", agent.get("/queues"), http.StatusForbidden)
	agent.shows("nor changes", agent.post("/queues/general", form("1")...), http.StatusForbidden)
	chen.shows("one", chen.get("/queues/general"), 200, `name="version" value="1"`, `value="manual" required="" checked=""`, `id="accept" name="accept" value="30"`, "工作日", "专家岗")
	chen.shows("no such queue", chen.get("/queues/secret"), 404)
	chen.goes("saved", chen.post("/queues/general", form("1")...), "/queues?did=saved")
	q, err := queues.Load(t.Context(), "")
	if err != nil || q.Routing != queue.Load || q.Accept != 20*time.Second || q.Capacity != 3 || q.Most != 40 || q.Calendar != "office" || q.Version != 2 {
		t.Errorf("saved %+v, %v", q, err)
	}
	chen.shows("as told", chen.get("/queues?did=saved"), 200, "已保存", "负载最轻优先", "工作日")
	r.audited("queue.change")
	chen.shows("who did that", chen.get("/queues/general"), 200, "保存</strong> <bdi>小chen", "第 2 版", "最多等待人数 不限 → <bdi>40", "中文名 <bdi>“一线客服”</bdi> → <bdi>“一线”", "怎样分配 手动领取 → 负载最轻优先", "等待接受（秒） <bdi>30</bdi> → <bdi>20", "服务时间 始终开放 → <bdi>工作日")
	chen.shows("nobody did anything", chen.get("/queues/care"), 200, "交付以来没有人改过")
	chen.goes("to the top", chen.post("/queues/general", form("2", "escalates", "", "calendar", "")...), "/queues?did=saved")
	chen.shows("what there is none of", chen.get("/queues/general"), 200, "升级到 <bdi>专家岗</bdi> → 不再升级", "服务时间 <bdi>工作日</bdi> → 始终开放")
}

func (r *rig) audited(did string) {
	r.Helper()
	var n int
	if err := r.db.Read(r.Context()).QueryRow(`SELECT count(*) FROM audit WHERE did = $1`, did).Scan(&n); err != nil || n == 0 {
		r.Errorf("%s is not in the audit: %v", did, err)
	}
}

// What is wrong is said at its field, and nothing typed is lost.
func TestQueueFaults(t *testing.T) {
	r, queues := newQueues(t)
	chen := r.as("chen", auth.Supervisor)
	for name, c := range map[string]struct{ field, value, says string }{
		"no name":           {"zh", "", "请填写中文名"},
		"a long name":       {"en", "a name that is longer than twenty", "请填写英文名"},
		"no number":         {"accept", "soon", "5 到 3600"},
		"too short":         {"accept", "1", "5 到 3600"},
		"negative":          {"most", "-1", "0 到 100000"},
		"beyond all bounds": {"priority", "99999999999999999999", "0 到 4320"},
		"no routing":        {"routing", "", "请选择一种"},
		"to itself":         {"escalates", "nowhere", "没有这个队列"},
		"back too early":    {"takeback", "30", "收回要晚于提醒"},
		"no such calendar":  {"calendar", "moon", "没有这个日历"},
	} {
		chen.shows(name, chen.post("/queues/general", form("1", c.field, c.value)...), 422, c.says, `name="capacity" value="3"`)
	}
	chen.shows("in a circle", chen.post("/queues/complaint", form("1", "escalates", "care")...), 422, "绕回原来的队列")
	chen.goes("first", chen.post("/queues/general", form("1")...), "/queues?did=saved")
	chen.shows("somebody was faster", chen.post("/queues/general", form("1", "zh", "前台")...), http.StatusPreconditionFailed, "前台", `name="version" value="2"`)
	chen.goes("knowingly", chen.post("/queues/general", form("2", "zh", "前台")...), "/queues?did=saved")
	if q, err := queues.Load(t.Context(), ""); err != nil || q.Name("zh-CN") != "前台" {
		t.Errorf("saved %+v, %v", q, err)
	}
}

func TestNewQueue(t *testing.T) {
	r, queues := newQueues(t)
	chen := r.as("chen", auth.Supervisor)
	chen.shows("the form", chen.get("/queues/new"), 200, `id="id"`, "新建队列")
	for _, id := range []string{"", "Card", "expert", "general", "new", "a b"} {
		chen.shows("id "+id, chen.post("/queues/new", append(form("0"), "id", id)...), 422, "请用小写字母")
	}
	chen.goes("made", chen.post("/queues/new", append(form("0"), "id", "card")...), "/queues?did=saved")
	chen.shows("its page", chen.get("/queues/card"), 200, "删除队列")
	chen.shows("others lead to it", chen.post("/queues/expert/remove", "version", "1"), http.StatusConflict, "不能删除")
	chen.shows("the general one stays", chen.post("/queues/general/remove", "version", "1"), http.StatusConflict)
	chen.shows("as of another version", chen.post("/queues/card/remove", "version", "7"), http.StatusPreconditionFailed)
	chen.goes("removed", chen.post("/queues/card/remove", "version", "1"), "/queues?did=removed")
	chen.shows("gone, but for its history", chen.get("/queues/card"), 200, "已经删除", "删除</strong> <bdi>小chen", "第 1 版", "怎样分配 → 负载最轻优先", "等待接受（秒） → <bdi>20", "服务时间 → <bdi>工作日", "中文名 → <bdi>“一线”", "新建</strong>")
	agent := r.as("agent", auth.Agent)
	agent.shows("not for agents", agent.get("/queues/card"), http.StatusForbidden)
	if all, err := queues.All(t.Context()); err != nil || len(all) != len(queue.Delivered()) {
		t.Errorf("%d queues, %v", len(all), err)
	}
	r.audited("queue.remove")
}
