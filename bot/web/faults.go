package web

import (
	"regexp"
	"strings"
)

// faultForms are the faults that editors meet, as the packages of the hub write them, and
// the words for them. Groups: lang, part, n, most, and rest: a fault of its own.
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
	{regexp.MustCompile(`^tag "(?P<n>.*)": holds a comma`), "fault.comma"},
	{regexp.MustCompile(`^id: want 1 to 64 of `), "fault.id"},
	{regexp.MustCompile(`^(?:line (?P<n>\d+): )(?P<rest>.+)$`), "fault.line"},
	{regexp.MustCompile(`^and (?P<n>\d+) more$`), "fault.more"},
	// What an entry or a plan is not ready for:
	{regexp.MustCompile(`^revision (?P<n>\d+) of (?P<most>\S+) is `), "fault.moved"},
	{regexp.MustCompile(`^(?P<n>\S+) is more than a draft$`), "fault.draft"},
	{regexp.MustCompile(`^nothing would change$`), "fault.same"},
	{regexp.MustCompile(`^nothing is approved and waits to be published of (?P<n>.+)$`), "fault.waiting"},
	{regexp.MustCompile(`^the valid-until has passed of (?P<n>.+)$`), "fault.passed"},
	{regexp.MustCompile(`^something newer was published meanwhile, or the same, of (?P<n>.+)$`), "fault.newer"},
	{regexp.MustCompile(`^plan (?P<n>\d+) is \w+$`), "fault.plan"},
	{regexp.MustCompile(`^a plan has entries, and its minute is still to come$`), "fault.minute"},
	{regexp.MustCompile(`^who refuses says why$`), "fault.why"},
	// What cannot be a labelled utterance, or a phrasing out of the inbox:
	{regexp.MustCompile(`^the utterance is not text$`), "fault.nottext"},
	{regexp.MustCompile(`^the utterance holds no words$`), "fault.nowords"},
	{regexp.MustCompile(`^the utterance has over (?P<n>\d+) characters$`), "fault.long"},
	{regexp.MustCompile(`^no entry that can be matched has this id$`), "fault.unmatched"},
	{regexp.MustCompile(`^customers do not ask for (?P<n>\S+)$`), "fault.unasked"},
	{regexp.MustCompile(`^entry (?P<n>\S+) has no text in (?P<lang>zh-CN|en)$`), "fault.notext"},
	{regexp.MustCompile(`^no entry$`), "fault.noentry"},
	// What a word list or a file holds:
	{regexp.MustCompile(`^want block, warn or allow, a tab, and a phrase$`), "fault.phrase"},
	{regexp.MustCompile(`^want a host such as `), "fault.host"},
	{regexp.MustCompile(`not an \.xlsx`), "fault.noxlsx"},
	{regexp.MustCompile(`^a phrase has (?P<n>\d+) to (?P<most>\d+) letters$`), "fault.letters.between"},
	{regexp.MustCompile(`^more than (?P<n>\d+) (?:phrases|phrasings)$`), "fault.many.lines"},
	{regexp.MustCompile(`^more than (?P<n>\d+) columns$`), "fault.columns"},
	{regexp.MustCompile(`^no column has the heading (?P<n>.+)$`), "fault.heading"},
	{regexp.MustCompile(`^the heading (?P<n>\S+) stands twice$`), "fault.heading.twice"},
	{regexp.MustCompile(`^no heading is question or id: `), "fault.headings"},
	{regexp.MustCompile(`^no entry in the file$`), "fault.empty"},
	{regexp.MustCompile(`^id (?P<n>.+) stands in line (?P<most>\d+) already$`), "fault.id.twice"},
	{regexp.MustCompile(`may hold macros or is of an old kind`), "fault.macros"},
	{regexp.MustCompile(`^the name must end in \.xlsx`), "fault.ending"},
}

// faultParts are what base calls the parts of an entry, longer names first.
var faultParts = []struct{ prefix, key string }{
	{"counter-phrasings", "part.not"}, {"phrasings", "part.similar"}, {"question", "part.question"}, {"answer for ", "part.channel"}, {"answer", "part.answer"},
	{"channels", "part.channel"}, {"category", "part.category"}, {"owner", "part.owner"}, {"source", "part.source"}, {"tag", "part.tags"}, {"related", "part.related"},
	{"from", "part.from"}, {"until", "part.until"}, {"review_by", "part.review_by"},
}

// faults says faults, one a line.
func (w words) faults(texts string) (string, error) {
	lines := strings.Split(texts, "\n")
	for i, line := range lines {
		said, err := w.fault(line)
		if err != nil {
			return "", err
		}
		lines[i] = said
	}
	return strings.Join(lines, "\n"), nil
}

// fault says a fault in the reader's language. One that is not known here is said as it is.
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
		rest := group("rest")
		if rest != "" {
			if rest, err = w.fault(rest); err != nil {
				return "", err
			}
		}
		return w.say(f.key, "where", where, "n", group("n"), "most", group("most"), "rest", rest)
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
