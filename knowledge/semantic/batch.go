package semantic

import "slices"

// example is two sides that mean the same.
type example struct {
	a, b  side
	group int32 // −1 if it has none
}

// side is a text in one batch, some of its features left out.
type side struct {
	rows   []int32
	vector []float32 // of length 1
	length float32   // before it was
	slope  []float32 // of the loss
}

// order returns all texts of groups, so that a share of each batch comes from one topic.
// A text stands there as often as it weighs: one of 1.5 once or twice.
func (t *trainer) order() []int32 {
	var all []int32
	for n, g := range t.group {
		for left := t.weight[n]; g >= 0 && t.happens(left); left-- {
			all = append(all, int32(n))
		}
	}
	t.rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	local := all[:int(t.Local*float32(len(all)))]
	wide := all[len(local):]
	place := t.rand.Perm(t.topics)
	slices.SortStableFunc(local, func(a, b int32) int { return place[t.topic[t.group[a]]] - place[t.topic[t.group[b]]] })
	return deal(local, wide, int(t.Local*float32(t.Batch)), t.Batch)
}

// deal mixes two lists: in every batch so many are of the first, while both last.
func deal(first, second []int32, share, batch int) []int32 {
	out := make([]int32, 0, len(first)+len(second))
	for len(first) > 0 && len(second) > 0 {
		a, b := min(share, len(first)), min(batch-share, len(second))
		out = append(append(out, first[:a]...), second[:b]...)
		first, second = first[a:], second[b:]
	}
	return append(append(out, first...), second...)
}

// draw gives each text of a batch another of its group. Pairs that are different and
// texts that are alone are held to themselves, and so told apart from all others.
func (t *trainer) draw(batch []int32) []example {
	t.drawn = 0
	out := make([]example, 0, len(batch)+2*t.Hard+t.Alone)
	for _, n := range batch {
		out = append(out, example{t.side(n), t.side(t.partner(n)), t.group[n]})
	}
	self := func(n int32) { out = append(out, example{t.side(n), t.side(n), -1}) }
	for range min(t.Hard, len(t.pairs)) {
		p := t.pairs[t.rand.IntN(len(t.pairs))]
		self(p[0])
		self(p[1])
	}
	for range min(t.Alone, len(t.alone)) {
		self(t.alone[t.rand.IntN(len(t.alone))])
	}
	return out
}

// happens is true with probability p; a certain thing takes no chance.
func (t *trainer) happens(p float32) bool { return p >= 1 || p > 0 && t.rand.Float32() < p }

// partner is another text of the same group, or the text itself if there is none. One
// that weighs little is often passed over.
func (t *trainer) partner(n int32) int32 {
	members := t.member[t.group[n]]
	if len(members) == 1 {
		return n
	}
	const tries = 4
	for range tries {
		place := t.rand.IntN(len(members) - 1)
		if members[place] >= n {
			place++
		}
		if partner := members[place]; t.happens(t.weight[partner]) {
			return partner
		}
	}
	return n
}

// side draws a text of the batch, in room that the batch before this one is done with.
func (t *trainer) side(n int32) side {
	if t.drawn == len(t.room) {
		t.room = append(t.room, side{vector: make([]float32, Dim), slope: make([]float32, Dim)})
	}
	s := &t.room[t.drawn]
	t.drawn++
	clear(s.vector)
	clear(s.slope)
	all, kept := t.texts[n], s.rows[:0]
	for _, row := range all {
		if t.rand.Float32() >= t.Dropout {
			kept = append(kept, row)
		}
	}
	if len(kept) == 0 {
		kept = append(kept, all...)
	}
	s.rows = kept
	return *s
}
