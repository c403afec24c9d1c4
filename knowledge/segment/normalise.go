package segment

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Normalise returns the text as it is compared, never as it is shown: NFKC, lower
// case, marks stripped (é → e), traditional characters folded to simplified ones,
// invisible characters and controls removed before anything else (gse would split
// a word at them), punctuation and symbols made space, space collapsed and
// trimmed. What belongs to a number stays ("7.2%", "1,000" → "1000"); an apostrophe
// inside a word goes ("can't" → "cant"). The result is valid UTF-8, and
// Normalise(Normalise(s)) == Normalise(s).
func Normalise(s string) string {
	if !plain(s) {
		s = decompose(s)
	}
	runes := []rune(s)
	for i, r := range runes {
		if r >= 0x80 && (r < 0x4E00 || r > 0x9FFF) || r >= 'A' && r <= 'Z' {
			r = unicode.ToLower(r)
		}
		runes[i] = foldRune(r)
	}
	return strings.TrimSuffix(string(numerals(spaced(runes))), " ")
}

// Key returns the text for exact comparison: normalised, without spaces.
func Key(s string) string { return strings.ReplaceAll(Normalise(s), " ", "") }

// Clip returns the first n runes of s.
func Clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// plain reports whether s holds only ASCII and everyday Chinese, which the slow
// steps of normalising leave as they are.
func plain(s string) bool {
	for _, r := range s {
		if !(r >= ' ' && r < 0x7F || r >= 0x4E00 && r <= 0x9FFF) {
			return false
		}
	}
	return true
}

// decompose removes what cannot be seen, applies NFKC and strips marks. Marks go
// while decomposed; a second NFKC puts together what is left (Hangul).
func decompose(s string) string {
	s = strings.Map(visible, strings.ToValidUTF8(s, " "))
	s = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Mn, unicode.Me) {
			return -1
		}
		return visible(r)
	}, norm.NFKD.String(s))
	return norm.NFKC.String(s)
}

// visible drops format characters and controls, and makes every kind of space one.
func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.In(r, unicode.Cf, unicode.Cc, unicode.Co, unicode.Cs), r == utf8.RuneError:
		return -1
	}
	return r
}

// spaced keeps letters and digits, with the signs that belong to a number or sit
// inside a word, and puts one space where anything else stood.
func spaced(in []rune) []rune {
	out := make([]rune, 0, len(in))
	for i, r := range in {
		next := rune(' ')
		if i+1 < len(in) {
			next = in[i+1]
		}
		last := rune(' ')
		if len(out) > 0 {
			last = out[len(out)-1]
		}
		switch {
		case wordy(r), (r == '%' || r == '‰') && digit(last), r == '.' && digit(last) && digit(next):
			out = append(out, r)
		case r == '\'' || r == '’':
			if !(latin(last) && latin(next)) && last != ' ' {
				out = append(out, ' ')
			}
		case r == ',' && digit(last) && thousands(in[i+1:]):
		case last != ' ':
			out = append(out, ' ')
		}
	}
	return out
}

// thousands reports whether a comma before these runes separates thousands.
func thousands(rest []rune) bool {
	return len(rest) >= 3 && digit(rest[0]) && digit(rest[1]) && digit(rest[2]) &&
		(len(rest) == 3 || !digit(rest[3]))
}

func wordy(r rune) bool {
	if r >= 0x4E00 && r <= 0x9FFF || r >= 'a' && r <= 'z' || digit(r) {
		return true
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Mc, r)
}

func digit(r rune) bool { return r >= '0' && r <= '9' }

// latin reports whether r is a letter of a script that is written with spaces.
func latin(r rune) bool { return unicode.IsLetter(r) && !cjk(r) }

// cjk reports whether r is written without spaces, so that it is a unit by itself.
func cjk(r rune) bool {
	return r >= 0x4E00 && r <= 0x9FFF ||
		r > 0x2E80 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}
