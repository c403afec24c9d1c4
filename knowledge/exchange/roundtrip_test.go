package exchange

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wenda/knowledge"
	"wenda/knowledge/base"
)

var formats = []Format{JSONL, CSV, XLSX}

// pieces of text that have broken importers before.
var awkward = []string{
	"还款", "怎么还", "how to pay", "=SUM(A1)", "+86", "-5%", "@all", "'", "''=", "\"", "\"\"", ",", ";", "，", "#N/A", "#", "\\n", "\\", " ", "  ", "\u3000", "😀", "é", "e\u0301",
	"_x000D_", "_x005F_", "_x0041_", "&amp;", "<b>", "]]>", "\u200b", "\u2028", "0.1", "1e5", "45678", "TRUE", "是", "null", "{position}", "[链接](https://example.com)", "**粗**", "- 一", "ſ", "İ",
}

func word(t *rapid.T, name string, least int) string {
	for {
		s := strings.TrimSpace(strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(awkward), rapid.StringMatching(`[ -~一-龥]{0,6}`)), least, 6).Draw(t, name), ""))
		if s != "" || least == 0 {
			return s
		}
		least = 1
		name += "'"
		if len(name) > 60 {
			return "x"
		}
	}
}

func words(t *rapid.T, name string, most int) []string {
	var out []string
	for i := range rapid.IntRange(0, most).Draw(t, name+" count") {
		out = append(out, word(t, fmt.Sprint(name, i), 1))
	}
	return out
}

func someText(t *rapid.T, name string) base.Text {
	text := base.Text{
		Question: word(t, name+" question", 1), Similar: words(t, name+" similar", 4), Not: words(t, name+" not", 2),
		Answer: strings.Join(words(t, name+" answer", 4), rapid.SampledFrom([]string{"\n", "\n\n", "\n\t"}).Draw(t, name+" break")),
	}
	for _, ch := range []string{"sms", "ivr-2"} {
		if rapid.Bool().Draw(t, name+ch) {
			if text.Channels == nil {
				text.Channels = map[string]string{}
			}
			text.Channels[ch] = word(t, name+ch+" answer", 1)
		}
	}
	return text
}

func someTime(t *rapid.T, name string) time.Time {
	if rapid.Bool().Draw(t, name+" set") {
		return time.Time{}
	}
	return time.Unix(rapid.Int64Range(946_684_800, 4_102_444_800).Draw(t, name), 0).UTC()
}

func someEntry(t *rapid.T, i int) Entry {
	c := base.Content{
		Category: word(t, "category", 0), Tags: words(t, "tags", 3), Hot: rapid.Bool().Draw(t, "hot"), Owner: word(t, "owner", 0), Source: word(t, "source", 0),
		Risk:    rapid.SampledFrom([]base.Risk{"", base.RiskLow, base.RiskHigh}).Draw(t, "risk"),
		Related: rapid.SliceOfN(rapid.StringMatching(`[a-zA-Z0-9._?-]{1,9}`), 0, 2).Draw(t, "related"),
		From:    someTime(t, "from"), ReviewBy: someTime(t, "review"), Texts: map[knowledge.Lang]base.Text{},
	}
	which := rapid.IntRange(1, 3).Draw(t, "languages")
	for n, lang := range langs {
		if which&(1<<n) != 0 {
			c.Texts[lang] = someText(t, string(lang))
		}
	}
	return Entry{fmt.Sprintf("%s%d", rapid.StringMatching(`[a-zA-Z0-9._?-]{0,6}`).Draw(t, "id"), i), c.Canonical()}
}

func readBack(t testing.TB, format Format, entries []Entry) []Entry {
	t.Helper()
	var file bytes.Buffer
	if err := Write(&file, format, entries); err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	f, err := Read(context.Background(), &file, format, ImportLimits)
	if err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	got, sound := f.Entries()
	if !sound {
		for _, r := range f.records {
			for _, flaw := range r.flaws {
				t.Errorf("%s: line %d: %v", format, r.line, flaw)
			}
		}
	}
	return got
}

// What is written is read again as it was, in every format.
func TestExportIsImport(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var entries []Entry
		for i := range rapid.IntRange(1, 4).Draw(rt, "entries") {
			e := someEntry(rt, i)
			if faults := e.Check(); len(faults) > 0 {
				rt.Skip("not a valid entry: ", faults)
			}
			entries = append(entries, e)
		}
		some := formats[:rapid.SampledFrom([]int{2, 2, 3}).Draw(rt, "formats")] // workbooks take long
		for _, format := range some {
			if got := readBack(t, format, entries); !reflect.DeepEqual(got, entries) {
				rt.Fatalf("%s: got\n%s\nwant\n%s", format, shown(got), shown(entries))
			}
		}
	})
}

func shown(entries []Entry) string {
	raw, _ := json.MarshalIndent(entries, "", " ")
	return string(raw)
}

// The most that an entry may hold does not fit into one cell, and comes back all the same.
func TestTheLargestEntry(t *testing.T) {
	long := func(n int, what string, runes int) []string {
		var all []string
		for i := range n {
			s := fmt.Sprintf("%d %s", i, what)
			all = append(all, s+strings.Repeat("长", runes-len([]rune(s))))
		}
		return all
	}
	text := base.Text{
		Question: strings.Repeat("问", base.MaxQuestion), Similar: long(base.MaxPhrasings, "=", base.MaxPhrasing), Not: long(base.MaxPhrasings, "not", base.MaxPhrasing),
		Answer: "=" + strings.Repeat("😀", base.MaxAnswer-1), Channels: map[string]string{"sms": strings.Repeat("答", base.MaxAnswer)},
	}
	text.Similar[0] = "=" + text.Similar[0][1:]
	entries := []Entry{
		{"small", base.Content{Texts: map[knowledge.Lang]base.Text{knowledge.English: {Question: "q", Similar: []string{"a"}}}}},
		{"large", base.Content{Texts: map[knowledge.Lang]base.Text{knowledge.Chinese: text}}},
	}
	if faults := entries[1].Check(); len(faults) > 0 {
		t.Fatal(faults)
	}
	for _, format := range formats {
		if got := readBack(t, format, entries); !reflect.DeepEqual(got, entries) {
			t.Errorf("%s: it came back otherwise", format)
		}
	}
}

// An apostrophe makes formulas harmless, and no text is lost by it.
func TestEscape(t *testing.T) {
	for cell, want := range map[string]string{
		"": "", "a": "a", "'": "'", "'a": "'a", "=1": "'=1", "'=1": "''=1", "''@x": "'''@x", "-": "'-", "+1": "'+1", "@x": "'@x", "\tx": "'\tx", "a=1": "a=1", "＝1": "＝1", "#N/A": "'#N/A", "#n": "#n",
	} {
		if got := escape(cell); got != want {
			t.Errorf("escape(%q) = %q, want %q", cell, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOf(rapid.SampledFrom([]string{"'", "=", "-", "a", "#REF!", "\t"})).Draw(t, "cell"), "")
		if e := escape(s); unescape(e) != s || formula(e) {
			t.Fatalf("%q became %q and then %q", s, e, unescape(e))
		}
	})
}
