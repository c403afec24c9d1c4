package segment

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// numerals writes amounts in one way, so that equal ones are equal tokens:
// 一万二, 1.2万, 1万2 and 1w2 are 12000, 百分之三 is 3%, 三千块 is 3000元. It takes
// what spaced returns. A numeral of Chinese is rewritten only where it can be nothing
// else: one of at least a hundred (两百), two digits with 十 between (五十), a year or
// a row of digits (九五五八八), and smaller ones before a unit (十五号, 两天). 一下,
// 万一, 十分, 三方 and the like stay, as do estimates (两三千, 几十万, 二十多).
func numerals(in []rune) []rune {
	if !slices.ContainsFunc(in, numeric) {
		return in
	}
	w := rewriter{in: in, out: make([]rune, 0, len(in)+8)}
	for w.at < len(in) {
		switch n := w.idiom(); {
		case n > 0:
			w.copy(n)
		case !numeric(in[w.at]):
			w.copy(1)
		case !w.share():
			w.number()
		}
	}
	return w.out
}

// rewriter is numerals at work: in up to at is done.
type rewriter struct {
	in, out []rune
	at      int
}

func (w *rewriter) copy(n int) {
	w.out = append(w.out, w.in[w.at:w.at+n]...)
	w.at += n
}

// put writes a number instead of the next n runes. A space keeps it from growing
// together with what stands beside it.
func (w *rewriter) put(number string, n int) {
	if last := len(w.out) - 1; last >= 0 && (sticky(w.out[last]) || w.out[last] == '%') {
		w.out = append(w.out, ' ')
	}
	w.out = append(w.out, []rune(number)...)
	w.at += n
	if w.at < len(w.in) && sticky(w.in[w.at]) {
		w.out = append(w.out, ' ')
	}
}

func sticky(r rune) bool { return numeric(r) || latin(r) }

// rune returns what stands n runes after the next one, or a space.
func (w *rewriter) rune(n int) rune {
	if i := w.at + n; i >= 0 && i < len(w.in) {
		return w.in[i]
	}
	return ' '
}

func (w *rewriter) has(n int, text string) bool {
	for _, r := range text {
		if w.rune(n) != r {
			return false
		}
		n++
	}
	return true
}

// idiom returns the length of the idiom that comes next, or 0.
func (w *rewriter) idiom() int {
	if r := w.in[w.at]; r < 0x2E80 {
		return 0
	}
	for _, words := range idioms {
		if w.has(0, words) {
			return utf8.RuneCountInString(words)
		}
	}
	return 0
}

var idioms = []string{"第一次", "一天比一天", "一天到晚", "一天天", "一年到头", "一年四季", "一年一度", "一年半载", "一日三餐", "一日游", "一期一会",
	"三天两头", "三天打鱼两天晒网", "三年五载", "两天打鱼", "十万火急", "十万个为什么", "一百一", "三百六十行", "二百五十六"}

// share rewrites 百分之三, 千分之五 and 万分之五 as per cent.
func (w *rewriter) share() bool {
	part := strings.IndexRune("百千万", w.in[w.at])
	if part < 0 || !w.has(1, "分之") {
		return false
	}
	n := w.span(3)
	value, used, _ := w.value(3, n)
	if used == 0 || used < n || w.rune(3+n) == '%' || w.rune(3+n) == '‰' {
		w.copy(3)
		return true
	}
	w.put((value/[]amount{1, 10, 100}[part/3]).String()+"%", 3+n)
	return true
}

// number rewrites or copies the numeral that comes next.
func (w *rewriter) number() {
	n := w.span(0)
	value, used, kind := w.value(0, n)
	switch {
	case latin(w.rune(-1)) || used == 0: // a part of a name, or no number
		w.copy(n)
	case kind == literal:
		w.literal(value, used)
	case w.rune(used) == '‰' || w.wanted(value, used, kind):
		w.money(value, used)
	default:
		w.copy(used)
	}
}

// literal rewrites what is in digits already: 3块, 05号, 2.50%, 5‰, 2w, 1w2.
func (w *rewriter) literal(value amount, n int) {
	scale := map[rune]amount{'w': 10_000, 'k': 1_000}[w.rune(n)]
	tail, after := w.rune(n+1), w.rune(n+2)
	switch {
	case scale > 0 && value >= one && value < 10_000*one && value != 401*one && !sticky(tail):
		w.money(value*scale, n+1)
	case scale > 0 && value >= one && value < 1_000*one && digit(tail) && !sticky(after) && after != '.':
		w.money(value*scale+amount(tail-'0')*scale/10*one, n+2)
	case w.rune(n) == '%' || w.rune(n) == '‰' || strings.ContainsRune("元块", w.rune(n)) && !w.odd(n, 1),
		n == 2 && w.rune(0) == '0' && strings.ContainsRune("号日月", w.rune(n)) && value > 0:
		w.money(value, n)
	default:
		w.copy(n)
	}
}

// money puts a number, with what stands for yuan after it as 元: 3块, 3块钱, 7块5,
// 7块五毛. It makes per mille per cent.
func (w *rewriter) money(value amount, n int) {
	if w.rune(n) == '‰' {
		w.put((value/10).String()+"%", n+1)
		return
	}
	if yuan := w.rune(n); yuan != '块' && yuan != '元' || w.odd(n, 1) {
		w.put(value.String(), n)
		return
	}
	if f := w.tenths(n + 1); w.rune(n) == '块' && f > 0 && value < 1_000*one && value%one == 0 {
		value, n = value+f*one/10, n+1
		if strings.ContainsRune("毛角", w.rune(n+1)) {
			n++
		}
	}
	n++
	for w.rune(n) == '钱' {
		n++
	}
	w.put(value.String()+"元", n)
}

// tenths returns the digit that stands n runes on, if it is about money and stands
// alone; 0 if not.
func (w *rewriter) tenths(n int) amount {
	r, after := w.rune(n), w.rune(n+1)
	if r == '两' || sticky(after) || strings.ContainsRune("点‰%.分", after) || w.unit(n+1) != "" {
		return 0
	}
	if digit(r) {
		return amount(r - '0')
	}
	return max(0, amount(figure(r)))
}

// wanted reports whether a numeral of Chinese is to be written in digits.
func (w *rewriter) wanted(value amount, n int, kind kind) bool {
	before, after := w.rune(-1), w.rune(n)
	if before == '几' || before == '数' {
		return false
	}
	unit := w.unit(n)
	if unit == "" && (after == '到' || after == '至') { // 三到五天
		unit = w.ranged(n + 1)
	}
	switch kind {
	case large, row:
		return true
	case tens:
		return !strings.ContainsRune("几多来余", after)
	case point:
		return slices.Contains([]string{"元", "块", "块钱", "倍", "折", "个点", "个百分点"}, unit)
	}
	return unit != "" && w.counts(value, n, unit)
}

// ranged returns the unit of the numeral that stands n runes on, "" if it is yuan or if
// the number is large: 三到五天.
func (w *rewriter) ranged(n int) string {
	m := w.span(n)
	_, written := decimal(w.in[min(w.at+n, len(w.in)):][:m])
	unit := w.unit(n + m)
	if m == 0 || written && m > 3 || strings.ContainsAny(unit, "元块") {
		return ""
	}
	return unit
}

// counts reports whether a small numeral counts the unit, by what people say: 两天
// but 二号, 一年 but not 哪一年, 第二次 but not 二次. 一次, 一张 and 一笔 mostly count
// nothing.
func (w *rewriter) counts(value amount, n int, unit string) bool {
	before, said := w.rune(-1), w.rune(0)
	switch {
	case before == '第':
		return unit != "块"
	case strings.ContainsRune("周拜初老双", before), before == '期' && w.rune(-2) == '星':
		return false
	case n > 1:
		return true
	case said == '一':
		return !strings.Contains("块次张笔", unit) && !strings.ContainsRune("哪那这某每上下前后同任另再又头统唯惟单专划逐不之其进复", before)
	case said == '两':
		return !strings.Contains("月月份号日", unit) && before != '这' && before != '那'
	case said == '二':
		return strings.Contains("月份号日年期周年元", unit) || unit == "折"
	case unit == "月" || unit == "月份":
		return value <= 12*one
	}
	return true
}

// units follow a number, the longer ones first, each with what must not follow it:
// 三号 is a day, 三号码 is not.
var unitsAfter = []struct{ name, not string }{
	{"个百分点", ""}, {"个工作日", ""}, {"个自然日", ""}, {"个半小时", ""}, {"个半月", ""}, {"个月", ""}, {"个星期", ""}, {"个礼拜", ""},
	{"个小时", ""}, {"个点", ""}, {"块钱", ""}, {"分钟", ""}, {"小时", "候"}, {"周年", ""}, {"周岁", ""}, {"星期", "一二三四五六天日0123456789"},
	{"月份", ""}, {"点钟", ""}, {"点半", ""}, {"元", "化论素旦件宵老首气"}, {"块", "儿头面"}, {"天", "然气猫生下津空才猫"},
	{"周", "边转围末期全到密一二三四五六日0123456789"}, {"年", "轻纪级龄货"}, {"月", "供息利付球亮光饼票经结租薪嫂"}, {"日", "本利常子息记历程益语文元期"},
	{"号", "码称召令"}, {"期", "间待望货限权刊"}, {"次", "性数级贷序品要"}, {"张", "力嘴"}, {"笔", "记者直画迹勾"}, {"岁", "月"},
	{"折", "扣叠腾旧现"}, {"倍", ""}, {"秒", ""},
}

// unit returns the unit that stands n runes on, or "".
func (w *rewriter) unit(n int) string {
	for _, u := range unitsAfter {
		if w.has(n, u.name) {
			if w.odd(n, utf8.RuneCountInString(u.name)) {
				return ""
			}
			return u.name
		}
	}
	return ""
}

// odd reports whether the unit of size runes, n runes on, is the start of another word.
func (w *rewriter) odd(n, size int) bool {
	for _, u := range unitsAfter {
		if utf8.RuneCountInString(u.name) == size && w.has(n, u.name) {
			return strings.ContainsRune(u.not, w.rune(n+size))
		}
	}
	return false
}

// amount is a number in millionths, so that 0.05 % and 9,999 亿 are exact.
type amount int64

const one amount = 1_000_000

func (a amount) String() string {
	whole, part := a/one, a%one
	text := strconv.FormatInt(int64(whole), 10)
	if part == 0 {
		return text
	}
	return text + "." + strings.TrimRight(strconv.FormatInt(int64(one+part), 10)[1:], "0")
}
