package sample

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"wenda/knowledge"
	"wenda/knowledge/segment"
)

// The base keeps what the README says of it.
func TestCounts(t *testing.T) {
	r, err := Release(1)
	if err != nil {
		t.Fatal(err)
	}
	var chinese, english, phrasings int
	for _, e := range r.Entries() {
		if !e.Matchable() {
			continue
		}
		zh, ok := e.Texts[knowledge.Chinese]
		if !ok {
			t.Errorf("%s has no Chinese text", e.ID)
		}
		chinese++
		phrasings += len(zh.Similar)
		if len(zh.Similar) < 8 {
			t.Errorf("%s has %d Chinese phrasings, not 8", e.ID, len(zh.Similar))
		}
		if en, ok := e.Texts[knowledge.English]; ok {
			english++
			if len(en.Similar) < 5 {
				t.Errorf("%s has %d English phrasings, not 5", e.ID, len(en.Similar))
			}
		}
	}
	if chinese < 160 || english < 60 {
		t.Errorf("%d Chinese entries (want 160), %d English (want 60)", chinese, english)
	}
	t.Logf("%d entries in Chinese with %d phrasings, %d in English", chinese, phrasings, english)
}

// either are phrasings that stand in two entries on purpose: the bot asks which is meant.
var either = []string{"怎么提前还", "提前还"}

// No two entries claim the same words, and no entry's counter-phrasing is one of its own.
func TestNoPhrasingTwice(t *testing.T) {
	owner := map[string]string{}
	each(t, func(e knowledge.Entry, text knowledge.Text) {
		if !e.Matchable() {
			return
		}
		for _, p := range append([]string{text.Question}, text.Similar...) {
			key := segment.Key(p)
			if key == "" {
				t.Errorf("%s: phrasing %q is empty after normalising", e.ID, p)
			}
			if other, ok := owner[key]; ok && other != e.ID && !slices.Contains(either, p) {
				t.Errorf("%q stands in %s and %s", p, other, e.ID)
			}
			owner[key] = e.ID
		}
	})
	each(t, func(e knowledge.Entry, text knowledge.Text) {
		for _, p := range text.Not {
			if owner[segment.Key(p)] == e.ID {
				t.Errorf("%s: %q is both phrasing and counter-phrasing", e.ID, p)
			}
		}
	})
}

// promises are words a lender must not use; digits as in a telephone or account number.
var (
	promises = regexp.MustCompile(`保证(?:通过|下款|放款)|百分百|100%|一定(?:能|会)(?:通过|下款|批)|零风险|无风险|必过|秒批`)
	numbers  = regexp.MustCompile(`\d{6,}`)
)

func TestAnswersPromiseNothing(t *testing.T) {
	each(t, func(e knowledge.Entry, text knowledge.Text) {
		if found := promises.FindString(text.Answer); found != "" {
			t.Errorf("%s promises %q", e.ID, found)
		}
		if found := numbers.FindString(text.Answer); found != "" {
			t.Errorf("%s holds the number %s", e.ID, found)
		}
		if text.Answer == "" {
			t.Errorf("%s has no answer", e.ID)
		}
	})
}

func each(t *testing.T, f func(knowledge.Entry, knowledge.Text)) {
	t.Helper()
	entries, err := Entries()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		for _, text := range e.Texts {
			f(e, text)
		}
	}
}

// Agents find a reply by its title in either language, and only what the desk fills in is
// left to be filled in.
func TestReplies(t *testing.T) {
	entries, err := Entries()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range entries {
		if !e.Canned() {
			continue
		}
		n++
		for _, lang := range []knowledge.Lang{knowledge.Chinese, knowledge.English} {
			text := e.Texts[lang]
			if text.Question == "" || text.Answer == "" || len(text.Similar)+len(text.Not) > 0 {
				t.Errorf("%s in %s: want a title, a reply and nothing else: %+v", e.ID, lang, text)
			}
			if rest := strings.NewReplacer("{customer}", "", "{agent}", "").Replace(text.Answer); strings.ContainsAny(rest, "{}") {
				t.Errorf("%s in %s: %s", e.ID, lang, rest)
			}
		}
	}
	if n < 12 {
		t.Errorf("%d replies", n)
	}
}
