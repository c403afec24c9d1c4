package segment

import (
	"slices"
	"sync/atomic"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
)

// Heard returns how two neighbouring characters may be said, pinyin without tones with a
// space between them, one for each way to say the first and the second: 还款 is "huan
// kuan", "hai kuan" and "xuan kuan". Who looks for what sounds alike takes all of them,
// because a typo was made from the one that was meant. nil unless it is two characters
// whose sounds are known. Sounds has the most frequent one only.
func Heard(pair string) (all []string) {
	first, n := utf8.DecodeRuneInString(pair)
	second, m := utf8.DecodeRuneInString(pair[n:])
	if n == 0 || n+m < len(pair) {
		return nil
	}
	for _, a := range saidAs(first) {
		for _, b := range saidAs(second) {
			all = append(all, a+" "+b)
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
