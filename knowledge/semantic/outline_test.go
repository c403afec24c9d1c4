package semantic

import (
	"math"
	"math/rand/v2"
	"testing"
)

// A lens sees the scalar product of its vector with what an outline stands for.
func TestLensSeesOutline(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 100 {
		a, b := randomVector(r), randomVector(r)
		o := b.Outline()
		want := 0.0
		for i, x := range a {
			size := 1.0
			if b[i]*b[i] > 1.0/Dim {
				size = 3
			}
			want += math.Copysign(size, float64(b[i])) * float64(x)
		}
		if got := float64(lensOf(a).See(&o)) / fine; math.Abs(got-want) > Dim/2.0/fine {
			t.Fatalf("sees %v, want %v", got, want)
		}
	}
}

// Vectors with the whole of their length in one number, or in four of one byte, fit too.
func TestLensHasRoom(t *testing.T) {
	for _, sign := range []float32{1, -1} {
		alone, four := Vector{5: sign}, Vector{4: sign / 2, 5: sign / 2, 6: sign / 2, 7: sign / 2}
		for _, v := range []Vector{alone, four} {
			o := v.Outline()
			if got := float64(lensOf(&v).See(&o)) / fine; got < 2.9 {
				t.Errorf("%v of itself: sees %v", v[4:8], got)
			}
		}
	}
}

func lensOf(v *Vector) *Lens {
	l := &Lens{}
	l[3][7] = 9 // of another vector
	l.Grind(v)
	return l
}

func randomVector(r *rand.Rand) *Vector {
	v := &Vector{}
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	v.Normalise()
	return v
}

func BenchmarkSee(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	v, w := randomVector(r), randomVector(r)
	lens, o := lensOf(v), w.Outline()
	sum := int32(0)
	b.Run("lens", func(b *testing.B) {
		for b.Loop() {
			lens.Grind(v)
		}
	})
	b.Run("outline", func(b *testing.B) {
		for b.Loop() {
			sum += lens.See(&o)
		}
	})
	b.Run("cosine", func(b *testing.B) {
		for b.Loop() {
			sum += int32(v.Cosine(w))
		}
	})
}
