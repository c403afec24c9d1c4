package api

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"wenda/bot/auth"
	"wenda/bot/desk/hours"
	"wenda/bot/desk/queue"
)

// newHours is a rig with the delivered calendars and queues.
func newHours(t *testing.T) (*rig, *hours.Store) {
	t.Helper()
	var calendars *hours.Store
	var queues *queue.Store
	r := newRig(t, func(r *rig, p *Parts) {
		calendars, queues = hours.NewStore(r.db), queue.NewStore(r.db)
		p.Hours, p.Queues, p.Calendars = calendars, queues, hours.Delivered
	})
	if err := calendars.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := queues.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	q, err := queues.Load(t.Context(), "english")
	if err != nil {
		t.Fatal(err)
	}
	q.Calendar = "office"
	if _, err := queues.Save(t.Context(), "boss", q); err != nil {
		t.Fatal(err)
	}
	return r, calendars
}

// week is the form of a calendar, with some fields otherwise.
func week(version string, other ...string) []string {
	pairs := []string{"version", version, "id", "night", "zh", "夜班", "en", "Night", "zone", "Asia/Shanghai", "promise", "2.5",
		"day1", "18:00-24:00", "day2", "", "day3", "", "day4", "", "day5", "", "day6", "", "day0", "00:00-02:00", "days", "2027-10-01,holiday,国庆节"}
	for i := 0; i < len(other); i += 2 {
		pairs[slices.Index(pairs, other[i])+1] = other[i+1]
	}
	return pairs
}

func TestHours(t *testing.T) {
	r, calendars := newHours(t)
	chen, ann, agent := r.as("chen", auth.Supervisor), r.as("ann", auth.Admin), r.as("agent", auth.Agent)
	chen.shows("the list", chen.get("/hours"), 200, "工作日", "每天", "英语客服", "没有队列在用", `href="/hours/office"`)
	ann.shows("for admins", ann.get("/hours"), 200, "工作日")
	agent.shows("not for agents", agent.get("/hours"), http.StatusForbidden)
	agent.shows("nor changes", agent.post("/hours/office", week("1")...), http.StatusForbidden)
	agent.shows("nor files", agent.hands("/hours/office/import", "2027-10-01,holiday,x", week("1")...), http.StatusForbidden)
	chen.shows("one", chen.get("/hours/office"), 200, `name="version" value="1"`, `value="09:00-18:00"`, "2026-10-10,workday,国庆节调休", `id="promise" name="promise" value="4"`)
	chen.shows("no such calendar", chen.get("/hours/secret"), 404)
	chen.goes("saved", chen.post("/hours/office", week("1")...), "/hours?did=saved")
	c, err := calendars.Load(t.Context(), "office")
	if err != nil || c.Version != 2 || c.Promise != 150*time.Minute || len(c.Days) != 1 || len(c.Week[time.Monday]) != 1 || c.Week[time.Monday][0] != (hours.Span{From: 1080, To: 1440}) {
		t.Errorf("saved %+v, %v", c, err)
	}
	r.audited("calendar.change")
}

func TestNewCalendar(t *testing.T) {
	r, calendars := newHours(t)
	chen := r.as("chen", auth.Supervisor)
	chen.shows("the form", chen.get("/hours/new"), 200, `id="id"`, "2026-10-01,holiday,国庆节")
	chen.goes("made", chen.post("/hours/new", week("0")...), "/hours?did=saved")
	if c, err := calendars.Load(t.Context(), "night"); err != nil || c.Version != 1 {
		t.Errorf("made %+v, %v", c, err)
	}
	chen.shows("made again", chen.post("/hours/new", week("0")...), 422, "已经有这个编号的日历")
	chen.shows("an id that is an address", chen.post("/hours/new", week("0", "id", "new")...), 422, "请用小写字母")
}

// What is wrong is said at its field, with its line, and nothing typed is lost.
func TestCalendarFaults(t *testing.T) {
	r, calendars := newHours(t)
	chen := r.as("chen", auth.Supervisor)
	for name, c := range map[string]struct {
		form  []string
		texts []string
	}{
		"hours":        {week("1", "day1", "18-24"), []string{`id="day1" name="day1" value="18-24"`, `id="day1-fault"`, "时间要写成"}},
		"a zone":       {week("1", "zone", "Mars/Base"), []string{`id="zone-fault"`, "没有这个时区"}},
		"a promise":    {week("1", "promise", "soon"), []string{`id="promise-fault"`}},
		"no name":      {week("1", "zh", ""), []string{`id="zh-fault"`}},
		"never open":   {week("1", "day1", "", "day0", ""), []string{"至少要有一天上班"}},
		"a day":        {week("1", "days", "2027-10-01,holiday,a\n2027-13-01,holiday,b"), []string{"第 2 行：", "日期要写成", "2027-13-01,holiday,b", "2027-10-01,holiday,a"}},
		"a kind":       {week("1", "days", "2027-10-01,feast,a"), []string{"第 1 行：", "类别要写"}},
		"a day twice":  {week("1", "days", "2027-10-01,holiday,a\n2027-10-01,workday,b"), []string{"同一天写了两次", "2027-10-01"}},
		"marks of web": {week("1", "days", "<script>,holiday,a"), []string{"&lt;script&gt;", "!<script>,"}},
	} {
		chen.shows(name, chen.post("/hours/office", c.form...), 422, append(c.texts, `value="Night"`)...)
	}
	if c, err := calendars.Load(t.Context(), "office"); err != nil || c.Version != 1 {
		t.Errorf("now %+v, %v", c, err)
	}
}

// Who saves over what a colleague has saved is told so; saving again overwrites it, knowingly.
func TestCalendarChangedMeanwhile(t *testing.T) {
	r, _ := newHours(t)
	chen, ann := r.as("chen", auth.Supervisor), r.as("ann", auth.Admin)
	ann.goes("the colleague", ann.post("/hours/office", week("1")...), "/hours?did=saved")
	chen.shows("too late", chen.post("/hours/office", week("1", "zh", "我的")...), http.StatusPreconditionFailed, `name="version" value="2"`, "我的")
	chen.goes("all the same", chen.post("/hours/office", week("2", "zh", "我的")...), "/hours?did=saved")
}

// A file is put into the form, whatever wrote it, and changes nothing before it is saved.
func TestImportDays(t *testing.T) {
	r, calendars := newHours(t)
	chen := r.as("chen", auth.Supervisor)
	typed := week("1", "days", "2027-10-01,holiday,国庆节\n2027-10-02,holiday,国庆节")
	chen.shows("read", chen.hands("/hours/office/import", "date,kind,name\n2027/10/2,班,补班\n2027-10-09,workday,补班\n", typed...), 200,
		"从文件读入了 2 天", "2027-10-01,holiday,国庆节\n2027-10-02,workday,补班\n2027-10-09,workday,补班", `value="夜班"`, `name="version" value="1"`)
	gbk := "2027-10-09,workday,\xb2\xb9\xb0\xe0\n2027-10-10,workday,\xb2\xb9\xb0\xe0\n" // 补班 as spreadsheets write it
	chen.shows("in GBK", chen.hands("/hours/office/import", gbk, typed...), 200, "2027-10-10,workday,补班")
	chen.shows("faults", chen.hands("/hours/office/import", "2027-10-09,workday,a\n2027-10-40,workday,b\n", typed...), 422, "第 2 行：", "2027-10-40,workday,b", "2027-10-02,holiday,国庆节")
	chen.shows("an empty file", chen.hands("/hours/office/import", "", typed...), 422, "没有选择文件")
	chen.shows("no file", chen.post("/hours/office/import", typed...), http.StatusBadRequest)
	chen.shows("a huge one", chen.hands("/hours/office/import", strings.Repeat("2027-10-09,workday,a\n", 1e5), typed...), http.StatusBadRequest)
	if c, err := calendars.Load(t.Context(), "office"); err != nil || c.Version != 1 {
		t.Errorf("it was saved: %+v, %v", c, err)
	}
}

// hands posts a form with a file.
func (v *visitor) hands(path, file string, fields ...string) *httptest.ResponseRecorder {
	v.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i+1 < len(fields); i += 2 {
		_ = form.WriteField(fields[i], fields[i+1])
	}
	part, err := form.CreateFormFile("file", "days.csv")
	if err != nil {
		v.Fatal(err)
	}
	_, _ = part.Write([]byte(file))
	_ = form.Close()
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Cookie", v.cookie)
	return ask(v.handler, r)
}
