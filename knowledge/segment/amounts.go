package segment

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Unit is what a number counts.
type Unit string

// The units of numbers. Months, Days and Minutes are terms: how long, not when.
const (
	Plain   Unit = ""        // nothing is said: 12000, 第2次, a telephone number
	Money   Unit = "money"   // 3000元, 500 rmb
	Percent Unit = "percent" // 7.2%, 3个点
	Day     Unit = "day"     // of the month: 15号, 15日, 15th
	Month   Unit = "month"   // of the year: 3月
	Year    Unit = "year"    // 2026年
	Months  Unit = "months"  // 3个月, 12期, 半年, 2 years (24)
	Days    Unit = "days"    // 7天, 2周 (14)
	Minutes Unit = "minutes" // 24小时 (1440), 5分钟
)

// Number is a number of a text. Numbers may be compared with ==.
type Number struct {
	Value string // decimal, without zeros that say nothing: "12000", "0.05"
	Unit  Unit
}

// Same reports whether two numbers can be meant to be the same: 12000 is 12000元,
// but 3% is not 3元.
func (n Number) Same(other Number) bool {
	return n.Value == other.Value && (n.Unit == other.Unit || n.Unit == Plain || other.Unit == Plain)
}

// Numbers returns the numbers of the text in its order, each once; nil if there are
// none. Numbers inside names (iphone15) are not numbers.
func (t Text) Numbers() []Number {
	r := reader{w: rewriter{in: []rune(t.Normal)}}
	for r.w.at < len(r.w.in) {
		r.next()
	}
	return r.found
}

type reader struct {
	w     rewriter
	found []Number
}

func (r *reader) next() {
	for _, half := range halves {
		if r.w.has(0, half.said) {
			r.note(half.number, utf8.RuneCountInString(half.said))
			return
		}
	}
	n := r.literal()
	switch {
	case n == 0:
		r.w.at++
	case latin(r.w.rune(-1)):
		r.w.at += n
	default:
		value, ok := decimal(r.w.in[r.w.at:][:n])
		if !ok || n > 1 && r.w.rune(0) == '0' && r.w.rune(1) != '.' { // a card number, a version
			r.note(Number{string(r.w.in[r.w.at:][:n]), Plain}, n)
			return
		}
		r.counted(value, n)
	}
}

// literal returns how many runes of digits come next.
func (r *reader) literal() (n int) {
	for digit(r.w.rune(n)) || n > 0 && r.w.rune(n) == '.' && digit(r.w.rune(n+1)) {
		n++
	}
	return n
}

var halves = []struct {
	said   string
	number Number
}{{"半年", Number{"6", Months}}, {"半个月", Number{"15", Days}}, {"半个小时", Number{"30", Minutes}}, {"半小时", Number{"30", Minutes}}}

func (r *reader) note(n Number, size int) {
	r.w.at += size
	if !slices.Contains(r.found, n) {
		r.found = append(r.found, n)
	}
}

// counted notes the number of n runes with the unit that follows it.
func (r *reader) counted(value amount, n int) {
	if r.w.rune(-1) == '第' {
		r.note(Number{value.String(), Plain}, n)
		return
	}
	for _, c := range counted {
		size := r.says(n, c.said)
		if size == 0 || c.to > 0 && (value < c.from*one || value > c.to*one) {
			continue
		}
		value *= c.times
		if c.half > 0 && r.w.rune(n+size) == '半' {
			value, size = value+c.half*one, size+1
		}
		r.note(Number{value.String(), c.unit}, n+size)
		return
	}
	if r.w.has(n, "个半月") && value < 1000*one {
		r.note(Number{(value + one/2).String(), Months}, n+3)
		return
	}
	if latin(r.w.rune(n)) {
		r.w.at += n
		return
	}
	r.note(Number{value.String(), Plain}, n)
}

// says returns the length of the unit if it stands n runes on, or 0: in Latin letters
// as a whole word, after a space or none.
func (r *reader) says(n int, unit string) int {
	size := utf8.RuneCountInString(unit)
	if unit[0] < 'a' || unit[0] > 'z' {
		if r.w.has(n, unit) && !r.w.odd(n, size) {
			return size
		}
		return 0
	}
	space := 0
	if r.w.rune(n) == ' ' {
		space = 1
	}
	if r.w.has(n+space, unit) && !latin(r.w.rune(n+space+size)) {
		return size + space
	}
	return 0
}

// counted units, the longer ones first. A number outside from to to is counted by
// another unit of the same name; half is what 半 behind the unit adds.
var counted = []struct {
	said           string
	unit           Unit
	times          amount
	from, to, half amount
}{
	{"%", Percent, 1, 0, 0, 0}, {"个百分点", Percent, 1, 0, 0, 0}, {"个点", Percent, 1, 0, 0, 0},
	{"percent", Percent, 1, 0, 0, 0}, {"per cent", Percent, 1, 0, 0, 0},
	{"元", Money, 1, 0, 0, 0}, {"rmb", Money, 1, 0, 0, 0}, {"cny", Money, 1, 0, 0, 0}, {"yuan", Money, 1, 0, 0, 0},
	{"usd", Money, 1, 0, 0, 0}, {"dollars", Money, 1, 0, 0, 0}, {"dollar", Money, 1, 0, 0, 0},
	{"个月", Months, 1, 0, 0, 0}, {"期", Months, 1, 0, 0, 0},
	{"months", Months, 1, 0, 0, 0}, {"month", Months, 1, 0, 0, 0},
	{"instalments", Months, 1, 0, 0, 0}, {"installments", Months, 1, 0, 0, 0},
	{"年", Year, 1, 1900, 2199, 0}, {"周年", Months, 12, 1, 200, 0}, {"年", Months, 12, 0, 200, 6},
	{"years", Months, 12, 0, 200, 0}, {"year", Months, 12, 0, 200, 0},
	{"月", Month, 1, 1, 12, 0}, {"号", Day, 1, 1, 31, 0}, {"日", Day, 1, 1, 31, 0},
	{"th", Day, 1, 1, 31, 0}, {"st", Day, 1, 1, 31, 0}, {"nd", Day, 1, 1, 31, 0}, {"rd", Day, 1, 1, 31, 0},
	{"天", Days, 1, 0, 0, 0}, {"个工作日", Days, 1, 0, 0, 0}, {"个自然日", Days, 1, 0, 0, 0}, {"days", Days, 1, 0, 0, 0}, {"day", Days, 1, 0, 0, 0},
	{"周岁", Plain, 1, 0, 0, 0}, {"周", Days, 7, 0, 1000, 0}, {"个星期", Days, 7, 0, 1000, 0}, {"星期", Days, 7, 0, 1000, 0}, {"个礼拜", Days, 7, 0, 1000, 0},
	{"weeks", Days, 7, 0, 1000, 0}, {"week", Days, 7, 0, 1000, 0},
	{"个小时", Minutes, 60, 0, 10_000, 0}, {"小时", Minutes, 60, 0, 10_000, 0}, {"hours", Minutes, 60, 0, 10_000, 0}, {"hour", Minutes, 60, 0, 10_000, 0},
	{"分钟", Minutes, 1, 0, 0, 0}, {"minutes", Minutes, 1, 0, 0, 0}, {"minute", Minutes, 1, 0, 0, 0},
}

// String is for logs and explanations: "12000 money".
func (n Number) String() string { return strings.TrimSuffix(n.Value+" "+string(n.Unit), " ") }
