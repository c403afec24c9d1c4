package segment

import (
	"sync"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
)

// Sounds returns how the characters of t are said: pinyin without tones, in the order
// of Chars, "" where nobody knows. An input method offers characters that sound alike,
// so a typo (还宽, 额渡) mostly sounds like what was meant. A character has one sound
// here, its most frequent; that is wrong now and then, but equally wrong on both sides
// of a comparison.
func (t Text) Sounds() []string {
	table := sounds()
	out := make([]string, len(t.Chars))
	for i, char := range t.Chars {
		if r, _ := utf8.DecodeRuneInString(char); r >= firstHan && r <= lastHan {
			out[i] = table[r-firstHan]
		}
	}
	return out
}

const firstHan, lastHan = 0x4E00, 0x9FFF

// sounds is made once, by the first New, in about 30 ms.
var sounds = sync.OnceValue(func() []string {
	table, known := make([]string, lastHan-firstHan+1), map[string]string{}
	for i := range table {
		said := pinyin.SinglePinyin(rune(firstHan+i), pinyin.Args{})
		if len(said) == 0 {
			continue
		}
		if _, ok := known[said[0]]; !ok {
			known[said[0]] = said[0]
		}
		table[i] = known[said[0]] // a few hundred syllables, kept once each
	}
	return table
})
