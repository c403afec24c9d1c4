package main

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"wenda/cmd/wenda/config"
	"wenda/internal/sqldb"
	"wenda/internal/sqldb/sqldbtest"
	"wenda/knowledge"
	"wenda/knowledge/base"
	"wenda/knowledge/match"
	"wenda/knowledge/sample"
	"wenda/knowledge/segment"
)

// What is shipped fits the sample base as it comes out of SQL: a first start need not learn.
func TestShippedBrainKnows(t *testing.T) {
	db := newDatabase(t)
	entries, err := sample.Entries()
	if err != nil {
		t.Fatal(err)
	}
	hub := base.New(db)
	if err := hub.Seed(t.Context(), entries, "shipped"); err != nil {
		t.Fatal(err)
	}
	release, err := hub.Load(t.Context(), 1)
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

func newDatabase(t *testing.T) *sqldb.DB {
	t.Helper()
	return sqldbtest.New(t)
}

func shortly() (c config.Config) {
	c.Bot.MatchBudget, c.Bot.Precision = time.Minute, 95
	return c
}

// diary is a log that may be read while it is written.
type diary struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (d *diary) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.Write(p)
}

func (d *diary) count(what string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Count(d.text.String(), what)
}

// awake opens a brain on db that follows and learns until the test ends.
func awake(t *testing.T, db *sqldb.DB, log *slog.Logger) *brain {
	t.Helper()
	b, err := openBrain(t.Context(), t.TempDir(), db, shortly(), log)
	if err != nil {
		t.Fatal(err)
	}
	b.patience = 0
	b.lessons = func(context.Context) (match.Study, error) { return match.Study{Variant: match.Lexical}, nil } // learns in a moment
	ctx, stop := context.WithCancel(t.Context())
	var both sync.WaitGroup
	both.Go(func() { b.follow(ctx) })
	both.Go(func() { b.teach(ctx) })
	t.Cleanup(func() { stop(); both.Wait(); b.Close() })
	return b
}

func (b *brain) answer(t *testing.T, question string) knowledge.Result {
	t.Helper()
	res, err := b.Match(t.Context(), question, 3)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// A publish is in force on all nodes without a restart, at once, with what was learnt
// before; one node learns from it, and the other takes what it learnt. A rollback needs
// no learning: it is known.
func TestReleasesAreFollowed(t *testing.T) {
	db := newDatabase(t)
	var text diary
	log := slog.New(slog.NewTextHandler(&text, nil))
	seedFew(t, db)
	nodes := []*brain{awake(t, db, log), awake(t, db, log)}
	known := func(release int64) {
		t.Helper()
		for _, b := range nodes {
			within(t, "a node follows and learns", func() bool {
				known := b.known.Load()
				return b.answer(t, "钱够的为什么扣不了款").Release == release && known.Learnt != nil && known.key == keyOf(t, b)
			})
		}
	}
	known(1)
	hub := nodes[0].hub
	const odd = "蓝色独角兽怎么领养"
	approve(t, hub, "unicorn", odd, "不能领养。")
	if _, err := hub.Publish(t.Context(), base.Publication{By: "li", Entries: []string{"unicorn"}, GatePassed: true}); err != nil {
		t.Fatal(err)
	}
	nodes[0].Told()
	within(t, "the new answer is live", func() bool {
		res := nodes[0].answer(t, odd)
		return len(res.Matches) > 0 && res.Matches[0].Entry == "unicorn" && res.Zone() == knowledge.ZoneAnswer
	})
	known(2)
	if _, err := hub.Rollback(t.Context(), "li", 1, "no unicorns"); err != nil {
		t.Fatal(err)
	}
	known(3)
	if n := text.count("learning from the knowledge base"); n != 2 {
		t.Errorf("learnt %d times, want once for each base", n)
	}
}

// approve has zhou write a new entry and li approve it.
func approve(t *testing.T, hub *base.Store, id, question, answer string) {
	t.Helper()
	c := base.Content{Texts: map[knowledge.Lang]base.Text{knowledge.Chinese: {Question: question, Answer: answer}}}
	head, err := hub.Create(t.Context(), "zhou", id, c, "asked")
	if err == nil {
		head, err = hub.Submit(t.Context(), "zhou", id, head.Version, "")
	}
	if err == nil {
		_, err = hub.Approve(t.Context(), base.Reviewer{ID: "li"}, id, head.Version, "")
	}
	if err != nil {
		t.Fatal(err)
	}
}

// seedFew puts so few entries in force that learning takes a moment.
func seedFew(t *testing.T, db *sqldb.DB) {
	t.Helper()
	entries, err := sample.Entries()
	if err != nil {
		t.Fatal(err)
	}
	var few []knowledge.Entry
	for _, e := range entries {
		if !e.Matchable() || len(few) < 6 {
			few = append(few, e)
		}
	}
	if err := base.New(db).Seed(t.Context(), few, "a few"); err != nil {
		t.Fatal(err)
	}
}

func keyOf(t *testing.T, b *brain) string {
	t.Helper()
	key, err := match.Key(b.Release(), b.words, match.Full)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Equal releases share a matcher for trying out; other synonyms make another release.
func TestTrials(t *testing.T) {
	db := newDatabase(t)
	seedFew(t, db)
	b, err := openBrain(t.Context(), t.TempDir(), db, shortly(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	try := func(synonyms ...[]string) knowledge.Matcher {
		release, err := knowledge.NewRelease(base.PreviewID, b.Release().Entries(), knowledge.WithSynonyms(synonyms))
		if err != nil {
			t.Fatal(err)
		}
		m, leave, err := b.Trial(t.Context(), release)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(leave)
		return m
	}
	first := try()
	if try() != first {
		t.Error("equal releases do not share one")
	}
	if try([]string{"白条", "借款"}) == first {
		t.Error("synonyms are not tried")
	}
	if _, err := first.Match(t.Context(), "还款", 1); err != nil {
		t.Errorf("one that is in use was closed: %v", err)
	}
}
