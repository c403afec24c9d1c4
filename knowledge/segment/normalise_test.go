package segment

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNormalise(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"only space and punctuation", " \t\u3000，。！\n", ""},
		{"punctuation made space", "我要还款，怎么还？", "我要还款 怎么还"},
		{"lower case", "APP打不开", "app打不开"},
		{"full width", "ＡＢＣ１２３％", "abc123%"},
		{"half-width katakana", "ｶﾀｶﾅ", "カタカナ"},
		{"traditional", "帳單怎麼還不了", "账单怎么还不了"},
		{"traditional credit record", "徵信報告", "征信报告"},
		{"two spellings of account", "帐户", "账户"},
		{"you, polite and female", "您好妳好", "你好你好"},
		{"what, traditional", "甚麼時候", "什么时候"},
		{"zero-width inside a word", "什\u200b么\ufeff时\u2060候", "什么时候"},
		{"right-to-left override", "\u202e还款", "还款"},
		{"controls and NUL", "还\x00款\x1b[31m", "还款 31m"},
		{"soft hyphen", "re\u00adpay", "repay"},
		{"combining marks", "e\u0301" + strings.Repeat("\u0301", 5000) + "té", "ete"},
		{"zero-width joiner before a mark", "e\u200d\u0301", "e"},
		{"space kinds collapse", "a\u00a0\u2003 b\r\nc", "a b c"},
		{"per cent and decimals", "年化7.2%吗", "年化7.2%吗"},
		{"full stop is not a decimal", "还款.怎么还", "还款 怎么还"},
		{"thousands", "借1,000元和12,345,678元", "借1000元和12345678元"},
		{"a list is not thousands", "选1,2,3", "选1 2 3"},
		{"apostrophes", "I can't, it’s 'mine'", "i cant its mine"},
		{"emoji", "👍🏽还款👨‍👩‍👧", "还款"},
		{"circled and roman", "①ⅳ", "1iv"},
		{"invalid UTF-8", "还\xff款\xc3", "还 款"},
		{"lone surrogate bytes", "\xed\xa0\x80还款", "还款"},
		{"Han outside the basic plane", "𠀀𠀁", "𠀀𠀁"},
		{"Hangul stays together", "한국어", "한국어"},
		{"dotted capital I", "İSTANBUL", "istanbul"},
		{"currency sign", "¥500", "500"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Normalise(c.in); got != c.want {
				t.Errorf("Normalise(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestKey(t *testing.T) {
	same := []string{"怎么 还款？", "怎麼還款", "怎么还款!!", " 怎\u200b么还款 "}
	for _, s := range same {
		if Key(s) != "怎么还款" {
			t.Errorf("Key(%q) = %q", s, Key(s))
		}
	}
	if Key("利息7.2%") == Key("利息72%") {
		t.Error("a decimal point must count")
	}
}

func TestClip(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{{"还款失败", 2, "还款"}, {"还款", 2, "还款"}, {"还款", 3, "还款"}, {"", 1, ""}, {"abc", 0, ""}, {"a\xffb", 2, "a\xff"}} {
		if got := Clip(c.in, c.n); got != c.want {
			t.Errorf("Clip(%q, %d) = %q, want %q", c.in, c.n, got, c.want)
		}
	}
}

// Folding twice must be folding once, for every character there is.
func TestFoldIsIdempotent(t *testing.T) {
	for r := rune(0); r < 1<<16; r++ {
		once := foldRune(r)
		if twice := foldRune(once); twice != once {
			t.Errorf("%q folds to %q and then to %q", r, once, twice)
		}
	}
}

// Every character of the scripts in use, alone, before a mark and inside a number;
// of the large blocks that are all alike every 101st.
func TestNormaliseEveryCharacter(t *testing.T) {
	for r := rune(0); r <= 0x1FFFF; r++ {
		if r >= 0x3400 && r < 0xF900 || r >= 0x10000 && r < 0x1D000 || r > 0x1F000 {
			r += 100
		}
		s := string(r) + "a" + string(r) + "\u0301b1" + string(r) + "234"
		once := Normalise(s)
		if !utf8.ValidString(once) {
			t.Fatalf("Normalise(%q) = %q: not UTF-8", s, once)
		}
		if twice := Normalise(once); twice != once {
			t.Fatalf("Normalise(%q) = %q, again %q", s, once, twice)
		}
	}
}

func checkNormalise(t *testing.T, s string) {
	t.Helper()
	once, shown := Normalise(s), Clip(s, 40)
	if !utf8.ValidString(once) {
		t.Fatalf("not UTF-8: %q", shown)
	}
	if twice := Normalise(once); twice != once {
		t.Fatalf("%q becomes %q, and then %q", shown, Clip(once, 40), Clip(twice, 40))
	}
	if strings.HasPrefix(once, " ") || strings.HasSuffix(once, " ") || strings.Contains(once, "  ") {
		t.Fatalf("space left over of %q", shown)
	}
	if strings.Contains(Key(s), " ") {
		t.Fatalf("space in key of %q", shown)
	}
	// NFKC makes 18 characters of one at most, a numeral 13 of two.
	if len(once) > 20*len(s)+20 {
		t.Fatalf("%d bytes of %d", len(once), len(s))
	}
}

func FuzzNormalise(f *testing.F) {
	for _, s := range []string{"我想提前还款，会不会收违约金啊", "帳單１,０００元", "e\u200d\u0301", "\xff\xfe", "I can't pay 7.2%", "👨‍👩‍👧", "1.2.3,456%%", "七块五毛钱", "一到1k2块"} {
		f.Add(s)
	}
	for _, s := range odd {
		if len(s) < 1000 {
			f.Add(s)
		}
	}
	f.Fuzz(checkNormalise)
}
