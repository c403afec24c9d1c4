package index

import "wenda/knowledge"

// rarest are the numbers of distinct tokens: of all that were added the rarest, which have
// the highest numbers, highest first. There are never more than a query may have, whatever
// is asked: 500 characters nobody writes side by side sound like ten thousands of tokens.
type rarest struct {
	numbers [knowledge.MaxQueryTokens]uint32
	n       int
}

// add adds a token. It returns false if that is too common, as those of lower numbers
// are then, too.
func (r *rarest) add(number uint32) bool {
	i := r.n
	for i > 0 && r.numbers[i-1] < number {
		i--
	}
	switch {
	case i > 0 && r.numbers[i-1] == number:
		return true
	case i == len(r.numbers):
		return false
	}
	r.n = min(r.n+1, len(r.numbers))
	copy(r.numbers[i+1:r.n], r.numbers[i:])
	r.numbers[i] = number
	return true
}
