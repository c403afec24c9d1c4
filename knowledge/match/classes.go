package match

import (
	"wenda/knowledge"
	"wenda/knowledge/index"
	"wenda/knowledge/semantic"
)

// A classifier numbers entries as they were in the release it was learnt from. The one in
// force may be the next: some entries are gone from it, some are new.

// className names an entry in one language, as Learnt.Classes does.
func className(entry string, lang knowledge.Lang) string { return entry + " " + string(lang) }

// classNames are those of a release, in the order of its groups.
func classNames(r *knowledge.Release) (names []string) {
	for _, p := range index.Phrasings(r) {
		if name := className(p.Entry, p.Lang); len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
	}
	return names
}

// classesOf returns for each group its number in the classifier; none for who is new.
func classesOf(groups []group, learnt *Learnt) []int {
	if learnt.Classifier == nil {
		return nil
	}
	number := make(map[string]int, len(learnt.Classes))
	for i, name := range learnt.Classes {
		number[name] = i
	}
	classes := make([]int, len(groups))
	for n, g := range groups {
		class, ok := number[className(g.entry.ID, g.lang)]
		if !ok {
			class = newcomer
		}
		classes[n] = class
	}
	return classes
}

// newcomer is an entry that the classifier has not seen.
const newcomer = -1

// class returns the classifier's margin for an entry, and its share of all. For a newcomer,
// until somebody has learnt from the release, what the question resembles stands for it:
// alike, 0 to 1.
func (m *model) class(q *question, group int, alike float64) (margin, share float64) {
	if class := m.classes[group]; class != newcomer {
		margin := q.margins[class]
		return float64(margin.Float()), margin.Weight() / q.shared
	}
	margin = 2*alike - 1
	weight := semantic.MarginOf(float32(margin)).Weight()
	return margin, weight / (weight + q.shared)
}
