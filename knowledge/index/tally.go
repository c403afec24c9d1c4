package index

// tally is where one search adds up scores, by document number. It is empty between
// searches. Weights are float32 and sums float64, which holds such sums exactly: they
// are the same in whatever order they are added up.
type tally struct {
	lists  *lists
	score  []float64
	met    []uint32  // the documents with a score
	weight []float32 // by number of token, of those that are looked up
	value  []float64 // scratch of best and ranked
	top    []uint32  // what best returned last
}

func newTally(r *register, l *lists) *tally {
	return &tally{lists: l, score: make([]float64, len(r.place)), weight: make([]float32, len(r.known))}
}

// add adds a weight, which is above 0, to the scores of documents.
func (t *tally) add(docs []uint32, weight float32) {
	for _, doc := range docs {
		if t.score[doc] == 0 {
			t.met = append(t.met, doc)
		}
		t.score[doc] += float64(weight)
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
func (t *tally) best(n int, scale []float64) []uint32 {
	if len(t.met) <= n {
		return t.met
	}
	t.value = t.value[:0]
	for _, doc := range t.met {
		t.value = append(t.value, t.score[doc]*scale[doc])
	}
	least := nth(t.value, n)
	t.top = t.top[:0]
	for _, doc := range t.met {
		if t.score[doc]*scale[doc] >= least {
			t.top = append(t.top, doc)
		}
	}
	return t.top
}

// nth returns the n-th highest of the values, n at least 1 and at most their number, and
// leaves them in another order (Hoare's quickselect).
func nth(values []float64, n int) float64 {
	for low, high := 0, len(values)-1; low < high; {
		i, j, pivot := low, high, middle(values[low], values[(low+high)/2], values[high])
		for i <= j {
			for values[i] > pivot {
				i++
			}
			for values[j] < pivot {
				j--
			}
			if i <= j {
				values[i], values[j] = values[j], values[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case n-1 <= j:
			high = j
		case n-1 >= i:
			low = i
		default:
			return values[n-1]
		}
	}
	return values[n-1]
}

func middle(a, b, c float64) float64 { return max(min(a, b), min(max(a, b), c)) }
