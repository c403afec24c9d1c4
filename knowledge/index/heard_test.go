package index

import (
	"slices"
	"testing"

	"wenda/knowledge/segment"
)

func soundingBase(t *testing.T) *Generation {
	g := generation(t, shelf(t, t.TempDir()), release(t, 1,
		zh("repay", "怎么还款", "还款在哪里"), zh("limit", "额度太低", "想提额度"), zh("hua", "花呗怎么开通"),
		zh("bank", "绑银行卡"), zh("steel", "因航班延误"), zh("interest", "利息"),
	))
	t.Cleanup(g.Drop)
	return g
}

// Not a word and not a character in a row is shared with what was meant.
func TestTyposAreHeard(t *testing.T) {
	g := soundingBase(t)
	for text, want := range map[string]string{
		"换宽": "repay", "俄渡": "limit", "华贝": "hua", "邦音行": "bank", "立西": "interest", "花贝": "hua", "换款": "repay", "鹅渡": "limit",
	} {
		if got := entries(ask(t, g, text, 3)); len(got) == 0 || got[0] != want {
			t.Errorf("%s: %v, want %s", text, got, want)
		}
	}
}

// What the base knows is taken as it was typed.
func TestKnownPairsAreNotHeard(t *testing.T) {
	g := soundingBase(t)
	for text, want := range map[string][]string{
		"绑银行卡": nil, "音行": {"p因航", "p银行"}, "音行音行音行": {"p因航", "p银行"},
		"": nil, "app": nil, "how to repay": nil, "天": nil, "𠀀𠀁": nil,
	} {
		if got := heard(g, seg().Cut(text)); !slices.Equal(got, want) {
			t.Errorf("%q: heard %v, want %v", text, got, want)
		}
	}
	if got := heard(g, segment.Text{}); got != nil {
		t.Errorf("heard %v in nothing", got)
	}
}

// heard returns the tokens that sound like what the base does not know, sorted.
func heard(g *Generation, t segment.Text) (texts []string) {
	var all rarest
	g.register.soundAlike(&all, t)
	for _, number := range all.numbers[:all.n] {
		texts = append(texts, g.register.tokens[number].text)
	}
	slices.Sort(texts)
	return texts
}
