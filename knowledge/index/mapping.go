package index

import (
	"strings"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/mapping"

	"wenda/knowledge/segment"
)

// layout goes up whenever the mapping or the tokens of a document change.
const layout = "3"

// field is the one field of a document: tokens of several streams, each marked
// with its stream's letter, so that lengths and frequencies are counted together.
const field = "t"

// tokens returns what a text is indexed by and searched with: words, characters,
// pairs of characters and what the text means (synonyms). Pairs of whole words and
// pieces are left to the scorer: they made the right entry of English questions rarer
// among the candidates, not more frequent, and every search dearer.
func tokens(t segment.Text) []string {
	out := make([]string, 0, len(t.Words)+len(t.Chars)+len(t.Pairs)+len(t.Means))
	for _, w := range t.Words {
		out = append(out, "w"+w)
	}
	for _, p := range t.Pairs {
		if !strings.Contains(p, segment.PairMark) {
			out = append(out, "p"+p)
		}
	}
	for _, c := range t.Chars {
		out = append(out, "c"+c)
	}
	for _, m := range t.Means {
		out = append(out, "m"+m)
	}
	return out
}

// document is the text of the one field.
func document(t segment.Text) string { return strings.Join(tokens(t), " ") }

// indexMapping keeps postings only: nothing is stored, no positions, frequencies,
// lengths or doc values, no _all, and no field but ours.
func indexMapping() (mapping.IndexMapping, error) {
	m := bleve.NewIndexMapping()
	err := m.AddCustomAnalyzer("tokens", map[string]any{"type": custom.Name, "tokenizer": spacesName})
	if err != nil {
		return nil, err
	}
	f := bleve.NewTextFieldMapping()
	f.Analyzer = "tokens"
	f.Store, f.IncludeTermVectors, f.IncludeInAll, f.DocValues, f.SkipFreqNorm = false, false, false, false, true
	m.DefaultMapping = bleve.NewDocumentStaticMapping()
	m.DefaultMapping.AddFieldMappingsAt(field, f)
	m.DefaultMapping.AddSubDocumentMapping("_all", bleve.NewDocumentDisabledMapping())
	m.StoreDynamic, m.IndexDynamic, m.DocValuesDynamic = false, false, false
	return m, nil
}
