package privacy

import (
	"unicode"
	"unicode/utf8"
)

// cell is one visible character: what it reads as, and where it stands.
type cell struct {
	r          rune // half-width; digits of any script but Chinese as '0' to '9'
	start, end int  // bytes in the text
	digit      int8 // value, or -1
	han        bool // a Chinese digit
	used       bool // part of a finding, or of an older mask
	group      int  // index of the digit group it belongs to, or -1
}

// fold reads a text as a person does: characters nobody sees are skipped, other
// spellings of the same character become one.
func fold(text string) []cell {
	cells := make([]cell, 0, utf8.RuneCountInString(text))
	for i, r := range text {
		if combining(r) { // belongs to the character before it
			continue
		}
		if n := len(cells); n > 0 && cells[n-1].end < 0 {
			cells[n-1].end = i
		}
		if ignorable(r) {
			continue
		}
		c := cell{r: foldRune(r), start: i, end: -1, group: -1}
		c.digit = digit(c.r)
		if v, ok := hanDigits[r]; ok {
			c.digit, c.han = v, true
		}
		cells = append(cells, c)
	}
	if n := len(cells); n > 0 && cells[n-1].end < 0 {
		cells[n-1].end = len(text)
	}
	return cells
}

// combining reports whether r is a variation selector or the frame that makes a
// keycap emoji of a digit.
func combining(r rune) bool { return r >= 0xFE00 && r <= 0xFE0F || r == 0x20E3 }

// ignorable reports whether r has no width.
func ignorable(r rune) bool { return r > 0x7F && (r == 0x034F || unicode.Is(unicode.Cf, r)) }

// foldRune returns the ASCII character that r stands for, or r.
func foldRune(r rune) rune {
	switch {
	case r == '\t':
		return ' '
	case r < 0x80:
		return r
	case r >= 0xFF01 && r <= 0xFF5E: // full-width forms
		return r - 0xFEE0
	case r == 0x2800 || r == 0x3164 || unicode.Is(unicode.Zs, r): // look empty
		return ' '
	case r >= 0x2460 && r <= 0x2468: // ① to ⑨
		return r - 0x2460 + '1'
	case r == 0x24EA: // ⓪
		return '0'
	case r == 0x2169 || r == 0x2179: // roman ten, for the X of an identity number
		return 'X'
	case unicode.IsDigit(r):
		return '0' + digitValue(r)
	}
	return r
}

// digitValue returns the value of a decimal digit of any script. Unicode lays
// decimal digits in runs of ten, zero first.
func digitValue(r rune) rune {
	for _, t := range unicode.Nd.R16 {
		if r >= rune(t.Lo) && r <= rune(t.Hi) {
			return (r - rune(t.Lo)) % 10
		}
	}
	for _, t := range unicode.Nd.R32 {
		if r >= rune(t.Lo) && r <= rune(t.Hi) {
			return (r - rune(t.Lo)) % 10
		}
	}
	return 0
}

// hanDigits are the Chinese digits as people dictate numbers; 幺 is one on the telephone.
var hanDigits = map[rune]int8{
	'零': 0, '〇': 0, '○': 0, '一': 1, '二': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9,
	'幺': 1, '壹': 1, '贰': 2, '叁': 3, '肆': 4, '伍': 5, '陆': 6, '柒': 7, '捌': 8, '玖': 9, '貳': 2, '參': 3, '陸': 6,
}

// digit returns the value of an ASCII digit, or -1.
func digit(r rune) int8 {
	if r >= '0' && r <= '9' {
		return int8(r - '0')
	}
	return -1
}

func letter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

func alnum(r rune) bool { return letter(r) || r >= '0' && r <= '9' }

func lower(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}
