package match

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wenda/knowledge"
)

// trade is a small base in which every entry has phrasings to spare.
func trade(t testing.TB) *knowledge.Release {
	t.Helper()
	r, err := knowledge.NewRelease(3, []knowledge.Entry{
		zh("early", "怎么提前还款", "能不能早点还清", "想一次性结清", "提前结清怎么操作", "可以提早还吗", "剩下的想全还了"),
		zh("failed", "还款失败怎么办", "卡里有钱怎么扣不了", "扣款没成功", "还不进去", "余额够的还是失败", "为啥扣不到钱"),
		zh("date", "还款日是几号", "每个月哪天还", "什么时候还款", "几号扣钱", "最晚哪天还", "还款时间"),
		zh("limit", "怎么提高额度", "额度太低了", "想多借一点", "能涨额度吗", "提额", "额度怎么变多"),
		zh("code", "收不到验证码", "验证码没来", "短信一直没收到", "没有验证码", "验证码收不到怎么办", "等了半天没短信"),
		zh("close", "怎么注销账户", "我要销户", "不想用了怎么关掉", "账号怎么注销", "注销", "把我的号关了"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func learn(t testing.TB, r *knowledge.Release, variant string) *Learnt {
	t.Helper()
	l, err := Learn(t.Context(), seg(), r, Study{Variant: variant})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLearn(t *testing.T) {
	r := trade(t)
	for _, variant := range Variants {
		t.Run(variant, func(t *testing.T) {
			l := learn(t, r, variant)
			opts := patient
			opts.Learnt = l
			m := open(t, r, opts)
			for utterance, want := range map[string]string{"钱够的为什么扣不了款": "failed", "能早点还清吗": "early", "额度低 想提一下": "limit"} {
				res := ask(t, m, utterance, 3)
				if top(res) != want || res.Variant != variant || res.Thresholds != l.Thresholds(DefaultTarget) {
					t.Errorf("%s: %s of %s, thresholds %v", utterance, top(res), res.Variant, res.Thresholds)
				}
			}
			if res := ask(t, m, "今天天气怎么样", 3); res.Zone() == knowledge.ZoneAnswer {
				t.Errorf("the weather is answered with %s, %.2f", top(res), res.Matches[0].Confidence)
			}
		})
	}
}

// What the index does not name is found by what it means.
func TestMeaningFindsWhatTheIndexDoesNot(t *testing.T) {
	r := trade(t)
	for variant, want := range map[string]string{Full: "failed", Semantic: "failed", Lexical: ""} {
		res := build(t.Context(), r, seg(), learn(t, r, variant), DefaultTarget).result(seg().Cut("钱够的为什么扣不了款"), nil, 3)
		if got := top(res); got != want {
			t.Errorf("%s: %q, want %q", variant, got, want)
		}
	}
}

func TestLearnIsDeterministic(t *testing.T) {
	file := func() []byte {
		var b bytes.Buffer
		if err := learn(t, trade(t), Full).Write(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	if !bytes.Equal(file(), file()) {
		t.Error("learnt twice, two files")
	}
}

func TestLearnOddBases(t *testing.T) {
	for name, entries := range map[string][]knowledge.Entry{
		"empty": nil, "one entry": {zh("a", "怎么还款")}, "one phrasing each": {zh("a", "怎么还款"), zh("b", "怎么提额"), zh("c", "怎么注销"), zh("d", "没收到验证码"), zh("e", "什么时候放款")},
		"the same everywhere": {zh("a", "还款", "还款", "还款"), zh("b", "还款", "还款", "还款")},
		"no letters":          {zh("a", "？？", "！", "…")},
		"two languages":       {en(zh("a", "怎么还款", "还款方式", "去哪还"), "how to repay", "repay where", "ways to pay"), en(zh("b", "怎么提额", "涨额度", "额度低"), "raise my limit", "more credit", "limit too low")},
		"two of one":          {zh("a", "怎么还款", "去哪还", "还钱"), zh("b", "怎么还款？", "去哪里还", "怎么还钱")},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := knowledge.NewRelease(1, entries)
			if err != nil {
				t.Fatal(err)
			}
			opts := patient
			opts.Learnt = learn(t, r, Full)
			m := open(t, r, opts)
			for _, utterance := range []string{"怎么还款", "", "？", "how to repay", "完全没关系的话"} {
				checkResult(t, ask(t, m, utterance, 3), 3)
			}
			if len(entries) > 1 && name == "one phrasing each" {
				if res := ask(t, m, "怎么提高额度", 3); top(res) != "b" || res.Limits().Answer > 1 {
					t.Errorf("%s, %+v", top(res), res.Limits())
				}
			}
		})
	}
}

func TestLearnEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	steps := 0
	_, err := Learn(ctx, seg(), trade(t), Study{Progress: func(done, of int) {
		steps++
		if done != steps || of != folds*roundsMost+3 {
			t.Errorf("step %d is %d of %d", steps, done, of)
		}
		cancel()
	}})
	if !errors.Is(err, context.Canceled) || steps != 1 {
		t.Errorf("%v after %d steps", err, steps)
	}
}

func TestProgressGrowsToTheEnd(t *testing.T) {
	last, whole := 0, 0
	if _, err := Learn(t.Context(), seg(), trade(t), Study{Variant: Lexical, Progress: func(done, of int) {
		if done <= last || whole > 0 && of != whole {
			t.Errorf("%d of %d after %d of %d", done, of, last, whole)
		}
		last, whole = done, of
	}}); err != nil {
		t.Fatal(err)
	}
	if last != whole || whole == 0 {
		t.Errorf("ended at %d of %d", last, whole)
	}
}

func TestLearnRefusesOtherVariants(t *testing.T) {
	if _, err := Learn(t.Context(), seg(), trade(t), Study{Variant: "magic"}); err == nil {
		t.Error("it learnt magic")
	}
}

func TestKeyNamesWhatIsLearnt(t *testing.T) {
	keys := map[string]bool{}
	for _, entries := range [][]knowledge.Entry{
		{zh("a", "怎么还款")}, {zh("b", "怎么还款")}, {zh("a", "怎么还款", "去哪还")}, {not(zh("a", "怎么还款"), "怎么借款")}, {zh("a", "怎么还款")},
	} {
		r, err := knowledge.NewRelease(1, entries)
		if err != nil {
			t.Fatal(err)
		}
		key, err := Key(r, seg(), Full)
		if err != nil {
			t.Fatal(err)
		}
		keys[key] = true
	}
	if len(keys) != 4 {
		t.Errorf("%d keys of 4 bases", len(keys))
	}
}

func TestLearntFile(t *testing.T) {
	r := trade(t)
	for _, variant := range Variants {
		t.Run(variant, func(t *testing.T) {
			l := learn(t, r, variant)
			var b bytes.Buffer
			if err := l.Write(&b); err != nil {
				t.Fatal(err)
			}
			again, err := ReadLearnt(b.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			one, two := build(t.Context(), r, seg(), l, DefaultTarget), build(t.Context(), r, seg(), again, DefaultTarget)
			for _, utterance := range []string{"钱够的为什么扣不了款", "早点还清", "天气"} {
				a, b := one.result(seg().Cut(utterance), nil, 5), two.result(seg().Cut(utterance), nil, 5)
				if fmt.Sprint(a) != fmt.Sprint(b) {
					t.Errorf("%s: %v, read again %v", utterance, a, b)
				}
			}
			for _, bad := range [][]byte{nil, b.Bytes()[:3], b.Bytes()[:b.Len()-1], append(slices.Clone(b.Bytes()), 0), []byte("\xff\xff\xff\xff{}"), []byte("\x02\x00\x00\x00{}")} {
				if _, err := ReadLearnt(bad); !errors.Is(err, ErrFormat) {
					t.Errorf("%d bytes: %v", len(bad), err)
				}
			}
		})
	}
}

func FuzzReadLearnt(f *testing.F) {
	var b bytes.Buffer
	if err := learn(f, trade(f), Lexical).Write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("\x02\x00\x00\x00{}"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if _, err := ReadLearnt(file); err != nil && !errors.Is(err, ErrFormat) {
			t.Fatalf("an error of another kind: %v", err)
		}
	})
}

// The higher the target, the higher the confidence it takes and the less is answered.
func TestCurveIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []asking
		for i := range rapid.IntRange(1, 60).Draw(t, "n") {
			a := asking{fold: i % folds, kind: kind(rapid.IntRange(0, 2).Draw(t, "kind")), weight: 1}
			e := example{weight: 1, right: float64(rapid.IntRange(0, 1).Draw(t, "right"))}
			e.signs[bias], e.signs[score] = 1, float64(rapid.IntRange(0, 20).Draw(t, "score"))/20
			a.ranked = []example{e}
			all = append(all, a)
		}
		points := curve(all, Lexical, rapid.IntRange(1, 1000).Draw(t, "entries"))
		for i, p := range points[1:] {
			before := points[i]
			if p.Answer < before.Answer || p.Answered > before.Answered || p.Answered > 0 && p.Precision < p.Target-1e-9 || p.Clarify > p.Answer {
				t.Fatalf("%+v, then %+v", before, p)
			}
		}
	})
}

func TestSplitTakesAFoldOut(t *testing.T) {
	r := trade(t)
	if n := len(foldings(r)); n != folds*roundsMost {
		t.Errorf("%d folds of a small base", n)
	}
	for _, fold := range foldings(r) {
		rest, _, texts, err := fold.split(r, Study{})
		if err != nil {
			t.Fatal(err)
		}
		left := map[string]bool{}
		for _, e := range rest.Entries() {
			for _, text := range phrasingsOf(e) {
				left[text] = true
			}
		}
		total := len(left)
		for k, list := range texts {
			for _, l := range list {
				total++
				_, known := rest.Entry(l.entry)
				if left[l.text] || known != (kind(k) == in) {
					t.Errorf("%+v: %+v of kind %d is left: %v", fold, l, k, left[l.text])
				}
			}
		}
		if total != 36 || len(texts[in]) == 0 || len(texts[near]) == 0 {
			t.Errorf("%+v: %d texts, %d in scope, %d near", fold, total, len(texts[in]), len(texts[near]))
		}
	}
}
