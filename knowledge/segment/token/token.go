// Package token knows tokens as numbers: a question has some seventy, each is looked up in
// several tables of ten thousands, and what that costs is the memory that it touches.
//
//	id := token.Of('w', "还款")
//	var t token.Table
//	t.Add(id, 7)
//	t.Find(id)      // 7
//	t.Find(other)   // -1
package token

// ID is a token of one stream. Of two tokens that differ one in 2⁶⁴ pairs has the same: in a
// base of a million, one in forty million bases has such a pair.
type ID uint64

// Of returns the ID of a token, or of several in a row, in a stream: equal tokens of two
// streams are different ones. It is FNV-1a over 64 bits: the same on every machine, for ever.
func Of(stream byte, tokens ...string) ID {
	const offset, prime = 14695981039346656037, 1099511628211
	h := (uint64(offset) ^ uint64(stream)) * prime
	for _, t := range tokens {
		for i := range len(t) {
			h = (h ^ uint64(t[i])) * prime
		}
		h = (h ^ ' ') * prime
	}
	return ID(h)
}
