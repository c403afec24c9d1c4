package segment

import "testing"

// twelve is a question of twelve characters.
const twelve = "提前结清借款要收违约金吗"

// BenchmarkQuestion is what every question costs before it is compared.
func BenchmarkQuestion(b *testing.B) {
	s := shared()
	s.Cut(twelve).Sounds()
	b.ReportAllocs()
	for b.Loop() {
		s.Cut(twelve).Sounds()
	}
}

func BenchmarkNormalise(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Normalise(twelve)
	}
}
