package web

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	"wenda/knowledge"
	"wenda/knowledge/base"
)

// Side says on which of two sides a piece stands.
type Side string

// The sides.
const (
	OnBoth   Side = "both"
	Gone     Side = "gone" // before only
	Appeared Side = "new"  // after only
)

// Piece is a part of a field: some words of a text, or a whole line of a list.
type Piece struct {
	Side Side
	Text string
}

// FieldChange is a field of an entry in which two contents differ. Those pieces that are
// not Appeared are what it was, those that are not Gone what it is.
type FieldChange struct {
	Field   string         // question, similar, not, answer, channel; category, tags, hot, owner, source, risk, related, from, until, review_by
	Lang    knowledge.Lang // of the texts; "" of what is the entry's
	Channel string         // of channel
	List    bool           // pieces are whole lines
	Pieces  []Piece
}

// Compare returns what differs between two contents: of the entry first, then of each
// language, Chinese first. owner says what a user is called; nil: their id.
func Compare(before, after base.Content, owner func(id string) string) []FieldChange {
	before, after = before.Canonical(), after.Canonical()
	var all []FieldChange
	old, fresh := fieldsOf(before, owner), fieldsOf(after, owner)
	for _, key := range keysOf(old, fresh) {
		a, b := old[key], fresh[key]
		if a == b {
			continue
		}
		c := FieldChange{Field: key.name, Lang: key.lang, Channel: key.channel, List: key.list()}
		if c.List {
			c.Pieces = differ(nonEmpty(strings.Split(a, "\n")), nonEmpty(strings.Split(b, "\n")))
		} else {
			c.Pieces = joined(differ(tokens(a), tokens(b)))
		}
		all = append(all, c)
	}
	return all
}

// fieldKey names a field of a content.
type fieldKey struct {
	lang    knowledge.Lang
	name    string
	channel string
}

func (k fieldKey) list() bool {
	return slices.Contains([]string{"similar", "not", "tags", "related"}, k.name)
}

// fieldOrder is the one in which pages show an entry.
var fieldOrder = []string{"category", "tags", "hot", "risk", "owner", "source", "related", "from", "until", "review_by",
	"question", "answer", "channel", "similar", "not"}

// fieldsOf are all fields as texts, lists with a line each.
func fieldsOf(c base.Content, owner func(string) string) map[fieldKey]string {
	all := map[fieldKey]string{
		{name: "category"}: c.Category, {name: "source"}: c.Source, {name: "owner"}: c.Owner,
		{name: "tags"}: strings.Join(c.Tags, "\n"), {name: "related"}: strings.Join(c.Related, "\n"), {name: "risk"}: string(cmp.Or(c.Risk, base.RiskNormal)),
		{name: "from"}: When(c.From), {name: "until"}: When(c.Until), {name: "review_by"}: day(c.ReviewBy),
	}
	if owner != nil && c.Owner != "" {
		all[fieldKey{name: "owner"}] = owner(c.Owner)
	}
	if c.Hot {
		all[fieldKey{name: "hot"}] = "✓"
	}
	for lang, t := range c.Texts {
		all[fieldKey{lang: lang, name: "question"}], all[fieldKey{lang: lang, name: "answer"}] = t.Question, t.Answer
		all[fieldKey{lang: lang, name: "similar"}], all[fieldKey{lang: lang, name: "not"}] = strings.Join(t.Similar, "\n"), strings.Join(t.Not, "\n")
		for name, answer := range t.Channels {
			all[fieldKey{lang: lang, name: "channel", channel: name}] = answer
		}
	}
	return all
}

// keysOf are the fields of both, in the order in which they are shown.
func keysOf(a, b map[fieldKey]string) []fieldKey {
	var all []fieldKey
	for _, m := range []map[fieldKey]string{a, b} {
		for key := range m {
			all = append(all, key)
		}
	}
	slices.SortFunc(all, compareKeys)
	return slices.Compact(all)
}

func compareKeys(x, y fieldKey) int {
	return cmp.Or(langRank(x.lang)-langRank(y.lang), slices.Index(fieldOrder, x.name)-slices.Index(fieldOrder, y.name), strings.Compare(x.channel, y.channel))
}

func langRank(lang knowledge.Lang) int {
	return slices.Index([]knowledge.Lang{"", knowledge.Chinese, knowledge.English}, lang)
}

func nonEmpty(all []string) []string {
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

// day is a date as pages show it.
func day(at time.Time) string { return inZone(at, time.DateOnly) }

// tokens cuts a text into what is compared: single Chinese characters and signs, whole
// words and numbers of other scripts.
func tokens(text string) []string {
	var all []string
	inWord := false
	for _, r := range text {
		word := !unicode.Is(unicode.Han, r) && (unicode.IsLetter(r) || unicode.IsDigit(r))
		if word && inWord {
			all[len(all)-1] += string(r)
		} else {
			all = append(all, string(r))
		}
		inWord = word
	}
	return all
}

// joined makes one piece of neighbours of one side, and takes a single character that both
// sides happen to share amid changes into the changes: islands of one letter are harder
// to read than what was replaced.
func joined(pieces []Piece) []Piece {
	for i := 1; i+1 < len(pieces); i++ {
		island := pieces[i].Side == OnBoth && len([]rune(pieces[i].Text)) == 1 && !strings.ContainsAny(pieces[i].Text, "\n，。；！？,.;!?")
		if island && pieces[i-1].Side != OnBoth && pieces[i+1].Side != OnBoth {
			text := pieces[i].Text
			pieces = slices.Replace(pieces, i, i+1, Piece{Gone, text}, Piece{Appeared, text})
			i++
		}
	}
	var out []Piece
	gone, appeared := "", ""
	flush := func() {
		if gone != "" {
			out = append(out, Piece{Gone, gone})
		}
		if appeared != "" {
			out = append(out, Piece{Appeared, appeared})
		}
		gone, appeared = "", ""
	}
	for _, p := range pieces {
		switch p.Side {
		case Gone:
			gone += p.Text
		case Appeared:
			appeared += p.Text
		default:
			flush()
			if n := len(out); n > 0 && out[n-1].Side == OnBoth {
				out[n-1].Text += p.Text
			} else {
				out = append(out, p)
			}
		}
	}
	flush()
	return out
}

// CompareThree returns the fields in which either of two contents differs from what
// both began with, in the order of Compare.
func CompareThree(common, theirs, yours base.Content, owner func(id string) string) []ThreeWay {
	byKey := map[fieldKey]*ThreeWay{}
	var keys []fieldKey
	add := func(c FieldChange) *ThreeWay {
		key := fieldKey{c.Lang, c.Field, c.Channel}
		if byKey[key] == nil {
			byKey[key] = &ThreeWay{FieldChange: FieldChange{Field: c.Field, Lang: c.Lang, Channel: c.Channel, List: c.List}}
			keys = append(keys, key)
		}
		return byKey[key]
	}
	for _, c := range Compare(common, theirs, owner) {
		add(c).Pieces = c.Pieces
	}
	for _, c := range Compare(common, yours, owner) {
		add(c).Yours = c.Pieces
	}
	slices.SortFunc(keys, compareKeys)
	was := fieldsOf(common.Canonical(), owner)
	var all []ThreeWay
	for _, key := range keys {
		way := byKey[key]
		way.Clash = way.Pieces != nil && way.Yours != nil && !slices.Equal(way.Pieces, way.Yours)
		unchanged := []Piece{{OnBoth, was[key]}}
		if key.list() {
			unchanged = differ(nonEmpty(strings.Split(was[key], "\n")), nonEmpty(strings.Split(was[key], "\n")))
		}
		if way.Pieces == nil {
			way.Pieces = unchanged
		}
		if way.Yours == nil {
			way.Yours = unchanged
		}
		all = append(all, *way)
	}
	return all
}
