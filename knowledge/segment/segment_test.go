package segment

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"wenda/knowledge"
)

// shared loads the dictionary once for all tests.
var shared = sync.OnceValue(func() *Segmenter {
	s, err := New("安心借")
	if err != nil {
		panic(err)
	}
	return s
})

func TestCutWords(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"？！", ""},
		{"还款", "还款"},
		{"利", "利"},
		{"提前结清要罚息吗", "提前结清 提前 结清 要 罚息 吗"},
		{"帳單怎麼還不了", "账单 怎么 还不了 不了"},
		{"安心借的额度", "安心借 安心 的 额度"},
		{"app登录不上", "app 登录 不 上"},
		{"借1,000元", "借 1000 元"},
		{"I was charged twice for my cards", "i was charg twic for my card"},
		{"stopped paying, payments applied", "stop pay payment apply"},
	} {
		if got := strings.Join(shared().Cut(c.in).Words, " "); got != c.want {
			t.Errorf("%q: words %q, want %q", c.in, got, c.want)
		}
	}
}

// Words of the trade must come out whole, or never be found as such.
func TestBusinessWordsAreWords(t *testing.T) {
	for word := range businessWordsAnd(nil) {
		if got := shared().Cut(word).Words; len(got) == 0 || got[0] != word {
			t.Errorf("%q is cut into %q", word, got)
		}
	}
}

func TestCutStreams(t *testing.T) {
	got := shared().Cut("APP 还款top-up")
	want := Text{
		Normal: "app 还款top up",
		Words:  []string{"app", "还款", "top", "up"},
		Chars:  []string{"还", "款"},
		Pairs:  []string{"app_还", "还款", "款_top", "top_up"},
		Pieces: []string{"^ap", "app", "pp$", "^to", "top", "op$", "^up", "up$"},
		Means:  []string{"app", "还款", "top_up"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestStem(t *testing.T) {
	for stemmed, words := range map[string]string{
		"charg": "charge charges charged charging",
		"card":  "card cards", "verify": "verify verifies verified verifying",
		"stop": "stop stops stopped stopping", "pass": "pass passes passed", "bill": "bill bills billed billing",
		"status": "status", "this": "this", "2nds": "2nds", "ing": "ing", "was": "was", "sing": "sing",
	} {
		for _, w := range strings.Fields(words) {
			if got := stem(w); got != stemmed {
				t.Errorf("stem(%q) = %q, want %q", w, got, stemmed)
			}
		}
	}
}

func TestCutLooksAtTheFirstRunesOnly(t *testing.T) {
	long := strings.Repeat("还款失败", 100_000)
	got := shared().Cut(long)
	if n := utf8.RuneCountInString(got.Normal); n != knowledge.MaxUtteranceRunes {
		t.Errorf("%d runes looked at", n)
	}
	if !reflect.DeepEqual(got, shared().Cut(Clip(long, knowledge.MaxUtteranceRunes))) {
		t.Error("what follows must not count")
	}
	// U+FDFA is one character that NFKC makes eighteen of.
	if n := utf8.RuneCountInString(shared().Cut(strings.Repeat("\ufdfa", 500)).Normal); n > knowledge.MaxUtteranceRunes {
		t.Errorf("%d runes after normalising", n)
	}
}

func TestExtraWords(t *testing.T) {
	plain, err := New()
	if err != nil {
		t.Fatal(err)
	}
	if got := plain.Cut("安心借").Words[0]; got == "安心借" {
		t.Fatal("the word is known anyway")
	}
	more, err := New("", " ", "x", "利", "hello", strings.Repeat("还", 500), "Ａpp")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(more.Cut("还款app"), plain.Cut("还款app")) {
		t.Error("words that need no adding changed the cut")
	}
	if plain.Version() == shared().Version() {
		t.Error("another dictionary must have another version")
	}
	again, err := New()
	if err != nil || again.Version() != plain.Version() {
		t.Errorf("version %s, want %s (%v)", again.Version(), plain.Version(), err)
	}
}

func TestCutConcurrently(t *testing.T) {
	want := shared().Cut("我想提前还款，会不会收违约金啊")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 200 {
				if got := shared().Cut("我想提前还款，会不会收违约金啊"); !reflect.DeepEqual(got, want) {
					t.Errorf("got %q", got)
					return
				}
			}
		})
	}
	all.Wait()
}

// odd is what a stranger can send.
var odd = []string{
	"卡里有钱为什么还款失败", "top-ups 2nd", "𠀀\xff还\u200b款", "カタカナ한국어", "1,000.5%", "一万二", "百分之百分之三‰", "借一万五年还清",
	"\x00", "还\x00款", "\xff\xfe\xc3", "\u202e款还", "👍🏽👨‍👩‍👧", "", " ", "？", "不", "不不不", "+\"title:(a OR b)~2^3\\",
	strings.Repeat("还款", 20_000), strings.Repeat("一", 20_000), strings.Repeat("百分之", 20_000) + "三", strings.Repeat("9", 1<<20),
	strings.Repeat("1万", 20_000), strings.Repeat("不没", 20_000), strings.Repeat("亿", 20_000), strings.Repeat("😀", 1<<18), strings.Repeat("\x00", 1<<20), strings.Repeat("e\u0301", 1<<18),
}

func TestOddTextIsCut(t *testing.T) {
	for _, in := range odd {
		checkCut(t, in)
		checkNormalise(t, in)
	}
}

func checkCut(t *testing.T, s string) {
	t.Helper()
	got, shown := shared().Cut(s), Clip(s, 40)
	for _, stream := range [][]string{got.Words, got.Chars, got.Pairs, got.Pieces, got.Means} {
		if slices.ContainsFunc(stream, func(w string) bool {
			return w == "" || !utf8.ValidString(w) || strings.ContainsAny(w, " \t\n")
		}) {
			t.Fatalf("%q: odd token in %q", shown, stream)
		}
	}
	if (got.Normal == "") != (len(got.Words) == 0) {
		t.Fatalf("%q: normal %q, words %q", shown, got.Normal, got.Words)
	}
	if n := utf8.RuneCountInString(got.Normal); n > knowledge.MaxUtteranceRunes || len(got.Pairs) > n || len(got.Chars) > n || len(got.Numbers()) > n {
		t.Fatalf("%q: %d runes, %d pairs, %d characters", shown, n, len(got.Pairs), len(got.Chars))
	}
	if len(got.Sounds()) != len(got.Chars) {
		t.Fatalf("%q: sounds do not stand beside characters", shown)
	}
	again := shared().Cut(s)
	if !reflect.DeepEqual(got, again) || !slices.Equal(got.Numbers(), again.Numbers()) || got.Negated() != again.Negated() {
		t.Fatalf("%q is not cut alike twice", shown)
	}
}

func FuzzCut(f *testing.F) {
	for _, s := range odd {
		if len(s) < 1000 {
			f.Add(s)
		}
	}
	f.Fuzz(checkCut)
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := New(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCut(b *testing.B) {
	s := shared()
	b.ReportAllocs()
	for b.Loop() {
		s.Cut("我想提前还款，会不会收违约金啊，急急急")
	}
}
