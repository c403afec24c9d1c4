package index

import (
	"bytes"
	"iter"
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

// marked yields what a text is indexed by and searched with, each token with the letter of
// its stream: words, characters, pairs of characters and what the text means (synonyms).
// Pairs of whole words and pieces are left to the scorer: they made the right entry of
// English questions rarer among the candidates, not more frequent, and every search dearer.
func marked(t segment.Text) iter.Seq2[byte, string] {
	return func(yield func(byte, string) bool) {
		for _, s := range [...]struct {
			stream byte
			tokens []string
		}{{'w', t.Words}, {'p', t.Pairs}, {'c', t.Chars}, {'m', t.Means}} {
			for _, token := range s.tokens {
				if s.stream == 'p' && strings.Contains(token, segment.PairMark) {
					continue
				}
				if !yield(s.stream, token) {
					return
				}
			}
		}
	}
}

// document is the text of the one field.
func document(t segment.Text) string {
	var out []byte
	for stream, token := range marked(t) {
		out = append(append(append(out, stream), token...), ' ')
	}
	return string(bytes.TrimSuffix(out, []byte{' '}))
}

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
