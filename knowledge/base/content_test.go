package base

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wenda/knowledge"
	"wenda/knowledge/sample"
)

func TestCanonical(t *testing.T) {
	shanghai := time.FixedZone("CST", 8*3600)
	messy := Content{
		Category: " 还款\n", Tags: []string{"b", " a", "", "b"}, Risk: RiskNormal, Related: []string{"y", "x"},
		From: time.Date(2027, 1, 1, 8, 0, 0, 999, shanghai),
		Texts: map[knowledge.Lang]Text{knowledge.Chinese: {
			Question: "怎么还 ", Similar: []string{"", "还钱\t"}, Not: []string{" "}, Answer: "一\r\n二\r三\n", Channels: map[string]string{"sms": " ", "ivr": "短 "},
		}},
	}
	want := Content{
		Category: "还款", Tags: []string{"a", "b"}, Related: []string{"y", "x"}, From: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
		Texts: map[knowledge.Lang]Text{knowledge.Chinese: {Question: "怎么还", Similar: []string{"还钱"}, Answer: "一\n二\n三", Channels: map[string]string{"ivr": "短"}}},
	}
	if got := messy.Canonical(); !reflect.DeepEqual(got, want) {
		t.Errorf("canonical\n%+v\nwant\n%+v", got, want)
	}
	if messy.Texts[knowledge.Chinese].Question != "怎么还 " || messy.Tags[0] != "b" {
		t.Error("the content itself was changed")
	}
	if !messy.Equal(want) || messy.Equal(says("怎么还", "一")) {
		t.Error("Equal does not see what is equal")
	}
	if got := string(want.JSON()); got != `{"category":"还款","tags":["a","b"],"related":["y","x"],"from":"2027-01-01T00:00:00Z","texts":{"zh-CN":{"question":"怎么还","similar":["还钱"],"answer":"一\n二\n三","channels":{"ivr":"短"}}}}` {
		t.Errorf("JSON %s", got)
	}
}

// anyContent is whatever an editor may send.
var anyContent = rapid.Custom(func(t *rapid.T) Content {
	word := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", " ", "还款", "a\r\nb", "\xff", "{ahead}"}))
	moments := rapid.Custom(func(t *rapid.T) time.Time {
		return time.Unix(rapid.Int64Range(-1, 4e9).Draw(t, "s"), rapid.Int64Range(0, 1e9).Draw(t, "ns"))
	})
	text := rapid.Custom(func(t *rapid.T) Text {
		return Text{word.Draw(t, "q"), rapid.SliceOf(word).Draw(t, "similar"), rapid.SliceOf(word).Draw(t, "not"), word.Draw(t, "a"),
			rapid.MapOf(rapid.SampledFrom([]string{"sms", "ivr"}), word).Draw(t, "channels")}
	})
	return Content{
		Category: word.Draw(t, "category"), Tags: rapid.SliceOf(word).Draw(t, "tags"), Hot: rapid.Bool().Draw(t, "hot"), Owner: word.Draw(t, "owner"),
		Source: word.Draw(t, "source"), Risk: rapid.SampledFrom([]Risk{"", RiskLow, RiskNormal, RiskHigh}).Draw(t, "risk"), Related: rapid.SliceOf(word).Draw(t, "related"),
		From: moments.Draw(t, "from"), Until: moments.Draw(t, "until"), ReviewBy: moments.Draw(t, "review"),
		Texts: rapid.MapOf(rapid.SampledFrom([]knowledge.Lang{knowledge.Chinese, knowledge.English}), text).Draw(t, "texts"),
	}
})

// What is stored is what was canonical, and nothing is lost on the way.
func TestCanonicalProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyContent.Draw(t, "content")
		once := c.Canonical()
		if twice := once.Canonical(); !reflect.DeepEqual(once, twice) {
			t.Fatalf("canonical is not:\n%+v\n%+v", once, twice)
		}
		back, err := parse(string(c.JSON()))
		if err != nil || !reflect.DeepEqual(back.Canonical(), once) || string(back.JSON()) != string(c.JSON()) {
			t.Fatalf("stored\n%+v\nread\n%+v, %v", once, back, err)
		}
		if !reflect.DeepEqual(c.Check(), once.Check()) {
			t.Fatal("Check tells them apart")
		}
	})
}

func TestCheck(t *testing.T) {
	long := func(n int) string { return strings.Repeat("长", n) }
	many := func(n int) []string {
		all := make([]string, n)
		for i := range all {
			all[i] = strings.Repeat("a", i+1)[max(0, i-50):]
		}
		return all
	}
	with := func(change func(*Content, *Text)) Content {
		c, text := Content{}, Text{Question: "怎么还", Answer: "这样还"}
		change(&c, &text)
		if c.Texts == nil {
			c.Texts = map[knowledge.Lang]Text{knowledge.Chinese: text}
		}
		return c
	}
	for want, c := range map[string]Content{
		"":                     with(func(c *Content, t *Text) {}),
		"no text in any":       {},
		"no question":          with(func(c *Content, t *Text) { t.Question = " \n" }),
		"question: letters":    with(func(c *Content, t *Text) { t.Question = long(MaxQuestion + 1) }),
		"question: holds":      with(func(c *Content, t *Text) { t.Question = "a\nb" }),
		"number 2: letters":    with(func(c *Content, t *Text) { t.Similar = []string{"a", long(MaxPhrasing + 1)} }),
		"phrasings: 501":       with(func(c *Content, t *Text) { t.Similar = many(501) }),
		"counter-phrasings: 5": with(func(c *Content, t *Text) { t.Not = many(501) }),
		"answer: letters":      with(func(c *Content, t *Text) { t.Answer = long(MaxAnswer + 1) }),
		"answer: holds":        with(func(c *Content, t *Text) { t.Answer = "a\x00b" }),
		"for sms: letters":     with(func(c *Content, t *Text) { t.Channels = map[string]string{"sms": long(MaxAnswer + 1)} }),
		"channel \"S M S\"":    with(func(c *Content, t *Text) { t.Channels = map[string]string{"S M S": "x"} }),
		"tags: 21":             with(func(c *Content, t *Text) { c.Tags = many(21) }),
		"tag: holds":           with(func(c *Content, t *Text) { c.Tags = []string{"a\nb"} }),
		"comma":                with(func(c *Content, t *Text) { c.Tags = []string{"a，b"} }),
		"category: letters":    with(func(c *Content, t *Text) { c.Category = long(MaxWord + 1) }),
		"owner: holds":         with(func(c *Content, t *Text) { c.Owner = "a\x01" }),
		"source: letters":      with(func(c *Content, t *Text) { c.Source = long(MaxWhy + 1) }),
		"related entry 2":      with(func(c *Content, t *Text) { c.Related = []string{"a", "b c"} }),
		"risk must be":         with(func(c *Content, t *Text) { c.Risk = "huge" }),
		"after from":           with(func(c *Content, t *Text) { c.From, c.Until = midday, midday }),
		"review_by: year":      with(func(c *Content, t *Text) { c.ReviewBy = time.Date(12027, 1, 1, 0, 0, 0, 0, time.UTC) }),
		"until: year":          with(func(c *Content, t *Text) { c.Until = time.Unix(0, 0) }),
		"neither zh-CN nor en": with(func(c *Content, t *Text) { c.Texts = map[knowledge.Lang]Text{"fr": {Question: "q"}} }),
	} {
		faults := c.Check()
		switch {
		case want == "" && len(faults) > 0, want != "" && len(faults) != 1:
			t.Errorf("%s: %q", want, faults)
		case want != "" && !strings.Contains(faults[0], want):
			t.Errorf("%q, want %q", faults[0], want)
		}
	}
	edge := with(func(c *Content, t *Text) {
		t.Question, t.Answer, t.Similar, c.Tags = long(MaxQuestion), long(MaxAnswer), many(MaxPhrasings), many(MaxTags)
		c.From, c.Until = midday, midday.Add(time.Second)
	})
	if faults := edge.Check(); len(faults) > 0 {
		t.Errorf("at the limits: %q", faults)
	}
}

// What Wenda is shipped with is valid, and comes back as it was.
func TestSampleIsValid(t *testing.T) {
	entries, err := sample.Entries()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		c := ContentOf(e)
		if faults := c.Check(); len(faults) > 0 {
			t.Errorf("%s: %q", e.ID, faults)
		}
		if got := c.Entry(e.ID, e.Revision); !reflect.DeepEqual(got, e) {
			t.Errorf("%s comes back as %+v", e.ID, got)
		}
	}
}

// FuzzContent is for what is sent as an entry: whatever it is, it is refused or stored
// and read as the same.
func FuzzContent(f *testing.F) {
	f.Add([]byte(`{"texts":{"zh-CN":{"question":"怎么还","answer":"**这样**","channels":{"sms":"短"}}},"tags":["a"],"until":"2027-01-01T08:00:00+08:00"}`))
	f.Add([]byte(`{"texts":{"en":{"question":"\u0000\ud800","similar":["",""],"answer":"a\r\nb"}},"risk":"normal"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var c Content
		if json.Unmarshal(raw, &c) != nil || len(c.Check()) > 0 {
			return
		}
		facts := c.facts("a")
		back, err := parse(facts.json)
		if err != nil || !back.Equal(c) || len(back.Check()) > 0 || back.facts("a") != facts {
			t.Fatalf("stored %s, read %+v, %v", facts.json, back, err)
		}
	})
}
