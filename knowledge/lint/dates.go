package lint

import (
	"regexp"
	"strings"
	"time"
)

// How dates are written. Years are from 1990 to 2099, or it is no date.
var (
	chineseDate = regexp.MustCompile(`((?:19|20)\d\d|[二一][零〇○一二三四五六七八九]{3})\s*年\s*(\d{1,2}|[一二三四五六七八九十]{1,2})\s*月(?:份)?(?:\s*(\d{1,2}|[一二三四五六七八九十]{1,3})\s*[日号])?`)
	numberDate  = regexp.MustCompile(`\b((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})\b`)
	monthFirst  = regexp.MustCompile(`\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)\b`)
	dayFirst    = regexp.MustCompile(`\b(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?,?\s+((?:19|20)\d\d)\b`)

	// since goes before or after a date from which something is so: it may be past.
	sinceBefore = regexp.MustCompile(`(?:自|从|\b(?:since|from|as of|effective|starting|started|issued|dated|in))\s*(?:on\s*)?$`)
	sinceAfter  = regexp.MustCompile(`^\s*(?:起|以来|以后|之后|后|开始|施行|实施|生效|发布|公布|颁布|印发|成立|上线|修订|修正|通过)`)
	// rangeAfter is between the two dates of a range; only the second counts.
	rangeAfter = regexp.MustCompile(`^\s*(?:至|到|—|–|-|~|～|to|until)`)
	// until goes before or after a deadline.
	untilBefore = regexp.MustCompile(`(?:截止|至|到|\b(?:before|until|till|by|through|ends?|expires?|to))\s*(?:on\s*)?[:：]?\s*$`)
	untilAfter  = regexp.MustCompile(`^\s*(?:\d{1,2}[:：点时]\d{0,2}分?)?\s*(?:前|以前|之前|止|为止|截止|到期|失效|结束)`)
	// countedUntil is until when something was counted: no deadline.
	countedUntil = regexp.MustCompile(`截至\s*$`)
)

// date is a date in a text: bytes [from, to), and the first moment after it.
type date struct {
	from, to int
	end      time.Time
}

// dates looks for deadlines that are over.
func (k *check) dates(f field) {
	if k.rules.Now.IsZero() {
		return
	}
	s, original := plain(f.text), []rune(f.text)
	for _, d := range datesOf(s.text, k.rules.Now.Location()) {
		text, at := s.cut(original, d.from, d.to)
		if severity, say := k.judge(d, s.text); severity != "" {
			k.noteIn(f, Date, severity, text, at, sayWords(say, text))
		}
	}
}

// judge says what is wrong with a date in a text; "" if nothing.
func (k *check) judge(d date, text string) (Severity, sentence) {
	before, after := text[max(0, d.from-40):d.from], text[d.to:min(len(text), d.to+40)]
	since := sinceBefore.MatchString(before) || sinceAfter.MatchString(after) || rangeAfter.MatchString(after)
	until := !countedUntil.MatchString(before) && (untilBefore.MatchString(before) || untilAfter.MatchString(after))
	over := !d.end.After(k.rules.Now)
	switch {
	case over && until && !since:
		return Block, sayDateOver
	case over && !since:
		return Warn, sayDatePast
	case until && !over && !k.content.Until.IsZero() && d.end.Before(k.content.Until):
		return Warn, sayDateBefore
	}
	return "", nil
}

// datesOf returns the dates of a text, in the zone.
func datesOf(text string, zone *time.Location) []date {
	if !strings.Contains(text, "20") && !strings.Contains(text, "19") && !strings.Contains(text, "年") {
		return nil
	}
	var out []date
	add := func(is *regexp.Regexp, year, month, day int) {
		for _, m := range is.FindAllStringSubmatchIndex(text, -1) {
			part := func(n int) string {
				if m[2*n] < 0 {
					return ""
				}
				return text[m[2*n]:m[2*n+1]]
			}
			if end, ok := endOf(numberOf(part(year)), monthOf(part(month)), part(day), zone); ok {
				out = append(out, date{m[0], m[1], end})
			}
		}
	}
	add(chineseDate, 1, 2, 3)
	add(numberDate, 1, 2, 3)
	add(monthFirst, 3, 1, 2)
	add(dayFirst, 3, 2, 1)
	return out
}

// endOf returns the first moment after a day, or after a month if there is no day; false
// if there is no such date.
func endOf(year, month int, day string, zone *time.Location) (time.Time, bool) {
	if year < 1990 || year > 2099 || month < 1 || month > 12 {
		return time.Time{}, false
	}
	if day == "" {
		return time.Date(year, time.Month(month)+1, 1, 0, 0, 0, 0, zone), true
	}
	d := numberOf(day)
	t := time.Date(year, time.Month(month), d, 0, 0, 0, 0, zone)
	return t.AddDate(0, 0, 1), d >= 1 && t.Day() == d
}

// monthOf reads 3, 三 or mar.
func monthOf(s string) int {
	if i := strings.Index("janfebmaraprmayjunjulaugsepoctnovdec", s); i >= 0 && len(s) == 3 && s[0] >= 'a' && s[0] <= 'z' {
		return i/3 + 1
	}
	return numberOf(s)
}

// numberOf reads 31, 三十一, and 二〇二五; 0 if it is none of them.
func numberOf(s string) int {
	n, tens := 0, false
	for _, r := range s {
		switch i := strings.IndexRune("〇一二三四五六七八九", r) / 3; {
		case r >= '0' && r <= '9':
			n = n*10 + int(r-'0')
		case r == '零' || r == '○':
			n *= 10
		case r == '十':
			n, tens = max(n, 1)*10, true
		case tens:
			n += i
		default:
			n = n*10 + i
		}
	}
	return n
}
