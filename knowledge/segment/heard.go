package segment

import (
	"slices"
	"sync/atomic"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
)

// Said is how two neighbouring characters are said: pinyin without tones.
type Said [2]string

// Heard returns how two neighbouring characters may be said, one for each way to say the
// first and the second: 还款 is huan kuan, hai kuan and xuan kuan. Who looks for what sounds
// alike takes all of them, because a typo was made from the one that was meant. nil unless it
// is two characters whose sounds are known. Sounds has the most frequent one only.
func Heard(pair string) []Said {
	first, n := utf8.DecodeRuneInString(pair)
	second, m := utf8.DecodeRuneInString(pair[n:])
	if n == 0 || n+m < len(pair) {
		return nil
	}
	ways, more := saidAs(first), saidAs(second)
	if len(ways)*len(more) == 0 {
		return nil
	}
	all := make([]Said, 0, len(ways)*len(more))
	for _, a := range ways {
		for _, b := range more {
			all = append(all, Said{a, b})
		}
	}
	return all
}

// readings are what saidAs has returned before: a base has some thousand characters, in
// some ten thousand pairs.
var readings [lastHan - firstHan + 1]atomic.Pointer[[]string]

// saidAs returns the distinct sounds of a character, the most frequent first.
func saidAs(r rune) []string {
	if r < firstHan || r > lastHan {
		return nil
	}
	kept := &readings[r-firstHan]
	if all := kept.Load(); all != nil {
		return *all
	}
	var all []string
	for _, sound := range pinyin.SinglePinyin(r, pinyin.Args{Heteronym: true}) {
		if !slices.Contains(all, sound) {
			all = append(all, sound)
		}
	}
	kept.Store(&all)
	return all
}
