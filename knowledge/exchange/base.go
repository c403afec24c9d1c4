package exchange

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"wenda/knowledge"
)

// ReadBase reads a base of either form of JSON Lines, in the order of the file; of
// whole entries what a release holds. Every entry has revision 1. The
// error is a *Faults, or that of r.
func ReadBase(r io.Reader, limits Limits) ([]knowledge.Entry, error) {
	b := reading{limits: limits, at: map[string]int{}}
	for line, err := range lines(r, limits) {
		if err != nil {
			return nil, err
		}
		b.line(line)
	}
	if len(b.entries) == 0 && len(b.faults.List) == 0 {
		b.faults.add(0, "no entry in the file")
	}
	if err := b.faults.err(); err != nil {
		return nil, err
	}
	return b.entries, nil
}

// reading is what has been read so far.
type reading struct {
	limits    Limits
	entries   []knowledge.Entry
	at        map[string]int // line of each id
	phrasings int
	faults    Faults
}

func (b *reading) line(l line) {
	if l.fault != "" {
		b.faults.add(l.number, l.fault)
		return
	}
	entry, faults := readEntry(l.text)
	for _, f := range faults {
		b.faults.add(l.number, f)
	}
	if entry.ID != "" {
		if before, twice := b.at[entry.ID]; twice {
			b.faults.add(l.number, fmt.Sprintf("id %s stands in line %d already", quote(entry.ID), before))
		}
		b.at[entry.ID] = l.number
	}
	b.entries = append(b.entries, entry)
	before := b.phrasings
	for _, t := range entry.Texts {
		b.phrasings += 1 + len(t.Similar)
	}
	if before <= b.limits.Phrasings && b.phrasings > b.limits.Phrasings {
		b.faults.add(l.number, fmt.Sprintf("more than %d phrasings", b.limits.Phrasings))
	}
}

// readEntry reads one line and returns everything that is wrong with it.
func readEntry(text string) (knowledge.Entry, []string) {
	if !utf8.ValidString(text) {
		return knowledge.Entry{}, []string{"not UTF-8"}
	}
	if all, err := members([]byte(text)); err == nil && all["texts"] != nil {
		return readWritten(text)
	}
	o, err := readObject(text, map[string]kind{
		"id": isString, "question": isString, "similar": isList, "answer": isString, "category": isString, "lang": isString,
	})
	if err != nil {
		return knowledge.Entry{}, []string{err.Error()}
	}
	faults := o.faults()
	id := o.strings["id"]
	if id != "" && !knowledge.ValidID(id) {
		faults = append(faults, fmt.Sprintf("id %s: want 1 to 64 of a-z, A-Z, 0-9, '-', '.', '_', '?'", quote(id)))
	}
	lang, ok := language(o.strings["lang"], o.strings["question"])
	if !ok {
		faults = append(faults, fmt.Sprintf(`lang %s: want "zh" or "en"`, quote(o.strings["lang"])))
	}
	blank := func(s string) bool { return strings.TrimSpace(s) == "" }
	return knowledge.Entry{
		ID: id, Revision: 1, Category: o.strings["category"],
		Texts: map[knowledge.Lang]knowledge.Text{lang: {
			Question: o.strings["question"], Similar: slices.DeleteFunc(o.lists["similar"], blank), Answer: o.strings["answer"],
		}},
	}, faults
}

// readWritten reads a line as Write writes it.
func readWritten(text string) (knowledge.Entry, []string) {
	r := record{text: text}
	p := readRecord(&r)
	var faults []string
	for _, f := range r.flaws {
		faults = append(faults, f.String())
	}
	return p.content.Canonical().Entry(p.id, 1), append(faults, p.content.Check()...)
}

// faults returns what is missing, empty or unprintable.
func (o object) faults() []string {
	var out []string
	for _, key := range []string{"id", "question"} {
		if strings.TrimSpace(o.strings[key]) == "" {
			out = append(out, key+" is missing or empty")
		}
	}
	for _, key := range []string{"id", "question", "answer", "category"} {
		if controls(o.strings[key]) {
			out = append(out, key+" holds a control character")
		}
	}
	if slices.ContainsFunc(o.lists["similar"], controls) {
		out = append(out, "similar holds a control character")
	}
	return out
}

// controls reports whether s holds what no keyboard types and databases refuse.
func controls(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r'
	})
}

// language reads a tag, or tells the language from the question's script.
func language(tag, question string) (knowledge.Lang, bool) {
	switch main, _, _ := strings.Cut(strings.ToLower(tag), "-"); {
	case main == "zh":
		return knowledge.Chinese, true
	case main == "en":
		return knowledge.English, true
	case tag != "":
		return knowledge.Chinese, false
	case strings.ContainsFunc(question, func(r rune) bool { return unicode.Is(unicode.Han, r) }):
		return knowledge.Chinese, true
	}
	return knowledge.English, true
}

// quote shows at most the first 40 bytes of what a file holds, escaped.
func quote(s string) string {
	if len(s) > 40 {
		s = strings.ToValidUTF8(s[:40], "") + "…"
	}
	return fmt.Sprintf("%q", s)
}
