package segment

import (
	"iter"
	"strings"
	"unicode/utf8"
)

// characters appends each character of a run.
func characters(out []string, run string) []string {
	start := 0
	for i := range run {
		if i > 0 {
			out = append(out, run[start:i])
			start = i
		}
	}
	return append(out, run[start:])
}

// unitsOf returns the text's smallest meaningful parts in order: each Chinese
// character, and each stem of a word written with spaces.
func unitsOf(normal string) (out []string) {
	for run := range runs(normal) {
		if r, _ := utf8.DecodeRuneInString(run); cjk(r) {
			out = characters(out, run)
		} else {
			out = append(out, stem(run))
		}
	}
	return out
}

// runs cuts normalised text at spaces and where Chinese meets another script.
func runs(normal string) iter.Seq[string] {
	return func(yield func(string) bool) {
		start, han := 0, false
		for i, r := range normal {
			if is := cjk(r); r == ' ' || is != han || i == start {
				if i > start && !yield(normal[start:i]) {
					return
				}
				start, han = i, is
				if r == ' ' {
					start = i + 1
				}
			}
		}
		if start < len(normal) {
			yield(normal[start:])
		}
	}
}

// PairMark stands between the two of a pair unless both are Chinese characters.
const PairMark = "_"

// pair joins two neighbours.
func pair(a, b string) string {
	ra, _ := utf8.DecodeLastRuneInString(a)
	rb, _ := utf8.DecodeRuneInString(b)
	if cjk(ra) && cjk(rb) {
		return a + b
	}
	return a + PairMark + b
}

// pieces returns each three letters in a row of "^word$".
func pieces(word string) []string {
	word = "^" + word + "$"
	var at [3]int // bytes where the last characters started
	var out []string
	n := 0
	for i := range word {
		if n >= 3 {
			out = append(out, word[at[n%3]:i])
		}
		at[n%3] = i
		n++
	}
	if n >= 3 {
		out = append(out, word[at[n%3]:])
	}
	return out
}

// stem brings forms of an English word together: charge, charges, charged and
// charging are all "charg". It is coarse and short on purpose: both sides of every
// comparison pass through it, and pieces catch what it misses.
func stem(word string) string {
	if len(word) < 4 || strings.IndexFunc(word, func(r rune) bool { return r < 'a' || r > 'z' }) >= 0 {
		return word
	}
	for _, end := range []string{"ss", "us", "is"} { // no plurals: pass, status, this
		if strings.HasSuffix(word, end) {
			return word
		}
	}
	for _, rule := range suffixes {
		if base, ok := strings.CutSuffix(word, rule.from); ok && strings.ContainsAny(base, "aeiouy") && len(base) >= rule.min {
			return undouble(base, rule.from) + rule.to
		}
	}
	return strings.TrimSuffix(word, "e")
}

// suffixes are tried in order; the first that leaves min letters, one of them a
// vowel, wins.
var suffixes = []struct {
	from, to string
	min      int
}{
	{"sses", "ss", 2}, {"ies", "y", 2}, {"ied", "y", 2}, {"ings", "", 3}, {"ing", "", 3},
	{"es", "", 3}, {"ed", "", 3}, {"s", "", 3},
}

// undouble takes back a doubled consonant before -ing and -ed: stopped, stopping.
func undouble(base, suffix string) string {
	n := len(base)
	if (suffix == "ing" || suffix == "ed") && n > 3 && base[n-1] == base[n-2] && !strings.ContainsRune("aeiouls", rune(base[n-1])) {
		return base[:n-1]
	}
	return base
}
