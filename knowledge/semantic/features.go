package semantic

import (
	"slices"

	"wenda/knowledge/segment"
	"wenda/knowledge/segment/token"
)

// feature is a token of one stream, or several in a row, as a number.
type feature = token.ID

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
	add := func(stream byte, tokens ...string) { out = append(out, token.Of(stream, tokens...)) }
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
