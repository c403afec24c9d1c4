package index

import (
	"fmt"

	bleveindex "github.com/blevesearch/bleve_index_api"
	segmentapi "github.com/blevesearch/scorch_segment_api/v2"

	"github.com/blevesearch/bleve/v2/index/scorch"
)

// lists reads a generation's lists of postings: a block of document numbers at a time,
// straight from the bitmaps of bleve's segment. bleve's own reader of a token hands out
// one document at a time and is made anew for each token, which took three times as long.
//
// A lists is for one reader at a time; what one token took serves the next.
type lists struct {
	dict  segmentapi.TermDictionary
	list  segmentapi.PostingsList
	hits  segmentapi.PostingsIterator
	token []byte
	block [512]uint32
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

// each calls do with the numbers of the documents that hold the token, rising, some at a
// time, and returns how many they are. The numbers are only lent.
func (l *lists) each(token string, do func(docs []uint32)) (n uint32, err error) {
	l.token = append(l.token[:0], token...)
	if l.list, err = l.dict.PostingsList(l.token, nil, l.list); err != nil {
		return 0, err
	}
	l.hits = l.list.Iterator(false, false, false, l.hits)
	hits, ok := l.hits.(segmentapi.OptimizablePostingsIterator)
	if !ok {
		return 0, fmt.Errorf("%w: a segment of another kind", ErrDamaged)
	}
	if doc, only := hits.DocNum1Hit(); only {
		l.block[0] = uint32(doc)
		do(l.block[:1])
		return 1, nil
	}
	bitmap := hits.ActualBitmap()
	if bitmap == nil {
		return 0, nil
	}
	for many := bitmap.ManyIterator(); ; {
		read := many.NextMany(l.block[:])
		if read == 0 {
			return n, nil
		}
		do(l.block[:read])
		n += uint32(read)
	}
}
