package index

import "wenda/internal/topmost"

// tally is where one search adds up scores, by document number. It is empty between
// searches. Weights are whole numbers, so that sums are the same in whatever order they are
// added up; and small ones, for the memory of a thousand documents is what a search waits for.
type tally struct {
	lists  *lists
	scale  []float32 // by document number, the register's
	score  []uint32  // by document number
	met    []uint32  // the documents with a score
	weight []uint32  // by number of token, of those that are looked up
	value  []float64 // of best and ranked: the scaled scores of documents
	sorted []float64 // scratch
	top    []uint32  // what best returned last
}

func newTally(r *register, l *lists) *tally {
	return &tally{lists: l, scale: r.scale, score: make([]uint32, len(r.place)), weight: make([]uint32, len(r.tokens))}
}

// scaled is a document's score over the root of the number of its tokens.
func (t *tally) scaled(doc uint32) float64 { return float64(t.score[doc]) * float64(t.scale[doc]) }

// add adds a weight, which is above 0, to the scores of documents.
func (t *tally) add(docs []uint32, weight uint32) {
	for _, doc := range docs {
		score := &t.score[doc]
		if *score == 0 {
			t.met = append(t.met, doc)
		}
		*score += weight
	}
}

func (t *tally) clear() {
	for _, doc := range t.met {
		t.score[doc] = 0
	}
	t.met = t.met[:0]
}

// best returns the n documents of the highest scaled scores, and all that are level
// with the last of them, in any order. The slice is the tally's.
func (t *tally) best(n int) []uint32 {
	if len(t.met) <= n {
		return t.met
	}
	least := t.least(t.met, n)
	t.top = t.top[:0]
	for i, doc := range t.met {
		if t.value[i] >= least {
			t.top = append(t.top, doc)
		}
	}
	return t.top
}

// least returns the n-th highest scaled score of the documents; all are left in value.
func (t *tally) least(docs []uint32, n int) float64 {
	t.value = t.value[:0]
	for _, doc := range docs {
		t.value = append(t.value, t.scaled(doc))
	}
	t.sorted = append(t.sorted[:0], t.value...)
	return topmost.First(t.sorted, n)
}
