package knowledge

import (
	"slices"
	"strings"
	"testing"
)

func entry(id string, texts map[Lang]Text) Entry { return Entry{ID: id, Revision: 1, Texts: texts} }

var (
	chinese = map[Lang]Text{Chinese: {Question: "怎么还款", Answer: "这样还"}}
	both    = map[Lang]Text{Chinese: {Question: "怎么还款", Answer: "这样还"}, English: {Question: "How to repay?", Answer: "Like this"}}
)

func TestNewReleaseSortsAndFinds(t *testing.T) {
	given := []Entry{entry("b", chinese), entry("system.welcome", chinese), entry("a", both)}
	r, err := NewRelease(7, given)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, e := range r.Entries() {
		ids = append(ids, e.ID)
	}
	if r.ID != 7 || r.Len() != 3 || !slices.Equal(ids, []string{"a", "b", "system.welcome"}) {
		t.Errorf("release %d: %v", r.ID, ids)
	}
	if given[0].ID != "b" {
		t.Error("the caller's slice was sorted")
	}
	if e, ok := r.Entry("b"); !ok || e.ID != "b" {
		t.Errorf("entry b: %v, %v", e, ok)
	}
	if _, ok := r.Entry("c"); ok {
		t.Error("there is no c")
	}
}

func TestNewReleaseTellsAllFaults(t *testing.T) {
	_, err := NewRelease(1, []Entry{
		entry("a", chinese), entry("a", chinese), entry("b c", chinese), entry("d", nil),
		entry("e", map[Lang]Text{English: {Question: " "}}),
	})
	if err == nil {
		t.Fatal("want an error")
	}
	for _, want := range []string{`"a": id used twice`, `"b c": id must be`, `"d": no text`, `"e": no question in en`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
}

func TestValidID(t *testing.T) {
	for _, id := range []string{"a", "repay-how", "system.welcome", "Refund_not_showing_up", "reverted_card_payment?", "bd001", strings.Repeat("x", 64)} {
		if !ValidID(id) {
			t.Errorf("%q must be valid", id)
		}
	}
	for _, id := range []string{"", "a b", "还款", "a/b", "a\n", "<b>", "a'b", `a"b`, "a\x00", "a%20", strings.Repeat("x", 65)} {
		if ValidID(id) {
			t.Errorf("%q must not be valid", id)
		}
	}
}

func TestHot(t *testing.T) {
	hot := func(id string, texts map[Lang]Text) Entry { e := entry(id, texts); e.Hot = true; return e }
	r, err := NewRelease(1, []Entry{hot("c", both), hot("b", chinese), hot("a", both), entry("d", both), hot("system.x", both), hot("canned.x", both)})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		lang  Lang
		limit int
		want  string
	}{{Chinese, 9, "abc"}, {Chinese, 2, "ab"}, {English, 9, "ac"}, {Chinese, 0, ""}} {
		got := ""
		for _, e := range r.Hot(c.lang, c.limit) {
			got += e.ID
		}
		if got != c.want {
			t.Errorf("hot in %s, at most %d: %q, want %q", c.lang, c.limit, got, c.want)
		}
	}
}

func TestEntryIn(t *testing.T) {
	for _, c := range []struct {
		texts  map[Lang]Text
		asked  Lang
		in     Lang
		answer string
	}{
		{both, English, English, "Like this"}, {both, Chinese, Chinese, "这样还"},
		{chinese, English, Chinese, "这样还"}, {map[Lang]Text{English: both[English]}, Chinese, English, "Like this"},
	} {
		a := entry("a", c.texts).Answer(c.asked)
		if a.Lang != c.in || a.Text != c.answer || a.Question != c.texts[c.in].Question {
			t.Errorf("asked in %s: %+v", c.asked, a)
		}
	}
}

func TestParseLang(t *testing.T) {
	for tag, want := range map[string]Lang{
		"": Chinese, "zh": Chinese, "zh-TW": Chinese, "fr": Chinese, "eng": Chinese, "en": English, "EN-gb": English, "en-US": English,
	} {
		if got := ParseLang(tag); got != want {
			t.Errorf("%q: %s, want %s", tag, got, want)
		}
	}
	if Chinese.Other() != English || English.Other() != Chinese {
		t.Error("each is the other's other")
	}
}

func TestSystem(t *testing.T) {
	if !(Entry{ID: "system.welcome"}).System() || (Entry{ID: "systemic"}).System() {
		t.Error("the prefix tells the bot's own sentences")
	}
	for id, want := range map[string]bool{"repay-how": true, "cannedfood": true, "canned.hello": false, "system.welcome": false} {
		if got := (Entry{ID: id}).Matchable(); got != want {
			t.Errorf("%s is matchable: %v", id, got)
		}
	}
}

func TestReleaseKeepsSynonyms(t *testing.T) {
	entries := []Entry{{ID: "a", Texts: map[Lang]Text{Chinese: {Question: "怎么还款"}}}}
	plain, err := NewRelease(1, entries)
	if err != nil {
		t.Fatal(err)
	}
	groups := [][]string{{"白条", "信用付"}, {"备用金", "随心借"}}
	with, err := NewRelease(1, entries, WithSynonyms(groups))
	if err != nil {
		t.Fatal(err)
	}
	if len(plain.Synonyms()) != 0 || !slices.EqualFunc(with.Synonyms(), groups, slices.Equal[[]string]) {
		t.Errorf("%v and %v", plain.Synonyms(), with.Synonyms())
	}
}
