package health

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wenda/knowledge"
	"wenda/knowledge/segment"
)

var segmenter = sync.OnceValue(func() *segment.Segmenter {
	seg, err := segment.New()
	if err != nil {
		panic(err)
	}
	return seg
})

// base makes a release of lines: id | answer | question | similar | similar ….
func base(t testing.TB, lines ...string) *knowledge.Release {
	t.Helper()
	var entries []knowledge.Entry
	for _, line := range lines {
		part := strings.Split(line, "|")
		lang := knowledge.Chinese
		if part[2][0] < 0x80 {
			lang = knowledge.English
		}
		entries = append(entries, knowledge.Entry{ID: part[0], Texts: map[knowledge.Lang]knowledge.Text{lang: {Question: part[2], Similar: part[3:], Answer: part[1]}}})
	}
	r, err := knowledge.NewRelease(7, entries)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// sharing is a matcher that is as sure as the share of characters that are the same.
type sharing struct{ r *knowledge.Release }

func (s sharing) Match(ctx context.Context, utterance string, limit int) (knowledge.Result, error) {
	var out knowledge.Result
	for _, p := range phrasingsOf(s.r) {
		m := knowledge.Match{Entry: p.entry, Phrasing: p.text, Confidence: alike(utterance, p.text)}
		switch i := slices.IndexFunc(out.Matches, func(o knowledge.Match) bool { return o.Entry == p.entry }); {
		case i < 0:
			out.Matches = append(out.Matches, m)
		case out.Matches[i].Confidence < m.Confidence:
			out.Matches[i] = m
		}
	}
	slices.SortStableFunc(out.Matches, func(a, b knowledge.Match) int { return int(1000 * (b.Confidence - a.Confidence)) })
	out.Matches = out.Matches[:min(limit, len(out.Matches))]
	return out, ctx.Err()
}

func alike(a, b string) float64 {
	in := func(s string) map[rune]bool {
		out := map[rune]bool{}
		for _, r := range s {
			out[r] = true
		}
		return out
	}
	x, y := in(a), in(b)
	both := 0
	for r := range x {
		if y[r] {
			both++
		}
	}
	return float64(both) / float64(len(x)+len(y)-both)
}

func inspect(t *testing.T, r *knowledge.Release, stats Stats) Report {
	t.Helper()
	open := 0
	report, err := Inspection{Segmenter: segmenter(), Now: now, Open: func(_ context.Context, rest *knowledge.Release) (knowledge.Matcher, func(), error) {
		if open++; open > 1 {
			t.Error("two matchers at once")
		}
		return sharing{rest}, func() { open-- }, nil
	}}.Inspect(t.Context(), r, stats)
	if err != nil || open != 0 {
		t.Fatalf("%v, %d matchers left open", err, open)
	}
	return report
}

var now = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// brief is a report as the tests write it, without the entries of few phrasings.
func brief(r Report) []string {
	out := []string{}
	for _, f := range r.Findings {
		if f.Kind != Few {
			out = append(out, strings.TrimSuffix(fmt.Sprintf("%s %s %s > %s %s", f.Kind, f.Entry, f.Phrasing, f.Other, f.OtherPhrasing), "  >  "))
		}
	}
	return out
}

func TestPairs(t *testing.T) {
	for name, c := range map[string]struct {
		base []string
		want []string
	}{
		"apart": {[]string{"a|点还款。|怎么还款|如何还钱|去哪里还款", "b|看额度。|额度多少|能借多少钱|我的额度"}, []string{}},
		"same phrasing, other rate": {[]string{"a|手续费1%。|提前还款手续费|提前结清收费吗|早还收钱吗", "b|手续费2%。|违约金多少|提前还款，手續費？|罚多少"},
			[]string{"conflict a 提前还款手续费 > b 提前还款，手續費？"}},
		"same phrasing, same answer": {[]string{"a|手续费1%。|提前还款手续费|结清收费吗|早还收钱吗", "b|收1%手续费。|违约金多少|提前还款手续费|罚多少"},
			[]string{"duplicate a 提前还款手续费 > b 提前还款手续费"}},
		"equal but for fillers": {[]string{"a|3天到账。|请问怎么提前还款|早点结清|一次还清", "b|7天到账。|我想提前还款如何操作|全部还掉|不想分期了"},
			[]string{"conflict a 请问怎么提前还款 > b 我想提前还款如何操作"}},
		"other numbers are other questions":       {[]string{"a|可以。|借12期手续费|分12个月|一年分期费", "b|可以。|借24期手续费|分24个月|两年分期费"}, []string{}},
		"the other way round is another question": {[]string{"a|可以。|微信转到支付宝|甲一|甲二", "b|可以。|支付宝转到微信|乙一|乙二"}, []string{}},
		"denied is another question":              {[]string{"a|稍等。|收到还款短信|提示还款|短信说还款", "b|重试。|没收到还款短信|没有提示|短信不来"}, []string{}},
		"the only phrasing is another's":          {[]string{"a|15日。|账单日是哪天呀", "b|每月20日。|账单日是哪天"}, []string{"conflict a 账单日是哪天呀 > b 账单日是哪天"}},
		"agents' replies are not asked":           {[]string{"canned.x|好。|怎么还款", "a|点。|怎么还款|如何还钱|去哪里还"}, []string{}},
		"own sentences are not looked at":         {[]string{"system.x|好。|怎么还款", "a|点。|怎么还款|如何还钱|去哪里还"}, []string{}},
		"shared by three":                         {[]string{"a|1天。|到账时间|x1|x2", "b|2天。|到账时间|y1|y2", "c|2天。|到账时间|z1|z2"}, []string{"conflict a 到账时间 > b 到账时间", "conflict a 到账时间 > c 到账时间"}},
		"one goes astray":                         {[]string{"a|点。|修改手机号码|换号|额度怎么提高到最", "b|等。|额度怎么提高|提额|增加限额"}, []string{"given_away a 额度怎么提高到最 > b 额度怎么提高", "given_away b 额度怎么提高 > a 额度怎么提高到最"}},
		"English":                                 {[]string{"a|Fee 1%.|Can I repay early?|pay off|settle", "b|Fee 2%.|please repay early|finish|all at once"}, []string{"conflict a Can I repay early? > b please repay early"}},
		"another language is another answer":      {[]string{"a|1天。|ＡＰＰ登录密码|甲一|甲二", "b|2 days.|app登录密码|b1|b2"}, []string{"duplicate a ＡＰＰ登录密码 > b app登录密码"}},
	} {
		if got := brief(inspect(t, base(t, c.base...), nil)); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q", name, got, c.want)
		}
	}
}

func TestStrays(t *testing.T) {
	p := pairs{}
	found := func(entry string, confidence float64) knowledge.Match {
		return knowledge.Match{Entry: entry, Phrasing: "theirs", Confidence: confidence}
	}
	away := p.sort([]stray{
		{phrasing{entry: "b", text: "one"}, found("a", 0.92), true},
		{phrasing{entry: "a", text: "two"}, found("b", 0.95), true},
		{phrasing{entry: "c", text: "three"}, found("a", 0.95), true},
		{phrasing{entry: "d", text: "four"}, found("a", 0.8), true},
		{phrasing{entry: "e", text: "five", only: true}, found("a", 0.9), true},
		{phrasing{entry: "f", text: "six"}, found("a", 0.95), false},
	})
	r := base(t, "a|1天|q", "b|2天|q", "c|1天|q", "d|1天|q", "e|1天|q", "f|1天|q")
	got := brief(Report{Findings: append(p.findings(r), away...)})
	slices.Sort(got)
	want := []string{"conflict a two > b theirs", "duplicate a theirs > e five", "given_away c three > a theirs", "given_away d four > a theirs"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"年化7.2%", "年化7.20%", ""},
		{"年化7.2%", "年化8%", "percent [7.2] [8]"},
		{"日息万分之五", "日息0.05%", ""},
		{"3天到账", "三天到账", ""},
		{"3天到账", "马上到账", ""},
		{"1. 打开\n2. 点击\n3天到账", "1. 打开\n5天到账", "days [3] [5]"},
		{"2025-03-31前", "2025年3月31日前", ""},
		{"2025-03-31前", "2025/4/30前", "month [3] [4];day [31] [30]"},
		{"1000元起", "1,000元起", ""},
		{"1000元起，最多5万元", "1000元起", "money [50000] []"},
		{"见[说明](https://help.example.com/7天)，3天", "3天", ""},
		{"电话95500", "电话95511", ""},
		{"12期", "1年", ""},
		{"24小时", "48小时", "minutes [1440] [2880]"},
	} {
		var got []string
		for _, d := range differ(knowledge.Entry{Texts: map[knowledge.Lang]knowledge.Text{"zh-CN": {Answer: c.a}}}, knowledge.Entry{Texts: map[knowledge.Lang]knowledge.Text{"zh-CN": {Answer: c.b}}}) {
			got = append(got, fmt.Sprintf("%s %v %v", d.Unit, d.Entry, d.Other))
		}
		if strings.Join(got, ";") != c.want {
			t.Errorf("%q and %q: %q, want %q", c.a, c.b, got, c.want)
		}
	}
}

func TestStats(t *testing.T) {
	days := func(n int) time.Time { return now.AddDate(0, 0, n) }
	r := base(t, "a|x|甲一|甲二|甲三", "b|x|乙一|乙二|乙三")
	for name, c := range map[string]struct {
		seen Seen
		want string
	}{
		"nothing known":        {Seen{}, ""},
		"well":                 {Seen{Hits: 100, Handoffs: 29, Unhelpful: 9, Since: days(-90), ReviewBy: days(1), Until: days(8)}, ""},
		"handed off":           {Seen{Hits: 100, Handoffs: 30}, "handed_off a"},
		"unhelpful":            {Seen{Hits: 20, Unhelpful: 2}, "unhelpful a"},
		"too few hits to tell": {Seen{Hits: 19, Handoffs: 19, Unhelpful: 19}, ""},
		"to be looked at":      {Seen{ReviewBy: now}, "stale a"},
		"ends in a week":       {Seen{Until: days(7)}, "expiring a"},
		"never hit":            {Seen{Since: days(-30)}, "unused a"},
		"never hit, but new":   {Seen{Since: days(-29)}, ""},
		"hit long ago":         {Seen{Since: days(-300), Last: days(-31)}, "unused a"},
		"hit a while ago":      {Seen{Since: days(-300), Last: days(-29)}, ""},
		"all at once":          {Seen{Hits: 30, Handoffs: 30, Unhelpful: 30, ReviewBy: now, Until: now}, "unhelpful a,handed_off a,expiring a,stale a"},
	} {
		if got := strings.Join(brief(inspect(t, r, Stats{"a": c.seen})), ","); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestFew(t *testing.T) {
	r := base(t, "a|x|甲一|甲二|甲三", "b|x|乙一|乙二", "c|x|one", "system.x|x|丙")
	report := inspect(t, r, nil)
	want := []Finding{{Kind: Few, Entry: "b", Lang: knowledge.Chinese, Count: 2}, {Kind: Few, Entry: "c", Lang: knowledge.English, Count: 1}}
	if !reflect.DeepEqual(report.Findings, want) || report.Entries != 3 || report.Phrasings != 6 || report.Asked != 6 || report.Release != 7 {
		t.Errorf("%+v", report)
	}
}

// Each phrasing is asked once, of a release that does not hold it.
func TestEachPhrasingIsHeldBack(t *testing.T) {
	r := base(t, "a|x|甲1|甲2|甲3|甲4|甲5|甲6", "b|x|乙1|乙2", "c|x|丙1", "d|x|丁1", "system.x|x|戊1")
	asked := map[string]int{}
	var rest *knowledge.Release
	last := 0
	i := Inspection{Segmenter: segmenter(), Progress: func(done, of int) {
		if last++; done != last || of != 10 {
			t.Errorf("progress %d of %d", done, of)
		}
	}}
	i.Open = func(_ context.Context, part *knowledge.Release) (knowledge.Matcher, func(), error) {
		rest = part
		return matcherFunc(func(utterance string) {
			asked[utterance]++
			if slices.ContainsFunc(phrasingsOf(rest), func(p phrasing) bool { return p.text == utterance }) {
				t.Errorf("%s is asked of who holds it", utterance)
			}
		}), func() {}, nil
	}
	report, err := i.Inspect(t.Context(), r, nil)
	if err != nil || report.Asked != 10 || len(asked) != 10 || asked["戊1"] > 0 || last != 10 {
		t.Errorf("%+v, %v: asked %v", report, err, asked)
	}
	i.most, last, i.Progress = 4, 0, nil
	if report, err = i.Inspect(t.Context(), r, nil); err != nil || report.Asked != 4 || report.Phrasings != 10 {
		t.Errorf("bounded: %+v, %v", report, err)
	}
	i.Open = nil
	if report, err = i.Inspect(t.Context(), r, nil); err != nil || report.Asked != 0 {
		t.Errorf("without a matcher: %+v, %v", report, err)
	}
}

type matcherFunc func(utterance string)

func (f matcherFunc) Match(_ context.Context, utterance string, _ int) (knowledge.Result, error) {
	f(utterance)
	return knowledge.Result{}, nil
}

func TestErrors(t *testing.T) {
	r := base(t, "a|x|甲1|甲2")
	fire := errors.New("on fire")
	i := Inspection{Segmenter: segmenter(), Open: func(context.Context, *knowledge.Release) (knowledge.Matcher, func(), error) { return nil, nil, fire }}
	if _, err := i.Inspect(t.Context(), r, nil); !errors.Is(err, fire) {
		t.Errorf("error %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	closed := false
	i.Open = func(_ context.Context, rest *knowledge.Release) (knowledge.Matcher, func(), error) {
		return sharing{rest}, func() { closed = true }, nil
	}
	if _, err := i.Inspect(ended, r, nil); !errors.Is(err, context.Canceled) || !closed {
		t.Errorf("error %v, closed %v", err, closed)
	}
}

func TestAsJSON(t *testing.T) {
	report := inspect(t, base(t, "a|1天。|到账时间|甲二|甲三", "b|2天。|到账时间|乙二|乙三"), nil)
	data, err := json.Marshal(report)
	want := `{"release":7,"entries":2,"phrasings":6,"asked":6,"findings":[{"kind":"conflict","entry":"a","phrasing":"到账时间","other":"b","other_phrasing":"到账时间",` +
		`"confidence":1,"differ":[{"lang":"zh-CN","unit":"days","entry":["1"],"other":["2"]}]}]}`
	if err != nil || string(data) != want {
		t.Errorf("got  %s, %v\nwant %s", data, err, want)
	}
}
