package script

import (
	"math/rand/v2"
	"strings"

	"wenda/knowledge"
	"wenda/knowledge/sample"
)

// words are what people say. Questions are of the sample base, so that answers come.
type words struct{ questions []string }

func newWords() (words, error) {
	entries, err := sample.Entries()
	if err != nil {
		return words{}, err
	}
	var w words
	for _, e := range entries {
		text, ok := e.Texts[knowledge.Chinese]
		if !e.Matchable() || !ok {
			continue
		}
		w.questions = append(w.questions, text.Question)
		w.questions = append(w.questions, text.Similar...)
	}
	return w, nil
}

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

func (w words) question(r *rand.Rand) string { return pick(r, w.questions) }

// burst is one thought in several lines, as people type.
func (w words) burst(r *rand.Rand) []string {
	lines := []string{pick(r, openings)}
	if r.IntN(2) == 0 {
		lines = append(lines, pick(r, halves))
	}
	whole := []rune(w.question(r))
	if cut := len(whole) / 2; r.IntN(2) == 0 && cut > 1 {
		return append(lines, strings.TrimSpace(string(whole[:cut])), strings.TrimSpace(string(whole[cut:])))
	}
	return append(lines, string(whole))
}

var (
	openings = []string{"你好", "在吗", "您好", "请问", "我想问下", "hi"}
	halves   = []string{"那个", "就是", "我昨天还款的时候", "不太明白", "我的账户"}
	nonsense = []string{"今天天气不错", "阿巴阿巴", "？？？", "嗯", "好的", "谢谢", "算了"}
	persons  = []string{"转人工", "人工客服", "我要找真人", "转接人工"}
	toAgent  = []string{"好的，麻烦您了", "我等一下", "是的", "还有一个问题", "那利息怎么算", "明白了", "我看看"}
	ofAgent  = []string{"您好，我来帮您看一下。", "请稍等。", "已经为您登记。", "请问还有其他问题吗？", "系统显示正常。", "这个需要一到三个工作日。"}
	notes    = []string{"客户情绪平稳", "已核对", "需要跟进"}
)
