package web

import (
	"fmt"
	"html/template"
	"maps"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"wenda/knowledge"
	"wenda/knowledge/base"
	"wenda/knowledge/lint"
)

// entryFunctions are what the templates of entries may call.
func entryFunctions(lang knowledge.Lang, w words) template.FuncMap {
	return template.FuncMap{
		"pageLang": func() knowledge.Lang { return lang },
		"when":     When,
		"typed":    Typed,
		"join":     func(all []string) string { return strings.Join(all, ", ") },
		"pairs":    byTwo,
		"has":      func(t base.Text) bool { return t.Question != "" || t.Answer != "" },
		"stateURL": stateURL,
		"outcome":  func(title, entry string, o *Outcome) titled { return titled{title, entry, *o} },
		"plain":    plain,
		"percent":  percent,
		"fault":    w.fault,
		"faults":   w.faults,
		"day":      day,
		"question": func(c base.Content) string { return c.Question() },
		"system":   func(id string) bool { return knowledge.Entry{ID: id}.System() },
		"canned":   func(id string) bool { return knowledge.Entry{ID: id}.Canned() },
		"fromDesk": func(c base.Content) bool { return slices.Contains(c.Tags, FromDesk) },
		"asked":    func(id string) bool { return knowledge.Entry{ID: id}.Matchable() },
		"findings": findings,
		"about":    about,
		"waited":   func(since, now time.Time) (string, error) { return waited(w, since, now) },
		"both":     func() []knowledge.Lang { return []knowledge.Lang{knowledge.Chinese, knowledge.English} },
		"lines":    func(all []string) string { return strings.Join(all, "\n") },
		"channels": channelsOf,
		"before":   func(all []Piece) []Piece { return without(all, Appeared) },
		"after":    func(all []Piece) []Piece { return without(all, Gone) },
		"change":   func(c FieldChange, pieces []Piece) FieldChange { c.Pieces = pieces; return c },
		"value": func(field, text string) (string, error) {
			if field == "risk" {
				return w.say("risk." + text)
			}
			return text, nil
		},
		"risk": func(r base.Risk) base.Risk {
			if r == "" {
				return base.RiskNormal
			}
			return r
		},
	}
}

// percent shows a confidence as text.ts does: 100 % is kept for certainty, 0 % for nothing.
func percent(p float64) string {
	n := math.Round(p * 100)
	switch {
	case n == 100 && p < 1:
		n = 99
	case n == 0 && p > 0:
		n = 1
	}
	return fmt.Sprintf("%.0f%%", n)
}

// findings are those about a field: of a list, those of its lines too.
func findings(all []lint.Finding, lang knowledge.Lang, field string) []lint.Finding {
	var some []lint.Finding
	for _, f := range all {
		if f.Lang == lang && (f.Field == field || strings.HasPrefix(f.Field, field+".")) {
			some = append(some, f)
		}
	}
	return some
}

// about names the field of a finding, for the words: without the number of its line.
func about(f lint.Finding) string {
	name, _, _ := strings.Cut(f.Field, ".")
	return name
}

// waited says how long something has waited.
func waited(w words, since, now time.Time) (string, error) {
	switch d := now.Sub(since); {
	case d < time.Minute:
		return w.say("review.now")
	case d < time.Hour:
		return w.say("review.minutes", "n", int(d.Minutes()))
	case d < 48*time.Hour:
		return w.say("review.hours", "n", int(d.Hours()))
	default:
		return w.say("review.days", "n", int(d.Hours()/24))
	}
}

// titled is an outcome as a page shows it: with a title, and whose draft it is about.
type titled struct {
	Title, Entry string
	Outcome
}

// byTwo puts every two together: keys and the words that say what they do.
func byTwo(all []string) [][]string {
	var out [][]string
	for i := 0; i+1 < len(all); i += 2 {
		out = append(out, all[i:i+2])
	}
	return out
}

// plain is a change without marks: its pieces as they stand.
func plain(c FieldChange, pieces []Piece) FieldChange {
	c.Pieces = nil
	for _, p := range pieces {
		c.Pieces = append(c.Pieces, Piece{OnBoth, p.Text})
	}
	return c
}

// stateURL is the list with another state and all else as it is.
func stateURL(q base.Query, state base.State) string {
	q.State, q.After = state, ""
	return EditorURL(q)
}

// EditorURL is where the list shows a query.
func EditorURL(q base.Query) string {
	v := url.Values{}
	for _, field := range []struct{ name, value string }{
		{"q", q.Text}, {"state", string(q.State)}, {"category", q.Category}, {"tag", q.Tag},
		{"owner", q.Owner}, {"risk", string(q.Risk)}, {"in", string(q.Lang)}, {"kind", string(q.Kind)}, {"after", q.After},
	} {
		if field.value != "" {
			v.Set(field.name, field.value)
		}
	}
	if len(v) == 0 {
		return "/editor"
	}
	return "/editor?" + v.Encode()
}

// channelAnswer is a row of the form: an answer for one channel.
type channelAnswer struct {
	Row          int // from 1
	Name, Answer string
}

// channelsOf are the answers for single channels, by name, and one empty row.
func channelsOf(t base.Text) []channelAnswer {
	var all []channelAnswer
	for _, name := range slices.Sorted(maps.Keys(t.Channels)) {
		all = append(all, channelAnswer{len(all) + 1, name, t.Channels[name]})
	}
	return append(all, channelAnswer{Row: len(all) + 1})
}

func without(all []Piece, side Side) []Piece {
	var some []Piece
	for _, p := range all {
		if p.Side != side {
			some = append(some, p)
		}
	}
	return some
}
