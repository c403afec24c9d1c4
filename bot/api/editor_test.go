package api

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wenda/knowledge"
)

func entry(id, category, question, answer string, similar ...string) knowledge.Entry {
	return knowledge.Entry{ID: id, Category: category, Texts: map[knowledge.Lang]knowledge.Text{
		knowledge.Chinese: {Question: question, Answer: answer, Similar: similar},
	}}
}

var base = []knowledge.Entry{
	entry("limit-raise", "额度", "怎么提高额度", "按时还款。", "额度太低"),
	entry("repay-failed", "还款", "卡里有钱为什么还款失败", "请检查银行卡。", "扣款不成功"),
	{ID: "settle-early", Category: "提前结清", Texts: map[knowledge.Lang]knowledge.Text{
		knowledge.Chinese: {Question: "怎么提前结清", Answer: "在 App 里办理。"},
		knowledge.English: {Question: "How do I settle early", Answer: "In the app."},
	}},
	entry("system.welcome", "", "欢迎语", "您好。"),
}

func ids(entries []knowledge.Entry) string {
	var all []string
	for _, e := range entries {
		all = append(all, e.ID)
	}
	return strings.Join(all, " ")
}

func TestSearch(t *testing.T) {
	for _, c := range []struct{ query, category, want string }{
		{"", "", "limit-raise repay-failed settle-early system.welcome"},
		{"还款", "", "limit-raise repay-failed"}, // in an answer, in a question
		{"还款 失败", "", "repay-failed"},          // all words, wherever they stand
		{"失败　银行卡", "", "repay-failed"},
		{"扣款不成功", "", "repay-failed"}, // a phrasing
		{"還款失敗", "", "repay-failed"},  // traditional
		{"SETTLE ＥＡＲＬＹ", "", "settle-early"},
		{"repay-failed", "", "repay-failed"},
		{"system.", "", "system.welcome"},
		{"还款", "额度", "limit-raise"},
		{"", "还款", "repay-failed"},
		{"", "无此类", ""},
		{"火星", "", ""},
		{"   ", "", "limit-raise repay-failed settle-early system.welcome"},
	} {
		if got := ids(search(base, c.query, c.category)); got != c.want {
			t.Errorf("search %q in %q found %q, want %q", c.query, c.category, got, c.want)
		}
	}
}

func TestBehind(t *testing.T) {
	for after, want := range map[string]string{
		"":               "limit-raise repay-failed settle-early system.welcome",
		"limit-raise":    "repay-failed settle-early system.welcome",
		"limit-raised":   "repay-failed settle-early system.welcome", // gone meanwhile
		"system.welcome": "",
		"zzz":            "",
	} {
		if got := ids(behind(base, after)); got != want {
			t.Errorf("behind %q: %q, want %q", after, got, want)
		}
	}
}

// However many entries are found, page by page each is shown once.
func TestPages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfDistinct(rapid.StringMatching(`[a-z][a-z0-9.-]{0,5}`), rapid.ID[string]).Draw(t, "ids")
		slices.Sort(names)
		var all, shown []knowledge.Entry
		for _, n := range names {
			all = append(all, entry(n, "", "", ""))
		}
		size := rapid.IntRange(1, 4).Draw(t, "size")
		for rest := behind(all, ""); len(rest) > 0; rest = behind(all, shown[len(shown)-1].ID) {
			shown = append(shown, rest[:min(size, len(rest))]...)
		}
		if ids(shown) != ids(all) {
			t.Fatalf("shown %s, want %s", ids(shown), ids(all))
		}
	})
}

func TestCategories(t *testing.T) {
	if got := categories(append(slices.Clone(base), base...)); !slices.Equal(got, []string{"提前结清", "还款", "额度"}) {
		t.Errorf("%q", got)
	}
}
