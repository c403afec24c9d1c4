package match

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"wenda/internal/leak"
	"wenda/knowledge"
	"wenda/knowledge/segment"
)

func TestMain(m *testing.M) {
	// bleve starts its analysis workers when it is linked in, and never stops them.
	leak.Main(m, goleak.IgnoreTopFunction("github.com/blevesearch/bleve_index_api.AnalysisWorker"))
}

var seg = sync.OnceValue(func() *segment.Segmenter {
	s, err := segment.New()
	if err != nil {
		panic(err)
	}
	return s
})

// patient is for tests that are not about time: the machine may be busy.
var patient = Options{Budget: time.Minute}

func zh(id string, phrasings ...string) knowledge.Entry {
	return knowledge.Entry{ID: id, Revision: 1, Texts: map[knowledge.Lang]knowledge.Text{
		knowledge.Chinese: {Question: phrasings[0], Similar: phrasings[1:], Answer: id + " 的答案"},
	}}
}

func not(e knowledge.Entry, counter ...string) knowledge.Entry {
	t := e.Texts[knowledge.Chinese]
	t.Not = counter
	e.Texts[knowledge.Chinese] = t
	return e
}

func en(e knowledge.Entry, phrasings ...string) knowledge.Entry {
	e.Texts[knowledge.English] = knowledge.Text{Question: phrasings[0], Similar: phrasings[1:], Answer: "answer of " + e.ID}
	return e
}

func base(t testing.TB, id int64) *knowledge.Release {
	t.Helper()
	entries := []knowledge.Entry{
		en(zh("repay-failed", "卡里有钱为什么还款失败", "余额够怎么扣款不成功", "钱在卡里扣不了款", "还款失败怎么办"),
			"Why did my repayment fail?", "repayment failed", "auto debit did not work"),
		not(zh("repay-early", "怎么提前还款", "想早点还一期", "可以提前还吗", "提前还这期账单"), "提前结清全部贷款"),
		zh("settle-early", "怎么提前结清", "一次性全部还清", "想把贷款全还了", "提前还完所有期数"),
		zh("limit-raise", "怎么提高额度", "额度太低了想提额", "涨额度", "能不能多给点额度"),
		zh("card-change", "怎么换绑银行卡", "换一张卡还款", "更换还款卡", "银行卡注销了要换卡"),
		zh("penalty", "罚息怎么算", "逾期一天罚多少", "晚还要多付多少钱"),
		zh("interest", "利息怎么算", "借一万一天多少利息", "年化利率多少"),
		zh("twin-a", "合同在哪里看"), zh("twin-b", "合同在哪里看？"),
		zh("system.welcome", "您好，我是机器人小问", "你好机器人"),
	}
	for i := range entries {
		entries[i].Revision = int(id)
	}
	r, err := knowledge.NewRelease(id, entries)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func open(t testing.TB, r *knowledge.Release, opts Options) *Matcher {
	t.Helper()
	m, err := Open(context.Background(), t.TempDir(), seg(), r, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

func ask(t testing.TB, m *Matcher, utterance string, limit int) knowledge.Result {
	t.Helper()
	res, err := m.Match(context.Background(), utterance, limit)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func top(r knowledge.Result) string {
	if len(r.Matches) == 0 {
		return ""
	}
	return r.Matches[0].Entry
}

func TestMatch(t *testing.T) {
	m := open(t, base(t, 7), patient)
	for _, c := range []struct{ utterance, want string }{
		{"还款失败", "repay-failed"},
		{"钱够的呀 怎么扣款没成功", "repay-failed"},
		{"卡里有錢為什麼還款失敗", "repay-failed"},
		{"还\u200b款失败怎么办？？", "repay-failed"},
		{"my repayment failed, why?", "repay-failed"},
		{"提前还一期", "repay-early"},
		{"全部提前结清", "settle-early"},
		{"提額", "limit-raise"},
		{"额渡太低", "limit-raise"},
		{"换卡", "card-change"},
		{"罚息多少", "penalty"},
		{"利息多少", "interest"},
		{"", ""},
		{"？！……", ""},
		{"\x00\xff\xfe", ""},
		{"🙂🙂", ""},
		{"xyzzy plugh", ""},
	} {
		res := ask(t, m, c.utterance, 4)
		if top(res) != c.want {
			t.Errorf("%q: got %q, want %q", c.utterance, top(res), c.want)
		}
		if res.Release != 7 || res.Variant != Lexical {
			t.Errorf("%q: release %d, variant %q", c.utterance, res.Release, res.Variant)
		}
	}
}

func TestMatchIsFilled(t *testing.T) {
	res := ask(t, open(t, base(t, 7), patient), "還款失敗了怎麼辦", 3)
	got := res.Matches[0]
	want := knowledge.Match{
		Entry: "repay-failed", Revision: 7, Phrasing: "还款失败怎么办",
		Answer:     knowledge.Answer{Lang: knowledge.Chinese, Question: "卡里有钱为什么还款失败", Text: "repay-failed 的答案"},
		Confidence: got.Confidence,
	}
	if got != want {
		t.Errorf("got %+v", got)
	}
	why := res.Why
	if why.Normal != "还款失败了怎么办" || why.Exact || !slices.Contains(why.Covered, "还款失败") || !slices.Equal(why.Missed, []string{"了"}) {
		t.Errorf("why: %+v", why)
	}
	for _, part := range []string{"score", "margin", "likeness", "covered"} {
		if v, ok := why.Parts[part]; !ok || v <= 0 || v > 1.001 {
			t.Errorf("part %s: %v, %v", part, v, ok)
		}
	}
}

func TestAnswerIsInThePhrasingsLanguage(t *testing.T) {
	m := open(t, base(t, 1), patient)
	for utterance, want := range map[string]knowledge.Lang{"auto debit not working": knowledge.English, "扣款不成功": knowledge.Chinese} {
		if got := ask(t, m, utterance, 1).Matches[0]; got.Entry != "repay-failed" || got.Answer.Lang != want {
			t.Errorf("%q: %s in %s", utterance, got.Entry, got.Answer.Lang)
		}
	}
}

func TestExact(t *testing.T) {
	m := open(t, base(t, 1), patient)
	for _, utterance := range []string{"怎么提高额度", "怎麼提高額度?", " 怎么 提高 额度 "} {
		res := ask(t, m, utterance, 5)
		if top(res) != "limit-raise" || res.Matches[0].Confidence != sureExact || !res.Why.Exact || res.Matches[0].Phrasing != "怎么提高额度" {
			t.Errorf("%q: %+v", utterance, res)
		}
	}
	shared := ask(t, m, "合同在哪里看", 5)
	if len(shared.Matches) < 2 || top(shared) != "twin-a" || shared.Matches[1].Entry != "twin-b" ||
		shared.Matches[0].Confidence != sureExact/2 || shared.Matches[1].Confidence != sureExact/2 {
		t.Errorf("two entries claim it: %+v", shared.Matches)
	}
	if zone := knowledge.DefaultThresholds.Decide(shared); zone != knowledge.ZoneClarify {
		t.Errorf("two entries claim it: %s", zone)
	}
}

func TestCounterPhrasing(t *testing.T) {
	m := open(t, base(t, 1), patient)
	for _, utterance := range []string{"提前结清全部贷款", "我要提前结清全部的贷款"} {
		res := ask(t, m, utterance, 9)
		if slices.ContainsFunc(res.Matches, func(x knowledge.Match) bool { return x.Entry == "repay-early" }) {
			t.Errorf("%q: %v", utterance, res.Matches)
		}
		if !slices.Equal(res.Why.Vetoed, []string{"repay-early"}) {
			t.Errorf("%q: vetoed %v", utterance, res.Why.Vetoed)
		}
	}
	if res := ask(t, m, "怎么提前还款", 9); top(res) != "repay-early" || slices.Contains(res.Why.Vetoed, "repay-early") {
		t.Errorf("its own phrasing: %+v", res)
	}
}

func TestSameWordsOnBothSidesAreNoVeto(t *testing.T) {
	r, err := knowledge.NewRelease(1, []knowledge.Entry{not(zh("a", "还款失败怎么办"), "还款失败怎么办"), zh("b", "怎么还款")})
	if err != nil {
		t.Fatal(err)
	}
	if got := top(ask(t, open(t, r, patient), "还款失败怎么办啊", 3)); got != "a" {
		t.Errorf("got %q", got)
	}
}

func TestLimit(t *testing.T) {
	m := open(t, base(t, 1), patient)
	for _, limit := range []int{-1, 0, 1, 2, 100} {
		if n := len(ask(t, m, "怎么还款", limit).Matches); n > max(limit, 0) || limit == 1 && n != 1 {
			t.Errorf("limit %d: %d matches", limit, n)
		}
	}
}

func TestOddBases(t *testing.T) {
	many := zh("many", "额度")
	for i := range 500 {
		text := many.Texts[knowledge.Chinese]
		text.Similar = append(text.Similar, fmt.Sprintf("额度%d怎么用", i))
		many.Texts[knowledge.Chinese] = text
	}
	for name, entries := range map[string][]knowledge.Entry{
		"none":                  nil,
		"only the bot's own":    {zh("system.welcome", "您好")},
		"one with one phrasing": {zh("a", "怎么还款")},
		"one phrasing each":     {zh("a", "怎么还款"), zh("b", "怎么提额"), zh("c", "怎么开票")},
		"the same in all":       {zh("a", "怎么还款", "还款"), zh("b", "怎么还款", "还款"), zh("c", "怎么还款", "还款")},
		"two phrasings":         {zh("a", "怎么还款", "如何还钱"), zh("b", "提额", "涨额度")},
		"nothing but signs":     {zh("a", "？？？")},
		"500 and 1":             {many, zh("b", "还款")},
	} {
		r, err := knowledge.NewRelease(1, entries)
		if err != nil {
			t.Fatal(err)
		}
		m := open(t, r, patient)
		for _, utterance := range []string{"怎么还款", "还款呢", "额度7怎么用", "how", ""} {
			checkResult(t, ask(t, m, utterance, 5), 5)
		}
		if name == "one phrasing each" && top(ask(t, m, "还款怎么还", 1)) != "a" {
			t.Errorf("%s: not found", name)
		}
	}
}

type failer interface{ Errorf(string, ...any) }

// checkResult holds for every result whatsoever.
func checkResult(t failer, res knowledge.Result, limit int) {
	sum, seen, before := 0.0, map[string]bool{}, 1.0
	for _, x := range res.Matches {
		if seen[x.Entry] || !(x.Confidence >= 0 && x.Confidence <= before) || strings.HasPrefix(x.Entry, knowledge.SystemPrefix) {
			t.Errorf("doubled, out of order, out of range or the bot's own: %+v", res.Matches)
		}
		seen[x.Entry], before = true, x.Confidence
		sum += x.Confidence
	}
	if len(res.Matches) > limit || sum > 1+1e-9 {
		t.Errorf("%d matches, together %v", len(res.Matches), sum)
	}
}

func TestMatchProperties(t *testing.T) {
	m := open(t, base(t, 1), patient)
	words := []string{"怎么", "还款", "提前", "结清", "额度", "失败", "合同", "repay", "fail", "银行卡", "，", " ", "你好", "罚", "息", "𠀀", "機", "7.2%"}
	rapid.Check(t, func(t *rapid.T) {
		utterance := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 12).Draw(t, "words"), "")
		limit := rapid.IntRange(0, 12).Draw(t, "limit")
		res, err := m.Match(context.Background(), utterance, limit)
		if err != nil {
			t.Fatal(err)
		}
		checkResult(t, res, limit)
		again, err := m.Match(context.Background(), utterance, limit)
		if err != nil || !reflect.DeepEqual(res, again) {
			t.Errorf("%q: another result, %v", utterance, err)
		}
	})
}

func TestBuiltAgainGivesTheSame(t *testing.T) {
	a, b := open(t, base(t, 1), patient), open(t, base(t, 1), patient)
	for _, utterance := range []string{"怎么还款", "提前还", "额度", "利息怎么算的", "repayment"} {
		if x, y := ask(t, a, utterance, 10), ask(t, b, utterance, 10); !reflect.DeepEqual(x, y) {
			t.Errorf("%q: %+v\nand %+v", utterance, x, y)
		}
	}
}

func TestUse(t *testing.T) {
	m := open(t, base(t, 1), patient)
	next, err := knowledge.NewRelease(2, []knowledge.Entry{zh("invoice", "怎么开发票", "发票")})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Use(context.Background(), next, nil); err != nil {
		t.Fatal(err)
	}
	if res := ask(t, m, "怎么提高额度", 3); res.Release != 2 || top(res) == "limit-raise" || m.Release() != next {
		t.Errorf("the old release still answers: %+v", res)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if err := m.Use(ended, base(t, 3), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("use with an ended context: %v", err)
	}
	if m.Release() != next {
		t.Error("a failed change must change nothing")
	}
}

// Every result is of one release throughout, whatever is swapped meanwhile.
func TestMatchWhileSwapping(t *testing.T) {
	m := open(t, base(t, 1), patient)
	stop := make(chan struct{})
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				res, err := m.Match(context.Background(), "还款失败了", 3)
				if err != nil || top(res) != "repay-failed" || res.Matches[0].Revision != int(res.Release) {
					t.Errorf("%+v, %v", res, err)
					return
				}
			}
		})
	}
	for id := int64(2); id < 12; id++ {
		if err := m.Use(context.Background(), base(t, id), nil); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	all.Wait()
	if got := m.Release().ID; got != 11 {
		t.Errorf("release %d", got)
	}
}

func TestClose(t *testing.T) {
	m := open(t, base(t, 1), patient)
	m.Close()
	m.Close()
	if _, err := m.Match(context.Background(), "还款", 1); !errors.Is(err, knowledge.ErrUnavailable) {
		t.Errorf("match: %v", err)
	}
	if err := m.Use(context.Background(), base(t, 2), nil); !errors.Is(err, knowledge.ErrUnavailable) {
		t.Errorf("use: %v", err)
	}
	if m.Release() != nil {
		t.Error("no release is in force")
	}
}

func TestOpenFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(context.Background(), file, seg(), base(t, 1), Options{}); err == nil {
		t.Error("a file is no folder")
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Open(ended, t.TempDir(), seg(), base(t, 1), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("ended context: %v", err)
	}
}

// The index's files vanish under a running matcher: requests fail, then it heals.
func TestDamageHeals(t *testing.T) {
	dir := t.TempDir()
	m, err := Open(context.Background(), dir, seg(), base(t, 1), patient)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	segments, err := filepath.Glob(filepath.Join(dir, "gen-*", "bleve", "store", "*.zap"))
	if err != nil || len(segments) != 1 {
		t.Fatal(segments, err)
	}
	if err := os.Truncate(segments[0], 0); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Match(context.Background(), "还款失败了", 3); !errors.Is(err, knowledge.ErrUnavailable) {
		t.Fatalf("an emptied index: %v", err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		res, err := m.Match(context.Background(), "还款失败了", 3)
		if err == nil {
			if top(res) != "repay-failed" {
				t.Errorf("healed, but found %+v", res)
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not healed: %v", err)
		}
	}
}

func FuzzMatch(f *testing.F) {
	for _, s := range []string{"还款失败了", "+text:* a~2", "\x00\xff", strings.Repeat("还款 ", 3000), "提前\u202e结清", "7.2% 1,000"} {
		f.Add(s)
	}
	for _, s := range badInputs() {
		f.Add(segment.Clip(s, 600)) // what is beyond is not looked at
	}
	m := open(f, base(f, 1), patient)
	f.Fuzz(func(t *testing.T, s string) { checkResult(t, ask(t, m, s, 4), 4) })
}
