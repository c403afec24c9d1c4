package api

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"wenda/bot/web"
	"wenda/knowledge"
	"wenda/knowledge/base"
)

const (
	tryWithin = 30 * time.Second // a large base takes a few seconds to be indexed
	triedMost = 3                // entries that a trial shows
)

// try puts what a customer may say to what is in force, and to the same with the entry's
// content in place of its own.
func (a *API) try(ctx context.Context, id string, c base.Content, said string) web.Tried {
	tried := web.Tried{Said: said}
	if said == "" {
		return tried
	}
	ctx, cancel := context.WithTimeout(ctx, tryWithin)
	defer cancel()
	var err error
	if tried.Live, err = outcome(ctx, a.Hub.Matcher, said); err == nil {
		tried.Draft, err = a.draftOutcome(ctx, id, c, said)
	}
	if err != nil {
		a.Log.Warn("a draft could not be tried", "entry", id, "err", err)
		tried.Unavailable = true
	}
	return tried
}

func (a *API) draftOutcome(ctx context.Context, id string, c base.Content, said string) (*web.Outcome, error) {
	release, err := withDraft(a.Release(), c.Entry(id, 0))
	if err != nil {
		return nil, err
	}
	matcher, leave, err := a.Hub.Trial(ctx, release)
	if err != nil {
		return nil, err
	}
	defer leave()
	return outcome(ctx, matcher, said)
}

// withDraft is a release with one entry as a draft has it. Languages that have no question
// yet are left out, and the entry if none has.
func withDraft(release *knowledge.Release, draft knowledge.Entry) (*knowledge.Release, error) {
	entries := slices.DeleteFunc(slices.Clone(release.Entries()), func(e knowledge.Entry) bool { return e.ID == draft.ID })
	for lang, t := range draft.Texts {
		if strings.TrimSpace(t.Question) == "" {
			delete(draft.Texts, lang)
		}
	}
	if len(draft.Texts) > 0 {
		entries = append(entries, draft)
	}
	return knowledge.NewRelease(base.PreviewID, entries, knowledge.WithSynonyms(release.Synonyms()))
}

// outcome asks a matcher. A matcher that is busy is asked again while there is time: who
// tries a draft can wait, and a new index is slow at first.
func outcome(ctx context.Context, m knowledge.Matcher, said string) (*web.Outcome, error) {
	for {
		found, err := m.Match(ctx, said, triedMost)
		if err == nil {
			return &web.Outcome{Zone: found.Zone(), Matches: found.Matches, Why: found.Why}, nil
		}
		if !errors.Is(err, knowledge.ErrUnavailable) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(tryAgainAfter):
		}
	}
}

// tryAgainAfter is how long a busy matcher is left alone.
const tryAgainAfter = 50 * time.Millisecond
