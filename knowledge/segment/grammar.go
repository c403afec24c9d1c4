package segment

import "strings"

// kind tells numerals apart by how sure it is that they are numbers.
type kind int

const (
	small   kind = iota // 三, 两, 十, 十五
	tens                // 五十, 五十六
	large               // 两百, 一万二, 2千5
	row                 // 二零二六(年), 九五五八八
	point               // 三点五
	literal             // 3, 2.5
)

// digitsOf and scales: what a character of a numeral is worth. The financial forms
// (壹, 拾) count as the common ones.
const (
	digitsOf = "零一二三四五六七八九"
	formal   = "零壹贰叁肆伍陆柒捌玖"
)

func figure(r rune) int {
	switch r {
	case '〇':
		return 0
	case '两':
		return 2
	}
	if i := strings.IndexRune(digitsOf, r); i >= 0 {
		return i / 3
	}
	if i := strings.IndexRune(formal, r); i >= 0 {
		return i / 3
	}
	return -1
}

func scale(r rune) amount {
	switch r {
	case '十', '拾':
		return 10
	case '百', '佰':
		return 100
	case '千', '仟':
		return 1_000
	case '万':
		return 10_000
	case '亿':
		return 100_000_000
	}
	return 0
}

func numeric(r rune) bool { return digit(r) || r > 0x2E80 && (scale(r) > 0 || figure(r) >= 0) }

// span returns how many runes from n on may belong to one numeral.
func (w *rewriter) span(n int) int {
	from := n
	for {
		r := w.rune(n)
		switch {
		case numeric(r):
		case r == '.' && n > from && digit(w.rune(n-1)) && digit(w.rune(n+1)):
		case r == '点' && n > from && (figure(w.rune(n-1)) >= 0 || scale(w.rune(n-1)) == 10) && figure(w.rune(n+1)) >= 0 && w.rune(n+1) != '两' && scale(w.rune(n+2)) != 10:
		default:
			return n - from
		}
		n++
	}
}

// most is what a numeral may be worth, without a unit: more is a card number.
const most = 1_000_000_000_000 * one

// value reads the numeral in the n runes from start on. It returns how many of them
// it used: fewer if two numbers stand together (一万十二期), none if there is no number.
func (w *rewriter) value(start, n int) (value amount, used int, k kind) {
	in := w.in[w.at+start:][:n]
	if n == 0 {
		return 0, 0, small
	}
	if value, ok := decimal(in); ok {
		return value, n, literal
	}
	if w.rowed(in, w.rune(start+n)) {
		return rowOf(in), n, row
	}
	if value, ok := w.pointed(in); ok {
		if value%(100*one) == 0 {
			return value, n, large
		}
		return value, n, point
	}
	s := sum{}
	for i := 0; i < n; {
		size, state := s.add(in[i:])
		if state == wrong {
			return 0, 0, small
		}
		if state == another || i+size == n && s.loose() && w.unit(start+n) != "" && !strings.HasPrefix(w.unit(start+n), "块") && w.unit(start+n) != "元" {
			return s.total(false), i, s.kind()
		}
		i += size
	}
	value = s.total(true)
	if s.waits && s.last > 0 && in[n-1] == '两' { // a weight: 五十两
		value = -1
	}
	if value < 0 || value >= most {
		return 0, 0, small
	}
	return value, n, s.kind()
}

// decimal reads digits, at most 12 before the point and 6 after it.
func decimal(in []rune) (amount, bool) {
	value, after := amount(0), -1
	for i, r := range in {
		switch {
		case digit(r) && after < 0:
			value = value*10 + amount(r-'0')
		case digit(r):
			value, after = value*10+amount(r-'0'), after+1
		case r == '.' && after < 0 && i > 0:
			after = 0
		default:
			return 0, false
		}
	}
	if len(in) > 12 || after > 6 {
		return 0, false
	}
	for i := max(after, 0); i < 6; i++ {
		value *= 10
	}
	return value, true
}

// rowed reports whether digits of Chinese are said one by one: 二零二六年, 一一零.
func (w *rewriter) rowed(in []rune, after rune) bool {
	zero := false
	for _, r := range in {
		if digit(r) || r == '两' || figure(r) < 0 {
			return false
		}
		zero = zero || figure(r) == 0
	}
	return len(in) <= 11 && (len(in) >= 5 || len(in) >= 3 && zero || len(in) == 4 && after == '年')
}

func rowOf(in []rune) (value amount) {
	for _, r := range in {
		value = value*10 + amount(figure(r))
	}
	return value * one
}

// pointed reads 三点五, 十二点五 and 一点二万.
func (w *rewriter) pointed(in []rune) (amount, bool) {
	text := string(in)
	before, after, found := strings.Cut(text, "点")
	if !found {
		return 0, false
	}
	s, left := sum{}, []rune(before)
	for i := 0; i < len(left); {
		size, state := s.add(left[i:])
		if state != fine && figure(left[i]) != 0 {
			return 0, false
		}
		i += max(size, 1)
	}
	value, part := s.total(true), one
	right := []rune(after)
	for len(right) > 0 && figure(right[0]) >= 0 && part > 1 {
		part /= 10
		value += part * amount(figure(right[0]))
		right = right[1:]
	}
	for len(right) > 0 && scale(right[0]) > 0 && value < most/100_000_000 {
		value *= scale(right[0])
		right = right[1:]
	}
	return value, len(right) == 0
}

// sum adds up a numeral from left to right.
type sum struct {
	all, section amount // complete parts of 亿 and 万; the part being read
	pending      amount // a digit that waits for its unit, if waits
	width        int    // of what is pending, in runes, if it is in Arabic digits
	last         amount // the last unit, 0 before any
	least        amount // the smallest unit of the section, 0 before any
	waits, zero  bool
	ten          bool // starts with 十
	wan          bool
}

type state int

const (
	fine    state = iota
	another       // a new number starts here
	wrong         // this is no number
)

// add reads the next item and returns its size in runes.
func (s *sum) add(in []rune) (int, state) {
	switch r := in[0]; {
	case digit(r):
		return s.arabic(in)
	case figure(r) == 0:
		if s.waits || s.last == 0 {
			return 0, wrong
		}
		s.zero = true
	case figure(r) > 0:
		if s.waits {
			return 0, wrong
		}
		s.pending, s.waits, s.width = amount(figure(r))*one, true, 0
	case scale(r) >= 10_000:
		return 1, s.myriad(scale(r))
	case scale(r) > 0:
		return 1, s.unit(scale(r))
	default:
		return 0, wrong
	}
	return 1, fine
}

func (s *sum) arabic(in []rune) (int, state) {
	n := 0
	for n < len(in) && (digit(in[n]) || in[n] == '.') {
		n++
	}
	value, ok := decimal(in[:n])
	if !ok || s.waits {
		return 0, wrong
	}
	s.pending, s.waits, s.width = value, true, n
	return n, fine
}

func (s *sum) unit(u amount) state {
	switch {
	case s.least > 0 && u >= s.least, s.pending >= 10_000*one:
		return wrong
	case !s.waits && u != 10:
		return wrong
	case !s.waits && s.last > 0 && !s.zero:
		return another
	case !s.waits:
		s.pending, s.ten = one, s.last == 0
	}
	s.section += s.pending * u
	s.pending, s.waits, s.zero = 0, false, false
	s.last, s.least = u, u
	return fine
}

func (s *sum) myriad(u amount) state {
	part := s.section + s.pending
	if part == 0 && (s.all == 0 || u == 10_000 || s.last != 10_000) || u == 10_000 && s.wan || part >= 100_000*one {
		return wrong
	}
	if u == 10_000 {
		s.all, s.wan = s.all+part*u, true
	} else {
		if s.all+part >= 10_000*one { // 9,999 亿 are the most
			return wrong
		}
		s.all, s.wan = (s.all+part)*u, false
	}
	s.section, s.pending, s.waits, s.zero, s.last, s.least = 0, 0, false, false, u, 0
	return fine
}

// loose reports whether the last digit may belong to what follows: 一万五年 is 一万
// and 五年.
func (s *sum) loose() bool { return s.waits && !s.zero && s.last >= 100 }

// total returns the sum, with the pending digit or without; -1 if it makes no sense.
func (s *sum) total(all bool) amount {
	value := s.all + s.section
	switch {
	case !all || !s.waits:
	case s.last == 0 || s.zero || s.last == 10:
		value += s.pending
	case s.width > 1 && s.pending*10 >= s.last*one && s.pending < s.last*one: // 1万2000
		value += s.pending
	case s.width > 1:
		return -1
	default:
		value += s.pending * s.last / 10
	}
	return value
}

func (s *sum) kind() kind {
	switch {
	case s.all > 0 || s.section >= 100*one:
		return large
	case s.last == 10 && !s.ten:
		return tens
	}
	return small
}
