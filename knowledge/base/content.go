package base

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"wenda/knowledge"
	"wenda/knowledge/segment"
)

// Canonical returns the content as it is stored: texts and lists without blanks around
// and between, tags sorted and each once, times in whole seconds UTC, the usual risk as "". Two
// contents that say the same have equal canonical forms. Nothing of c is changed or shared.
func (c Content) Canonical() Content {
	c.Category, c.Owner, c.Source = line(c.Category), line(c.Owner), line(c.Source)
	c.Tags, c.Related = lines(c.Tags), lines(c.Related)
	slices.Sort(c.Tags)
	c.Tags = slices.Compact(c.Tags)
	c.From, c.Until, c.ReviewBy = second(c.From), second(c.Until), second(c.ReviewBy)
	if c.Risk == RiskNormal {
		c.Risk = ""
	}
	texts := make(map[knowledge.Lang]Text, len(c.Texts))
	for lang, t := range c.Texts {
		texts[lang] = t.canonical()
	}
	c.Texts = texts
	return c
}

func (t Text) canonical() Text {
	channels := map[string]string{}
	for name, answer := range t.Channels {
		if answer = line(answer); answer != "" {
			channels[name] = answer
		}
	}
	if len(channels) == 0 {
		channels = nil
	}
	return Text{Question: line(t.Question), Similar: lines(t.Similar), Not: lines(t.Not), Answer: line(t.Answer), Channels: channels}
}

// line is a text as it is stored: of UTF-8, with Unix line ends and no space around.
func line(s string) string {
	return strings.TrimSpace(unixEnds.Replace(strings.ToValidUTF8(s, "\uFFFD")))
}

var unixEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// lines are those that are not blank, or nil.
func lines(all []string) []string {
	var out []string
	for _, s := range all {
		if s = line(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func second(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Second)
}

// JSON returns the canonical form as it is stored: equal contents, equal bytes.
func (c Content) JSON() []byte {
	raw, err := json.Marshal(c.Canonical())
	if err != nil { // a year that no calendar has; Check says so
		return []byte("null")
	}
	return raw
}

// Equal reports whether both say the same.
func (c Content) Equal(other Content) bool { return string(c.JSON()) == string(other.JSON()) }

// Question returns the standard question, in Chinese if there is one.
func (c Content) Question() string {
	if t, ok := c.Texts[knowledge.Chinese]; ok {
		return t.Question
	}
	return c.Texts[knowledge.English].Question
}

// Entry returns the entry as the matcher and the bot know it.
func (c Content) Entry(id string, revision int) knowledge.Entry {
	texts := make(map[knowledge.Lang]knowledge.Text, len(c.Texts))
	for lang, t := range c.Texts {
		texts[lang] = knowledge.Text{Question: t.Question, Similar: t.Similar, Not: t.Not, Answer: t.Answer, Channels: t.Channels}
	}
	return knowledge.Entry{ID: id, Revision: revision, Category: c.Category, Hot: c.Hot, Texts: texts}
}

// ContentOf returns an entry's content.
func ContentOf(e knowledge.Entry) Content {
	c := Content{Category: e.Category, Hot: e.Hot, Texts: make(map[knowledge.Lang]Text, len(e.Texts))}
	for lang, t := range e.Texts {
		c.Texts[lang] = Text{Question: t.Question, Similar: t.Similar, Not: t.Not, Answer: t.Answer, Channels: t.Channels}
	}
	return c.Canonical()
}

// facts are what SQL knows of a content beside its JSON.
type facts struct {
	json, question          string
	from, until, review     int64
	folded, category, owner string
	risk, tags, langs       string
}

func (c Content) facts(id string) facts {
	c = c.Canonical()
	risk := c.Risk
	if risk == "" {
		risk = RiskNormal
	}
	return facts{
		json: string(c.JSON()), question: c.Question(), from: millis(c.From), until: millis(c.Until), review: millis(c.ReviewBy),
		folded: c.folded(id), category: c.Category, owner: c.Owner, risk: string(risk),
		tags: between(c.Tags), langs: between(c.langs()),
	}
}

// langs are the languages that it has, sorted.
func (c Content) langs() []string {
	var all []string
	for lang := range c.Texts {
		all = append(all, string(lang))
	}
	slices.Sort(all)
	return all
}

// folded is all that a list's search looks through, in one spelling.
func (c Content) folded(id string) string {
	all := []string{id}
	for _, lang := range c.langs() {
		t := c.Texts[knowledge.Lang(lang)]
		all = append(append(append(all, t.Question), t.Similar...), t.Answer)
		for _, channel := range t.channels() {
			all = append(all, t.Channels[channel])
		}
	}
	for i, s := range all {
		all[i] = segment.Normalise(s)
	}
	return strings.Join(all, "\n")
}

func (t Text) channels() []string {
	var names []string
	for name := range t.Channels {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// between puts each value between line ends, so that one can be looked for whole.
func between(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return "\n" + strings.Join(values, "\n") + "\n"
}

// parse reads what JSON wrote.
func parse(raw string) (Content, error) {
	var c Content
	if err := json.Unmarshal([]byte(raw), &c); err != nil {
		return Content{}, fmt.Errorf("base: a stored content cannot be read: %w", err)
	}
	return c, nil
}

// millis is a moment as it is stored; never is 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// moment is a stored moment.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
