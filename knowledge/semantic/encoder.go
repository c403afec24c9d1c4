package semantic

import (
	"math"
	"slices"

	"wenda/internal/gentle"
	"wenda/knowledge/segment"
	"wenda/knowledge/segment/token"
)

// Dim is the length of a Vector.
const Dim = 128

// Vector is what a text means, of length 1 (or 0 for a text without features).
type Vector [Dim]float32

// Cosine is how alike two texts are: −1 to 1. It is dot, to the bit, and faster for
// knowing the length.
func (v *Vector) Cosine(other *Vector) float32 {
	var s0, s1, s2, s3 float32
	for i := 0; i <= Dim-4; i += 4 { // no bound is checked so
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
	features []feature   // that were trained, by row
	rows     []int8      // Dim each
	scales   []float32   // of the rows: 1 stands for so much
	strange  float32     // length of a feature that was not
	under    *Encoder    // that knows the features this one was not taught; may be nil
	table    token.Table // of all features that it knows: their rows, those under it after its own
}

// Untaught is an encoder that has learnt nothing: texts are as alike as the features
// they share.
func Untaught() *Encoder { return &Encoder{strange: 1} }

// index fills the table, when all else is there.
func (e *Encoder) index() *Encoder {
	all := e.known()
	e.table = token.NewTable(len(all))
	for row, f := range all {
		gentle.AsideAt(row)
		e.table.Add(f, int32(row))
	}
	return e
}

// known are the features of its rows and, after them, of those under it.
func (e *Encoder) known() []feature {
	if e.under == nil {
		return e.features
	}
	return slices.Concat(e.features, e.under.known())
}

// Encode returns the vector of a text.
func (e *Encoder) Encode(t segment.Text) *Vector { return e.Sum(FeaturesOf(t)) }

// Sum is Encode of a text that was read. All rows are looked up before any is added: the
// processor fetches them side by side.
func (e *Encoder) Sum(features Features) *Vector {
	v := &Vector{}
	var room [128]int32
	rows := room[:0]
	for _, f := range features {
		rows = append(rows, e.table.Find(f))
	}
	for i, row := range rows {
		e.addRow(v, features[i], row)
	}
	normalise(v[:])
	return v
}

// add adds what a feature means to a vector.
func (e *Encoder) add(v *Vector, f feature) { e.addRow(v, f, e.table.Find(f)) }

// addRow adds a row of its own or of those under it; −1 is none.
func (e *Encoder) addRow(v *Vector, f feature, row int32) {
	for e.under != nil && (row < 0 || int(row) >= len(e.scales)) {
		row = max(-1, row-int32(len(e.scales)))
		e = e.under
	}
	if row < 0 {
		addSigns(v, f, e.strange)
		return
	}
	scale, values := e.scales[row], (*[Dim]int8)(e.rows[int(row)*Dim:])
	for i, x := range values {
		v[i] += float32(scale * float32(x))
	}
}

// addSigns adds the direction that a feature has before any training, of the given
// length. It depends on nothing but the feature, and two features are almost at right
// angles: texts are then as alike as the features they share.
func addSigns(v *Vector, f feature, length float32) {
	step := math.Float32bits(length / float32(math.Sqrt(Dim)))
	state := uint64(f)
	for i := 0; i <= Dim-64; i += 64 {
		half, minus := v[i:i+64], ^splitmix(&state)
		for j := range half { // nobody can guess a sign, so that it is no condition
			half[j] += math.Float32frombits(step ^ uint32(minus>>(j&63)&1)<<31)
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
