package match

import (
	"slices"
	"testing"
	"unicode/utf8"

	"wenda/knowledge"
)

func nearBase(t testing.TB) *knowledge.Release {
	entries := []knowledge.Entry{
		en(zh("repay", "怎么还款", "查一下还款日", "请问在哪里还钱"), "How do I repay my loan?", "repay early please"),
		not(zh("limit", "怎么提高额度", "提高额度"), "不要提高额度", "请问提高额度呢"),
		zh("term", "能分12期吗", "分3期"), zh("paid", "我还款了", "已经扣款了"), zh("not-paid", "没有收到验证码"),
		zh("twin-a", "合同在哪里"), zh("twin-b", "请问合同在哪里"), zh("greeting", "你好", "谢谢"),
	}
	r, err := knowledge.NewRelease(1, entries)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// nearby of the base, and whether each is held to be a phrasing but for what means nothing.
func TestNear(t *testing.T) {
	m := build(t.Context(), nearBase(t), seg(), &Learnt{Variant: Lexical}, DefaultTarget)
	n := newNearby(m)
	for said, want := range map[string]string{
		"请问怎么还款呢？": "怎么还款", "麻烦问一下，怎么还款": "怎么还款", "我想知道怎么還款啊": "怎么还款", "你好，请问一下怎么还款呀谢谢": "怎么还款",
		"查还款日": "查一下还款日", "在哪里还钱": "请问在哪里还钱", "在哪里还钱呢": "请问在哪里还钱",
		"Can you tell me how do I repay my loan": "How do I repay my loan?", "how do i repay my loan, please?": "How do I repay my loan?", "Repay early": "repay early please",
		"怎么怎还款": "", "怎么还还款": "怎么还款", "怎还么款": "怎么还款", "how do i repya my loan": "How do I repay my loan?", "how do i reppay my loan": "How do I repay my loan?",
		"能分12期": "能分12期吗", "请问能分12期吗": "能分12期吗",

		"怎么还款": "", "怎么提高额度？": "", // exact: not near
		"能分21期吗": "", "能分122期吗": "", "能分13期吗": "", "分3 期呢": "分3期",
		"我还款了吗": "", "已经扣款了吗": "", "我没还款了": "", "有没收到验证码": "", "没收有到验证码": "没有收到验证码", "有收没到验证码": "",
		"合同在哪里呢": "", "请问合同在哪里呀": "", // of two entries
		"提高额度呢": "", "不要提高额度呢": "", // a counter-phrasing
		"": "", "请问": "", "呢": "", "你好啊": "你好", "谢谢啊": "谢谢", "？": "", "今天天气": "",
	} {
		got, ok := n.phrasing(seg().Cut(said))
		if got != want && (ok || want != "") {
			t.Errorf("%q is near %q (%v), want %q", said, got, ok, want)
		}
	}
}

// What is near is answered like the phrasing, and explained as it was said.
func TestNearIsMatchedAsThePhrasing(t *testing.T) {
	m := open(t, nearBase(t), patient)
	res := ask(t, m, "请问怎么还款呢", 3)
	if top(res) != "repay" || res.Matches[0].Confidence != sureExact || res.Matches[0].Phrasing != "怎么还款" || !res.Why.Exact || res.Why.Normal != "请问怎么还款呢" {
		t.Errorf("%+v", res)
	}
	if res := ask(t, m, "能分21期吗", 3); len(res.Matches) > 0 && res.Matches[0].Confidence >= sureExact {
		t.Errorf("%+v", res.Matches)
	}
}

// What is left does not hang on the order of a map: a phrasing with and one without
// courtesies of one entry.
func TestNearIsAlwaysTheSame(t *testing.T) {
	r, err := knowledge.NewRelease(1, []knowledge.Entry{zh("a", "请问还款呢", "还款呀", "想问还款", "麻烦还款", "还款啊")})
	if err != nil {
		t.Fatal(err)
	}
	m := build(t.Context(), r, seg(), &Learnt{Variant: Lexical}, DefaultTarget)
	var all []string
	for range 20 {
		got, _ := newNearby(m).phrasing(seg().Cut("还款"))
		all = append(all, got)
	}
	if all = slices.Compact(all); len(all) != 1 || all[0] == "" {
		t.Errorf("%q", all)
	}
}

func FuzzBare(f *testing.F) {
	for _, s := range []string{"", "请问", "请问怎么还款呢", "一下一下", "吗吗吗", "\xff么", "please please", "么"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		left := bare(s)
		if s != "" && left == "" || len(left) > len(s) || bare(left) != left {
			t.Errorf("%q: %q is left, then %q", s, left, bare(left))
		}
		for slipped := range slips(s) {
			if utf8.ValidString(s) && !utf8.Valid(slipped) {
				t.Errorf("%q became %q", s, slipped)
			}
		}
	})
}
