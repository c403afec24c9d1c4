package index

import (
	"context"
	"os"
	"path/filepath"
	"strconv"

	"github.com/blevesearch/bleve/v2"

	"wenda/knowledge/segment"
)

// build writes a whole generation into dir and seals it.
func build(ctx context.Context, dir string, m manifest, seg *segment.Segmenter, phrasings []Phrasing) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if len(phrasings) > 0 { // bleve's builder cannot make an empty index
		if err := write(ctx, dir, seg, phrasings); err != nil {
			return err
		}
	}
	return m.seal(dir)
}

// write makes one segment of all phrasings; a document's id is its number.
func write(ctx context.Context, dir string, seg *segment.Segmenter, phrasings []Phrasing) (err error) {
	defer guard(&err)()
	m, err := indexMapping()
	if err != nil {
		return err
	}
	b, err := bleve.NewBuilder(filepath.Join(dir, "bleve"), m, map[string]any{"buildPathPrefix": dir})
	if err != nil {
		return err
	}
	for i, p := range phrasings {
		if err := ctx.Err(); err != nil {
			return err // the caller removes the folder
		}
		if err := b.Index(strconv.Itoa(i), document(seg.Cut(p.Text))); err != nil {
			return err
		}
	}
	return b.Close()
}
