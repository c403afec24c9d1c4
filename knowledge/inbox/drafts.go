package inbox

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"wenda/knowledge"
	"wenda/knowledge/base"
	"wenda/knowledge/segment"
)

// Entries are what Drafts need of a base.Store.
type Entries interface {
	Get(ctx context.Context, id string) (base.Head, error)
	Save(ctx context.Context, by, id string, version int64, c base.Content, why string) (base.Head, error)
	Keep(ctx context.Context, by, id string, c base.Content, version int64) error
	Drop(ctx context.Context, by, id string) error
}

// Drafts is the Drafter on a base. A phrasing is saved as a new revision in draft; a new
// entry is begun as its author's working copy, which is nobody else's and no revision
// until they save it. Neither is in front of customers before somebody approved it.
type Drafts struct{ Base Entries }

// saveTries bounds how often a phrasing is added again because somebody else saved.
const saveTries = 3

// made is what a token says.
type made struct {
	Entry  string         `json:"entry"`
	Lang   knowledge.Lang `json:"lang,omitempty"`
	Text   string         `json:"text,omitempty"`   // the phrasing that was added
	Author string         `json:"author,omitempty"` // whose working copy it is
}

// AddPhrasing implements Drafter. ErrInvalid if the entry has no text in lang, or is
// nothing that customers ask for.
func (d Drafts) AddPhrasing(ctx context.Context, by, entry string, lang knowledge.Lang, text, why string) (string, error) {
	if !(knowledge.Entry{ID: entry}).Matchable() {
		return "", fmt.Errorf("%w: customers do not ask for %s", ErrInvalid, entry)
	}
	added := false
	err := d.edit(ctx, by, entry, why, func(c base.Content) (base.Content, bool, error) {
		t, ok := c.Texts[lang]
		if !ok {
			return c, false, fmt.Errorf("%w: entry %s has no text in %s", ErrInvalid, entry, lang)
		}
		added = !slices.ContainsFunc(append([]string{t.Question}, t.Similar...), same(text))
		t.Similar = append(slices.Clip(t.Similar), text)
		return with(c, lang, t), added, nil
	})
	if err != nil || !added {
		return "", err
	}
	return token(made{Entry: entry, Lang: lang, Text: text}), nil
}

// Start implements Drafter.
func (d Drafts) Start(ctx context.Context, by string, lang knowledge.Lang, question, answer, why string) (entry, tok string, err error) {
	entry = "new-" + strings.ToLower(rand.Text()[:10])
	c := base.Content{Owner: by, Texts: map[knowledge.Lang]base.Text{lang: {Question: question, Answer: answer}}}
	if err := d.Base.Keep(ctx, by, entry, c, 0); err != nil {
		return "", "", err
	}
	return entry, token(made{Entry: entry, Author: by}), nil
}

// TakeBack implements Drafter.
func (d Drafts) TakeBack(ctx context.Context, by, tok, why string) error {
	var m made
	if tok == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(tok), &m); err != nil {
		return fmt.Errorf("%w: a token that is not ours", ErrInvalid)
	}
	if m.Author != "" {
		return d.Base.Drop(ctx, m.Author, m.Entry)
	}
	err := d.edit(ctx, by, m.Entry, why, func(c base.Content) (base.Content, bool, error) {
		t := c.Texts[m.Lang]
		kept := slices.DeleteFunc(slices.Clone(t.Similar), same(m.Text))
		there := len(kept) < len(t.Similar)
		t.Similar = kept
		return with(c, m.Lang, t), there, nil
	})
	if errors.Is(err, base.ErrNone) {
		return nil
	}
	return err
}

// edit saves an entry's newest content changed, and again if somebody else saved meanwhile.
func (d Drafts) edit(ctx context.Context, by, entry, why string, change func(base.Content) (_ base.Content, changed bool, _ error)) error {
	for try := 1; ; try++ {
		head, err := d.Base.Get(ctx, entry)
		if err != nil {
			return err
		}
		c, changed, err := change(head.Newest.Content)
		if err != nil || !changed {
			return err
		}
		if _, err = d.Base.Save(ctx, by, entry, head.Version, c, why); !errors.Is(err, base.ErrChanged) || try == saveTries {
			return err
		}
	}
}

// with returns the content with another text in lang, and shares no map with it.
func with(c base.Content, lang knowledge.Lang, t base.Text) base.Content {
	texts := make(map[knowledge.Lang]base.Text, len(c.Texts))
	for l, other := range c.Texts {
		texts[l] = other
	}
	texts[lang] = t
	c.Texts = texts
	return c
}

// same compares phrasings as a matcher does.
func same(text string) func(string) bool {
	key := segment.Key(text)
	return func(other string) bool { return segment.Key(other) == key }
}

func token(m made) string {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(b)
}
