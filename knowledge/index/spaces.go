package index

import (
	"bytes"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/registry"
)

// spaces cuts at single spaces and nowhere else: what lies between them is a token, however
// it looks.
type spaces struct{}

const spacesName = "wenda spaces"

func init() {
	err := registry.RegisterTokenizer(spacesName, func(map[string]any, *registry.Cache) (analysis.Tokenizer, error) {
		return spaces{}, nil
	})
	if err != nil {
		panic(err) // only if the name is taken
	}
}

func (spaces) Tokenize(input []byte) analysis.TokenStream {
	n := bytes.Count(input, []byte{' '}) + 1
	all, out := make([]analysis.Token, n), make(analysis.TokenStream, 0, n)
	for at := 0; at < len(input); {
		end := bytes.IndexByte(input[at:], ' ')
		if end < 0 {
			end = len(input) - at
		}
		if end > 0 {
			t := &all[len(out)]
			*t = analysis.Token{Term: input[at : at+end : at+end], Start: at, End: at + end, Position: len(out) + 1}
			out = append(out, t)
		}
		at += end + 1
	}
	return out
}
