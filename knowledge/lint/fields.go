package lint

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"wenda/internal/privacy"
	"wenda/knowledge"
	"wenda/knowledge/base"
	"wenda/knowledge/segment"
)

// personal looks for personal data. The company's own addresses, at hosts that may be
// linked to, are none.
func (k *check) personal(f field) {
	_, found := privacy.Mask(f.text)
	at, runes := 0, 0
	for _, p := range found {
		runes += utf8.RuneCountInString(f.text[at:p.Start])
		at = p.Start
		if p.Kind == privacy.Email && k.rules.Links.mails(f.text[p.Start:p.End]) {
			continue
		}
		k.noteIn(f, Personal, Block, p.Masked, runes, sayWords(sayPersonal, p.Masked))
	}
}

// length looks for what is too long for a phone.
func (k *check) length(f field) {
	most := LongQuestion
	switch {
	case f.answer:
		most = LongAnswer
	case k.lang == knowledge.English:
		most = LongQuestionEN
	}
	if utf8.RuneCountInString(f.text) > most {
		k.noteIn(f, Long, Warn, "", 0, sayWords(sayLong, strconv.Itoa(most)))
	}
}

// bidi turns the order of what follows around.
var bidi = &unicode.RangeTable{R16: []unicode.Range16{{Lo: 0x202A, Hi: 0x202E, Stride: 1}, {Lo: 0x2066, Hi: 0x2069, Stride: 1}}}

// invisible looks for characters that nobody sees, once a field. A joiner of emoji is none.
func (k *check) invisible(f field) {
	at := 0
	for _, r := range f.text {
		if unicode.Is(bidi, r) || unseen(r) && r != 0x200D {
			k.noteIn(f, Invisible, Warn, "", at, sayUnseen)
			return
		}
		at++
	}
}

// empty looks for what is missing in a language, and for what is in another one.
func (k *check) empty(t base.Text) {
	question, answer := blank(t.Question), blank(t.Answer)
	if question {
		k.noteIn(field{name: "question"}, Empty, Block, "", 0, sayNoQuestion)
	}
	if answer {
		k.noteIn(field{name: "answer"}, Empty, Block, "", 0, sayNoAnswer)
	}
	for _, name := range sortedKeys(t.Channels) {
		if blank(t.Channels[name]) {
			k.noteIn(field{name: "channel." + name}, Empty, Block, "", 0, sayNoChannel)
		}
	}
	if foreign(t.Question, k.lang) {
		k.noteIn(field{name: "question"}, Language, Warn, "", 0, sayLanguage)
	}
	if foreign(t.Answer, k.lang) {
		k.noteIn(field{name: "answer"}, Language, Warn, "", 0, sayLanguage)
	}
}

// blank reports whether there is nothing to see in s.
func blank(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsSpace(r) && !unseen(r) }) < 0
}

// foreign reports whether a text is not in its language: an English one with more Chinese
// characters than words, a Chinese one of at least three words without any.
func foreign(text string, lang knowledge.Lang) bool {
	han, words, inWord := 0, 0, false
	for _, r := range text {
		isHan, letter := unicode.Is(unicode.Han, r), unicode.IsLetter(r)
		if isHan {
			han++
		} else if letter && !inWord {
			words++
		}
		inWord = letter && !isHan
	}
	if lang == knowledge.English {
		return han > words
	}
	return han == 0 && words >= 3
}

// phrasings looks for those that stand twice.
func (k *check) phrasings(t base.Text) {
	seen, not := map[string]bool{}, map[string]bool{}
	for _, n := range t.Not {
		not[segment.Key(n)] = true
	}
	for i, text := range append([]string{t.Question}, t.Similar...) {
		f := field{name: "question"}
		if i > 0 {
			f.name = "similar." + strconv.Itoa(i-1)
		}
		key := segment.Key(text)
		switch {
		case key == "":
			if !blank(text) || i > 0 {
				k.noteIn(f, Empty, Warn, text, 0, sayNoPhrasing)
			}
		case seen[key]:
			k.noteIn(f, Twice, Warn, text, 0, sayWords(sayTwiceHere, text))
		default:
			k.elsewhere(f, text, key, not[key])
		}
		seen[key] = true
	}
}

// elsewhere looks whether a phrasing stands among the counter-phrasings or in another entry.
func (k *check) elsewhere(f field, text, key string, not bool) {
	if not {
		k.noteIn(f, Twice, Warn, text, 0, sayWords(sayTwiceNot, text))
	}
	if k.rules.Other == nil || !(knowledge.Entry{ID: k.id}).Matchable() {
		return
	}
	if entry := k.rules.Other(k.id, key); entry != "" {
		say := sayWords(sayTwiceOther, text)
		for lang := range say {
			say[lang] = strings.ReplaceAll(say[lang], "{entry}", entry)
		}
		k.noteIn(f, Twice, Warn, text, 0, say)
	}
}

// times checks when the entry is valid.
func (k *check) times() {
	c, now := k.content, k.rules.Now
	if !c.From.IsZero() && !c.Until.IsZero() && !c.From.Before(c.Until) {
		k.note(Finding{Rule: Date, Severity: Block, Field: "until", Text: day(c.Until), Say: sayUntilFrom})
	}
	if now.IsZero() {
		return
	}
	if !c.Until.IsZero() && !now.Before(c.Until) {
		k.note(Finding{Rule: Date, Severity: Block, Field: "until", Text: day(c.Until), Say: sayUntilOver})
	}
	if !c.ReviewBy.IsZero() && !now.Before(c.ReviewBy) {
		k.note(Finding{Rule: Date, Severity: Warn, Field: "review_by", Text: day(c.ReviewBy), Say: sayReviewOver})
	}
}

func day(t time.Time) string { return t.Format(time.DateOnly) }

// active are the parts of HTML that act.
var active = regexp.MustCompile(`<\s*/?\s*(script|iframe|object|embed|svg|style|form|link|meta|base)\b[^>]{0,200}|<[a-z][^>]{0,200}\bon[a-z]{3,20}\s*=[^>]{0,100}`)

// script looks for HTML that acts. The chat window shows it as text; other channels may not.
func (k *check) script(f field) {
	if !strings.ContainsAny(f.text, "<＜") {
		return
	}
	p, original := plain(f.text), []rune(f.text)
	for _, m := range active.FindAllStringIndex(p.text, -1) {
		text, at := p.cut(original, m[0], m[1])
		k.noteIn(f, Markup, Block, text, at, sayWords(sayScript, text))
	}
}
