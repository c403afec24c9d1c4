package index

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/blevesearch/bleve/v2"

	"wenda/internal/gentle"
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

// Batches of the builder, and how many of them are merged at once: all of 200,000
// phrasings in one step. Larger batches are no faster and take more memory.
const (
	batch  = 2000
	merged = 100
)

// write makes one segment of all phrasings; a document's id is its number.
func write(ctx context.Context, dir string, seg *segment.Segmenter, phrasings []Phrasing) (err error) {
	defer guard(&err)()
	m, err := indexMapping()
	if err != nil {
		return err
	}
	b, err := bleve.NewBuilder(filepath.Join(dir, "bleve"), m, map[string]any{"buildPathPrefix": dir, "batchSize": batch, "mergeMax": merged})
	if err != nil {
		return err
	}
	cut := ahead
	if gentle.Asked(ctx) {
		cut = inTurn
	}
	n := 0
	err = cut(ctx, seg, phrasings, func(texts []string) error {
		for _, text := range texts {
			if err := b.Index(strconv.Itoa(n), map[string]any{field: text}); err != nil {
				return err
			}
			n++
			gentle.Aside()
		}
		return nil
	})
	if err != nil {
		return err // the caller removes the folder
	}
	return b.Close()
}

// cutOnce is how many phrasings are cut before they are taken in.
const cutOnce = 256

// documents are the texts of some phrasings as they are indexed.
func documents(seg *segment.Segmenter, some []Phrasing) []string {
	texts := make([]string, len(some))
	for i, p := range some {
		texts[i] = document(seg.Cut(p.Text))
	}
	return texts
}

// inTurn cuts phrasings and has take have them, with one processor.
func inTurn(ctx context.Context, seg *segment.Segmenter, phrasings []Phrasing, take func([]string) error) error {
	for some := range slices.Chunk(phrasings, cutOnce) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := take(documents(seg, some)); err != nil {
			return err
		}
	}
	return nil
}

// ahead cuts the next phrasings while take has those that were cut before.
func ahead(ctx context.Context, seg *segment.Segmenter, phrasings []Phrasing, take func([]string) error) error {
	ctx, cancel := context.WithCancel(ctx)
	c := &cutter{out: make(chan []string, 2)}
	go c.cut(ctx, seg, phrasings)
	defer c.wait() // after cancel
	defer cancel()
	for texts := range c.out {
		if err := take(texts); err != nil {
			return err
		}
	}
	return errors.Join(c.err, ctx.Err())
}

// cutter makes the texts of documents, in the order of the phrasings.
type cutter struct {
	out chan []string
	err error // once out is closed: why some are missing
}

func (c *cutter) cut(ctx context.Context, seg *segment.Segmenter, phrasings []Phrasing) {
	defer close(c.out)
	defer guard(&c.err)()
	for some := range slices.Chunk(phrasings, cutOnce) {
		select {
		case c.out <- documents(seg, some):
		case <-ctx.Done():
			return
		}
	}
}

// wait returns when cut has.
func (c *cutter) wait() {
	for range c.out {
	}
}
