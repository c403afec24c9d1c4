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
	if alike := g.register.soundAlike(nil, seg().Cut("绑银行卡")); len(alike) > 0 {
		t.Errorf("heard %v", alike)
	}
	var alike []string
	for _, x := range g.register.soundAlike(nil, seg().Cut("音行")) {
		alike = append(alike, x.text)
	}
	slices.Sort(alike)
	if !slices.Equal(slices.Compact(alike), []string{"p因航", "p银行"}) {
		t.Errorf("heard %v", alike)
	}
	for _, odd := range []string{"", "app", "how to repay", "天", "𠀀𠀁"} {
		if alike := g.register.soundAlike(nil, seg().Cut(odd)); len(alike) > 0 {
			t.Errorf("%q: heard %v", odd, alike)
		}
	}
	if alike := g.register.soundAlike(nil, segment.Text{}); alike != nil {
		t.Errorf("heard %v", alike)
	}
}
