package semantic

import (
	"slices"

	"wenda/knowledge/segment"
)

// feature is a token of one stream, as a number.
type feature uint64

// Streams a feature may come from: equal tokens of two streams are different features.
const (
	word     = 'w' // Chinese words, English stems
	char     = 'c' // Chinese characters
	pair     = 'p' // two neighbours
	triple   = 't' // three neighbours of Chinese
	sound    = 's' // how a character is said
	twoSound = 'S' // how two neighbours are said
	piece    = 'x' // three letters of a word
)

// Features are what encoder and classifier see of a text. Whoever asks both reads the
// text once.
type Features []feature

// FeaturesOf reads a text.
func FeaturesOf(t segment.Text) Features { return featuresOf(t) }

// featuresOf returns the distinct features of a text, sorted.
func featuresOf(t segment.Text) []feature {
	out := make([]feature, 0, len(t.Words)+4*len(t.Chars)+2*len(t.Pairs)+len(t.Pieces))
	add := func(stream byte, tokens ...string) { out = append(out, hash(stream, tokens...)) }
	for _, w := range t.Words {
		add(word, w)
	}
	for _, p := range t.Pairs {
		add(pair, p)
	}
	for _, p := range t.Pieces {
		add(piece, p)
	}
	said := t.Sounds()
	for i, c := range t.Chars {
		add(char, c)
		add(sound, said[i])
		if i > 0 {
			add(twoSound, said[i-1], said[i])
		}
		if i > 1 {
			add(triple, t.Chars[i-2], t.Chars[i-1], c)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// hash is FNV-1a over 64 bits: the same on every machine, for ever.
func hash(stream byte, tokens ...string) feature {
	const offset, prime = 14695981039346656037, 1099511628211
	h := (uint64(offset) ^ uint64(stream)) * prime
	for _, token := range tokens {
		for i := range len(token) {
			h = (h ^ uint64(token[i])) * prime
		}
		h = (h ^ ' ') * prime
	}
	return feature(h)
}
