package exchange

import (
	"strings"

	"wenda/knowledge"
	"wenda/knowledge/base"
)

// Change is one field that an import would change, as tables show fields: lists one
// item a line, times in Beijing time.
type Change struct {
	Field  string         `json:"field"`          // a column's key: question, tags, answer:sms …
	Lang   knowledge.Lang `json:"lang,omitempty"` // "" for fields of the entry as a whole
	Before string         `json:"before"`
	After  string         `json:"after"`
}

// changes lists the fields in which two contents differ, in the order of the columns.
func changes(before, after base.Content) []Change {
	var out []Change
	note := func(c column, lang knowledge.Lang, was, is string) {
		if was != is {
			out = append(out, Change{c.key, lang, was, is})
		}
	}
	all := append(append([]column{}, columns...), channelsOf([]Entry{{Content: before}, {Content: after}})...)
	for _, c := range all {
		switch {
		case c.get == nil:
		case !c.text:
			note(c, "", c.get(&before, nil), c.get(&after, nil))
		default:
			for _, lang := range langs {
				was, is := before.Texts[lang], after.Texts[lang]
				note(c, lang, c.get(&before, &was), c.get(&after, &is))
			}
		}
	}
	return out
}

// Lines tells a list's change apart: what came and what went, each in its order.
func (c Change) Lines() (came, went []string) {
	return missing(c.After, c.Before), missing(c.Before, c.After)
}

// missing are the lines of a that b lacks.
func missing(a, b string) []string {
	has := map[string]bool{"": true}
	for line := range strings.SplitSeq(b, "\n") {
		has[line] = true
	}
	var out []string
	for line := range strings.SplitSeq(a, "\n") {
		if !has[line] {
			out = append(out, line)
		}
	}
	return out
}
