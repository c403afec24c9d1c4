package main

import (
	"slices"
	"testing"

	"wenda/knowledge/health"
)

func TestWeaknesses(t *testing.T) {
	few := func(entry string) health.Finding { return health.Finding{Kind: health.Few, Entry: entry} }
	twice := health.Finding{Kind: health.Duplicate, Entry: "a", Other: "b", Phrasing: "如何还钱"}
	for _, c := range []struct {
		name    string
		found   []health.Finding
		charted bool
		want    []string
	}{
		{"sound", nil, true, nil},
		{"what is no weakness of recognition", []health.Finding{{Kind: health.Stale, Entry: "a"}}, true, nil},
		{"few", []health.Finding{few("a"), few("b"), few("c"), few("d")}, true, []string{"4 of 9 entries have fewer than 3 phrasings: a, b, c, …"}},
		{"twice", []health.Finding{twice}, true, []string{`1 pairs of entries are for the same question, which is asked back: a and b ("如何还钱")`}},
		{"uncharted", nil, false, []string{"too little to tell how often a confidence is right: what is not nearly word for word a phrasing is mostly asked back"}},
	} {
		if got := weaknesses(health.Report{Entries: 9, Findings: c.found}, c.charted); !slices.Equal(got, c.want) {
			t.Errorf("%s:\ngot  %q\nwant %q", c.name, got, c.want)
		}
	}
}
