package gateway

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tidy returns text as it is kept: without control characters other than line feed
// and tab, and without space around it.
func tidy(text string) string {
	if strings.ContainsFunc(text, control) {
		text = strings.ReplaceAll(text, "\r\n", "\n")
		text = strings.Map(func(r rune) rune {
			if control(r) {
				return -1
			}
			return r
		}, text)
	}
	return strings.TrimSpace(text)
}

func control(r rune) bool { return unicode.Is(unicode.Cc, r) && r != '\n' && r != '\t' }

// blank reports whether nobody would see anything of text.
func blank(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return !invisible(r) }) < 0
}

// invisible are spaces, controls, format characters (zero-width, direction marks),
// and the letters that are defined to show nothing.
func invisible(r rune) bool {
	switch r {
	case 0x115F, 0x1160, 0x3164, 0xFFA0: // Hangul fillers
		return true
	case 0x2800: // Braille without dots
		return true
	case 0x034F, 0xFE0E, 0xFE0F: // joiner and selectors alone
		return true
	}
	return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf)
}

// fits returns what is wrong with a tidied text, or "".
func (l Limits) fits(text string) Code {
	switch {
	case blank(text):
		return CodeEmpty
	case len(text) > l.TextBytes || utf8.RuneCountInString(text) > l.TextRunes:
		return CodeTooLong
	}
	return ""
}

// head returns the first n runes of text on one line, with … if there were more.
func head(text string, n int) string {
	text = strings.Join(strings.Fields(text), " ")
	for i := range text {
		if n == 0 {
			return text[:i] + "…"
		}
		n--
	}
	return text
}
