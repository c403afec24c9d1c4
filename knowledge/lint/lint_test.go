package lint

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"wenda/internal/privacy"
	"wenda/knowledge"
	"wenda/knowledge/base"
	"wenda/knowledge/sample"
	"wenda/knowledge/segment"
)

var beijing = time.FixedZone("Beijing", 8*3600)

// today is when the tests are checked.
var today = time.Date(2026, 3, 10, 12, 0, 0, 0, beijing)

func shipped(t testing.TB) *Dictionary {
	t.Helper()
	d, err := ReadForbidden(Shipped)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func rules(t testing.TB) Rules {
	t.Helper()
	links, err := ReadLinks("# ours\nhelp.example.com\n*.example.cn\n\nhelp.example.com:8443")
	if err != nil {
		t.Fatal(err)
	}
	return Rules{Forbidden: shipped(t), Links: links, Now: today}
}

// brief is a finding as the tables write it: rule severity text@at.
func brief(found []Finding) []string {
	out := []string{}
	for _, f := range found {
		out = append(out, fmt.Sprintf("%s %s %s@%d", f.Rule, f.Severity, f.Text, f.At))
	}
	return out
}

// inAnswer checks a text as a Chinese answer (English if it has no Chinese in it).
func inAnswer(answer string, r Rules) []Finding {
	lang, question := knowledge.Chinese, "怎么还款"
	if !strings.ContainsFunc(answer, func(r rune) bool { return r >= firstHan && r <= lastHan }) {
		lang, question = knowledge.English, "How do I repay?"
	}
	return Check("x", base.Content{Texts: map[knowledge.Lang]base.Text{lang: {Question: question, Answer: answer}}}, r)
}

func TestAnswers(t *testing.T) {
	r := rules(t)
	for _, c := range []struct{ answer, want string }{
		// Forbidden words, in any spelling.
		{"我们保证通过。", "forbidden block 保证通过@2"},
		{"我们保證通過。", "forbidden block 保證通過@2"},
		{"我们 保 证 通 过", "forbidden block 保 证 通 过@3"},
		{"保-证*通～过！", "forbidden block 保-证*通～过@0"},
		{"保，证，通，过", "forbidden block 保，证，通，过@0"},
		{"保\u200b证通\u200d过", "forbidden block 保\u200b证通\u200d过@0|invisible warn @1"},
		{"１００％下款，快来", "forbidden block １００％下款@0"},
		{"100 % 下款", "forbidden block 100 % 下款@0"},
		{"百分百下款", "forbidden block 百分百下款@0"},
		{"百分百用心服务", "forbidden warn 百分百@0"},
		{"产品零风险", "forbidden block 零风险@2"},
		{"產品零風險", "forbidden block 零風險@2"},
		{"黑户可贷", "forbidden block 黑户可贷@0"},
		{"😀😀保证通过", "forbidden block 保证通过@2"},
		{"1. 保证通过\n2. 稳赚", "forbidden block 保证通过@3|forbidden block 稳赚@11"},
		{"Guaranteed  Approval today", "forbidden block Guaranteed  Approval@0"},
		{"GUARANTEED-approval", "forbidden block GUARANTEED-approval@0"},
		{"ｇｕａｒａｎｔｅｅｄ approval", "forbidden block ｇｕａｒａｎｔｅｅｄ approval@0"},
		{"Your loan is risk-free.", "forbidden block risk-free@13"},
		{"g u a r a n t e e d a p p r o v a l", "forbidden block g u a r a n t e e d a p p r o v a l@0"},
		// What only looks like it.
		{"我们不能保证，通过率以页面为准。", ""},
		{"请先缴纳。保证。通过", ""},
		{"asterisk freedom", ""},
		{"He is now in the office.", ""},
		{"1100%下款率", ""},
		{"不保证通过，以审核结果为准。", "forbidden warn 保证通过@1"},
		{"我们无法保证一定通过。", "forbidden warn 一定通过@6"},
		{"声称百分百下款的都是诈骗。", "forbidden warn 百分百下款@2"},
		{"「黑户可贷」是骗局，请提高警惕。", "forbidden warn 黑户可贷@1"},
		{"不仅保证通过，还快。", "forbidden block 保证通过@2"},
		{"不用征信，保证通过。", "forbidden block 保证通过@5"},
		{"不满意随时联系。我们保证通过。", "forbidden block 保证通过@10"},
		{"We cannot say guaranteed approval.", "forbidden warn guaranteed approval@14"},
		{"Another guaranteed approval", "forbidden block guaranteed approval@8"},
		{"可用免息券", ""},
		{"本期免息", "forbidden warn 免息@2"},
		// Rates.
		{"日息0.05%起。", "rate block 日息0.05%@0"},
		{"日利率万分之五", "rate block 日利率万分之五@0"},
		{"月息2分", "rate block 月息2分@0"},
		{"月利率1.5％，按月还。", "rate block 月利率1.5％@0"},
		{"每天利息只要0.2元", "rate block 每天利息只要0.2元@0"},
		{"每月手续费0.5%", "rate block 每月手续费0.5%@0"},
		{"分期费率为0.6%", "rate block 分期费率为0.6%@0"},
		{"利息0.05%/天", "rate block 0.05%/天@2"},
		{"利息按日收取0.05%", "rate block 按日收取0.05%@2"},
		{"每期利息50元", "rate block 每期利息50元@0"},
		{"每月手续费10元", ""},
		{"24%（年化），日利率0.066%", ""},
		{"月费率0.6%，折合年化（IRR）约13%", ""},
		{"日 息 0.05%", "rate block 日 息 0.05%@0"},
		{"日息万5", "rate block 日息万5@0"},
		{"日利率0.02%（年化利率7.2%，单利）", ""},
		{"年化利率7.2%起，折合日利率0.02%。", ""},
		{"日利率0.02%，年化利率以页面为准。", "rate warn 日利率0.02%@0"},
		{"提现费率0.1%", "rate warn 费率0.1%@2"},
		{"日利率由年化利率换算。", ""},
		{"利息＝未还本金×日利率×占用天数", ""},
		{"还款日利息已算清，5%的客户会收到短信", ""},
		{"10月利率下调10%", ""},
		{"罚息按日利率上浮50%计收", ""},
		{"每天5分钟学会还款，利息清楚", ""},
		{"The daily interest is 0.05%.", "rate block daily interest is 0.05%@4"},
		{"You are charged 2 % per month", "rate block 2 % per month@16"},
		{"Interest of 0.02% a day, which is an APR of 7.2%.", ""},
		{"The monthly rate is 1%; the annual rate is on your page.", "rate warn monthly rate is 1%@4"},
		{"About 10% of customers call us each day.", ""},
		// Links.
		{"见 https://help.example.com/a?b=1 的说明", ""},
		{"见[说明](https://help.example.com/a)。", ""},
		{"见[说明](https://www.example.cn:443/a)。", ""},
		{"https://help.example.com:8443/", ""},
		{"见[说明](https://example.cn/a)。", "link block https://example.cn/a@6"},
		{"http://help.example.com", "link block http://help.example.com@0"},
		{"HTTPS://Help.Example.COM/x", ""},
		{"https://help.example.com.evil.cn/", "link block https://help.example.com.evil.cn/@0"},
		{"https://help.example.com@evil.cn/", "link block https://help.example.com@evil.cn/@0|personal block hel***@evil.cn@8"},
		{"https://evil.example.org", "link block https://evil.example.org@0"},
		{"https://xn--80ak6aa92e.example.com", "link block https://xn--80ak6aa92e.example.com@0"},
		{"https://hеlp.example.com", "link block https://h@0|link block lp.example.com@10"},
		{"点[这里](javascript:alert(1))", "link block javascript:alert@6"},
		{"点[这里](ｊａｖａｓｃｒｉｐｔ:alert)", "link block ｊａｖａｓｃｒｉｐｔ:alert@6"},
		{"java\u200bscript:alert", "link block java\u200bscript:alert@0|invisible warn @4"},
		{"data:text/html;base64,AAAA", "link block data:text/html;base64,AAAA@0"},
		{"The following data: name, amount.", ""},
		{"访问 www.evil.com 办理", "link block www.evil.com@3"},
		{"访问 evil.cn/pay 办理", "link block evil.cn/pay@3"},
		{"访问help.example.com办理", ""},
		{"访问evil。com办理", "link block evil。com@2"},
		{"打开App。然后点「我的」", ""},
		{"版本 5.2.1.0 及以上", ""},
		{"打开 1.2.3.4/pay", "link block 1.2.3.4/@3"},
		{"//evil.com/x", "link block //evil.com/x@0"},
		{"[电话](tel:95500)", "link block tel:95500@5"},
		{"[站内](/help)", "link block /help@5"},
		{"[注](见下文)", ""},
		{"邮箱 service@help.example.com", ""},
		// Personal data.
		{"请联系 13800138000 张先生", "personal block 138****8000@4"},
		{"身份证 11010519491231002X", "personal block 110*************2X@4"},
		{"发到 zhangsan@evil.com", "personal block zha***@evil.com@3"},
		{"客服热线 400-820-8820", ""},
		// Deadlines.
		{"活动截止2025年3月31日。", "date block 2025年3月31日@4"},
		{"2025年3月31日前办理有优惠", "date block 2025年3月31日@0"},
		{"活动时间：2025年1月1日至2025年3月31日", "date block 2025年3月31日@15"},
		{"活动时间：2025-01-01至2026-12-31", ""},
		{"截止 2025/3/31 24:00", "date block 2025/3/31@3"},
		{"２０２５年３月３１日前办理", "date block ２０２５年３月３１日@0"},
		{"二〇二五年三月三十一日前办理", "date block 二〇二五年三月三十一日@0"},
		{"系统于2025年3月31日升级", "date warn 2025年3月31日@3"},
		{"2026年2月发放", "date warn 2026年2月@0"},
		{"2026年3月发放", ""},
		{"2026年3月10日前办理", ""},
		{"2026年3月9日前办理", "date block 2026年3月9日@0"},
		{"自2024年1月1日起施行", ""},
		{"截至2025年12月31日，已服务很多客户", "date warn 2025年12月31日@2"},
		{"2025年13月45日前", ""},
		{"Apply before March 31, 2025.", "date block March 31, 2025@13"},
		{"Offer ends on 31st March 2025", "date block 31st March 2025@14"},
		{"See the photo 31 March 2025", "date warn 31 March 2025@14"},
		{"In force since 1 March 2020.", ""},
		// Markdown.
		{"# 标题", "markup warn # 标题@0"},
		{"**第一步**\n\n- 打开\n- 点击", ""},
		{"第一\n![图](https://help.example.com/a.png)", "markup warn ![图](https://help.example.com/a.png)@3"},
		{"| a | b |\n|---|---|", "markup warn | a | b |@0|markup warn |---|---|@10"},
		{"<b>注意</b>", "markup warn <b>@0|markup warn </b>@5"},
		{"<script>alert(1)</script>", "markup block <script@0|markup block </script@16"},
		{"<img src=x onerror=alert(1)>", "markup block <img src=x onerror=alert(1)@0"},
		{"用 `还款` 按钮", "markup warn `还款`@2"},
		{"> 引用", "markup warn > 引用@0"},
		{"**注意 还款", "markup warn **@0"},
		{"*注意*还款", "markup warn *注意*@0"},
		{"请 *注意* 还款", "markup warn *注意*@2"},
		{"金额 < 100 且 > 10", ""},
		{"- a 步\n    - b 步", "markup warn - b 步@6"},
		{"3*4*5 步", ""},
		// The rest.
		{strings.Repeat("还", 601), "long warn @0"},
		{strings.Repeat("还", 600), ""},
		{"还款\u202e", "invisible warn @2"},
		{"好的👨\u200d👩\u200d👧", ""},
	} {
		got := strings.Join(brief(inAnswer(c.answer, r)), "|")
		if got != c.want {
			t.Errorf("%q\n got %s\nwant %s", c.answer, got, c.want)
		}
	}
}

func text(question, answer string) base.Text { return base.Text{Question: question, Answer: answer} }

func zh(t base.Text) base.Content {
	return base.Content{Texts: map[knowledge.Lang]base.Text{knowledge.Chinese: t}}
}

func TestEntries(t *testing.T) {
	other := rules(t)
	other.Other = func(id, key string) string {
		if key == segment.Key("怎么还钱") && id != "repay" {
			return "repay"
		}
		return ""
	}
	until := func(c base.Content, from, until, review time.Time) base.Content {
		c.From, c.Until, c.ReviewBy = from, until, review
		return c
	}
	fine := text("怎么还款", "点「还款」。")
	for name, c := range map[string]struct {
		content base.Content
		want    []string
	}{
		"nothing":               {base.Content{}, []string{"texts empty block "}},
		"fine":                  {zh(fine), nil},
		"no answer":             {zh(text("怎么还款", " \u200b\n")), []string{"answer invisible warn ", "answer empty block "}},
		"no question":           {zh(text("", "点「还款」。")), []string{"question empty block "}},
		"question that asks":    {zh(text("能保证通过吗", "以审核结果为准。")), []string{"question forbidden warn 保证通过"}},
		"question that boasts":  {zh(text("保证通过的贷款", "以审核结果为准。")), []string{"question forbidden block 保证通过"}},
		"customers may ask":     {zh(base.Text{Question: "审核要求", Similar: []string{"百分百下款吗", "www.evil.com 是你们吗"}, Not: []string{"保证通过"}, Answer: "以审核为准。"}), nil},
		"personal in phrasings": {zh(base.Text{Question: "换号", Similar: []string{"我的号13800138000"}, Not: []string{"13800138000"}, Answer: "好。"}), []string{"similar.0 personal block 138****8000", "not.0 personal block 138****8000"}},
		"personal in source":    {base.Content{Source: "13800138000", Tags: []string{"zhangsan@evil.com"}, Texts: zh(fine).Texts}, []string{"source personal block 138****8000", "tags personal block zha***@evil.com"}},
		"twice":                 {zh(base.Text{Question: "怎么还款", Similar: []string{"怎么还款？", "怎麼還款"}, Answer: "点。"}), []string{"similar.0 twice warn 怎么还款？", "similar.1 twice warn 怎麼還款"}},
		"against itself":        {zh(base.Text{Question: "怎么还款", Similar: []string{"还钱"}, Not: []string{"还钱！"}, Answer: "点。"}), []string{"similar.0 twice warn 还钱"}},
		"of another entry":      {zh(base.Text{Question: "还款", Similar: []string{"怎么还钱"}, Answer: "点。"}), []string{"similar.0 twice warn 怎么还钱"}},
		"empty phrasing":        {zh(base.Text{Question: "还款", Similar: []string{"？"}, Answer: "点。"}), []string{"similar.0 empty warn ？"}},
		"channels":              {zh(base.Text{Question: "还款", Answer: "点。", Channels: map[string]string{"sms": "保证通过", "ivr": " "}}), []string{"channel.sms forbidden block 保证通过", "channel.ivr empty block "}},
		"other language": {base.Content{Texts: map[knowledge.Lang]base.Text{knowledge.English: text("怎么还款", "点「还款」。"), knowledge.Chinese: text("How do I repay?", "Tap Repay.")}},
			[]string{"question language warn ", "question language warn ", "answer language warn "}},
		"long English question": {base.Content{Texts: map[knowledge.Lang]base.Text{knowledge.English: text(strings.Repeat("why ", 26), "So.")}}, []string{"question long warn "}},
		"over":                  {until(zh(fine), time.Time{}, today, today), []string{"until date block 2026-03-10", "review_by date warn 2026-03-10"}},
		"ends first":            {until(zh(fine), today.AddDate(0, 1, 0), today.AddDate(0, 0, 1), time.Time{}), []string{"until date block 2026-03-11"}},
		"outlives its deadline": {until(zh(text("活动到何时", "2026年4月30日前办理。")), time.Time{}, today.AddDate(1, 0, 0), time.Time{}), []string{"answer date warn 2026年4月30日"}},
		"ends with it":          {until(zh(text("活动到何时", "2026年4月30日前办理。")), time.Time{}, time.Date(2026, 5, 1, 0, 0, 0, 0, beijing), time.Time{}), nil},
	} {
		var got []string
		for _, f := range Check("x", c.content, other) {
			got = append(got, fmt.Sprintf("%s %s %s %s", f.Field, f.Rule, f.Severity, f.Text))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q", name, got, c.want)
		}
	}
}

// Without lists nothing is forbidden, no link is allowed and no date is over.
func TestZeroRules(t *testing.T) {
	got := brief(inAnswer("保证通过，2020年1月1日前，https://help.example.com", Rules{}))
	if want := []string{"link block https://help.example.com@16"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFindingsAreBounded(t *testing.T) {
	found := inAnswer(strings.Repeat("百分百用心，", 100)+strings.Repeat("保证通过，", 100), rules(t))
	blocks := 0
	for _, f := range found {
		if f.Rule == Forbidden && f.Severity == Block {
			blocks++
		}
	}
	if blocks != MaxOfRule {
		t.Errorf("%d of %d findings block, want %d: warnings must not push them out", blocks, len(found), MaxOfRule)
	}
}

func TestSaidInBothLanguages(t *testing.T) {
	found := inAnswer("保证通过，日息0.05%，www.evil.com，13800138000，2025年1月1日前，# x", rules(t))
	if len(found) < 5 || !Blocked(found) {
		t.Fatalf("found %q", brief(found))
	}
	for _, f := range found {
		for _, lang := range []knowledge.Lang{knowledge.Chinese, knowledge.English} {
			if say := f.Say[lang]; say == "" || strings.Contains(say, "{") || !strings.Contains(say, f.Text) {
				t.Errorf("%s in %s: %q", f.Rule, lang, say)
			}
		}
	}
	data, err := json.Marshal(found)
	if err != nil || strings.Contains(string(data), "13800138000") {
		t.Errorf("JSON shows personal data: %s %v", data, err)
	}
}

// contentOf is a shipped entry as an editor has it.
func contentOf(e knowledge.Entry) base.Content {
	c := base.Content{Category: e.Category, Hot: e.Hot, Texts: map[knowledge.Lang]base.Text{}}
	for lang, t := range e.Texts {
		c.Texts[lang] = base.Text{Question: t.Question, Similar: t.Similar, Not: t.Not, Answer: t.Answer}
	}
	return c
}

// What Wenda is shipped with must pass its own checks.
func TestSample(t *testing.T) {
	entries, err := sample.Entries()
	if err != nil {
		t.Fatal(err)
	}
	r, findings := rules(t), 0
	for _, e := range entries {
		for _, f := range Check(e.ID, contentOf(e), r) {
			findings++
			if f.Severity == Block {
				t.Errorf("%s %s %s: %s blocks %q at %d", e.ID, f.Lang, f.Field, f.Rule, f.Text, f.At)
			}
		}
	}
	if findings > len(entries)/5 {
		t.Errorf("%d warnings for %d entries: nobody reads so many", findings, len(entries))
	}
}

func TestReadForbidden(t *testing.T) {
	d, err := ReadForbidden("# list\n\nwarn\t保证\thint\r\nallow\t保证金\nblock\t保证 还款\n")
	if err != nil || d.Len() != 3 {
		t.Fatalf("%v, %v", d, err)
	}
	got := brief(inAnswer("保证金与保证，保证还款", Rules{Forbidden: d}))
	if want := []string{"forbidden warn 保证@4", "forbidden block 保证还款@7"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	_, err = ReadForbidden("block\t保证通过\nblok\t保证\nblock\t保\nblock 保证\nblock\t" + strings.Repeat("保", 41))
	for _, line := range []string{"line 2", "line 3", "line 4", "line 5"} {
		if err == nil || !strings.Contains(err.Error(), line) {
			t.Errorf("error %v names not %s", err, line)
		}
	}
	if _, err := ReadForbidden(strings.Repeat("x\n", 100)); err == nil || !strings.HasSuffix(err.Error(), "and 80 more") {
		t.Errorf("error %v", err)
	}
}

func TestReadLinks(t *testing.T) {
	for _, bad := range []string{"https://help.example.com", "help.example.com/a", "localhost", "*.", "*", "exa mple.com", "例子.com", "a@b.com"} {
		if _, err := ReadLinks(bad); err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	l, err := ReadLinks("Help.Example.com\n*.example.cn")
	for host, want := range map[string]bool{"help.example.com": true, "help.example.com:443": true, "help.example.com:80": false,
		"x.help.example.com": false, "a.b.example.cn": true, "example.cn": false, "evilexample.cn": false, "": false} {
		if err != nil || l.Allows(host) != want {
			t.Errorf("Allows %q: %v, want %v, %v", host, l.Allows(host), want, err)
		}
	}
}

// Whatever somebody writes: findings lie inside the text, say what stands there, and
// personal data is in none of them.
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{"我们保证通过，日息0.05%", "[a](javascript:x) https://help.example.com@x.cn", "2025年3月31日前 | # x\n**", "\xff保\u200b证。com//", "１００％下款 13800138000", "data:,x www.a.com//b.cn"} {
		f.Add(seed)
	}
	r := rules(f)
	f.Fuzz(func(t *testing.T, s string) {
		content := zh(base.Text{Question: s, Similar: []string{s}, Not: []string{s}, Answer: s})
		original := []rune(s)
		for _, x := range Check("x", content, r) {
			if x.At < 0 || x.At > len(original) || !utf8.ValidString(x.Text) {
				t.Fatalf("%+v is not in the text", x)
			}
			if x.Rule == Personal || x.Text == "" || x.Field == "similar.0" {
				continue
			}
			if !strings.HasPrefix(strings.TrimSpace(string(original[x.At:])), strings.TrimSpace(x.Text)) {
				t.Fatalf("%q does not stand at %d", x.Text, x.At)
			}
		}
		if masked, _ := privacy.Mask(s); masked == s && slices.ContainsFunc(Check("x", content, r), func(x Finding) bool { return x.Rule == Personal }) {
			t.Fatal("personal data where there is none")
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	entries, err := sample.Entries()
	if err != nil {
		b.Fatal(err)
	}
	r := rules(b)
	for b.Loop() {
		for _, e := range entries {
			Check(e.ID, contentOf(e), r)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(entries)), "µs/entry")
}
