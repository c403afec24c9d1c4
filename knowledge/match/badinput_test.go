package match

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"wenda/knowledge"
	"wenda/knowledge/sample"
)

// badInputs are what nobody asks and somebody sends: most of it at the limit and beyond,
// and each of a kind that some step has most work with.
func badInputs() map[string]string {
	chance := rand.New(rand.NewPCG(7, 8))
	among := func(n int, runes string) string {
		all, out := []rune(runes), make([]rune, n)
		for i := range out {
			out[i] = all[chance.IntN(len(all))]
		}
		return string(out)
	}
	between := func(n int, first, last rune) string {
		out := make([]rune, n)
		for i := range out {
			for r := rune(-1); !utf8.ValidRune(r); out[i] = r {
				r = first + rune(chance.IntN(int(last-first)+1))
			}
		}
		return string(out)
	}
	const many = 20_000
	return map[string]string{
		"empty": "", "one character": "还", "one letter": "a", "only emoji": strings.Repeat("😀🎉", 300), "only digits": strings.Repeat("1234567890", 60),
		"a megabyte": strings.Repeat("还款", 1<<20/6), "a megabyte of one word": strings.Repeat("a", 1<<20), "a megabyte of words": strings.Repeat("repay my loan ", 1<<20/14),
		"NUL": strings.Repeat("\x00", 600), "NUL between": strings.Repeat("还\x00款", 300), "invalid UTF-8": strings.Repeat("\xff\xfe", 400),
		"invalid UTF-8 between": strings.Repeat("还\xff款", 300), "right to left": strings.Repeat("\u202e还款", 300),
		"repeated terms": strings.Repeat("还款 ", many), "query syntax": `+text:* a~2 "x"^9 AND (NOT b*) \ /[a-z]*/ ?` + strings.Repeat(" +a:b~2", 90),
		"random runes": between(many, 0, 0x3FFFF), "random Chinese": between(many, 0x4E00, 0x9FFF), "random Hangul": between(many, 0xAC00, 0xD7A3),
		"random letters": between(many, 'a', 'z'), "random words": among(many, "abcdefghijklmnopqrstuvwxyz     "), "common Chinese": among(many, "怎么还款额度提前结清征信账单逾期利息合同"),
		"Chinese that sounds alike": among(many, "是事市式试时十使世势视实师失室示施史适识食石拾士诗释湿始"),
		"numerals":                  among(many, "一二三四五六七八九十百千万亿零两半点%元块期"), "amounts": among(many, "0123456789.,% 万千元"), "negations": among(many, "不没无未别一下好道知"),
		"marks": "a" + strings.Repeat("\u0301", many), "what becomes longer": strings.Repeat("\ufdfa", many),
		"courtesies": strings.Repeat("请问", 250) + "还款", "particles": "还" + strings.Repeat("啊", 511), "apostrophes": strings.Repeat("a'", many),
	}
}

// shipped is the whole pipeline on the sample base.
func shipped(tb testing.TB) *Matcher {
	entries, err := sample.Entries()
	if err != nil {
		tb.Fatal(err)
	}
	r, err := knowledge.NewRelease(1, entries)
	if err != nil {
		tb.Fatal(err)
	}
	opts := patient
	if opts.Learnt, err = ReadLearnt(sample.Learnt); err != nil {
		tb.Fatal(err)
	}
	return open(tb, r, opts)
}

// Whatever is sent, it is matched, and as if it ended at the limit.
func TestBadInput(t *testing.T) {
	m := shipped(t)
	for name, text := range badInputs() {
		t.Run(name, func(t *testing.T) {
			got := ask(t, m, text, 4)
			checkResult(t, got, 4)
			if !utf8.ValidString(got.Why.Normal) || utf8.RuneCountInString(got.Why.Normal) > knowledge.MaxUtteranceRunes {
				t.Errorf("matched as %d bytes", len(got.Why.Normal))
			}
			if runes := []rune(text); utf8.ValidString(text) && len(runes) > knowledge.MaxUtteranceRunes {
				again := ask(t, m, string(runes[:knowledge.MaxUtteranceRunes])+"转人工", 4)
				if top(again) != top(got) || again.Why.Normal != got.Why.Normal {
					t.Errorf("matched as %q with the limit's text, as %q without", top(again), top(got))
				}
			}
		})
	}
}

// Nothing that is sent may cost much more than the worst question, let alone the budget.
func BenchmarkBadInput(b *testing.B) {
	m, all := shipped(b), badInputs()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		text := all[name]
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m.force.Load().recall.results.Purge()
				if _, err := m.Match(context.Background(), text, 4); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
