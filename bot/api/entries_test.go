package api

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"wenda/bot/auth"
	"wenda/knowledge"
	"wenda/knowledge/base"
)

// shown are the entries that a page of the list shows, in its order.
func shown(page string) string {
	var all []string
	for _, m := range regexp.MustCompile(`<li><a href="/editor/([^"]+)">`).FindAllStringSubmatch(page, -1) {
		all = append(all, m[1])
	}
	return strings.Join(all, " ")
}

func TestList(t *testing.T) {
	r := newRig(t)
	zhou := r.as("zhou", auth.Editor)
	c := base.Content{Tags: []string{"新规"}, Owner: zhou.id, Risk: base.RiskHigh, Texts: map[knowledge.Lang]base.Text{knowledge.Chinese: {Question: "利率是多少"}}}
	if _, err := r.hub.Create(t.Context(), zhou.id, "rate", c, ""); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		"":                       "limit-raise rate repay-failed settle-early system.welcome",
		"q=还款":                   "limit-raise repay-failed",
		"q=還款 失敗":                "repay-failed", // any spelling, all words
		"q=SETTLE":               "settle-early",
		"q=还款&category=额度":       "limit-raise",
		"category=无此类":           "",
		"q=%ff%00":               "limit-raise rate repay-failed settle-early system.welcome",
		"category=<script>":      "",
		"state=draft":            "rate",
		"state=live":             "limit-raise repay-failed settle-early system.welcome",
		"state=in_review":        "",
		"state=none":             "limit-raise rate repay-failed settle-early system.welcome",
		"tag=新规":                 "rate",
		"owner=" + zhou.id:       "rate",
		"risk=high":              "rate",
		"in=en":                  "settle-early",
		"after=rate":             "repay-failed settle-early system.welcome",
		"after=rate&state=draft": "",
	} {
		v, err := url.ParseQuery(strings.ReplaceAll(query, " ", "+"))
		if err != nil {
			t.Fatal(err)
		}
		w := zhou.get("/editor?" + v.Encode())
		zhou.shows(query, w, http.StatusOK, "!<script>")
		if got := shown(w.Body.String()); got != want {
			t.Errorf("%q shows %q, want %q", query, got, want)
		}
	}
}

// However many there are, page by page each is shown once.
func TestListPages(t *testing.T) {
	r := newRig(t)
	zhou := r.as("zhou", auth.Editor)
	var want []string
	for _, e := range known {
		want = append(want, e.ID)
	}
	for i := range 2 * editorPage {
		id := "more-" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + string(rune('a'+i/26))
		c := base.Content{Texts: map[knowledge.Lang]base.Text{knowledge.Chinese: {Question: "问题"}}}
		if _, err := r.hub.Create(t.Context(), zhou.id, id, c, ""); err != nil {
			t.Fatal(err)
		}
		want = append(want, id)
	}
	slices.Sort(want)
	var got []string
	for path := "/editor?risk=normal"; path != ""; {
		page := zhou.get(path).Body.String()
		got = append(got, strings.Fields(shown(page))...)
		next := regexp.MustCompile(`href="([^"]+)" rel="next"`).FindStringSubmatch(page)
		path = ""
		if next != nil {
			path = strings.ReplaceAll(next[1], "&amp;", "&")
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("shown\n%v, want\n%v", got, want)
	}
}

func TestWhoMayWhat(t *testing.T) {
	r := newRig(t)
	editor, compliance, agent := r.as("zhou", auth.Editor), r.as("he", auth.Compliance), r.as("an", auth.Agent)
	editor.shows("an editor's list", editor.get("/editor"), http.StatusOK, `href="/new"`, `href="/import"`, `aria-current="page"`)
	compliance.shows("compliance reads", compliance.get("/editor"), http.StatusOK, `!href="/new"`, `!href="/import"`)
	compliance.shows("compliance reads", compliance.get("/editor/repay-failed"), http.StatusOK, "!/edit\"", "/retire?id=repay-failed")
	agent.shows("an agent", agent.get("/editor"), http.StatusForbidden)
	for _, path := range []string{"/editor/repay-failed/edit", "/new"} {
		compliance.shows(path, compliance.get(path), http.StatusForbidden)
	}
	for _, step := range []string{"edit", "keep", "drop", "check", "submit", "withdraw", "discard", "approve", "refuse"} {
		compliance.shows(step, compliance.post("/editor/repay-failed/"+step, "version", "2"), http.StatusForbidden)
	}
	if head := r.head("repay-failed"); head.Version != 3 {
		t.Errorf("somebody did something: version %d", head.Version)
	}
}

func TestUnknownEntries(t *testing.T) {
	r := newRig(t)
	zhou := r.as("zhou", auth.Supervisor)
	for _, path := range []string{"/editor/nowhere", "/editor/nowhere/compare", "/editor/repay-failed%2F", "/editor/", "/editor/%20/edit", "/editor/%E8%BF%98/edit"} {
		zhou.shows(path, zhou.get(path), http.StatusNotFound, "<html")
	}
	for _, step := range []string{"submit", "approve", "refuse", "withdraw", "discard"} {
		zhou.shows(step, zhou.post("/editor/nowhere/"+step, "version", "1", "why", ""), http.StatusNotFound)
	}
}
