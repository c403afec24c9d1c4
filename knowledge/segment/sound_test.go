package segment

import (
	"strings"
	"testing"
)

// Typos that input methods make sound like what was meant; so do traditional
// characters. Blurred, so does what the south mixes up.
func TestSounds(t *testing.T) {
	for _, c := range []struct {
		in, sounds, blurred string
	}{
		{"", "", ""}, {"app 123", "", ""},
		{"还款", "huan kuan", "huan kuan"}, {"还宽", "huan kuan", "huan kuan"}, {"還款", "huan kuan", "huan kuan"},
		{"额度", "e du", "e du"}, {"额渡", "e du", "e du"}, {"利息", "li xi", "li xi"}, {"立息", "li xi", "li xi"},
		{"逾期", "yu qi", "yu qi"}, {"征信", "zheng xin", "zen xin"}, {"增信", "zeng xin", "zen xin"},
		{"注册", "zhu ce", "zu ce"}, {"登录", "deng lu", "den lu"}, {"女", "nü", "lü"}, {"男", "nan", "lan"}, {"蓝", "lan", "lan"},
		{"app登录a", "deng lu", "den lu"},
	} {
		text := shared().Cut(c.in)
		if got := strings.ReplaceAll(strings.Join(text.Sounds(), " "), "v", "ü"); !equalSound(got, c.sounds) {
			t.Errorf("%q sounds %q, want %q", c.in, got, c.sounds)
		}
		if got := strings.ReplaceAll(strings.Join(text.BlurredSounds(), " "), "v", "ü"); !equalSound(got, c.blurred) {
			t.Errorf("%q sounds %q blurred, want %q", c.in, got, c.blurred)
		}
	}
}

// equalSound lets 还 be said either way: it is one sound on both sides.
func equalSound(got, want string) bool {
	return got == want || strings.Replace(got, "hai", "huan", 1) == want
}

// Every character of the dictionary has a sound, of small Latin letters only, and
// blurring a sound twice is blurring it once.
func TestEveryWordSounds(t *testing.T) {
	silent := 0
	for line := range strings.Lines(commonWords) {
		word, _, ok := strings.Cut(line, " ")
		if !ok || word[0] == '#' {
			continue
		}
		text := Text{Chars: characters(nil, word)}
		said, blurred := text.Sounds(), text.BlurredSounds()
		for i := range said {
			if said[i] == "" {
				silent++
			}
			if strings.Trim(said[i], "abcdefghijklmnopqrstuvwxyzü") != "" || blur(blurred[i]) != blurred[i] || (said[i] == "") != (blurred[i] == "") {
				t.Fatalf("%q sounds %q, %q", word, said[i], blurred[i])
			}
		}
	}
	if silent > 0 {
		t.Errorf("%d characters without a sound", silent)
	}
}
