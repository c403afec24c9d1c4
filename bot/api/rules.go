package api

import (
	"context"
	"sync"
	"time"

	"wenda/knowledge/base"
	"wenda/knowledge/lint"
)

// rulebook keeps the company's words as they were read last, by the versions of
// their sheets. The zero rulebook has read nothing.
type rulebook struct {
	mu               sync.Mutex
	forbidden, links int64
	rules            lint.Rules
}

// rules are what answers are held against now: the dictionary of the company, or the
// shipped one while it has none, and the hosts it allows.
func (a *API) rules(ctx context.Context) (lint.Rules, error) {
	words, err := a.forbidden(ctx)
	if err != nil {
		return lint.Rules{}, err
	}
	links, err := a.Hub.Base.Sheet(ctx, base.Links)
	if err != nil {
		return lint.Rules{}, err
	}
	b := &a.book
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rules.Forbidden == nil || b.forbidden != words.Version || b.links != links.Version {
		if err := b.read(words, links); err != nil {
			return lint.Rules{}, err
		}
	}
	rules := b.rules
	rules.Now = time.Now()
	return rules, nil
}

// forbidden is the dictionary's sheet, with the shipped text if nobody has written one.
func (a *API) forbidden(ctx context.Context) (base.Sheet, error) {
	sheet, err := a.Hub.Base.Sheet(ctx, base.Forbidden)
	if err == nil && sheet.Version == 0 {
		sheet.Text = lint.Shipped
	}
	return sheet, err
}

func (b *rulebook) read(words, links base.Sheet) error {
	dictionary, err := lint.ReadForbidden(words.Text)
	if err != nil {
		return err
	}
	hosts, err := lint.ReadLinks(links.Text)
	if err != nil {
		return err
	}
	b.forbidden, b.links = words.Version, links.Version
	b.rules = lint.Rules{Forbidden: dictionary, Links: hosts}
	return nil
}
