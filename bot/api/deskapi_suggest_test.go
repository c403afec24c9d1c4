package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"wenda/knowledge"
)

type suggestions struct{ Suggestions []offered }

func TestDeskSuggest(t *testing.T) {
	f := newFloor(t)
	v := f.agent("wang")
	got := read[suggestions](t, v.get("/desk/suggest?lang=zh-CN&q=卡里有钱为什么还款失败")).Suggestions
	if want := (offered{"repay-failed", 1, "卡里有钱为什么还款失败", "请检查银行卡。", 0.97}); len(got) != 1 || got[0] != want {
		t.Errorf("%+v", got)
	}
	got = read[suggestions](t, v.get("/desk/suggest?lang=en&q=怎么提前结清")).Suggestions
	if len(got) != 1 || got[0].Question != "How do I settle early" || got[0].Answer != "In the app." {
		t.Errorf("asked in Chinese, wanted in English: %+v", got)
	}
	got = read[suggestions](t, v.get("/desk/suggest?lang=en&q=SETTLE")).Suggestions
	if len(got) != 1 || got[0].Entry != "settle-early" || got[0].Confidence != 0 {
		t.Errorf("by its title: %+v", got)
	}
	for _, nothing := range []string{"", "？？？", "13812345678", "%ff"} {
		if got := read[suggestions](t, v.get("/desk/suggest?q="+nothing)).Suggestions; got == nil || len(got) > 0 {
			t.Errorf("%q: %+v", nothing, got)
		}
	}
	s := f.asked("c1")
	if got := read[suggestions](t, v.get("/desk/suggest?q=提前结清&session="+s.ID)).Suggestions; len(got) != 1 || got[0].Question != "怎么提前结清" {
		t.Errorf("in the chat's language: %+v", got)
	}
	f.claims(f.agent("zhao"), s)
	if w := v.get("/desk/suggest?q=提前结清&session=" + s.ID); w.Code != http.StatusNotFound {
		t.Errorf("for another's chat: %d", w.Code)
	}
}

// What a customer said is asked of the hub as the bot would ask it, and is not logged.
func TestDeskSuggestMasks(t *testing.T) {
	release, err := knowledge.NewRelease(1, known)
	if err != nil {
		t.Fatal(err)
	}
	now := func() *knowledge.Release { return release }
	h := &heard{sure: sure{now}}
	a := &API{Parts: Parts{Release: now, Hub: Hub{Matcher: h}}}
	if _, err := a.offers(t.Context(), "我的卡6222020000000000123手机13812345678为什么还款失败", knowledge.Chinese); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(h.asked, "1381234") || strings.Contains(h.asked, "62220") || !strings.Contains(h.asked, "为什么还款失败") {
		t.Errorf("the matcher was asked %q", h.asked)
	}
}

// An editor's words for the desk are preferred, and nobody sends what the bot says of its own.
func TestDeskOffers(t *testing.T) {
	entries := slices.Clone(known)
	entries[1] = entry("repay-failed", "还款", "卡里有钱为什么还款失败", "请检查银行卡。")
	text := entries[1].Texts[knowledge.Chinese]
	text.Channels = map[string]string{"desk": "麻烦您检查一下银行卡。"}
	entries[1].Texts[knowledge.Chinese] = text
	entries = append(entries, entry("chat-repay", "", "还款好烦", "我是机器人，陪您聊聊。"), entry("canned.hello", "", "还款问候", "您好，我是{agent}。"), entry("canned.loan", "loan", "贷后问候", "您好。"))
	release, err := knowledge.NewRelease(1, entries)
	if err != nil {
		t.Fatal(err)
	}
	now := func() *knowledge.Release { return release }
	a := &API{Parts: Parts{Release: now, Hub: Hub{Matcher: sure{now}}}}
	got, err := a.offers(t.Context(), "还款", knowledge.Chinese)
	if err != nil || len(got) != 1 || got[0].Answer != "麻烦您检查一下银行卡。" {
		t.Errorf("%+v, %v", got, err)
	}
	ids := func(skill string, lang knowledge.Lang) (ids []string) {
		for _, r := range replies(release, skill, lang) {
			ids = append(ids, r.Entry+" "+r.Title+" "+r.Text)
		}
		return ids
	}
	hello := "canned.hello 还款问候 您好，我是{agent}。"
	if got := ids("", knowledge.English); !slices.Equal(got, []string{hello}) {
		t.Errorf("for everybody: %v", got)
	}
	if got := ids("loan", knowledge.Chinese); !slices.Equal(got, []string{"canned.loan 贷后问候 您好。", hello}) {
		t.Errorf("for a queue: %v", got)
	}
}

// Whatever is typed, it is an answer or none.
func FuzzSuggest(f *testing.F) {
	release, err := knowledge.NewRelease(1, known)
	if err != nil {
		f.Fatal(err)
	}
	now := func() *knowledge.Release { return release }
	a := &API{Parts: Parts{Release: now, Hub: Hub{Matcher: sure{now}}}}
	for _, q := range []string{"还款", "13812345678", "\xff", strings.Repeat("还", 600), "…"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, q string) {
		got, err := a.offers(t.Context(), q, knowledge.Chinese)
		if err != nil || len(got) > suggestedMost {
			t.Errorf("%q: %+v, %v", q, got, err)
		}
	})
}
