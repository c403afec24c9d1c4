package api

import (
	"context"
	"sync"

	"wenda/knowledge"
	"wenda/knowledge/base"
	"wenda/knowledge/lint"
	"wenda/knowledge/segment"
)

// found is what the content checks say of an entry, with what other entries in force
// are asked by.
func (a *API) found(ctx context.Context, id string, c base.Content) ([]lint.Finding, error) {
	rules, err := a.rules(ctx)
	if err != nil {
		return nil, err
	}
	rules.Other = a.asked.of(a.Release())
	return lint.Check(id, c, rules), nil
}

// askedBy knows which entry of the release in force has a phrasing. The zero askedBy
// knows none yet.
type askedBy struct {
	mu      sync.Mutex
	release *knowledge.Release
	entries map[string][]string // ids by segment.Key
}

// of returns who has a phrasing in release, other than an entry itself. It reads a
// release once.
func (k *askedBy) of(release *knowledge.Release) func(id, key string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.release != release {
		k.release, k.entries = release, phrasings(release)
	}
	entries := k.entries
	return func(id, key string) string {
		for _, other := range entries[key] {
			if other != id {
				return other
			}
		}
		return ""
	}
}

func phrasings(release *knowledge.Release) map[string][]string {
	all := map[string][]string{}
	for _, e := range release.Entries() {
		if e.System() {
			continue
		}
		for _, t := range e.Texts {
			for _, p := range append([]string{t.Question}, t.Similar...) {
				all[segment.Key(p)] = append(all[segment.Key(p)], e.ID)
			}
		}
	}
	return all
}
