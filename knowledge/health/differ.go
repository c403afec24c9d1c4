package health

import (
	"regexp"
	"slices"

	"wenda/knowledge"
	"wenda/knowledge/segment"
)

// What looks like a number in an answer and says nothing: the numbers of list items,
// and those inside addresses. Dates in digits are read as dates.
var (
	items   = regexp.MustCompile(`(?m)^\s{0,3}\d{1,3}(?:[.)]\s+|、)`)
	address = regexp.MustCompile(`\]\([^)\n]*\)|https?://[^\s)]+`)
	numeric = regexp.MustCompile(`\b((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})\b`)
)

// compared are the units in which two answers may contradict each other. A plain number
// is mostly a name: 95500, 第2步.
var compared = []segment.Unit{segment.Percent, segment.Money, segment.Year, segment.Month, segment.Day, segment.Months, segment.Days, segment.Minutes}

// differ returns what two answers give differently, by language and unit: only units that
// both speak of, for who says less does not contradict.
func differ(a, b knowledge.Entry) (out []Difference) {
	for _, lang := range langs(a) {
		other, both := b.Texts[lang]
		if !both {
			continue
		}
		mine, theirs := numbers(a.Texts[lang].Answer), numbers(other.Answer)
		for _, unit := range compared {
			d := Difference{Lang: lang, Unit: unit, Entry: only(mine[unit], theirs[unit]), Other: only(theirs[unit], mine[unit])}
			if len(mine[unit]) > 0 && len(theirs[unit]) > 0 && len(d.Entry)+len(d.Other) > 0 {
				out = append(out, d)
			}
		}
	}
	return out
}

// numbers returns the numbers of an answer by what they count.
func numbers(answer string) map[segment.Unit][]string {
	answer = items.ReplaceAllString(answer, "")
	answer = address.ReplaceAllString(answer, " ")
	answer = numeric.ReplaceAllString(answer, "${1}年${2}月${3}日")
	out := map[segment.Unit][]string{}
	for _, n := range (segment.Text{Normal: segment.Normalise(answer)}).Numbers() {
		out[n.Unit] = append(out[n.Unit], n.Value)
	}
	return out
}

// only returns what is in a and not in b.
func only(a, b []string) []string {
	out := []string{}
	for _, v := range a {
		if !slices.Contains(b, v) {
			out = append(out, v)
		}
	}
	return out
}
