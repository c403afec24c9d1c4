package semantic

import "encoding/binary"

// Outline is a vector at two bits a number: its sign, and whether it is a large one. The
// few of thousands of vectors that are worth a cosine are found by their outlines, in a third
// of the time: of the twelve vectors nearest to a question, 99.2 to 99.9 of 100
// were among the 48 whose outlines were, on bases of 150 to 1,000 groups.
type Outline [Dim / outlined]uint8

const (
	outlined = 4                   // numbers share a byte
	shapes   = 1 << (2 * outlined) // that a byte can have
)

// codes are what a number stands for in an outline.
var codes = [4]float32{1, 3, -1, -3}

// Outline returns the outline of a vector.
func (v *Vector) Outline() (o Outline) {
	const large = 1.0 / Dim // mean square of the numbers of a vector of length 1
	for i, x := range v {
		code := uint8(0)
		if x < 0 {
			code = 2
		}
		if x*x > large {
			code++
		}
		o[i/outlined] |= code << (2 * (i % outlined))
	}
	return o
}

// Lens is a vector that is held against many outlines: for each byte of an outline, what
// each shape of it adds. Grind makes one of nothing.
type Lens [Dim / outlined][shapes]int16

// fine is how much 1 is in a Lens. Four numbers of a vector of length 1 add 6 at most.
const fine = 5000

// Grind makes it the lens of a vector, whatever it was before.
func (l *Lens) Grind(v *Vector) {
	for i := range l {
		low, high := pairs(v[i*outlined], v[i*outlined+1]), pairs(v[i*outlined+2], v[i*outlined+3])
		for n, first := range high {
			row := (*[16]int16)(l[i][n*16:])
			for k, second := range low {
				row[k] = first + second
			}
		}
	}
}

// pairs are what two numbers add, by their shape in an outline.
func pairs(x, y float32) (adds [16]int16) {
	for a, size := range codes {
		for b, other := range codes {
			adds[b*len(codes)+a] = int16(fine * (float32(size*x) + float32(other*y)))
		}
	}
	return adds
}

// See says how alike the vectors are whose outline and lens these are; comparable for one
// lens only.
func (l *Lens) See(o *Outline) int32 {
	sum := int32(0)
	for i := 0; i <= len(o)-8; i += 8 { // eight at once, read as one number
		x, row := binary.LittleEndian.Uint64(o[i:i+8]), (*[8][shapes]int16)(l[i:i+8])
		sum += int32(row[0][uint8(x)]) + int32(row[1][uint8(x>>8)]) + int32(row[2][uint8(x>>16)]) + int32(row[3][uint8(x>>24)]) +
			int32(row[4][uint8(x>>32)]) + int32(row[5][uint8(x>>40)]) + int32(row[6][uint8(x>>48)]) + int32(row[7][uint8(x>>56)])
	}
	return sum
}
