package index

import "wenda/internal/topmost"

// tally is where one search adds up scores, by document number. It is empty between
// searches. Weights are float32 and sums float64, which holds such sums exactly: they
// are the same in whatever order they are added up.
type tally struct {
	lists  *lists
	docs   []scored
	met    []uint32  // the documents with a score
	weight []float32 // by number of token, of those that are looked up
	value  []float64 // of best and ranked: the scaled scores of documents
	sorted []float64 // scratch
	top    []uint32  // what best returned last
}

// scored is a document's score beside its scale: whoever asks for one wants the other, and
// the memory of a thousand documents is what a search waits for.
type scored struct{ score, scale float64 }

func (d scored) scaled() float64 { return d.score * d.scale }

func newTally(r *register, l *lists) *tally {
	t := &tally{lists: l, docs: make([]scored, len(r.place)), weight: make([]float32, len(r.tokens))}
	for doc := range t.docs {
		t.docs[doc].scale = r.scale(uint32(doc))
	}
	return t
}

// add adds a weight, which is above 0, to the scores of documents.
func (t *tally) add(docs []uint32, weight float32) {
	for _, doc := range docs {
		d := &t.docs[doc]
		if d.score == 0 {
			t.met = append(t.met, doc)
		}
		d.score += float64(weight)
	}
}

func (t *tally) clear() {
	for _, doc := range t.met {
		t.docs[doc].score = 0
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
		t.value = append(t.value, t.docs[doc].scaled())
	}
	t.sorted = append(t.sorted[:0], t.value...)
	return topmost.First(t.sorted, n)
}
