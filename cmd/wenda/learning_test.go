package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"wenda/cmd/wenda/config"
	"wenda/internal/sqldb"
	"wenda/knowledge"
	"wenda/knowledge/artefact"
	"wenda/knowledge/match"
	"wenda/knowledge/sample"
	"wenda/knowledge/segment"
)

// What is shipped fits the sample base: a first start need not learn.
func TestShippedBrainKnows(t *testing.T) {
	release, err := sample.Release(1)
	if err != nil {
		t.Fatal(err)
	}
	words, err := segment.New()
	if err != nil {
		t.Fatal(err)
	}
	key, err := match.Key(release, words, match.Full)
	if err != nil {
		t.Fatal(err)
	}
	if learnt, err := match.ReadLearnt(sample.Learnt); err != nil || learnt.Key != key {
		t.Errorf("what is shipped was learnt from another base, dictionary or encoder: make encoder (%v)", err)
	}
}

func shortly() (c config.Config) {
	c.Bot.MatchBudget, c.Bot.Precision = time.Minute, 95
	return c
}

// A base that nothing was shipped for is answered at once, by words; one node learns,
// and the other takes what it learnt.
func TestBrainLearns(t *testing.T) {
	entries, err := sample.Entries()
	if err != nil {
		t.Fatal(err)
	}
	release, err := knowledge.NewRelease(7, entries[:6])
	if err != nil {
		t.Fatal(err)
	}
	db, err := sqldb.Open(t.Context(), sqldb.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	lessons := 0
	for range 2 {
		var text bytes.Buffer
		log := slog.New(slog.NewTextHandler(&text, nil))
		b, err := brainOf(t.Context(), t.TempDir(), release, sample.Learnt, shortly(), log)
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		variant := func() string {
			res, err := b.Match(t.Context(), "钱够的为什么扣不了款", 3)
			if err != nil {
				t.Fatal(err)
			}
			return res.Variant
		}
		if got := variant(); got != match.Lexical {
			t.Errorf("before it learnt: %s", got)
		}
		if err := b.learn(t.Context(), artefact.New(db), log); err != nil {
			t.Fatal(err)
		}
		if got := variant(); got != match.Full {
			t.Errorf("after it learnt: %s", got)
		}
		lessons += strings.Count(text.String(), "learning from the knowledge base")
	}
	if lessons != 1 {
		t.Errorf("%d nodes learnt, want 1", lessons)
	}
}
