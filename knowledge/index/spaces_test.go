package index

import (
	"slices"
	"strings"
	"testing"
)

func cutAtSpaces(s string) (out []string) {
	for _, t := range (spaces{}).Tokenize([]byte(s)) {
		out = append(out, string(t.Term))
	}
	return out
}

func TestSpaces(t *testing.T) {
	for _, s := range []string{"", " ", "w还款", " w还款  p还款 ", "w还\u3000款 x\xff", "a b c"} {
		want := slices.DeleteFunc(strings.Split(s, " "), func(s string) bool { return s == "" })
		if got := cutAtSpaces(s); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func FuzzSpaces(f *testing.F) {
	f.Add("w还款 p还款  c还 ")
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := strings.Join(cutAtSpaces(s), " "), strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }), " "); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	})
}
