package match

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"wenda/knowledge"
	"wenda/knowledge/index"
)

func study(t testing.TB, r *knowledge.Release, s Study) *Learnt {
	t.Helper()
	l, err := Learn(t.Context(), seg(), r, s)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// taught is what is learnt before anything is folded: a fraction of the time.
func taught(t testing.TB, r *knowledge.Release, s Study) *Learnt {
	t.Helper()
	l, err := tuned(t.Context(), seg(), r, s.of(r))
	if err != nil {
		t.Fatal(err)
	}
	l.Stack, l.Curve = prior[Full], uncharted()
	return l
}

// sure is the confidence that an entry is meant, all of them being candidates.
func sure(r *knowledge.Release, l *Learnt, utterance, entry string) float64 {
	var all []index.Candidate
	for place, p := range index.Phrasings(r) {
		all = append(all, index.Candidate{Phrasing: p, Place: place})
	}
	for _, m := range build(context.Background(), r, seg(), l, DefaultTarget).result(seg().Cut(utterance), all, 10).Matches {
		if m.Entry == entry {
			return m.Confidence
		}
	}
	return 0
}

// What customers say in words that no phrasing has is learnt from who confirmed it, and
// with it what is said like that.
func TestConfirmedUtterancesTeach(t *testing.T) {
	r := trade(t)
	before := taught(t, r, Study{})
	after := taught(t, r, Study{Confirmed: []Confirmed{
		{"手机死活不响", "code", 1}, {"手机屏幕干瞪着看", "code", 1},
		{"老头子催我搬家", "close", 1},
	}})
	for utterance, entry := range map[string]string{"手机死活不响": "code", "我手机一直死活不响啊": "code", "老头子又催着搬家": "close"} {
		b, a := sure(r, before, utterance, entry), sure(r, after, utterance, entry)
		if a < b+0.15 {
			t.Errorf("%s: %.2f before, %.2f after", utterance, b, a)
		}
	}
	res := build(t.Context(), r, seg(), after, DefaultTarget).result(seg().Cut("手机死活不响"), nil, 3)
	if top(res) != "code" || res.Why.Exact || res.Matches[0].Phrasing == "手机死活不响" {
		t.Errorf("what was confirmed became a phrasing: %+v", res)
	}
}

func TestALightMistakeFlipsNothing(t *testing.T) {
	r := trade(t)
	l := taught(t, r, Study{Confirmed: []Confirmed{{"怎么样提前还款呀", "code", 0.2}, {"怎么提前还款", "limit", 4}}})
	for _, utterance := range []string{"怎么提前还款", "提前还款怎么弄", "怎样提前还款呢"} {
		if res := build(t.Context(), r, seg(), l, DefaultTarget).result(seg().Cut(utterance), nil, 3); top(res) != "early" {
			t.Errorf("%s is %s", utterance, top(res))
		}
	}
}

func TestStudyIsTheSameInAnyOrder(t *testing.T) {
	r := trade(t)
	s := Study{
		Confirmed: []Confirmed{{"手机死活不响", "code", 1}, {"手机死活 不响！", "code", 0.5}, {"老头子催我搬家", "close", 0.7}, {"老头子催我搬家", "early", 0.7}},
		Outside:   []string{"股票怎么卖", "基金什么时候到账", "基金什么时候到账？"},
	}
	other := Study{Confirmed: slices.Clone(s.Confirmed), Outside: slices.Clone(s.Outside)}
	slices.Reverse(other.Confirmed)
	other.Outside = append([]string{"基金什么时候到账"}, other.Outside...)
	other.Confirmed = append(other.Confirmed, s.Confirmed[0])
	one, two := s.of(r), other.of(r)
	if fmt.Sprint(one.Confirmed, one.Outside) != fmt.Sprint(two.Confirmed, two.Outside) {
		t.Errorf("%v and %v, in another order %v and %v", one.Confirmed, one.Outside, two.Confirmed, two.Outside)
	}
	if len(one.Confirmed) != 3 || one.Confirmed[1].Weight != 1 || len(one.Outside) != 2 {
		t.Errorf("%v and %v", one.Confirmed, one.Outside)
	}
}

func TestStudyKey(t *testing.T) {
	r := trade(t)
	key := func(r *knowledge.Release, s Study) string {
		k, err := s.Key(r, seg())
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	plain, err := Key(r, seg(), Full)
	if err != nil {
		t.Fatal(err)
	}
	noNews := Study{
		Confirmed: []Confirmed{{"手机死活不响", "gone", 1}, {"手机死活不响", "code", 0}, {"手机死活不响", "code", math.NaN()}, {"怎么提前还款？", "code", 1}, {"？？", "code", 1}},
		Outside:   []string{"", "怎么提前还款"},
	}
	if got := key(r, noNews); got != plain {
		t.Errorf("no news, another key: %s, not %s", got, plain)
	}
	same, err := knowledge.NewRelease(3, r.Entries(), knowledge.WithSynonyms([][]string{{"还款", "给钱"}}))
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{
		plain: true, key(same, Study{}): true, key(r, Study{Outside: []string{"股票怎么卖"}}): true,
		key(r, Study{Confirmed: []Confirmed{{"手机死活不响", "code", 1}}}): true, key(r, Study{Confirmed: []Confirmed{{"手机死活不响", "code", 0.5}}}): true,
	}
	if len(keys) != 5 {
		t.Errorf("%d keys of 5 studies", len(keys))
	}
}

// What customers said and no entry answers makes the base warier of what is like it.
func TestOutsideMakesWary(t *testing.T) {
	roundsMost = 4
	defer func() { roundsMost = 1 }()
	r := trade(t)
	outside := []string{
		"信用卡怎么提前还款", "房贷怎么提前还款", "车贷怎么提前还清", "别家平台怎么提前还款", "公积金贷款怎么提前还",
		"信用卡额度怎么提高", "别家的额度太低了", "支付宝怎么提额", "微信怎么注销账户", "淘宝账号怎么注销", "微信收不到验证码", "抖音没收到验证码",
	}
	before, after := study(t, r, Study{}), study(t, r, Study{Outside: outside})
	for utterance, entry := range map[string]string{"按揭怎么提前还款": "early", "京东账号怎么注销": "close", "快手收不到验证码": "code", "花呗怎么提高额度": "limit"} {
		if b, a := sure(r, before, utterance, entry), sure(r, after, utterance, entry); a > b-0.02 {
			t.Errorf("%s: %.2f before, %.2f after", utterance, b, a)
		}
	}
	if after.Asked <= before.Asked {
		t.Errorf("asked %d texts before, %d after", before.Asked, after.Asked)
	}
}

func TestHeldBackOfWhatWasConfirmed(t *testing.T) {
	r := trade(t)
	s := Study{Confirmed: []Confirmed{{"手机死活不响", "code", 0.5}, {"老头子催我搬家", "close", 1}}}.of(r)
	asked, kept := 0, 0
	for _, fold := range foldings(r) {
		_, known, texts, err := fold.split(r, s)
		if err != nil {
			t.Fatal(err)
		}
		for _, list := range texts {
			for _, l := range list {
				for _, c := range s.Confirmed {
					if l.text == c.Utterance {
						asked++
						if l.worth != c.Weight || slices.Contains(known, c) {
							t.Errorf("%+v asked as %+v, still known: %v", c, l, known)
						}
					}
				}
			}
		}
		kept += len(known)
	}
	if asked == 0 || kept == 0 || asked+kept != len(s.Confirmed)*len(foldings(r)) {
		t.Errorf("asked %d times, kept %d times", asked, kept)
	}
}

// A word that only the synonyms of the base know finds what is said with another.
func TestSynonymsOfTheBase(t *testing.T) {
	entries := []knowledge.Entry{zh("open", "怎么开通信用付", "信用付在哪里"), zh("early", "怎么提前还款", "提前结清"), zh("code", "收不到验证码", "验证码没来")}
	plain, err := knowledge.NewRelease(1, entries)
	if err != nil {
		t.Fatal(err)
	}
	with, err := knowledge.NewRelease(1, entries, knowledge.WithSynonyms([][]string{{"白条", "信用付"}}))
	if err != nil {
		t.Fatal(err)
	}
	opts := patient
	opts.Learnt = study(t, plain, Study{Variant: Lexical})
	m := open(t, plain, opts)
	if res := ask(t, m, "白条", 3); top(res) != "" {
		t.Errorf("found without synonyms: %s", top(res))
	}
	for _, l := range []*Learnt{study(t, with, Study{Variant: Lexical}), taught(t, with, Study{})} {
		if err := m.Use(t.Context(), with, l); err != nil {
			t.Fatal(err)
		}
		if res := ask(t, m, "白条", 3); top(res) != "open" || !slices.Contains(res.Why.Covered, "白条") {
			t.Errorf("%s: %+v", l.Variant, res)
		}
	}
	if err := m.Use(t.Context(), plain, opts.Learnt); err != nil {
		t.Fatal(err)
	}
	if res := ask(t, m, "白条", 3); top(res) != "" {
		t.Errorf("found after the synonyms went: %s", top(res))
	}
}

func TestSpoken(t *testing.T) {
	for text, want := range map[string]knowledge.Lang{"怎么还款": knowledge.Chinese, "App 闪退": knowledge.Chinese, "repay early": knowledge.English, "？123": knowledge.English} {
		if got := spoken(text); got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
}

func TestLessonHasTheGroupsOfAModel(t *testing.T) {
	r := base(t, 1)
	lesson, n := lessonOf(r, []Confirmed{{"my debit bounced", "repay-failed", 0.5}, {"钱没划走", "repay-failed", 2}, {"too costly", "interest", 1}})
	groups := build(t.Context(), r, seg(), learn(t, r, Lexical), DefaultTarget).groups
	if len(lesson.Groups) != len(groups) {
		t.Fatalf("%d groups, the model has %d", len(lesson.Groups), len(groups))
	}
	texts := 0
	for i, g := range groups {
		for k, p := range g.phrasings {
			if lesson.Groups[i].Texts[k] != p.text || lesson.Groups[i].Weights[k] != 1 {
				t.Errorf("group %d: %v", i, lesson.Groups[i])
			}
		}
		texts += len(lesson.Groups[i].Texts)
		if slices.Contains(lesson.Groups[i].Texts, "my debit bounced") && g.lang != knowledge.English ||
			slices.Contains(lesson.Groups[i].Texts, "钱没划走") && g.lang != knowledge.Chinese ||
			slices.Contains(lesson.Groups[i].Texts, "too costly") && g.entry.ID != "interest" {
			t.Errorf("%s in %s: %v", g.entry.ID, g.lang, lesson.Groups[i])
		}
	}
	if texts != n {
		t.Errorf("%d texts, counted %d", texts, n)
	}
}
