package segment

import (
	_ "embed"
	"slices"
	"strings"

	"wenda/knowledge/segment/token"
)

// generalWords are synonyms that hold in every base of consumer finance.
//
//go:embed means.txt
var generalWords string

// generalGroups reads means.txt: a group a line, words with spaces inside written
// with PairMark.
func generalGroups() (groups [][]string) {
	for line := range strings.Lines(generalWords) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		if words := strings.Fields(line); len(words) > 0 {
			groups = append(groups, words)
		}
	}
	return groups
}

// meanings finds the words of groups in a text: a tree whose branches are units, so
// that "app" is not found in "happy".
type meanings struct {
	next token.Table // of branches: their nodes
	says [][]string  // what a node's word means: the first words of its groups
}

// branch is the way on from a node with a unit.
func branch(node int32, unit token.ID) token.ID { return unit + token.ID(node)*0x9E3779B97F4A7C15 }

func unitID(unit string) token.ID { return token.Of('m', unit) }

// maxMeaningUnits is how many characters or words of a synonym count.
const maxMeaningUnits = 24

func meaningsOf(groups [][]string) *meanings {
	m := &meanings{says: make([][]string, 1)}
	for _, group := range groups {
		first := ""
		for _, word := range group {
			units := unitsOf(Normalise(strings.ReplaceAll(word, PairMark, " ")))
			if len(units) == 0 || len(units) > maxMeaningUnits {
				continue
			}
			if first == "" {
				first = joined(units)
			}
			m.add(units, first)
		}
	}
	return m
}

// joined makes one token of units.
func joined(units []string) string {
	out := units[0]
	for i := 1; i < len(units); i++ {
		_, added, _ := strings.Cut(pair(units[i-1], units[i]), units[i-1])
		out += added
	}
	return out
}

func (m *meanings) add(units []string, says string) {
	node := int32(0)
	for _, u := range units {
		way := branch(node, unitID(u))
		to := m.next.Find(way)
		if to < 0 {
			to = int32(len(m.says))
			m.next.Add(way, to)
			m.says = append(m.says, nil)
		}
		node = to
	}
	if !slices.Contains(m.says[node], says) {
		m.says[node] = append(m.says[node], says)
	}
}

// find appends what the words in the text mean, in order of where they start, the
// shorter first, without repetitions.
func (m *meanings) find(out []string, units []string) []string {
	for i := range units {
		node := int32(0)
		for _, u := range units[i:] {
			to := m.next.Find(branch(node, unitID(u)))
			if to < 0 {
				break
			}
			node = to
			for _, says := range m.says[node] {
				if !slices.Contains(out, says) {
					out = append(out, says)
				}
			}
		}
	}
	return out
}
