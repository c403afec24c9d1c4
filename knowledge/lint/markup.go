package lint

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// What the chat window does not render, by line or inside one. Bold, lists of one level
// and [text](https://…) it does.
var (
	ofLines = []struct {
		is  *regexp.Regexp
		say sentence
	}{
		{regexp.MustCompile(`^\s{0,3}#{1,6}\s+\S.*`), sayHeading},
		{regexp.MustCompile(`^\s*(={3,}|-{3,}|\*{3,}|_{3,})\s*$`), sayCode},
		{regexp.MustCompile(`^\s*\|.*\|\s*$|^\s*:?-{2,}:?\s*\|.*`), sayTable},
		{regexp.MustCompile("^\\s*(```|~~~).*"), sayCode},
		{regexp.MustCompile(`^\s{0,3}>\s*\S.*`), sayCode},
		{regexp.MustCompile(`^(\s{4,}|\t+)([-*•]|\d{1,3}[.)])\s+\S.*`), sayNested},
	}
	inLines = []struct {
		is  *regexp.Regexp
		say sentence
	}{
		{regexp.MustCompile(`!\[[^\]\n]*\]\([^)\n]*\)`), sayPicture},
		{regexp.MustCompile(`</?[a-zA-Z][a-zA-Z0-9]{0,15}(\s[^<>\n]{0,200})?/?>|<!--`), sayHTML},
		{regexp.MustCompile("`[^`\n]+`|~~[^~\n]+~~"), sayCode},
		{regexp.MustCompile(`\[[^\]\n]+\]\[[^\]\n]*\]`), sayCode},
	}
	italic = regexp.MustCompile(`(?:^|[^*\\\w])(\*[^*\s][^*\n]*\*)(?:[^*\w]|$)`)
	bold   = regexp.MustCompile(`\\[\\*]|\*\*[^*\n]+\*\*`)
)

// markup looks for Markdown that the chat window shows as signs.
func (k *check) markup(f field) {
	at := 0
	for line := range strings.SplitSeq(f.text, "\n") {
		k.markupIn(f, strings.TrimRight(line, "\r"), at)
		at += utf8.RuneCountInString(line) + 1
	}
}

// markupIn looks at one line, which begins at rune at of the field.
func (k *check) markupIn(f field, line string, at int) {
	note := func(from, to int, say sentence) {
		text := strings.TrimSpace(line[from:to])
		k.noteIn(f, Markup, Warn, text, at+utf8.RuneCountInString(line[:from]), sayWords(say, text))
	}
	if !strings.ContainsAny(line, "#=-*_|`~>:\t!<[") && !strings.HasPrefix(line, "    ") {
		return
	}
	for _, p := range ofLines {
		if m := p.is.FindStringIndex(line); m != nil {
			note(m[0], m[1], p.say)
			return
		}
	}
	for _, p := range inLines {
		for _, m := range p.is.FindAllStringIndex(line, -1) {
			if !active.MatchString(strings.ToLower(line[m[0]:m[1]])) { // it blocks already
				note(m[0], m[1], p.say)
			}
		}
	}
	rest := bold.ReplaceAllString(line, "")
	if i := strings.Index(line, "**"); i >= 0 && strings.Contains(rest, "**") {
		note(i, i+2, sayBold)
	}
	for _, m := range italic.FindAllStringSubmatchIndex(line, -1) {
		note(m[2], m[3], sayCode)
	}
}
