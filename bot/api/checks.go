package api

import (
	"context"
	"slices"

	"wenda/knowledge"
	"wenda/knowledge/base"
	"wenda/knowledge/index"
	"wenda/knowledge/lint"
	"wenda/knowledge/segment"
)

// found is what the content checks say of an entry, with what other entries in force
// are asked by.
func (a *API) found(ctx context.Context, id string, c base.Content) ([]lint.Finding, error) {
	rules, err := a.Hub.Book.Rules(ctx)
	if err != nil {
		return nil, err
	}
	asked := a.asked.of(a.Release(), phrasings)
	rules.Other = func(id, key string) string {
		i := slices.IndexFunc(asked[key], func(other string) bool { return other != id })
		if i < 0 {
			return ""
		}
		return asked[key][i]
	}
	return lint.Check(id, c, rules), nil
}

// phrasings are the entries of a release that have a phrasing, by its segment.Key.
func phrasings(release *knowledge.Release) map[string][]string {
	all := map[string][]string{}
	for _, p := range index.Phrasings(release) {
		key := segment.Key(p.Text)
		all[key] = append(all[key], p.Entry)
	}
	return all
}
