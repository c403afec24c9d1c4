package match

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"wenda/knowledge"
)

// synthetic is a base of n entries with ten phrasings each. Its words are few, so
// that postings are longer and matching dearer than on a real base of that size.
func synthetic(tb testing.TB, n int) *knowledge.Release {
	subjects := strings.Fields("还款 借款 额度 利息 账单 发票 合同 征信 验证码 银行卡 优惠券 密码 手机号 逾期 提现 分期 注销 投诉 罚息 结清")
	patterns := strings.Fields("怎么%s 为什么%s不了 %s在哪里看 %s多久到 我想%s %s失败了 能不能%s %s要收费吗 %s错了怎么改 什么时候可以%s")
	entries := make([]knowledge.Entry, n)
	for i := range entries {
		phrasings := make([]string, len(patterns))
		for k, p := range patterns {
			phrasings[k] = fmt.Sprintf(p, subjects[i%len(subjects)]+subjects[(i/len(subjects)+k)%len(subjects)]) + string(rune('一'+i))
		}
		entries[i] = zh(fmt.Sprintf("e%05d", i), phrasings...)
	}
	r, err := knowledge.NewRelease(1, entries)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func BenchmarkMatch(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprintf("%d phrasings", n*10), func(b *testing.B) {
			m := open(b, synthetic(b, n), patient)
			questions := []string{"我的还款为什么扣不了", "验证码收不到怎么办", "想提前结清贷款要收费吗", "征信上有逾期怎么改", "怎么换一张银行卡"}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := m.Match(context.Background(), questions[i%len(questions)], 4); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkBuild(b *testing.B) {
	r := synthetic(b, 200)
	b.ReportAllocs()
	for b.Loop() {
		build(b.Context(), r, seg(), &Learnt{Variant: Lexical}, DefaultTarget)
	}
}
