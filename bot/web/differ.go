package web

// mostEdits bounds the work of a comparison: texts that differ in more tokens are shown
// as replaced whole.
const mostEdits = 1000

// differ returns the shortest way from a to b, token by token (Myers, An O(ND)
// Difference Algorithm, 1986).
func differ(a, b []string) []Piece {
	var head, tail []Piece
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		head = append(head, Piece{OnBoth, a[0]})
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		tail = append(tail, Piece{OnBoth, a[len(a)-1]})
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	all := append(head, middle(a, b)...)
	for i := len(tail) - 1; i >= 0; i-- {
		all = append(all, tail[i])
	}
	return all
}

// middle compares texts that begin and end differently.
func middle(a, b []string) []Piece {
	steps := ways(a, b)
	if steps == nil {
		return replaced(a, b)
	}
	// Back from the end: at each number of edits, which of the two was the last.
	var back []Piece
	x, y := len(a), len(b)
	for d := len(steps) - 1; d > 0; d-- {
		before := steps[d-1]
		k := x - y
		down := k == -d || k != d && before.at(k-1) < before.at(k+1)
		if down {
			k++
		} else {
			k--
		}
		fromX := before.at(k)
		fromY := fromX - k
		for x > fromX && y > fromY && x > 0 && y > 0 && a[x-1] == b[y-1] {
			back = append(back, Piece{OnBoth, a[x-1]})
			x, y = x-1, y-1
		}
		if down {
			back = append(back, Piece{Appeared, b[y-1]})
		} else {
			back = append(back, Piece{Gone, a[x-1]})
		}
		x, y = fromX, fromY
	}
	for ; x > 0; x-- {
		back = append(back, Piece{OnBoth, a[x-1]})
	}
	for i, j := 0, len(back)-1; i < j; i, j = i+1, j-1 {
		back[i], back[j] = back[j], back[i]
	}
	return back
}

// reach is how far one gets in a with d edits, by diagonal, from -d to d.
type reach struct {
	d   int
	far []int
}

func (r reach) at(k int) int { return r.far[k+r.d] }

// ways returns how far one gets with 0, 1, 2 … edits, up to the end; nil if it takes too many.
func ways(a, b []string) []reach {
	var all []reach
	for d := 0; d <= min(len(a)+len(b), mostEdits); d++ {
		now := reach{d, make([]int, 2*d+1)}
		for k := -d; k <= d; k += 2 {
			x := 0
			switch {
			case d == 0:
			case k == -d || k != d && all[d-1].at(k-1) < all[d-1].at(k+1):
				x = all[d-1].at(k + 1)
			default:
				x = all[d-1].at(k-1) + 1
			}
			for x < len(a) && x-k < len(b) && x-k >= 0 && a[x] == b[x-k] {
				x++
			}
			now.far[k+d] = x
			if x >= len(a) && x-k >= len(b) {
				return append(all, now)
			}
		}
		all = append(all, now)
	}
	return nil
}

func replaced(a, b []string) []Piece {
	var all []Piece
	for _, t := range a {
		all = append(all, Piece{Gone, t})
	}
	for _, t := range b {
		all = append(all, Piece{Appeared, t})
	}
	return all
}
