package api

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"wenda/bot/web"
	"wenda/knowledge"
	"wenda/knowledge/base"
)

// typed is what the form of an entry holds.
type typed struct {
	content base.Content
	version int64
	id      string // of a new entry
	why     string
	submit  bool // send it for review, too
	badTime bool // a moment cannot be read; it is left out of content
}

// readForm reads the form of an entry. It refuses nothing: what is wrong is told when it
// is saved.
func readForm(f url.Values) typed {
	t := typed{id: strings.TrimSpace(f.Get("id")), why: strings.TrimSpace(f.Get("why")), submit: f.Get("then") == "submit"}
	t.version, _ = strconv.ParseInt(f.Get("version"), 10, 64) // none is 0: that of a new entry
	c := base.Content{
		Category: f.Get("category"), Tags: listed(f.Get("tags")), Hot: f.Get("hot") != "", Owner: f.Get("owner"), Source: f.Get("source"),
		Risk: base.Risk(f.Get("risk")), Related: listed(f.Get("related")), Texts: map[knowledge.Lang]base.Text{},
	}
	c.From = t.moment(web.ParseTyped(f.Get("from")))
	c.Until = t.moment(web.ParseTyped(f.Get("until")))
	c.ReviewBy = t.moment(web.ParseDay(f.Get("review_by")))
	for _, lang := range []knowledge.Lang{knowledge.Chinese, knowledge.English} {
		if text, any := readText(f, string(lang)); any {
			c.Texts[lang] = text
		}
	}
	t.content = c.Canonical()
	return t
}

func (t *typed) moment(at time.Time, err error) time.Time {
	if err != nil {
		t.badTime = true
		return time.Time{}
	}
	return at
}

// readText reads an entry in one language, and whether anything is said in it.
func readText(f url.Values, lang string) (base.Text, bool) {
	t := base.Text{
		Question: f.Get(lang + ".question"), Answer: f.Get(lang + ".answer"),
		Similar: strings.Split(f.Get(lang+".similar"), "\n"), Not: strings.Split(f.Get(lang+".not"), "\n"),
	}
	any := strings.TrimSpace(t.Question+t.Answer+f.Get(lang+".similar")+f.Get(lang+".not")) != ""
	for row := 1; row <= base.MaxChannels+1; row++ {
		name, said := strings.TrimSpace(f.Get(fmt.Sprintf("%s.channel.%d", lang, row))), f.Get(fmt.Sprintf("%s.said.%d", lang, row))
		if strings.TrimSpace(said) == "" {
			continue
		}
		if t.Channels == nil {
			t.Channels = map[string]string{}
		}
		for _, taken := t.Channels[name]; taken || name == ""; _, taken = t.Channels[name] {
			name += "?" // refused when it is saved, not lost
		}
		t.Channels[name], any = said, true
	}
	return t, any
}

// listed are the parts of a list with commas between, in either script.
func listed(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",，、;；\n", r) })
}

// goodID reports whether people can name an entry so: as knowledge.ValidID says, and
// that it stands in an address as it is.
func goodID(id string) bool {
	return knowledge.ValidID(id) && !strings.Contains(id, "?") &&
		strings.ContainsFunc(id, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}
