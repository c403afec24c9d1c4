package segment

import (
	"slices"
	"strings"
	"testing"

	"wenda/knowledge"
)

// Which words must come out of questions of two to six characters, and what they mean
// to the list of synonyms. Characters and pairs come out of each.
func TestShortQuestions(t *testing.T) {
	for _, c := range []struct{ in, words, means string }{
		{"还款", "还款", "还款"}, {"还钱", "还钱", "还款"}, {"提额", "提额", "提额"}, {"涨额度", "额度", "提额 额度"}, {"额度", "额度", "额度"},
		{"没到账", "没到账 到账", "钱没到"}, {"钱没到", "", "钱没到"}, {"不到账", "不到账 到账", "钱没到"}, {"改手机号", "手机号 手机", "改手机号 手机号"}, {"换号", "换号", "改手机号"},
		{"免息券", "免息券 免息", "免息券 免息"}, {"转人工", "转人工 人工", "人工"}, {"人工", "人工", "人工"}, {"客服", "客服", "客服"}, {"利息", "利息", "利息"}, {"利钱", "", "利息"},
		{"罚息", "罚息", "罚息"}, {"逾期", "逾期", "逾期"}, {"征信", "征信", "征信"}, {"销户", "销户", "注销"}, {"注销账户", "注销账户 注销 账户", "注销 账户"}, {"注销", "注销", "注销"},
		{"结清", "结清", "结清"}, {"提前还", "提前", "提前还款"}, {"提前还款", "提前还款 还款", "提前还款 还款"}, {"换卡", "换卡", "换卡"}, {"解绑", "解绑", "解绑"}, {"绑卡", "绑卡", "绑卡"},
		{"验证码", "验证码 验证", "验证码"}, {"发票", "发票", "发票"}, {"合同", "合同", "合同"}, {"投诉", "投诉", "投诉"}, {"催收", "催收", "催收"}, {"延期", "延期", "延期还款"}, {"分期", "分期", "分期"},
		{"年化", "年化", "利率"}, {"密码", "密码", "密码"}, {"忘密码", "密码", "密码"}, {"登不上", "登不上", "登不上"}, {"闪退", "闪退", "打不开"}, {"被盗", "被盗", "被盗"}, {"退款", "退款", "退款"},
		{"还不了", "还不了", "还款失败"}, {"借不了", "借不了", "借不了"}, {"冻结", "冻结", "冻结"}, {"起诉", "起诉", "起诉"}, {"app", "app", "app"}, {"软件", "软件", "app"}, {"帳單", "账单", "账单"},
		{"借2万", "20000", ""}, {"借两万", "20000", ""}, {"3期", "3", ""}, {"三期", "3", ""}, {"pin", "pin", "password"}, {"top up", "top up", "top_up"}, {"otp", "otp", "verification_cod"}, {"happy", "happy", ""},
	} {
		text := shared().Cut(c.in)
		for _, word := range strings.Fields(c.words) {
			if !slices.Contains(text.Words, word) {
				t.Errorf("%q: %q is not among the words %q", c.in, word, text.Words)
			}
		}
		for _, word := range strings.Fields(c.means) {
			if !slices.Contains(text.Means, word) {
				t.Errorf("%q: %q is not among the meanings %q", c.in, word, text.Means)
			}
		}
		if c.means == "" && len(text.Means) > 0 && c.in == "happy" {
			t.Errorf("%q means %q", c.in, text.Means)
		}
		if n := len(text.Chars); n > 1 && len(text.Pairs) < n-1 {
			t.Errorf("%q: pairs %q", c.in, text.Pairs)
		}
	}
}

// A tenant's synonyms: the first of the group comes out as a word, whichever was said.
func TestWith(t *testing.T) {
	own := shared().With([]string{"备用金", "随心借", "Flexi Cash"}, []string{"", "，"}, nil, []string{strings.Repeat("长", 500), "短"})
	for _, in := range []string{"备用金怎么还", "随心借怎么还", "隨心借怎么还", "随 心 借怎么还", "flexi cash怎么还"} {
		got := own.Cut(in)
		if !slices.Contains(got.Words, "备用金") || !slices.Contains(got.Means, "备用金") || !slices.Contains(got.Means, "怎么") {
			t.Errorf("%q: words %q, means %q", in, got.Words, got.Means)
		}
	}
	if got := shared().Cut("随心借"); slices.Contains(got.Words, "备用金") {
		t.Error("another base's words are known")
	}
	if got := own.Cut("备用金").Words; !slices.Equal(got, shared().Cut("备用金").Words) {
		t.Errorf("said twice: %q", got)
	}
	if own.Version() == shared().Version() || own.Version() != shared().With([]string{"备用金", "随心借", "Flexi Cash"}, []string{"", "，"}, nil, []string{strings.Repeat("长", 500), "短"}).Version() {
		t.Error("the version must follow the groups")
	}
	if shared().With([]string{"a", "b"}, []string{"c"}).Version() == shared().With([]string{"a"}, []string{"b", "c"}).Version() {
		t.Error("the version must follow where groups end")
	}
}

// The list of synonyms: no group is of one word, and no word is twice in a group.
func TestGeneralGroups(t *testing.T) {
	groups := generalGroups()
	if len(groups) > 150 {
		t.Errorf("%d groups", len(groups))
	}
	for _, group := range groups {
		seen := map[string]bool{}
		for _, word := range group {
			key := Normalise(strings.ReplaceAll(word, PairMark, " "))
			if key == "" || seen[key] {
				t.Errorf("%q of the group %q", word, group[0])
			}
			seen[key] = true
			want := meaningsOf([][]string{group}).find(nil, unitsOf(key))
			if got := shared().Cut(strings.ReplaceAll(word, PairMark, " ")).Means; len(want) != 1 || !slices.Contains(got, want[0]) {
				t.Errorf("%q means %q", word, got)
			}
		}
		if len(group) < 2 {
			t.Errorf("%q stands alone", group)
		}
	}
}

func TestForARelease(t *testing.T) {
	entries := []knowledge.Entry{{ID: "a", Texts: map[knowledge.Lang]knowledge.Text{knowledge.Chinese: {Question: "怎么还款"}}}}
	groups := [][]string{{"备用金", "随心借"}}
	plain, err := knowledge.NewRelease(1, entries)
	if err != nil {
		t.Fatal(err)
	}
	with, err := knowledge.NewRelease(1, entries, knowledge.WithSynonyms(groups))
	if err != nil {
		t.Fatal(err)
	}
	if shared().For(plain) != shared() {
		t.Error("a release without synonyms needs no segmenter of its own")
	}
	if own := shared().For(with); own.Version() != shared().With(groups...).Version() || !slices.Contains(own.Cut("随心借").Words, "备用金") {
		t.Errorf("%s cuts %v", own.Version(), own.Cut("随心借").Words)
	}
}
