package pattern

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNeeds(t *testing.T) {
	for expr, want := range map[string]string{
		`自杀|自尽|轻生`:             "自尽 自杀 轻生",
		`(?:真|也)?不活(?:了|着)`:    "不活了 不活着 也不活了 也不活着 真不活了 真不活着",
		`(?:逼|催)(?:我|人)?死`:     "催人死 催我死 催死 逼人死 逼我死 逼死",
		`我.?(?:投诉|举报)(?:了|的)?`: "举报 投诉",
		`给他?(?:看)*密码`:          "密码",
		`(?:a|b*)c?`:           "",
		`(?i)kill`:             "",
		`x{2,3}y*`:             "x",
		`^$`:                   "",
		`[a-c]{6,}`:            "a b c",
		`[^a]+`:                "",
		`\x{FFFD}`:             "",
	} {
		var got []string
		for _, texts := range MustCompile(expr).needs {
			got = append(got, texts...)
		}
		slices.Sort(got)
		if all := strings.Join(got, " "); all != want {
			t.Errorf("%s needs %q, want %q", expr, all, want)
		}
	}
}

// What a pattern finds is what its expression finds, whatever is needed for it.
func TestFindsWhatRegexpFinds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		expr := expressions(3).Draw(t, "expression")
		text := rapid.StringOf(rapid.RuneFrom([]rune("abc我们死\xff"))).Draw(t, "text")
		whole, p := regexp.MustCompile(expr), MustCompile(expr)
		if got, want := p.MatchString(text), whole.MatchString(text); got != want {
			t.Fatalf("MatchString = %v, regexp's %v; it needs %v", got, want, p.needs)
		}
		if got, want := p.ReplaceAllString(text, "-"), whole.ReplaceAllString(text, "-"); got != want {
			t.Fatalf("ReplaceAllString = %q, regexp's %q; it needs %v", got, want, p.needs)
		}
	})
}

// expressions are made of few runes, so that texts of the same often match.
func expressions(depth int) *rapid.Generator[string] {
	piece := rapid.SampledFrom([]string{"a", "b", "c", "我", "们", "死", "ab", "我们", "[ab]", "[^a]", ".", "^", "$", "(?i:A)", `\x{FFFD}`})
	if depth == 0 {
		return piece
	}
	inner := expressions(depth - 1)
	return rapid.OneOf(piece,
		rapid.Custom(func(t *rapid.T) string { return inner.Draw(t, "first") + inner.Draw(t, "second") }),
		rapid.Custom(func(t *rapid.T) string {
			return "(?:" + inner.Draw(t, "this") + "|" + inner.Draw(t, "that") + ")"
		}),
		rapid.Custom(func(t *rapid.T) string {
			return "(" + inner.Draw(t, "again") + ")" + rapid.SampledFrom([]string{"?", "*", "+", "{0,2}", "{1,2}", "{2}"}).Draw(t, "how often")
		}))
}

// beside prints what the look for needs saves on a text that holds none.
func BenchmarkMatchString(b *testing.B) {
	const expr = `自杀|自尽|自残|寻短见|轻生|跳楼|(?:不想|不愿意?)(?:再)?活(?:了|下去|着)?|(?:我|真|好|只|就|都|也)(?:的)?想死(?:了|算了|的心|$)|(?:逼|催)(?:我|人)(?:去)?死`
	const text = "我的卡里有钱为什么自动还款失败了"
	for _, c := range []struct {
		name string
		by   interface{ MatchString(string) bool }
	}{{"regexp", regexp.MustCompile(expr)}, {"pattern", MustCompile(expr)}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				c.by.MatchString(text)
			}
		})
	}
}
