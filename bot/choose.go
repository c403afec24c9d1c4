package bot

import (
	"strings"

	"wenda/knowledge"
	"wenda/knowledge/segment"
	"wenda/sessions"
)

// ordinals are how people pick from a list by typing.
var ordinals = []string{"一", "二", "三", "四"}

// picked returns what the customer chose of what the bot offered: by a button, by
// typing its label, or by its number ("2", "第二个"). "" if it is no choice.
func picked(sc scene, said words) string {
	if sc.said.Choice != "" {
		return sc.said.Choice
	}
	for i, id := range sc.session.Memory.Offered {
		if chosenByNumber(string(said), i) || chosenByLabel(sc.release, string(said), id) {
			return id
		}
	}
	return ""
}

func chosenByNumber(u string, i int) bool {
	if i >= len(ordinals) {
		return false
	}
	digit, word := string(rune('1'+i)), ordinals[i]
	u = strings.TrimPrefix(strings.TrimSuffix(u, "个"), "第")
	return u == digit || u == word
}

func chosenByLabel(r *knowledge.Release, u, id string) bool {
	if e, ok := r.Entry(id); ok {
		for _, t := range e.Texts {
			if u == segment.Key(t.Question) {
				return true
			}
		}
		return false
	}
	e, ok := r.Entry("system.choice-" + id)
	if !ok {
		return false
	}
	for _, t := range e.Texts {
		if u == segment.Key(t.Answer) {
			return true
		}
	}
	return false
}

// choices are the buttons for ids, in order; entries that are not in the release are left out.
func choices(r *knowledge.Release, lang knowledge.Lang, ids []string) []sessions.Choice {
	var out []sessions.Choice
	for _, id := range ids {
		if e, ok := r.Entry(id); ok && e.Matchable() {
			out = append(out, sessions.Choice{ID: id, Label: e.Answer(lang).Question})
		} else if label, _ := Sentence(r, "system.choice-"+id, lang); label != "" {
			out = append(out, sessions.Choice{ID: id, Label: label})
		}
	}
	return out
}
