package index

import (
	"math/rand/v2"
	"slices"
	"testing"

	"wenda/knowledge"
	"wenda/knowledge/eval"
	"wenda/knowledge/segment"
)

// homophones are the characters of the shipped base by how they are said.
func homophones(t testing.TB) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, p := range Phrasings(sampleBase(t)) {
		text := seg().Cut(p.Text)
		for i, sound := range text.Sounds() {
			if char := text.Chars[i]; sound != "" && !slices.Contains(all[sound], char) {
				all[sound] = append(all[sound], char)
			}
		}
	}
	return all
}

// mistyped returns one in step of the Chinese phrasings of the shipped base as an input
// method spoils them: of so many characters in a row one is another that sounds alike.
// Those that have none are left out.
func mistyped(t testing.TB, step, one int) (out []eval.Case) {
	t.Helper()
	alike, dice := homophones(t), rand.New(rand.NewPCG(1, 2))
	for n, p := range Phrasings(sampleBase(t)) {
		if n%step != 0 || p.Lang != knowledge.Chinese {
			continue
		}
		if text, spoilt := spoil(seg().Cut(p.Text), alike, dice, one); spoilt {
			out = append(out, eval.Case{Text: text, Expect: p.Entry})
		}
	}
	return out
}

func spoil(t segment.Text, alike map[string][]string, dice *rand.Rand, one int) (text string, spoilt bool) {
	since := dice.IntN(one)
	for i, sound := range t.Sounds() {
		char := t.Chars[i]
		if others := alike[sound]; since >= one-1 && len(others) > 1 {
			k := dice.IntN(len(others) - 1)
			if others[k] == char {
				k = len(others) - 1
			}
			text, since, spoilt = text+others[k], 0, true
			continue
		}
		text += char
		since++
	}
	return text, spoilt
}

// What input methods mix up is found all the same. Without looking for what sounds alike
// the figures were 97.7 and 25.5 of phrasings, and 92.9 and 26.3 of held-out utterances.
func TestMistypedIsFound(t *testing.T) {
	g := generation(t, shelf(t, t.TempDir()), sampleBase(t))
	defer g.Drop()
	for one, floor := range map[int]float64{2: 99.5, 1: 99} {
		if got := recall(t, g, mistyped(t, 29, one)); got < floor {
			t.Errorf("phrasings, one character in %d mistyped: %.2f %%, want %.1f", one, got, floor)
		} else {
			t.Logf("phrasings, one character in %d mistyped: %.2f %%", one, got)
		}
		var cases []eval.Case
		alike, dice := homophones(t), rand.New(rand.NewPCG(3, 4))
		for _, c := range heldOut(t, "plain", 9) {
			if text, spoilt := spoil(seg().Cut(c.Text), alike, dice, one); spoilt {
				cases = append(cases, eval.Case{Text: text, Expect: c.Expect})
			}
		}
		if got := recall(t, g, cases); got < floor-1 {
			t.Errorf("held-out, one character in %d mistyped: %.2f %%, want %.1f", one, got, floor-1)
		} else {
			t.Logf("held-out, one character in %d mistyped: %.2f %%", one, got)
		}
	}
}
