package segment

import (
	"strings"
	"testing"
)

// Texts that say that something is not, one a line, and texts that do not.
const (
	negated = `没收到验证码
没到账
钱没到账
为什么不能提现
还不了款
登录不上
打不开app
无法还款
我不想借了
不还款会怎样
未到账
无力还款
没有额度
额度怎么没有了
一点额度都没有
钱还没到
我还没还款会逾期吗
能不能不还利息
是不是不能提前还
有没有不收费的
不是我借的
没办法还款
别再打电话了
不要联系我家人
没通过审核
收不到短信
没扣款
为什么不
他都没有
不会收费吧
什么时候不用还了
我不会还款
额度不够
I can't pay
my card is not working
why was it declined, I did not do anything
I haven't received the money
cannot log in
why won't it work
money never arrived
unable to pay
pay without interest
it no longer works
I don’t want the loan`

	affirmative = `收到验证码
到账了吗
能不能提现
可不可以提前还款
要不要手续费
是不是要收费
有没有优惠
会不会上征信
行不行
钱到没到账
到账了没
到账了没有
审核通过没有
能提前还不
可以不可以
收没收到
有没得影响
行不
出了事找我不
不好意思问一下怎么还款
不知道怎么还款
我不懂怎么还
不小心点了借款
特别着急怎么还
别人帮我还款
人脸识别怎么弄
未成年能借吗
差不多要多少利息
没关系怎么还
不得不借款
不过我想问利息
没问题
怎么还款
还款
can I pay early
can't I pay early
I don't know how to pay
not sure how to repay
is it free or not
isn't there a fee
no problem, how do I pay
notify me
know the rate`
)

func TestNegated(t *testing.T) {
	for _, c := range []struct {
		lines string
		want  bool
	}{{negated, true}, {affirmative, false}} {
		for line := range strings.Lines(c.lines) {
			line = strings.TrimSpace(line)
			if got := shared().Cut(line).Negated(); got != c.want {
				t.Errorf("%q negated: %v", line, got)
			}
		}
	}
}
