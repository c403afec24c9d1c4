package semantic

import (
	"math"

	"wenda/knowledge/segment"
)

// Dim is the length of a Vector.
const Dim = 128

// Vector is what a text means, of length 1 (or 0 for a text without features).
type Vector [Dim]float32

// Cosine is how alike two texts are: −1 to 1. It is dot, to the bit, and faster for
// knowing the length.
func (v *Vector) Cosine(other *Vector) float32 {
	var s0, s1, s2, s3 float32
	for i := 0; i < Dim; i += 4 {
		s0 += float32(v[i] * other[i])
		s1 += float32(v[i+1] * other[i+1])
		s2 += float32(v[i+2] * other[i+2])
		s3 += float32(v[i+3] * other[i+3])
	}
	return s0 + s1 + (s2 + s3)
}

// Add adds another vector; Normalise makes the sum one again.
func (v *Vector) Add(other *Vector) { axpy(1, other[:], v[:]) }

// Normalise scales the vector to length 1, if it has any.
func (v *Vector) Normalise() { normalise(v[:]) }

// Encoder turns texts into vectors. It is immutable, and safe for concurrent use.
type Encoder struct {
	at      map[feature]int32 // features that were trained: their rows
	rows    []int8            // Dim each
	scales  []float32         // of the rows: 1 stands for so much
	strange float32           // length of a feature that was not
	under   *Encoder          // that knows the features this one was not taught; may be nil
}

// Untaught is an encoder that has learnt nothing: texts are as alike as the features
// they share.
func Untaught() *Encoder { return &Encoder{at: map[feature]int32{}, strange: 1} }

// Encode returns the vector of a text.
func (e *Encoder) Encode(t segment.Text) *Vector { return e.Sum(FeaturesOf(t)) }

// Sum is Encode of a text that was read.
func (e *Encoder) Sum(features Features) *Vector {
	v := &Vector{}
	for _, f := range features {
		e.add(v[:], f)
	}
	normalise(v[:])
	return v
}

// add adds what a feature means to a vector.
func (e *Encoder) add(v []float32, f feature) {
	row, ok := e.at[f]
	switch {
	case !ok && e.under != nil:
		e.under.add(v, f)
		return
	case !ok:
		addSigns(v, f, e.strange)
		return
	}
	scale := e.scales[row]
	for i, x := range e.rows[int(row)*Dim:][:Dim] {
		v[i] += float32(scale * float32(x))
	}
}

// addSigns adds the direction that a feature has before any training, of the given
// length. It depends on nothing but the feature, and two features are almost at right
// angles: texts are then as alike as the features they share.
func addSigns(v []float32, f feature, length float32) {
	step := length / float32(math.Sqrt(Dim))
	state := uint64(f)
	for i := 0; i < Dim; i += 64 {
		bits := splitmix(&state)
		for j := range 64 {
			if bits>>j&1 == 1 {
				v[i+j] += step
			} else {
				v[i+j] -= step
			}
		}
	}
}

// splitmix is SplitMix64 (Steele, Lea, Flood 2014).
func splitmix(state *uint64) uint64 {
	*state += 0x9E3779B97F4A7C15
	z := *state
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}
