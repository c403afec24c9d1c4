package semantic

import "math"

// parts is into how many pieces a row is cut, to be changed side by side. It changes
// what is learnt, so it must not depend on the machine.
const parts = 4

// learn takes one step and returns the loss before it.
func (t *trainer) learn(batch []example) (loss float64) {
	t.hands.share(len(batch), func(i int) {
		t.forward(&batch[i].a)
		t.forward(&batch[i].b)
	})
	slopes, loss := t.crossEntropy(t.logits(batch), len(batch))
	t.backward(batch, slopes)
	t.mark(batch)
	t.hands.share(parts, func(part int) { t.step(batch, part) })
	for _, row := range t.dirty {
		t.marked[row] = false
	}
	t.dirty = t.dirty[:0]
	return loss
}

// forward computes a side's vector.
func (t *trainer) forward(s *side) {
	for _, row := range s.rows {
		axpy(1, t.rows[int(row)*Dim:][:Dim], s.vector)
	}
	s.length = normalise(s.vector)
}

// logits are how well each first side fits each second one, row by row.
func (t *trainer) logits(batch []example) []float32 {
	n := len(batch)
	logits := make([]float32, n*n)
	t.hands.share(n, func(i int) {
		for j := range n {
			if i != j && batch[i].group >= 0 && batch[i].group == batch[j].group {
				logits[i*n+j] = float32(math.Inf(-1))
			} else {
				logits[i*n+j] = dot(batch[i].a.vector, batch[j].b.vector) / t.Temperature
			}
		}
	})
	return logits
}

// crossEntropy is the mean loss of finding to each row its own column, and to each
// column its own row, and the slope of that by the logits.
func (t *trainer) crossEntropy(logits []float32, n int) (slopes []float32, loss float64) {
	slopes, losses := make([]float32, n*n), make([]float64, 2*n)
	t.hands.share(n, func(i int) { losses[i] = softmax(logits, slopes, n, i, i*n, 1) })
	t.hands.share(n, func(i int) { losses[n+i] = softmax(logits, slopes, n, i, i, n) })
	for _, l := range losses {
		loss += l / float64(2*n)
	}
	return slopes, loss
}

// softmax adds the slopes of one row or column, whose own is the i-th, and returns its loss.
func softmax(logits, slopes []float32, n, i, start, stride int) float64 {
	most := float32(math.Inf(-1))
	for j := range n {
		most = max(most, logits[start+j*stride])
	}
	var room [256]float64
	powers := room[:]
	if n > len(room) {
		powers = make([]float64, n)
	}
	sum := 0.0
	for j := range n {
		powers[j] = math.Exp(float64(logits[start+j*stride] - most))
		sum += powers[j]
	}
	for j := range n {
		slope := powers[j] / sum
		if j == i {
			slope--
		}
		slopes[start+j*stride] += float32(slope / float64(2*n))
	}
	return math.Log(sum) - float64(logits[start+i*stride]-most)
}

// backward turns slopes by the logits into slopes by the sums of features.
func (t *trainer) backward(batch []example, slopes []float32) {
	n := len(batch)
	t.hands.share(n, func(i int) {
		a, b := &batch[i].a, &batch[i].b
		for j := range n {
			if s := slopes[i*n+j]; s != 0 {
				axpy(s/t.Temperature, batch[j].b.vector, a.slope)
			}
			if s := slopes[j*n+i]; s != 0 {
				axpy(s/t.Temperature, batch[j].a.vector, b.slope)
			}
		}
		a.unscale()
		b.unscale()
	})
}

// unscale turns the slope by the vector of length 1 into the slope by the sum it came from.
func (s *side) unscale() {
	if s.length == 0 {
		clear(s.slope)
		return
	}
	along := dot(s.slope, s.vector)
	for i := range s.slope {
		s.slope[i] = (s.slope[i] - float32(along*s.vector[i])) / s.length
	}
}

// mark lists the rows that the batch touches.
func (t *trainer) mark(batch []example) {
	for i := range batch {
		for _, s := range []*side{&batch[i].a, &batch[i].b} {
			for _, row := range s.rows {
				if !t.marked[row] {
					t.marked[row] = true
					t.dirty = append(t.dirty, row)
				}
			}
		}
	}
}

// step changes one part of every row that the batch touches, by Adagrad (Duchi, Hazan,
// Singer 2011) with one memory for the whole part.
func (t *trainer) step(batch []example, part int) {
	const wide = Dim / parts
	from := part * wide
	for i := range batch {
		for _, s := range []*side{&batch[i].a, &batch[i].b} {
			for _, row := range s.rows {
				axpy(1, s.slope[from:from+wide], t.slope[int(row)*Dim+from:][:wide])
			}
		}
	}
	for _, row := range t.dirty {
		slope := t.slope[int(row)*Dim+from:][:wide]
		bend := &t.bend[int(row)*parts+part]
		if *bend += dot(slope, slope) / wide; *bend > 0 {
			axpy(-t.Rate/float32(math.Sqrt(float64(*bend))), slope, t.rows[int(row)*Dim+from:][:wide])
		}
		clear(slope)
	}
}
