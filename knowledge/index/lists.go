package index

import (
	"fmt"
	"slices"

	bleveindex "github.com/blevesearch/bleve_index_api"
	segmentapi "github.com/blevesearch/scorch_segment_api/v2"

	"github.com/blevesearch/bleve/v2/index/scorch"
)

// lists reads a generation's lists of postings, straight from the bitmaps of bleve's
// segment. bleve's own reader of a token hands out one document at a time and is made anew
// for each token, which took three times as long.
//
// A lists is for one reader at a time; what one token took serves the next.
type lists struct {
	dict  segmentapi.TermDictionary
	list  segmentapi.PostingsList
	hits  segmentapi.PostingsIterator
	token []byte
	docs  []uint32
}

// newLists opens the lists. A generation is built as one segment, of which nothing is
// ever deleted; anything else is damage.
func newLists(reader bleveindex.IndexReader) (*lists, error) {
	snapshot, ok := reader.(*scorch.IndexSnapshot)
	if !ok || len(snapshot.Segments()) != 1 || snapshot.Segments()[0].Deleted() != nil {
		return nil, fmt.Errorf("%w: not one whole segment", ErrDamaged)
	}
	dict, err := snapshot.Segments()[0].Segment().Dictionary(field)
	return &lists{dict: dict}, err
}

// of returns the numbers of the documents that hold the token, rising. They are only lent,
// until the next call.
func (l *lists) of(token string) ([]uint32, error) {
	var err error
	l.token = append(l.token[:0], token...)
	if l.list, err = l.dict.PostingsList(l.token, nil, l.list); err != nil {
		return nil, err
	}
	l.hits = l.list.Iterator(false, false, false, l.hits)
	hits, ok := l.hits.(segmentapi.OptimizablePostingsIterator)
	if !ok {
		return nil, fmt.Errorf("%w: a segment of another kind", ErrDamaged)
	}
	if doc, only := hits.DocNum1Hit(); only {
		l.docs = append(l.docs[:0], uint32(doc))
		return l.docs, nil
	}
	bitmap := hits.ActualBitmap()
	if bitmap == nil {
		return nil, nil
	}
	l.docs = slices.Grow(l.docs[:0], int(bitmap.GetCardinality()))[:bitmap.GetCardinality()]
	bitmap.ToExistingArray(&l.docs)
	return l.docs, nil
}
