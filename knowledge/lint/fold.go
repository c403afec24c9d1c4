package lint

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"wenda/knowledge/segment"
)

// gap is what stands between two letters.
type gap int

const (
	none gap = iota
	soft     // spaces, dashes, stars: words go on
	hard     // a comma, a full stop, a new line: another thought begins
)

// letter is a letter or digit of a text as it is compared, with what stood before it.
type letter struct {
	r   rune
	at  int // in runes of the text
	gap gap // between the letter before and this one
}

// fold returns the letters of a text: normalised one by one, so that each knows where it
// came from. Numerals stay as they are written, with their decimal points.
func fold(text string) []letter {
	var out []letter
	runes := []rune(text)
	between := none
	for at, r := range runes {
		folded := foldRune(r)
		if (r == '.' || r == '．') && between == none && len(out) > 0 && digit(out[len(out)-1].r) && at+1 < len(runes) && digit(firstOf(foldRune(runes[at+1]))) {
			folded = "." // of a number
		}
		if folded == "" {
			between = max(between, gapOf(r))
			continue
		}
		for _, f := range folded {
			out = append(out, letter{f, at, between})
			between = none
		}
	}
	return out
}

func firstOf(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}

// foldRune returns what a rune is compared as, "" for what is no letter.
func foldRune(r rune) string {
	switch {
	case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
		return string(r)
	case r >= 'A' && r <= 'Z':
		return string(r + 'a' - 'A')
	case strings.ContainsRune("%％﹪", r):
		return "%"
	case r == '‰':
		return "‰"
	case r < 0x80:
		return ""
	case r >= firstHan && r <= lastHan:
		return string(han()[r-firstHan])
	}
	return segment.Key(string(r))
}

const firstHan, lastHan = 0x4E00, 0x9FFF

// han is what each everyday Chinese character is compared as.
var han = sync.OnceValue(func() []rune {
	table := make([]rune, lastHan-firstHan+1)
	for i := range table {
		table[i] = []rune(segment.Key(string(rune(firstHan + i))))[0]
	}
	return table
})

// gapOf returns what a rune that is no letter puts between two that are.
func gapOf(r rune) gap {
	switch {
	case strings.ContainsRune("。．｡！？；：，、.!?;:,，\n\r…", r):
		return hard
	case unseen(r), unicode.In(r, unicode.Mn, unicode.Me):
		return none
	}
	return soft
}

// unseen reports whether nobody sees r. A new line and a tab are seen.
func unseen(r rune) bool {
	return r != '\n' && r != '\r' && r != '\t' && unicode.In(r, unicode.Cf, unicode.Cc)
}

// spelt is a text to be searched by regular expressions, beside where its bytes stand.
type spelt struct {
	text  string
	start []int // for each byte of text, and one behind it: the rune of the original
}

// speltOf returns letters without what is between them; hard gaps stand as "|".
func speltOf(letters []letter) spelt {
	var s spelt
	var b strings.Builder
	put := func(r rune, at int) {
		n, _ := b.WriteRune(r)
		s.start = append(s.start, slices.Repeat([]int{at}, n)...)
	}
	for _, l := range letters {
		if l.gap == hard {
			put('|', l.at)
		}
		put(l.r, l.at)
	}
	s.text = b.String()
	last := 0
	if n := len(letters); n > 0 {
		last = letters[n-1].at + 1
	}
	s.start = append(s.start, last)
	return s
}

// plain returns the text rune for rune, with full-width letters and digits as plain
// ones and everything in lower case.
func plain(text string) spelt {
	var s spelt
	var b strings.Builder
	at := 0
	for _, r := range text {
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		n, _ := b.WriteRune(r)
		s.start = append(s.start, slices.Repeat([]int{at}, n)...)
		at++
	}
	s.text = b.String()
	s.start = append(s.start, at)
	return s
}

// ascii returns the text with one byte a rune, so that addresses can be read: full-width
// letters are plain ones, what nobody sees is gone, the stop of an address is a dot, and
// what is not ASCII is a DEL.
func ascii(text string) spelt {
	var s spelt
	var b strings.Builder
	at := -1
	for _, r := range text {
		at++
		if unseen(r) {
			continue
		}
		switch {
		case r >= '！' && r <= '～':
			r -= '！' - '!'
		case r == '。' || r == '｡':
			r = other
			if len(s.start) > 0 && isWord(b.String()[b.Len()-1]) {
				r = '.'
			}
		case r >= 0x7F:
			r = other
		}
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		b.WriteByte(byte(r))
		s.start = append(s.start, at)
	}
	s.text = b.String()
	s.start = append(s.start, at+1)
	return s
}

// other stands for a rune that is not ASCII.
const other = 0x7F

// cut returns the runes from and to which bytes of s stand in the original, and what
// stands there.
func (s spelt) cut(original []rune, from, to int) (text string, at int) {
	if from >= to {
		return "", s.start[from]
	}
	end := s.start[to-1] + 1
	return string(original[s.start[from]:end]), s.start[from]
}
