package exchange

import (
	"context"
	"errors"
	"fmt"

	"wenda/knowledge/base"
)

// ErrRefused is returned by Apply for a plan with refused rows: nothing of it is saved.
var ErrRefused = errors.New("exchange: rows are refused, so nothing is imported")

// Drafts is where an import goes: base.Store.
type Drafts interface {
	// SaveAll saves all as drafts, in one commit, or none; it returns how many revisions that
	// made. Progress ends with (of, of), after the commit.
	SaveAll(ctx context.Context, by string, drafts []base.Proposal, why string, progress ...func(done, of int)) (saved int, err error)
}

// Apply saves what is new and changed as drafts, all in one commit or nothing; nothing
// goes live by it, and nothing is retired. It returns how many drafts that made. Errors
// are ErrRefused, and those of the store: base.ErrChanged and base.ErrExists if somebody was
// faster, then make a new plan.
func (p *Plan) Apply(ctx context.Context, store Drafts, by, why string, progress ...Progress) (int, error) {
	if n := p.Counts.Refused; n > 0 {
		return 0, fmt.Errorf("%w: %d of %d", ErrRefused, n, len(p.Rows))
	}
	var drafts []base.Proposal
	for i, d := range p.drafts {
		if does := p.Rows[i].Does; does == New || does == Changed {
			drafts = append(drafts, base.Proposal{ID: d.id, Version: d.version, Content: d.content})
		}
	}
	if len(drafts) == 0 {
		return 0, nil
	}
	return store.SaveAll(ctx, by, drafts, why, progress...)
}

// Of returns the newest revisions of a base as entries to write, sorted by id; what is
// retired or discarded stays behind.
func Of(ctx context.Context, now Now) ([]Entry, error) {
	heads, err := now.Heads(ctx)
	if err != nil {
		return nil, err
	}
	var entries []Entry
	for _, h := range heads {
		if !h.Newest.State.Gone() {
			entries = append(entries, Entry{h.ID, h.Newest.Content.Canonical()})
		}
	}
	return entries, nil
}
