package segment

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// On each line all are the same amount, written as the first, where _ is a space.
const sameAmounts = `
12000 一万二 1.2万 1万2 1万2千 1万2000 一万二千 1w2 1.2w 12千 12k 一点二万 壹万贰仟 12,000 １２０００
2500 2千5 两千五 二千五百 2500 2.5千 2.5k 2k5 两千五百
200 两百 二百 2百 200 兩百 贰佰
350 三百五 三百五十 3百5 350
105 一百零五 一百〇五 105
30500 三万零五百 3万零500 30500 3.05万
1000000 一百万 100万 1百万 100w 1000000
120000000 一亿二千万 1.2亿 1亿2千万 一亿二
50 五十 50 伍拾
3% 百分之三 百分之3 3% ３％ 3.0% 3.00%
0.5% 百分之零点五 千分之五 5‰ 0.5% 0.50%
0.05% 万分之五 万分之5 0.05%
10% 百分之十 10%
3000元 三千块 三千块钱 3000块 三千元 3000元钱 叁仟元 3000.00元
5元 五块 5块 五块钱 五元 5元
7.5元 七块五 7块5 七块5 七块五毛 7块5毛钱 7.5块 7.5元 7.50元
3到5天 三到五天 3到五天 三到5天
15号 十五号 15号
5号 五号 05号 5号
21日 二十一日 21日
2026年 二零二六年 二〇二六年 两千零二十六年 2026年
12期 十二期 12期
6个月 六个月 6个月
1个月 一个月 1个月
12个月 十二个月 12个月
3月 三月 03月 3月
7天 七天 7天
2天 两天 2天
24小时 二十四小时 24小时
2次 两次 2次
第2次 第二次 第2次
18岁 十八岁 18岁
22周岁 二十二周岁 22周岁
8折 八折 8折
3.5个点 三点五个点 3.5个点
95588 九五五八八 95588
110 一一零 110
借10000_5年还 借一万五年还 借一万，五年还
10000_12期 一万十二期 1万12期 1万十二期
借15000元 借一万五元 借一万五块 借1万5块钱
`

// In these nothing may become a number.
const notNumbers = `一下 一直 万一 千万 千万别 一般 三方 第三方 十分 十分着急 一点 一点点 二维码 两面 一个 一个人 两个 三个 百分百 百分之百 百分点
一样 一起 一定 一切 一些 一共 一旦 一律 一致 一次性 一次性还清 一次 再一次 一类卡 二类卡 二次放款 三方协议 第一 唯一 统一 统一年费 单一 之一 周一 周三天 星期三 礼拜五
星期五号码 一会儿 一会 一边 一块 一块还 一块儿还 一家 一手 一口气 一模一样 一五一十 三三两两 七七八八 九九八十一 两三千 两三天 三五天 七八百 几十万 几百块 几千 十几万 十多天 二十多万 二十几 数十万 上千块 上百万
成千上万 千千万万 百万 千元 万元 十一 双十一 双十二 五一 六一 三八 十字路口 十二指肠 十全十美 四川 三星 九江 八卦 五险一金 零钱 零利息 零首付 两者 两边 这两天 那两天 哪一天 每一期 上一期 下一期 前一天 同一天 另一张卡 某一笔 这一笔
三天两头 一天到晚 十万火急 一年一度 三号码 一元化 七年级 两年级 半年 半个月 一半 两半 二手车 二手房 四大行 百分之几 万达 百度 千金 百姓 亿联 陆金所 一日三餐 二号码 三月供 一期间 两次性 三笔记 一张嘴 三元素 五天然 四周边 六小时候 俩 仨 第一次 一天比一天 一张 一笔 换一张卡 有一笔借款 几号 几天 几个月
初一 初十 老三 大三 一百两 五十两 二两 半斤八两 一刀两断 接二连三 丢三落四 颠三倒四 朝三暮四 一心一意 说一不二 独一无二 一清二楚 十有八九 不一 不一致 逐一 专一 进一步 一一 一二三 三四五 点一点 差一点 有一点 早一点 一对一 二选一 三选一 五折叠 1.2.3 iphone15 a1b2 v2.0 401k app2千
年化七点二 两点 三点 十点 一分 两分 五角 九成 一成 二级 三级 一等 二等 四面 八方 六合 七夕 九寨沟 十三香 十八罗汉 三生三世 四季 五星 六神无主`

func TestEqualAmountsAreEqualTokens(t *testing.T) {
	for line := range strings.Lines(strings.TrimSpace(sameAmounts)) {
		forms := strings.Fields(line)
		want := strings.ReplaceAll(forms[0], PairMark, " ")
		for _, form := range forms[1:] {
			if got := Normalise(form); got != want {
				t.Errorf("%q is %q, want %q", form, got, want)
			}
			if got := shared().Cut("我" + form + "吗").Words; !reflect.DeepEqual(got, shared().Cut("我"+want+"吗").Words) {
				t.Errorf("%q is cut into %q", form, got)
			}
		}
	}
}

func TestWhatIsNoNumberStays(t *testing.T) {
	for _, word := range strings.Fields(notNumbers) {
		if got := Normalise(word); got != word {
			t.Errorf("%q became %q", word, got)
		}
		if got := Normalise("我" + word + "了"); got != "我"+word+"了" {
			t.Errorf("%q became %q in a sentence", word, got)
		}
	}
}

// No word of the trade or of the dictionary is rewritten. words.txt is generated with
// Normalise, so a change of rules shows there, word by word: the 340 words of gse's
// that were taken for numbers when this was written were read, and all are amounts.
func TestWordsOfTheDictionaryStay(t *testing.T) {
	for line := range strings.Lines(businessWords) {
		for _, word := range strings.Fields(line) {
			if n := 0; line[0] != '#' && allCJK(word, &n) && Normalise(word) != word {
				t.Errorf("%q became %q", word, Normalise(word))
			}
		}
	}
	for line := range strings.Lines(commonWords) {
		if word, _, ok := strings.Cut(line, " "); ok && word[0] != '#' && Normalise(word) != word {
			t.Errorf("%q became %q", word, Normalise(word))
		}
	}
}

func TestNumeralsAreIdempotent(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	alphabet := []rune("毛到星零〇一二两三五九十百千万亿点年月号日天个分之块钱元期次第几多半wk%‰.,05219 a的壹拾佰周一")
	for range 40_000 {
		in := make([]rune, 1+random.IntN(9))
		for i := range in {
			in[i] = alphabet[random.IntN(len(alphabet))]
		}
		once := Normalise(string(in))
		if twice := Normalise(once); twice != once {
			t.Fatalf("%q becomes %q, and then %q", string(in), once, twice)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"怎么还款", ""}, {"", ""}, {"一下子还不上", ""}, {"iphone15 a1", ""},
		{"借一万二", "12000"}, {"还三千块", "3000 money"}, {"500 RMB", "500 money"}, {"100dollars", "100 money"},
		{"年化7.20%", "7.2 percent"}, {"收三个点吗", "3 percent"}, {"3 per cent", "3 percent"}, {"万分之五", "0.05 percent"},
		{"十五号还款", "15 day"}, {"每月15日", "15 day"}, {"on the 25th", "25 day"}, {"三月十五号", "3 month,15 day"}, {"11月", "11 month"},
		{"二零二六年三月", "2026 year,3 month"}, {"分12期", "12 months"}, {"第3期", "3"}, {"半年", "6 months"}, {"六个月", "6 months"}, {"一年半", "18 months"},
		{"两年", "24 months"}, {"2 years", "24 months"}, {"一个半月", "1.5 months"}, {"七天", "7 days"}, {"2周", "14 days"}, {"30 days", "30 days"}, {"半个月", "15 days"},
		{"24小时", "1440 minutes"}, {"3小时候", "3"}, {"扣了两次", "2"}, {"13800000000", "13800000000"}, {"6222 0000", "6222,0000"}, {"62220000000000000000", "62220000000000000000"},
		{"借1万，5年还", "10000,60 months"}, {"3% 3%", "3 percent"}, {"45号", "45"}, {"1.2.3", "1.2.3"},
	} {
		var got []string
		for _, n := range shared().Cut(c.in).Numbers() {
			got = append(got, n.String())
		}
		if strings.Join(got, ",") != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}

func TestSameNumber(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"一万二", "12000元", true}, {"3%", "3元", false}, {"3个点", "百分之三", true}, {"半年", "六个月", true}, {"15号", "十五日", true}, {"1年", "12期", true}, {"3天", "3个月", false},
	} {
		a, b := shared().Cut(c.a).Numbers(), shared().Cut(c.b).Numbers()
		if len(a) != 1 || len(b) != 1 || a[0].Same(b[0]) != c.want || b[0].Same(a[0]) != c.want {
			t.Errorf("%q (%v) and %q (%v) the same: want %v", c.a, a, c.b, b, c.want)
		}
	}
}
