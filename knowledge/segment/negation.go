package segment

import (
	"slices"
	"strings"
)

// Negated reports whether what the text is about is said not to be: 没收到, 还不了,
// 不能提现, can't. Asking whether (能不能, 有没有, 到账了没, 行不), words that only
// look like a negation (不好意思, 未成年, 特别) and not knowing how (不知道怎么还) do
// not count, nor do two negations that make none (不得不).
func (t Text) Negated() bool {
	if !strings.ContainsAny(t.Normal, "不没未无别勿甭非nuc") {
		return false
	}
	return negatedChinese([]rune(t.Normal)) || negatedEnglish(strings.Fields(t.Normal))
}

// affirmed hold a sign of negation and negate nothing by themselves. The longer come
// first; what they leave over is looked at again.
var affirmed = words(`不得不 不能不 不会不 没有不 不是不 不是没 不可能不 没有一天不 无不 莫不
	不好意思 不知不觉 差不多 不一会儿 不一会 不一定 不见得 不至于 不用谢 不客气 不谢 不要紧 不错 不仅 不但 不光 不只 不止 不过 不管 不论 不然 不如 不妨 不愧 不断 不久 不少 不小心 不同 不等 不时 不禁 要不然 要不
	不知道 不晓得 不清楚 不明白 不太懂 不太明白 不太清楚 不太会 不懂 不了解 不记得 不确定 搞不懂 看不懂 弄不懂 弄不明白 搞不清 搞不清楚 不理解
	没关系 没事 没多久 没几天 没几个月 没想到 没问题 没完没了 没准 没错 没人性 没搞懂 没看懂 没弄懂 没明白 没搞明白 没弄明白 没懂 没太懂
	未成年 未来 未婚 未必 未免 未接来电 未接电话 无论 无聊 无非 无所谓 无疑 无锡 无线 无息 无抵押 无忧 无耻 无语 无奈
	别人 别的 别家 别处 特别 分别 级别 性别 识别 区别 差别 辨别 个别 类别 告别 离别 别名 别墅 别说 别急 别怪
	无卡 无纸化 无还本 有没得`)

// denied is a negation though it looks like a question: 还没还款 is not 去没去.
var denied = words(`还没还`)

// signs of negation; 别 only before what a customer forbids.
var signs = words(`不 没 未 无 甭 勿 非本人 别再 别给 别扣 别打 别催 别让 别把 别发 别联系 别骚扰 别乱 别老 别总 别上`)

func words(list string) [][]rune {
	var out [][]rune
	for _, word := range strings.Fields(list) {
		out = append(out, []rune(word))
	}
	slices.SortStableFunc(out, func(a, b []rune) int { return len(b) - len(a) })
	return out
}

// negatedChinese looks for a sign of negation that nothing explains away.
func negatedChinese(in []rune) bool {
	in = withoutTail(in)
	for i := 0; i < len(in); {
		rest := in[i:]
		if longest(denied, rest) > 0 {
			return true
		}
		if n := max(longest(affirmed, rest), choice(rest)); n > 0 {
			i += n
			continue
		}
		if longest(signs, rest) > 0 {
			return true
		}
		i++
	}
	return false
}

// longest returns the length of the first word that in starts with, or 0.
func longest(words [][]rune, in []rune) int {
	for _, w := range words {
		if len(w) <= len(in) && slices.Equal(w, in[:len(w)]) {
			return len(w)
		}
	}
	return 0
}

// choice returns the length of a question of the form 能不能, 到没到, 可不可以,
// 可以不可以, 有没有, that in starts with, or 0.
func choice(in []rune) int {
	for n := 1; n <= 2; n++ {
		if len(in) > 2*n && (in[n] == '不' || in[n] == '没') && cjk(in[0]) && slices.Equal(in[:n], in[n+1:2*n+1]) {
			return 2*n + 1
		}
	}
	return 0
}

// particles end a sentence and mean nothing here.
const particles = "啊呀吧呢哦噢哈嘛么的"

// withoutTail takes off a question at the end: 到账了没, 审核通过没有, 能提前还不.
// 为什么不 and 都没有 are none.
func withoutTail(in []rune) []rune {
	for len(in) > 0 && (in[len(in)-1] == ' ' || strings.ContainsRune(particles, in[len(in)-1])) {
		in = in[:len(in)-1]
	}
	n := len(in)
	switch {
	case n > 2 && in[n-1] == '有' && in[n-2] == '没' && strings.ContainsRune(asked, in[n-3]):
		return in[:n-2]
	case n > 1 && in[n-1] == '没' && strings.ContainsRune(asked, in[n-2]):
		return in[:n-1]
	case n > 1 && in[n-1] == '不' && (n > 2 || strings.ContainsRune("行能可好在是有成中对会", in[0])) && !strings.ContainsRune("么都也就从绝才老总偏又", in[n-2]):
		return in[:n-1]
	}
	return in
}

// asked stand before 没 or 没有 at the end of a question: 还了没, 到账没有.
const asked = "了过好完到账功成来款上掉"

var (
	negations = []string{"not", "no", "never", "without", "unable", "cannot", "cant", "dont", "doesnt", "didnt", "wont", "wouldnt", "couldnt", "shouldnt",
		"isnt", "arent", "wasnt", "werent", "hasnt", "havent", "hadnt", "aint", "none", "nothing"}
	// unsure follow a negation that is about the customer, not about the question.
	unsure   = []string{"sure", "know", "knew", "understand", "remember", "certain", "only", "problem", "matter", "mind", "one"}
	pronouns = []string{"i", "you", "it", "there", "this", "that", "we", "they", "he", "she"}
)

// negatedEnglish looks for a negation that is no question (can't you, or not) and not
// about knowing.
func negatedEnglish(words []string) bool {
	for i, w := range words {
		if !slices.Contains(negations, w) {
			continue
		}
		next := ""
		if i+1 < len(words) {
			next = words[i+1]
		}
		switch {
		case i == 0 && strings.HasSuffix(w, "t") && w != "not" && w != "cannot" && slices.Contains(pronouns, next): // can't I pay early
		case w == "not" && next == "" && i > 0 && words[i-1] == "or": // or not
		case slices.Contains(unsure, next):
		default:
			return true
		}
	}
	return false
}
