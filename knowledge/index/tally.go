package index

import "slices"

// tally is where one search adds up scores, by document number. It is empty between
// searches. Weights are float32 and sums float64, which holds such sums exactly: they
// are the same in whatever order they are added up.
type tally struct {
	score  []float64
	met    []uint32  // the documents with a score
	weight []float32 // by number of token, of those that are looked up
	value  []float64 // scratch of best
}

func newTally(r *register) *tally {
	return &tally{score: make([]float64, len(r.place)), weight: make([]float32, len(r.known))}
}

func (t *tally) add(doc uint32, weight float32) {
	if t.score[doc] == 0 {
		t.met = append(t.met, doc)
	}
	t.score[doc] += float64(weight)
}

func (t *tally) clear() {
	for _, doc := range t.met {
		t.score[doc] = 0
	}
	t.met = t.met[:0]
}

// best returns the n documents of the highest scaled scores, and all that are level
// with the last of them, sorted by number. The slice is the tally's.
func (t *tally) best(n int, scale []float64) []uint32 {
	if len(t.met) <= n {
		slices.Sort(t.met)
		return t.met
	}
	t.value = t.value[:0]
	for _, doc := range t.met {
		t.value = append(t.value, t.score[doc]*scale[doc])
	}
	least := nth(t.value, n)
	var out []uint32
	for i, doc := range t.met {
		if t.value[i] >= least {
			out = append(out, doc)
		}
	}
	slices.Sort(out)
	return out
}

// nth returns the n-th highest of the values, n at least 1 and at most their number:
// the root of a heap of the n highest, the lowest on top.
func nth(values []float64, n int) float64 {
	heap := slices.Clone(values[:n])
	slices.Sort(heap)
	for _, v := range values[n:] {
		if v > heap[0] {
			heap[0] = v
			sink(heap)
		}
	}
	return heap[0]
}

// sink puts the root of a heap in its place.
func sink(heap []float64) {
	for at := 0; ; {
		low := 2*at + 1
		if low >= len(heap) {
			return
		}
		if low+1 < len(heap) && heap[low+1] < heap[low] {
			low++
		}
		if heap[at] <= heap[low] {
			return
		}
		heap[at], heap[low], at = heap[low], heap[at], low
	}
}
