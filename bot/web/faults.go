package web

import (
	"regexp"
	"strings"
)

// faultForms are the faults of package base that editors meet, as it writes them, and the
// words for them. Groups: lang, part, n, most.
var faultForms = []struct {
	form *regexp.Regexp
	key  string
}{
	{regexp.MustCompile(`^(?:(?P<lang>zh-CN|en): )?(?P<part>.+): letters: (?P<n>\d+), at most (?P<most>\d+)$`), "fault.letters"},
	{regexp.MustCompile(`^(?:(?P<lang>zh-CN|en): )?(?P<part>[a-z -]+): (?P<n>\d+), at most (?P<most>\d+)$`), "fault.many"},
	{regexp.MustCompile(`^(?P<lang>zh-CN|en): no question$`), "fault.question"},
	{regexp.MustCompile(`^no text in any language$`), "fault.nothing"},
	{regexp.MustCompile(`^until must be after from$`), "fault.order"},
	{regexp.MustCompile(`^(?P<part>from|until|review_by): year (?P<n>\d+)$`), "fault.year"},
	{regexp.MustCompile(`^(?P<lang>zh-CN|en): the bot needs an answer$`), "fault.answer"},
	{regexp.MustCompile(`^(?P<lang>zh-CN|en): (?P<part>answer.*): (?P<n>\{[a-z_-]+\}) is missing$`), "fault.placeholder"},
	{regexp.MustCompile(`^(?P<lang>zh-CN|en): channel "(?P<n>.*)": want `), "fault.channel"},
	{regexp.MustCompile(`^related entry (?P<n>\d+) has no valid id$`), "fault.related"},
	{regexp.MustCompile(`^(?:(?P<lang>zh-CN|en): )?(?P<part>.+): holds a .*control character$`), "fault.control"},
}

// faultParts are what base calls the parts of an entry, longer names first.
var faultParts = []struct{ prefix, key string }{
	{"counter-phrasings", "part.not"}, {"phrasings", "part.similar"}, {"question", "part.question"}, {"answer for ", "part.channel"}, {"answer", "part.answer"},
	{"channels", "part.channel"}, {"category", "part.category"}, {"owner", "part.owner"}, {"source", "part.source"}, {"tag", "part.tags"}, {"related", "part.related"},
	{"from", "part.from"}, {"until", "part.until"}, {"review_by", "part.review_by"},
}

// fault says a fault of package base in the reader's language. One that is not known
// here is said as it is.
func (w words) fault(text string) (string, error) {
	for _, f := range faultForms {
		m := f.form.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		group := func(name string) string {
			if i := f.form.SubexpIndex(name); i >= 0 {
				return m[i]
			}
			return ""
		}
		where, err := w.where(group("lang"), group("part"))
		if err != nil {
			return "", err
		}
		return w.say(f.key, "where", where, "n", group("n"), "most", group("most"))
	}
	return text, nil
}

// where names a part of an entry: 答案 · 中文, 相似问法 3.
func (w words) where(lang, part string) (string, error) {
	var all []string
	for _, p := range faultParts {
		rest, found := strings.CutPrefix(part, p.prefix)
		if !found {
			continue
		}
		name, err := w.say(p.key)
		if err != nil {
			return "", err
		}
		if number := strings.TrimPrefix(rest, ": number "); p.key != "part.tags" && p.key != "part.related" && number != "" {
			name += " " + number
		}
		all = append(all, name)
		break
	}
	if lang != "" {
		name, err := w.say(map[string]string{"en": "lang.en", "zh-CN": "lang.zh"}[lang])
		if err != nil {
			return "", err
		}
		all = append(all, name)
	}
	return strings.Join(all, " · "), nil
}
