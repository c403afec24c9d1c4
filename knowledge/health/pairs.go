package health

import (
	"cmp"
	"slices"
	"strings"

	"wenda/knowledge"
	"wenda/knowledge/segment"
)

// pair is two entries, sorted.
type pair [2]string

// evidence is why two entries may be for the same question: the strongest first.
type evidence struct {
	phrasing, other string // of pair[0] and pair[1]
	confidence      float64
	strays          int // phrasings that the matcher gave to the other
	sure            bool
}

type pairs map[pair]evidence

// add keeps the strongest evidence of a pair; of equally strong ones the first.
func (p pairs) add(a, b string, e evidence) {
	if a > b {
		a, b = b, a
		e.phrasing, e.other = e.other, e.phrasing
	}
	known, there := p[pair{a, b}]
	best := known
	if !there || cmp.Or(boolCompare(e.sure, known.sure), cmp.Compare(e.confidence, known.confidence)) > 0 {
		best = e
	}
	best.strays, best.sure = known.strays+e.strays, known.sure || e.sure
	p[pair{a, b}] = best
}

func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// alike adds the pairs whose phrasings are equal after normalising, or but for filler
// words.
func (p pairs) alike(seg *segment.Segmenter, phrasings []phrasing) {
	first := map[string]phrasing{}
	meet := func(key string, x phrasing, confidence float64) {
		if before, there := first[key]; there && before.entry != x.entry {
			p.add(before.entry, x.entry, evidence{phrasing: before.text, other: x.text, confidence: confidence, sure: true})
		} else if !there {
			first[key] = x
		}
	}
	for _, x := range phrasings {
		if key := segment.Key(x.text); key != "" {
			meet("="+key, x, 1)
		}
		if gist := gistOf(seg.Cut(strings.TrimRight(segment.Normalise(x.text), particles))); gist != "" {
			meet("~"+gist, x, Near)
		}
	}
}

// fillers say nothing about what is asked; English ones as their stems. Ways of asking how
// are one.
var (
	fillers = set(`我 你 您 你们 您们 我们 咱们 的 了 吗 呢 啊 呀 吧 嘛 么 哦 请 请问 你好 您好 一下 想 要 我要 我想 想要 想问 帮我 给我 这个 那个 是 那 就 都 也 操作 弄 做 a an the my me i pleas do doe is are can could would`)
	hows    = set(`怎么 如何 怎样 咋 怎么办 怎么弄 怎么做 怎么操作 如何操作`)
)

// particles end a question and mean nothing; the dictionary joins some to the word before.
const particles = "啊呀吧呢哦嘛么吗了的 "

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// gistOf returns the words that tell what is asked, in order and each once, with numbers
// and negation, and whether it is asked how; "" if fewer than two are left.
func gistOf(t segment.Text) string {
	var gist []string
	how := ""
	for _, w := range t.Words {
		switch {
		case hows[w]:
			how = "?"
		case !fillers[w] && !slices.Contains(gist, w):
			gist = append(gist, w)
		}
	}
	if len(gist) < 2 {
		return ""
	}
	for _, n := range t.Numbers() {
		gist = append(gist, n.String())
	}
	if t.Negated() {
		how += "!"
	}
	return strings.Join(append(gist, how), " ")
}

// sort turns what went astray into evidence about pairs, and returns the phrasings that
// were given away though the entries are not for the same question.
func (p pairs) sort(astray []stray) (out []Finding) {
	for _, s := range astray {
		if s.found.Confidence >= Near {
			p.add(s.entry, s.found.Entry, evidence{phrasing: s.text, other: s.found.Phrasing, confidence: s.found.Confidence, strays: 1, sure: s.only})
		}
	}
	for _, s := range astray {
		a, b := min(s.entry, s.found.Entry), max(s.entry, s.found.Entry)
		if s.answer && !s.only && !p[pair{a, b}].same() {
			out = append(out, Finding{Kind: GivenAway, Entry: s.entry, Phrasing: s.text, Other: s.found.Entry,
				OtherPhrasing: s.found.Phrasing, Confidence: s.found.Confidence})
		}
	}
	return out
}

// same reports whether the evidence suffices that both are for the same question.
func (e evidence) same() bool { return e.sure || e.strays >= 2 }

// findings returns the pairs that are for the same question, as conflicts or duplicates.
func (p pairs) findings(r *knowledge.Release) (out []Finding) {
	for names, e := range p {
		if !e.same() {
			continue
		}
		a, _ := r.Entry(names[0])
		b, _ := r.Entry(names[1])
		f := Finding{Kind: Duplicate, Entry: a.ID, Phrasing: e.phrasing, Other: b.ID, OtherPhrasing: e.other, Confidence: e.confidence}
		if f.Differ = differ(a, b); len(f.Differ) > 0 {
			f.Kind = Conflict
		}
		out = append(out, f)
	}
	return out
}
