package inbox

import (
	"context"
	"errors"
	"slices"
	"testing"

	"wenda/internal/sqldb"
	"wenda/knowledge"
	"wenda/knowledge/base"
)

func content(question string, similar ...string) base.Content {
	return base.Content{Texts: map[knowledge.Lang]base.Text{knowledge.Chinese: {Question: question, Similar: similar, Answer: "在首页点还款。"}}}
}

// similar are the phrasings of an entry's newest revision, and its number.
func similar(t *testing.T, hub *base.Store, id string) ([]string, int) {
	t.Helper()
	h, err := hub.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return h.Newest.Content.Texts[knowledge.Chinese].Similar, h.Newest.Number
}

// busy is a base in which somebody else saves first.
type busy struct {
	*base.Store
	left int
}

func (b *busy) Save(ctx context.Context, by, id string, version int64, c base.Content, why string) (base.Head, error) {
	if b.left > 0 {
		b.left--
		if _, err := b.Store.Save(ctx, "li", id, version, content("怎么还款", "还钱", "怎样还"+string(rune('0'+b.left))), ""); err != nil {
			return base.Head{}, err
		}
	}
	return b.Store.Save(ctx, by, id, version, c, why)
}

// A phrasing becomes a draft of its entry, whatever others save meanwhile, and goes
// again without what they saved.
func TestDraftsPhrasing(t *testing.T) {
	hub := base.New(opened(t, sqldb.Options{Dir: t.TempDir()}))
	if _, err := hub.Create(t.Context(), "li", "repay", content("怎么还款", "还钱"), ""); err != nil {
		t.Fatal(err)
	}
	drafts := Drafts{&busy{hub, 1}}
	token, err := drafts.AddPhrasing(t.Context(), "zhou", "repay", knowledge.Chinese, "咋还钱啊", "asked often")
	if err != nil || token == "" {
		t.Fatal(token, err)
	}
	if got, number := similar(t, hub, "repay"); !slices.Contains(got, "咋还钱啊") || !slices.Contains(got, "怎样还0") || number != 3 {
		t.Errorf("revision %d: %v", number, got)
	}
	if again, err := drafts.AddPhrasing(t.Context(), "zhou", "repay", knowledge.Chinese, "咋还钱啊？", ""); err != nil || again != "" {
		t.Errorf("what is there already: %q, %v", again, err)
	}
	if again, err := drafts.AddPhrasing(t.Context(), "zhou", "repay", knowledge.Chinese, "怎么还款", ""); err != nil || again != "" {
		t.Errorf("the question itself: %q, %v", again, err)
	}
	for range 2 {
		if err := drafts.TakeBack(t.Context(), "zhou", token, "wrong"); err != nil {
			t.Fatal(err)
		}
		if got, number := similar(t, hub, "repay"); slices.Contains(got, "咋还钱啊") || !slices.Contains(got, "怎样还0") || number != 4 {
			t.Errorf("taken back, revision %d: %v", number, got)
		}
	}
	for name, test := range map[string]struct {
		entry string
		lang  knowledge.Lang
		base  Entries
		want  error
	}{
		"no such entry":    {"nowhere", knowledge.Chinese, hub, base.ErrNone},
		"not in English":   {"repay", knowledge.English, hub, ErrInvalid},
		"agents' reply":    {"canned.hello", knowledge.Chinese, hub, ErrInvalid},
		"others save ever": {"repay", knowledge.Chinese, &busy{hub, saveTries}, base.ErrChanged},
	} {
		if _, err := (Drafts{test.base}).AddPhrasing(t.Context(), "zhou", test.entry, test.lang, "另一种问法", ""); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	if err := drafts.TakeBack(t.Context(), "zhou", "stone", ""); !errors.Is(err, ErrInvalid) {
		t.Errorf("a token that is not ours: %v", err)
	}
	if err := drafts.TakeBack(t.Context(), "zhou", `{"entry":"nowhere","lang":"zh-CN","text":"x"}`, ""); err != nil {
		t.Errorf("of an entry that is gone: %v", err)
	}
}

// A draft is its author's working copy, with what agents said as a start.
func TestDraftsStart(t *testing.T) {
	hub := base.New(opened(t, sqldb.Options{Dir: t.TempDir()}))
	drafts := Drafts{hub}
	id, token, err := drafts.Start(t.Context(), "zhou", knowledge.Chinese, "花呗能还房贷吗", "不支持", "")
	if err != nil || !knowledge.ValidID(id) {
		t.Fatal(id, err)
	}
	c, version, _, err := hub.Kept(t.Context(), "zhou", id)
	if want := (base.Text{Question: "花呗能还房贷吗", Answer: "不支持"}); err != nil || version != 0 || c.Owner != "zhou" || c.Texts[knowledge.Chinese].Question != want.Question || c.Texts[knowledge.Chinese].Answer != want.Answer {
		t.Errorf("kept: %+v, %v", c, err)
	}
	for range 2 {
		if err := drafts.TakeBack(t.Context(), "li", token, ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, _, err := hub.Kept(t.Context(), "zhou", id); !errors.Is(err, base.ErrNone) {
		t.Errorf("still kept: %v", err)
	}
}
