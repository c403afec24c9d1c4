package base

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"wenda/knowledge"
)

// What an entry may hold.
const (
	MaxQuestion  = 200  // runes of a standard question
	MaxPhrasing  = 512  // runes of a phrasing or counter-phrasing: as much as a matcher looks at
	MaxAnswer    = 4000 // runes of an answer
	MaxPhrasings = 500  // in one language, and as many counter-phrasings
	MaxTags      = 20
	MaxRelated   = 20
	MaxChannels  = 20
	MaxWord      = 64  // runes of a category, tag, owner or channel
	MaxWhy       = 500 // runes of a reason or source
)

// Check returns every reason why the content cannot be saved, sorted by language; nil
// if it can. It looks at form only: what may be said is for package lint.
func (c Content) Check() []string {
	c = c.Canonical()
	var f faultList
	f.word("category", c.Category, MaxWord)
	f.word("owner", c.Owner, MaxWord)
	f.word("source", c.Source, MaxWhy)
	f.many("tags", len(c.Tags), MaxTags)
	for _, tag := range c.Tags {
		f.word("tag", tag, MaxWord)
		if strings.ContainsAny(tag, ",;，；、") {
			f.add("tag %q: holds a comma or semicolon, which stand between tags", tag)
		}
	}
	f.many("related entries", len(c.Related), MaxRelated)
	if i := slices.IndexFunc(c.Related, func(id string) bool { return !knowledge.ValidID(id) }); i >= 0 {
		f.add("related entry %d has no valid id", i+1)
	}
	if !slices.Contains([]Risk{"", RiskLow, RiskHigh}, c.Risk) {
		f.add("risk must be low, normal or high")
	}
	c.checkTimes(&f)
	if len(c.Texts) == 0 {
		f.add("no text in any language")
	}
	for _, lang := range c.langs() {
		if l := knowledge.Lang(lang); l != knowledge.Chinese && l != knowledge.English {
			f.add("language %.20q is neither %s nor %s", lang, knowledge.Chinese, knowledge.English)
			continue
		}
		c.Texts[knowledge.Lang(lang)].check(&f, lang)
	}
	return f
}

func (c Content) checkTimes(f *faultList) {
	for _, t := range []struct {
		name string
		at   time.Time
	}{{"from", c.From}, {"until", c.Until}, {"review_by", c.ReviewBy}} {
		if !t.at.IsZero() && (t.at.Year() < 2000 || t.at.Year() > 2999) {
			f.add("%s: year %d", t.name, t.at.Year())
		}
	}
	if !c.From.IsZero() && !c.Until.IsZero() && !c.From.Before(c.Until) {
		f.add("until must be after from")
	}
}

func (t Text) check(f *faultList, lang string) {
	if t.Question == "" {
		f.add("%s: no question", lang)
	}
	f.word(lang+": question", t.Question, MaxQuestion)
	f.phrasings(lang+": phrasings", t.Similar)
	f.phrasings(lang+": counter-phrasings", t.Not)
	f.text(lang+": answer", t.Answer)
	f.many(lang+": channels", len(t.Channels), MaxChannels)
	for _, name := range t.channels() {
		if !channelName.MatchString(name) {
			f.add("%s: channel %.40q: want 1 to 32 of a-z, 0-9, '-' and '_'", lang, name)
			continue
		}
		f.text(lang+": answer for "+name, t.Channels[name])
	}
}

var channelName = regexp.MustCompile(`^[a-z0-9_-]{1,32}$`)

// faultList gathers reasons.
type faultList []string

func (f *faultList) add(format string, args ...any) { *f = append(*f, fmt.Sprintf(format, args...)) }

func (f *faultList) many(what string, n, most int) {
	if n > most {
		f.add("%s: %d, at most %d", what, n, most)
	}
}

func (f *faultList) phrasings(what string, all []string) {
	f.many(what, len(all), MaxPhrasings)
	for i, p := range all {
		f.word(fmt.Sprintf("%s: number %d", what, i+1), p, MaxPhrasing)
	}
}

// word holds a text of one line to its length.
func (f *faultList) word(what, s string, most int) {
	f.many(what+": letters", utf8.RuneCountInString(s), most)
	if strings.ContainsFunc(s, unprintable) {
		f.add("%s: holds a line end or another control character", what)
	}
}

// text holds a text of several lines to the length of answers.
func (f *faultList) text(what, s string) {
	f.many(what+": letters", utf8.RuneCountInString(s), MaxAnswer)
	if strings.ContainsFunc(s, func(r rune) bool { return unprintable(r) && r != '\n' && r != '\t' }) {
		f.add("%s: holds a control character", what)
	}
}

// unprintable is what no keyboard types, what XML, and so a spreadsheet, cannot hold, and
// what stands where something could not be read.
func unprintable(r rune) bool {
	return unicode.IsControl(r) || r >= unicode.ReplacementChar && r <= 0xFFFF
}

// placeholder is what a sentence of the bot fills in when it is said.
var placeholder = regexp.MustCompile(`\{[a-z][a-z_-]*\}`)

// checkSystem returns why a new content of a system entry would leave the bot without
// words: what was approved is what it needs.
func checkSystem(approved, c Content) []string {
	var f faultList
	if !c.Until.IsZero() {
		f.add("a sentence of the bot has no end")
	}
	for _, lang := range approved.langs() {
		before, now := approved.Texts[knowledge.Lang(lang)], c.Texts[knowledge.Lang(lang)]
		if before.Answer != "" && now.Answer == "" {
			f.add("%s: the bot needs an answer", lang)
			continue
		}
		for _, name := range slices.Compact(slices.Sorted(slices.Values(placeholder.FindAllString(before.Answer, -1)))) {
			now.checkHas(&f, lang, name)
		}
	}
	return f
}

// checkHas holds all answers to a placeholder.
func (t Text) checkHas(f *faultList, lang, name string) {
	if !strings.Contains(t.Answer, name) {
		f.add("%s: answer: %s is missing", lang, name)
	}
	for _, channel := range t.channels() {
		if !strings.Contains(t.Channels[channel], name) {
			f.add("%s: answer for %s: %s is missing", lang, channel, name)
		}
	}
}

// maxFaults is how many faults an error tells.
const maxFaults = 50

// invalid is ErrInvalid with the faults, or nil if there is none.
func invalid(faults []string) error {
	if len(faults) == 0 {
		return nil
	}
	if more := len(faults) - maxFaults; more > 0 {
		faults = append(slices.Clone(faults[:maxFaults]), fmt.Sprintf("and %d more", more))
	}
	return fmt.Errorf("%w:\n%s", ErrInvalid, strings.Join(faults, "\n"))
}

// checkAct holds what every change is given.
func checkAct(by, why string) error {
	var f faultList
	if by == "" || utf8.RuneCountInString(by) > MaxWord {
		f.add("nobody says who they are")
	}
	if !utf8.ValidString(why) || utf8.RuneCountInString(why) > MaxWhy || strings.ContainsRune(why, 0) {
		f.add("a reason is at most %d letters of UTF-8", MaxWhy)
	}
	return invalid(f)
}

// checkEntry holds a new revision to its form, all but what was approved before.
func checkEntry(by, id string, c Content, why string) error {
	if err := checkAct(by, why); err != nil {
		return err
	}
	faults := c.Check()
	if !knowledge.ValidID(id) {
		faults = append([]string{"id: want 1 to 64 of a-z, A-Z, 0-9, '-', '.', '_', '?'"}, faults...)
	}
	return invalid(faults)
}
