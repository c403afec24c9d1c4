package segment

import (
	"strings"
	"testing"
)

// Typos that input methods make sound like what was meant; so do traditional
// characters.
func TestSounds(t *testing.T) {
	for _, c := range []struct {
		in, sounds string
	}{
		{"", ""}, {"app 123", ""}, {"还款", "huan kuan"}, {"还宽", "huan kuan"}, {"還款", "huan kuan"}, {"额度", "e du"},
		{"额渡", "e du"}, {"利息", "li xi"}, {"立息", "li xi"}, {"逾期", "yu qi"}, {"征信", "zheng xin"}, {"增信", "zeng xin"},
		{"注册", "zhu ce"}, {"登录", "deng lu"}, {"女", "nü"}, {"男", "nan"}, {"蓝", "lan"}, {"app登录a", "deng lu"},
	} {
		text := shared().Cut(c.in)
		if got := strings.ReplaceAll(strings.Join(text.Sounds(), " "), "v", "ü"); !equalSound(got, c.sounds) {
			t.Errorf("%q sounds %q, want %q", c.in, got, c.sounds)
		}
	}
}

// equalSound lets 还 be said either way: it is one sound on both sides.
func equalSound(got, want string) bool {
	return got == want || strings.Replace(got, "hai", "huan", 1) == want
}

// Every character of the dictionary has a sound, of small Latin letters only.
func TestEveryWordSounds(t *testing.T) {
	silent := 0
	for line := range strings.Lines(commonWords) {
		word, _, ok := strings.Cut(line, " ")
		if !ok || word[0] == '#' {
			continue
		}
		text := Text{Chars: characters(nil, word)}
		said := text.Sounds()
		for i := range said {
			if said[i] == "" {
				silent++
			}
			if strings.Trim(said[i], "abcdefghijklmnopqrstuvwxyzü") != "" {
				t.Fatalf("%q sounds %q", word, said[i])
			}
		}
	}
	if silent > 0 {
		t.Errorf("%d characters without a sound", silent)
	}
}
