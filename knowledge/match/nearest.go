package match

import "math"

// nearest keeps the groups with the highest values, highest first, of equals those that
// came first.
type nearest struct {
	groups []int
	values []float32
}

func newNearest(most int) nearest {
	return nearest{make([]int, 0, most), make([]float32, 0, most)}
}

func (b *nearest) add(group int, value float32) {
	n := len(b.groups)
	if n == cap(b.groups) {
		if value <= b.values[n-1] {
			return
		}
	} else {
		b.groups, b.values = append(b.groups, 0), append(b.values, 0)
		n++
	}
	i := n - 1
	for ; i > 0 && value > b.values[i-1]; i-- {
		b.groups[i], b.values[i] = b.groups[i-1], b.values[i-1]
	}
	b.groups[i], b.values[i] = group, value
}

const (
	meantMost = 12 // groups are candidates for their meaning
	seenMost  = 48 // groups are compared in meaning, if there are more
)

// meantBy returns the groups that mean most nearly the same as the question: who says
// it in words of their own shares none with any phrasing.
func (m *model) meantBy(q *question) []int {
	if q.meaning == nil {
		return nil
	}
	best := newNearest(meantMost)
	if len(m.groups) <= seenMost {
		for n := range m.groups {
			best.add(n, m.sum(q, n))
		}
		return best.groups
	}
	for _, n := range m.seenBy(q) {
		best.add(n, m.sum(q, n))
	}
	return best.groups
}

// sum returns the cosine in meaning with all phrasings of a group together. Most groups
// that are asked for are asked for again.
func (m *model) sum(q *question, group int) float32 {
	s := &q.sums[group]
	if *s != *s {
		*s = q.meaning.Cosine(&m.groups[group].meant)
		q.summed = append(q.summed, int32(group))
	}
	return *s
}

// seenBy returns the groups whose outlines look most like the question.
func (m *model) seenBy(q *question) []int {
	q.lens.Grind(q.meaning)
	best := newNearest(seenMost)
	least := int32(math.MinInt32) // of those that are best, once there are so many: most are below
	for n := range m.outlines {
		if seen := q.lens.See(&m.outlines[n]); seen > least {
			best.add(n, float32(seen))
			if len(best.groups) == seenMost {
				least = int32(best.values[seenMost-1])
			}
		}
	}
	return best.groups
}
