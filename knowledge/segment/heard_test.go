package segment

import (
	"slices"
	"testing"
)

func TestHeard(t *testing.T) {
	for _, c := range []struct{ typed, meant string }{
		{"花贝", "花呗"}, {"换款", "还款"}, {"俄度", "额度"}, {"银航", "银行"}, {"还宽", "还款"},
	} {
		if !slices.ContainsFunc(Heard(c.typed), func(sound Said) bool { return slices.Contains(Heard(c.meant), sound) }) {
			t.Errorf("%s sounds %v, %s %v", c.typed, Heard(c.typed), c.meant, Heard(c.meant))
		}
	}
	for _, odd := range []string{"", "还", "还款额", "ab", "还a", "\xff\xfe", "还\xff", "a" + PairMark + "b"} {
		if got := Heard(odd); got != nil {
			t.Errorf("%q sounds %v", odd, got)
		}
	}
}

func FuzzHeard(f *testing.F) {
	f.Add("还款")
	f.Add("\xff")
	f.Fuzz(func(t *testing.T, s string) {
		if slices.ContainsFunc(Heard(s), func(said Said) bool { return said[0] == "" || said[1] == "" }) {
			t.Errorf("%q sounds like nothing", s)
		}
	})
}
