// Package lint checks what editors wrote before a second person reads it. It looks for
// what a machine can see; whether an answer is true only a person can say.
//
//	words, err := lint.ReadForbidden(lint.Shipped)          // or what compliance made of it
//	links, err := lint.ReadLinks("help.example.com\n*.example.cn")
//	found := lint.Check("repay-how", content, lint.Rules{Forbidden: words, Links: links, Now: time.Now()})
//	if lint.Blocked(found) { … }                            // cannot be submitted for review
//
// # The rules
//
//	forbidden  words that promise or press, from a dictionary that compliance owns
//	rate       a rate by day or month that is not given as an annual percentage
//	link       an address that is not https, or whose host is not on the list
//	personal   somebody's phone, card or identity number, e-mail address, password
//	empty      a language with a question and no answer, or the other way round
//	date       a deadline that is over, a date before the entry's own end, an end before its start
//	markup     what the chat window shows as signs instead of heading, table or picture
//	language   an English text in Chinese characters, or a Chinese one without any
//	invisible  characters that nobody sees and that turn the order of others around
//	long       an answer over 600 characters, or a question over 60 (English: 100), on a phone
//	twice      a phrasing that stands in the entry before, in another entry, or among its own counter-phrasings
//	variable   a placeholder in a reply of agents that nobody would fill in
//	secret     a customer is asked for a password or a code (only what agents send: Sent)
//
// A finding blocks or warns. What blocks cannot be submitted; what warns is shown to the
// author and to the reviewer, who decide. Where only a person can tell, it is a warning:
// 不保证通过 denies what 保证通过 promises, and 声称百分百下款的都是诈骗 warns of it.
//
// Standard question, answer and the answers of channels are what we say, and all rules
// hold for them. Phrasings and counter-phrasings are what customers say: they may ask
// for the impossible, but must not hold personal data.
//
// # Spelling
//
// Forbidden words are found however they are written: traditional, full-width, in
// capitals, with spaces, signs or invisible characters between. A comma or a full stop
// between two words that merely follow each other (无法保证，通过率见页面) is no match.
//
// Check is a pure function: same content and rules, same findings, in the order of the
// entry. Its time grows linearly with the text.
package lint

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"wenda/knowledge"
	"wenda/knowledge/base"
)

// Severity says what a finding does.
type Severity string

// The severities. Block is the greater.
const (
	Block Severity = "block" // the entry cannot be submitted for review
	Warn  Severity = "warn"  // author and reviewer see it and decide
)

// Rule names what was looked for, as in the package comment.
type Rule string

// The rules.
const (
	Forbidden Rule = "forbidden"
	Rate      Rule = "rate"
	Link      Rule = "link"
	Personal  Rule = "personal"
	Empty     Rule = "empty"
	Date      Rule = "date"
	Markup    Rule = "markup"
	Language  Rule = "language"
	Invisible Rule = "invisible"
	Long      Rule = "long"
	Twice     Rule = "twice"
	Variable  Rule = "variable"
	Secret    Rule = "secret"
)

// Finding is one thing that was found.
//
//	{"rule":"forbidden","severity":"block","lang":"zh-CN","field":"answer","text":"保證 通過","at":12,
//	 "say":{"zh-CN":"不能承诺「保證 通過」。…","en":"…"}}
type Finding struct {
	Rule     Rule           `json:"rule"`
	Severity Severity       `json:"severity"`
	Lang     knowledge.Lang `json:"lang,omitempty"` // "" if it is about the entry, not about a text
	// Field is question, answer, similar.N, not.N (N from 0), channel.NAME; or, of the
	// entry itself, texts, category, tags, source, from, until, review_by.
	Field string `json:"field"`
	Text  string `json:"text,omitempty"` // the words found, as they stand there; personal data masked
	At    int    `json:"at"`             // where they begin, in runes of the field; 0 if it is about the field as a whole
	// Say is the finding in a sentence or two, for people, in both languages.
	Say map[knowledge.Lang]string `json:"say"`
}

// MaxOfRule bounds the findings of one rule in one field: who reads twenty of a kind
// does not need the rest.
const MaxOfRule = 20

// Limits of a phone: what fits on two screens at 390 px, and on a button of two lines.
// Ours, without a source.
const (
	LongAnswer     = 600 // runes
	LongQuestion   = 60  // runes
	LongQuestionEN = 100 // letters are narrower
)

// Rules are what Check holds a content against. The zero value knows no forbidden
// word, allows no link and knows no date; Rules may be used by several at once.
type Rules struct {
	Forbidden *Dictionary // nil: no word is forbidden
	Links     Links
	Now       time.Time // deadlines before it, in its own zone, are over; zero: dates are not looked at

	// Other returns the entry that holds a phrasing with this segment.Key in force or in
	// draft, "" if none other than entry id does. nil: other entries are not looked at.
	Other func(id, key string) string
}

// Check returns what it finds in a content, in the order: entry, then each language
// (Chinese first) with question, phrasings, counter-phrasings, answer and channels, each
// from its beginning; nil if nothing.
func Check(id string, c base.Content, rules Rules) []Finding {
	k := &check{id: id, content: c, rules: rules}
	k.entry()
	for _, lang := range languages(c) {
		k.lang = lang
		k.text(c.Texts[lang])
	}
	return k.found
}

// Blocked reports whether one of the findings blocks.
func Blocked(found []Finding) bool {
	return slices.ContainsFunc(found, func(f Finding) bool { return f.Severity == Block })
}

// languages returns the content's languages, Chinese first.
func languages(c base.Content) []knowledge.Lang {
	var out []knowledge.Lang
	for lang := range c.Texts {
		out = append(out, lang)
	}
	slices.SortFunc(out, func(a, b knowledge.Lang) int {
		if (a == knowledge.Chinese) != (b == knowledge.Chinese) {
			return map[bool]int{true: -1, false: 1}[a == knowledge.Chinese]
		}
		return cmp.Compare(a, b)
	})
	return out
}

// check is Check at work.
type check struct {
	id      string
	content base.Content
	rules   Rules
	lang    knowledge.Lang
	found   []Finding
}

// field is one text of an entry.
type field struct {
	name   string
	text   string
	spoken bool // by us; else by customers
	answer bool // Markdown
}

// entry checks what is not a text.
func (k *check) entry() {
	if len(k.content.Texts) == 0 {
		k.note(Finding{Rule: Empty, Severity: Block, Field: "texts", Say: sayNoText})
	}
	k.times()
	for _, f := range []field{{name: "category", text: k.content.Category}, {name: "source", text: k.content.Source}} {
		k.personal(f)
	}
	for _, tag := range k.content.Tags {
		k.personal(field{name: "tags", text: tag})
	}
}

// text checks an entry in one language.
func (k *check) text(t base.Text) {
	k.field(field{name: "question", text: t.Question, spoken: true})
	for i, s := range t.Similar {
		k.field(field{name: "similar." + strconv.Itoa(i), text: s})
	}
	for i, s := range t.Not {
		k.field(field{name: "not." + strconv.Itoa(i), text: s})
	}
	k.field(field{name: "answer", text: t.Answer, spoken: true, answer: true})
	for _, name := range sortedKeys(t.Channels) {
		k.field(field{name: "channel." + name, text: t.Channels[name], spoken: true, answer: true})
	}
	k.empty(t)
	k.phrasings(t)
}

// field checks one text.
func (k *check) field(f field) {
	from := len(k.found)
	k.personal(f)
	if f.spoken {
		k.forbidden(f)
		k.rates(f)
		k.links(f)
		k.dates(f)
		k.script(f)
		k.length(f)
		k.variables(f)
	}
	if f.answer {
		k.markup(f)
	}
	k.invisible(f)
	k.found = append(k.found[:from], tidied(k.found[from:])...)
}

// tidied sorts the findings of one field and bounds them by rule.
func tidied(found []Finding) []Finding {
	slices.SortStableFunc(found, func(a, b Finding) int { return cmp.Compare(a.At, b.At) })
	count := map[Rule]int{}
	// What blocks counts first, so that warnings never push it out.
	keep := make([]bool, len(found))
	for _, severity := range []Severity{Block, Warn} {
		for i, f := range found {
			if f.Severity == severity && count[f.Rule] < MaxOfRule {
				count[f.Rule]++
				keep[i] = true
			}
		}
	}
	out := found[:0]
	for i, f := range found {
		if keep[i] {
			out = append(out, f)
		}
	}
	return out
}

func (k *check) note(f Finding) {
	f.Text = string([]rune(f.Text)) // valid, rune for rune
	k.found = append(k.found, f)
}

// noteIn notes what was found in a field.
func (k *check) noteIn(f field, rule Rule, severity Severity, text string, at int, say map[knowledge.Lang]string) {
	k.note(Finding{Rule: rule, Severity: severity, Lang: k.lang, Field: f.name, Text: text, At: at, Say: say})
}

func sortedKeys(m map[string]string) []string {
	var out []string
	for key := range m {
		out = append(out, key)
	}
	slices.Sort(out)
	return out
}
