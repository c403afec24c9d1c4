package match

import (
	"cmp"
	"slices"
	"strings"

	"wenda/knowledge"
	"wenda/knowledge/index"
	"wenda/knowledge/segment"
	"wenda/knowledge/segment/token"
)

// sureExact is the confidence of a phrasing repeated word for word: the public
// sets mislabel about one in a hundred of those.
const sureExact = 0.99

// considered is the least number of ranked entries that get a confidence: one of
// them may overtake the order of scores.
const considered = 10

// result compares the candidates' entries with the utterance: at most limit
// matches, most confident first.
func (m *model) result(t segment.Text, found []index.Candidate, limit int) knowledge.Result {
	res := knowledge.Result{Release: m.release.ID, Variant: m.learnt.Variant, Thresholds: m.thresholds}
	q := m.ask(t)
	defer m.done(q)
	exact := m.exact[strings.ReplaceAll(t.Normal, " ", "")]
	ranked, vetoed := m.rank(q, m.groupsOf(q, found, exact), groupsIn(exact))
	all := m.weighUp(q, ranked[:min(len(ranked), max(limit, considered))])
	all = m.withExact(all, exact)
	for _, c := range all[:min(len(all), max(limit, 0))] {
		res.Matches = append(res.Matches, m.match(c))
	}
	res.Why = m.explain(q, all)
	res.Why.Vetoed, res.Why.Exact = vetoed, len(exact) > 0
	return res
}

// chosen is an entry with its confidence and the phrasing that stands for it.
type chosen struct {
	form
	signs      signs
	confidence float64
}

// groupsOf returns the groups that are named, each by a phrasing of its own, and those
// that mean most nearly the same as the question, sorted. The slice is the question's.
func (m *model) groupsOf(q *question, found []index.Candidate, exact []form) []int {
	q.groups = append(q.groups[:0], m.meantBy(q)...)
	for _, c := range found {
		q.groups = append(q.groups, int(m.of[c.Place]))
	}
	for _, f := range exact {
		q.groups = append(q.groups, f.group)
	}
	return distinct(q.groups)
}

// groupsIn returns the groups of forms.
func groupsIn(forms []form) (out []int) {
	for _, f := range forms {
		out = append(out, f.group)
	}
	return out
}

// distinct sorts all and leaves out repetitions.
func distinct[T cmp.Ordered](all []T) []T {
	slices.Sort(all)
	return slices.Compact(all)
}

// weighUp gives each ranked entry its confidence. Only one of them can be meant, so
// that together they are at most 1.
func (m *model) weighUp(q *question, ranked []scored) []chosen {
	out := make([]chosen, len(ranked))
	sum := 0.0
	for i, s := range ranked {
		signs := m.signsOf(q, ranked, i)
		out[i] = chosen{form{s.group, s.best}, signs, m.learnt.Stack.confidence(signs)}
		sum += out[i].confidence
	}
	for i := range out {
		out[i].confidence /= max(1, sum)
	}
	sortChosen(out)
	return out
}

func sortChosen(all []chosen) {
	slices.SortStableFunc(all, func(a, b chosen) int { return cmp.Compare(b.confidence, a.confidence) })
}

// withExact puts the entries that hold the utterance word for word first. They
// share sureExact, and the others what is left.
func (m *model) withExact(all []chosen, exact []form) []chosen {
	exact = m.onePerEntry(exact)
	if len(exact) == 0 {
		return all
	}
	for i := range all {
		all[i].confidence *= 1 - sureExact
	}
	for _, f := range exact {
		same := func(c chosen) bool { return m.groups[c.group].entry.ID == m.groups[f.group].entry.ID }
		c := chosen{form: f}
		if i := slices.IndexFunc(all, same); i >= 0 {
			c.signs = all[i].signs
			all = slices.Delete(all, i, i+1)
		}
		c.confidence = sureExact / float64(len(exact))
		all = append(all, c)
	}
	sortChosen(all)
	return all
}

// onePerEntry keeps the first form of each entry; forms stand in the order of entries.
func (m *model) onePerEntry(forms []form) []form {
	return slices.CompactFunc(slices.Clone(forms), func(a, b form) bool {
		return m.groups[a.group].entry.ID == m.groups[b.group].entry.ID
	})
}

func (m *model) match(c chosen) knowledge.Match {
	g := &m.groups[c.group]
	return knowledge.Match{
		Entry: g.entry.ID, Revision: g.entry.Revision, Phrasing: g.phrasings[c.phrasing].text,
		Answer: g.entry.Answer(g.lang), Confidence: c.confidence,
	}
}

// explain says how the first match came to its confidence.
func (m *model) explain(q *question, all []chosen) knowledge.Explanation {
	why := knowledge.Explanation{Normal: q.text.Normal}
	var vector []weighted
	if len(all) > 0 {
		vector = m.groups[all[0].group].phrasings[all[0].phrasing].vector
		why.Parts = make(map[string]float64, size)
		for i, name := range signNames {
			if name != "" && m.used[i] {
				why.Parts[name] = all[0].signs[i]
			}
		}
	}
	for i, word := range q.text.Words {
		if slices.Contains(q.text.Words[:i], word) {
			continue
		}
		if m.holds(vector, word) {
			why.Covered = append(why.Covered, word)
		} else {
			why.Missed = append(why.Missed, word)
		}
	}
	return why
}

func (m *model) holds(vector []weighted, word string) bool {
	id := m.terms.Find(token.Of('w', word))
	_, ok := slices.BinarySearchFunc(vector, id, func(w weighted, t int32) int { return cmp.Compare(w.term, t) })
	return id >= 0 && ok
}
